package control

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postern/internal/apidef"
	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/apigateway"
	"postern/internal/store/memory"
)

// seenExporter writes what it was asked for.
type seenExporter struct{}

func (seenExporter) Export(s *apidef.Snapshot, o ExportOptions) ([]byte, error) {
	return fmt.Appendf(nil, "%s %s %+v", s.RestAPI.Name, s.DeploymentID, o), nil
}

// exported is an API "pets" that a stage "prod" runs, and that was renamed since.
func exported(t *testing.T, o Options, version string) (c *Control, call *wire.Call, api, deployment string) {
	t.Helper()
	o.Importer, o.Clock = jsonImporter{}, func() time.Time { return time.Unix(1492661288, 0) }
	c = New(memory.New(), o)
	call = &wire.Call{Account: "123456789012", Region: "eu-central-1", Operation: "GetExport"}
	made, err := c.ImportRestAPI(t.Context(), call, &apigateway.ImportRestAPIRequest{Body: fmt.Appendf(nil,
		`{"restApi": {"name": "pets", "version": %q}, "resources": [{"path": "/pets", "resourceMethods": {"GET": {"authorizationType": "NONE", "methodIntegration": {"type": "MOCK"}}}}]}`, version)})
	if err != nil {
		t.Fatal(err)
	}
	d, err := c.CreateDeployment(t.Context(), call, &apigateway.CreateDeploymentRequest{RestAPIID: *made.ID, StageName: new("prod")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.UpdateRestAPI(t.Context(), call, &apigateway.UpdateRestAPIRequest{
		RestAPIID:       *made.ID,
		PatchOperations: []apigateway.PatchOperation{{Op: new("replace"), Path: new("/name"), Value: new("cats")}},
	}); err != nil {
		t.Fatal(err)
	}
	return c, call, *made.ID, *d.ID
}

func TestExportsAreOfWhatIsDeployed(t *testing.T) {
	for _, tt := range []struct {
		name, version, kind, accept, extensions string
		wantFile, wantVersion                   string
		wantYAML                                bool
	}{
		{"swagger [recorded AWS answer: GetExport]", "1.0.0", "swagger", "application/json", "", "swagger_1.0.0.json", "1.0.0", false},
		{"oas30 [recorded AWS answer: GetExport]", "1.0.0", "oas30", "", "apigateway", "oas30_1.0.0.json", "1.0.0", false},
		{"no version: when the API was made [recorded AWS answer: GetExport]", "", "oas30", "*/*", "", "oas30_2017-04-20T04:08:08Z.json", "2017-04-20T04:08:08Z", false},
		{"YAML [API reference: GetExport, Accept; the file's ending is inferred]", "1", "swagger", "application/yaml", "", "swagger_1.yaml", "1", true},
		{"the first type that can be written counts [inferred]", "1", "swagger", "text/html, application/x-yaml;q=0.9, */*", "", "swagger_1.yaml", "1", true},
		{"a version that no header field can hold [inferred]", "1\"\n/ü", "swagger", "", "", "swagger_1____.json", "1\"\n/ü", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, call, api, deployment := exported(t, Options{Exporter: seenExporter{}}, tt.version)
			in := &apigateway.GetExportRequest{
				RestAPIID: api, StageName: "prod", ExportType: tt.kind,
				Parameters: map[string]string{"extensions": tt.extensions},
			}
			if tt.accept != "" {
				in.Accepts = &tt.accept
			}
			got, err := c.GetExport(t.Context(), call, in)
			if err != nil {
				t.Fatal(err)
			}
			want := fmt.Sprintf("pets %s %+v", deployment, ExportOptions{
				Type: tt.kind, YAML: tt.wantYAML, Version: tt.wantVersion,
				Host: api + ".execute-api.eu-central-1.amazonaws.com", Stage: "prod", Extensions: tt.extensions,
			})
			if diff := cmp.Diff(want, string(got.Body)); diff != "" {
				t.Errorf("asked for (-want +got):\n%s", diff)
			}
			if *got.ContentType != "application/octet-stream" || *got.ContentDisposition != `attachment; filename="`+tt.wantFile+`"` {
				t.Errorf("%s, %s", *got.ContentType, *got.ContentDisposition)
			}
		})
	}
}

func TestExportsThatAreRefused(t *testing.T) {
	c, call, api, _ := exported(t, Options{Exporter: seenExporter{}}, "1")
	for _, tt := range []struct {
		name     string
		in       apigateway.GetExportRequest
		wantCode awserr.Code
		want     string
	}{
		{
			"an unknown API [recorded AWS answer of other operations on it]",
			apigateway.GetExportRequest{RestAPIID: "nowhere", StageName: "prod", ExportType: "oas30"},
			awserr.NotFound, "Invalid API identifier specified 123456789012:nowhere",
		},
		{
			"an unknown stage [inferred from other operations on it]",
			apigateway.GetExportRequest{RestAPIID: api, StageName: "dev", ExportType: "oas30"},
			awserr.NotFound, "Invalid stage identifier specified",
		},
		{
			"an unknown type [inferred]",
			apigateway.GetExportRequest{RestAPIID: api, StageName: "prod", ExportType: "raml"},
			awserr.BadRequest, "Export type 'raml' is not supported",
		},
		{
			"a media type of no export [inferred]",
			apigateway.GetExportRequest{RestAPIID: api, StageName: "prod", ExportType: "oas30", Accepts: new("text/html")},
			awserr.BadRequest, "Accept header 'text/html' is not supported. Must be one of: [application/json, application/yaml]",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := c.GetExport(t.Context(), call, &tt.in)
			wantRefusal(t, err, tt.wantCode, tt.want)
		})
	}
}

