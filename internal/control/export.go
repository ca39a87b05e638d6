package control

import (
	"context"
	"fmt"
	"mime"
	"strings"
	"time"

	"postern/internal/apidef"
	"postern/internal/aws/arn"
	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/apigateway"
)

// The values of ExportOptions.Type. Source: API Gateway API reference, GetExport, exportType.
const (
	ExportSwagger = "swagger" // Swagger 2.0
	ExportOAS30   = "oas30"   // OpenAPI 3.0
)

// Exporter writes API definitions.
type Exporter interface {
	// Export writes a snapshot as a definition. An error is an *awserr.Error when the definition cannot be written.
	Export(s *apidef.Snapshot, o ExportOptions) ([]byte, error)
}

// ExportOptions are what an Exporter needs to know besides the snapshot.
type ExportOptions struct {
	Type string // ExportSwagger or ExportOAS30
	YAML bool   // otherwise JSON
	// Version is that of the API; its creation time when it has none.
	Version string
	Host    string // where the API answers, "{api}.execute-api.{region}.amazonaws.com"
	Stage   string // its name
	// Extensions is the query parameter of that name: a list with commas of integrations, authorizers, apigateway, ...
	Extensions string
	// Documentation is the stage's documentation version; nil when it has none.
	Documentation *apidef.DocumentationVersion
}

// GetExport answers the definition that a stage's deployment froze. What was edited since is not in it.
// Recorded AWS answers: GetExport; the texts of its refusals of types are inferred.
func (c *Control) GetExport(ctx context.Context, call *wire.Call, in *apigateway.GetExportRequest) (*apigateway.ExportResponse, error) {
	if c.options.Exporter == nil {
		return nil, awserr.NotImplemented.Errorf("%s is not available: no exporter is installed", call.Operation)
	}
	inYAML, err := yamlAccepted(value(in.Accepts))
	if err != nil {
		return nil, err
	}
	if in.ExportType != ExportSwagger && in.ExportType != ExportOAS30 {
		return nil, awserr.BadRequest.Errorf("Export type '%s' is not supported", in.ExportType)
	}
	return view(ctx, c, call, func(r records) (*apigateway.ExportResponse, error) {
		stage, snapshot, err := r.deployed(in.RestAPIID, in.StageName)
		if err != nil {
			return nil, err
		}
		documentation, err := get[apidef.DocumentationVersion](r, kindDocumentationVersion, in.RestAPIID+"/"+stage.DocumentationVersion)
		if err != nil && !notFound(err) {
			return nil, err
		}
		o := ExportOptions{
			Type: in.ExportType, YAML: inYAML, Version: exportVersion(&snapshot.RestAPI), Stage: in.StageName,
			Host: executeHost(in.RestAPIID, call.Region), Extensions: in.Parameters["extensions"],
			Documentation: documentation,
		}
		body, err := c.options.Exporter.Export(snapshot, o)
		if err != nil {
			return nil, err
		}
		return &apigateway.ExportResponse{
			Body: body, ContentType: new("application/octet-stream"), ContentDisposition: new(attachment(exportFile(o))),
		}, nil
	})
}

// deployed reads a stage with the snapshot that it runs.
func (r records) deployed(api, stage string) (*apidef.Stage, *apidef.Snapshot, error) {
	s, err := r.stage(api, stage)
	if err != nil {
		return nil, nil, err
	}
	snapshot, err := get[apidef.Snapshot](r, kindSnapshot, api+"/"+s.DeploymentID)
	return s, snapshot, err
}

// yamlAccepted reads an Accept header: the first type in it that can be written. Without one it is JSON.
// Source: API Gateway API reference, GetExport, Accept.
func yamlAccepted(accept string) (bool, error) {
	if strings.TrimSpace(accept) == "" {
		return false, nil
	}
	for one := range strings.SplitSeq(accept, ",") {
		mediaType, _, err := mime.ParseMediaType(one)
		if err != nil {
			continue
		}
		switch mediaType {
		case "application/json", "application/*", "*/*":
			return false, nil
		case "application/yaml", "application/x-yaml":
			return true, nil
		}
	}
	return false, awserr.BadRequest.Errorf("Accept header '%s' is not supported. Must be one of: [application/json, application/yaml]", accept)
}

// exportVersion is what info.version says. Recorded AWS answer: GetExport of an API without a version.
func exportVersion(api *apidef.RestAPI) string {
	if api.Version != "" {
		return api.Version
	}
	return time.Unix(api.CreatedDate, 0).UTC().Format(time.RFC3339)
}

// exportFile is the name of an export: "swagger_1.0.0.json".
func exportFile(o ExportOptions) string {
	ending := "json"
	if o.YAML {
		ending = "yaml"
	}
	return fmt.Sprintf("%s_%s.%s", o.Type, o.Version, ending)
}

// attachment is a Content-Disposition. A version may hold anything; a header field may not.
func attachment(name string) string {
	safe := strings.Map(func(c rune) rune {
		if c < ' ' || c > '~' || strings.ContainsRune(`"\/`, c) {
			return '_'
		}
		return c
	}, name)
	return fmt.Sprintf(`attachment; filename="%s"`, safe)
}

// executeHost is where an API answers by default.
func executeHost(api, region string) string {
	suffix := "amazonaws.com"
	if arn.Partition(region) == "aws-cn" {
		suffix += ".cn"
	}
	return api + ".execute-api." + region + "." + suffix
}