func wantRefusal(t *testing.T, err error, code awserr.Code, message string) {
	t.Helper()
	refused, ok := errors.AsType[*awserr.Error](err)
	if !ok {
		t.Fatalf("got %v, want a refusal", err)
	}
	if refused.Code != code || refused.Message != message {
		t.Errorf("got %s: %s\nwant %s: %s", refused.Code.Name, refused.Message, code.Name, message)
	}
}

func TestWithoutAnExporterGetExportIsNotAvailable(t *testing.T) {
	c, call, api, _ := exported(t, Options{}, "1")
	_, err := c.GetExport(t.Context(), call, &apigateway.GetExportRequest{RestAPIID: api, StageName: "prod", ExportType: "oas30"})
	wantRefusal(t, err, awserr.NotImplemented, "GetExport is not available: no exporter is installed")
}

// Source: developer guide, "Export API documentation": an export has the documentation of the stage's version.
func TestExportsHaveTheStagesDocumentation(t *testing.T) {
	c, call, api, _ := exported(t, Options{Exporter: documentationExporter{}}, "1")
	read := func() string {
		t.Helper()
		got, err := c.GetExport(t.Context(), call, &apigateway.GetExportRequest{RestAPIID: api, StageName: "prod", ExportType: "oas30"})
		if err != nil {
			t.Fatal(err)
		}
		return string(got.Body)
	}
	if _, err := c.CreateDocumentationPart(t.Context(), call, &apigateway.CreateDocumentationPartRequest{
		RestAPIID: api,
		Location:  &apigateway.DocumentationPartLocation{Type: new("API")}, Properties: new("{}"),
	}); err != nil {
		t.Fatal(err)
	}
	if got := read(); got != "none" {
		t.Errorf("before a version is published: %s", got)
	}
	if _, err := c.CreateDocumentationVersion(t.Context(), call, &apigateway.CreateDocumentationVersionRequest{
		RestAPIID:            api,
		DocumentationVersion: new("v1"), StageName: new("prod"),
	}); err != nil {
		t.Fatal(err)
	}
	if got := read(); got != "v1: 1 part" {
		t.Errorf("with a version: %s", got)
	}
}

// documentationExporter writes how much documentation it was given.
type documentationExporter struct{}

func (documentationExporter) Export(_ *apidef.Snapshot, o ExportOptions) ([]byte, error) {
	if o.Documentation == nil {
		return []byte("none"), nil
	}
	return fmt.Appendf(nil, "%s: %d part", o.Documentation.Version, len(o.Documentation.Parts)), nil
}

func TestDocumentationBeyondTheQuotaIsLeftOut(t *testing.T) { // inferred
	limits := apidef.DefaultLimits()
	limits.DocumentationParts = 1
	c := New(memory.New(), Options{Importer: jsonImporter{}, Limits: &limits})
	call := &wire.Call{Account: "123456789012", Region: "eu-central-1"}
	api, err := c.ImportRestAPI(t.Context(), call, &apigateway.ImportRestAPIRequest{Body: []byte(`{"restApi": {"name": "pets"}, "documentationParts": [
		{"location": {"type": "API"}, "properties": "{}"}, {"location": {"type": "RESOURCE"}, "properties": "{}"}, {"location": {"type": "METHOD"}, "properties": "{}"}]}`)})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"Maximum number of Documentation Parts for this API has been reached. Ignoring 2 of them."}
	if diff := cmp.Diff(want, api.Warnings); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
