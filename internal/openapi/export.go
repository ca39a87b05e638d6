package openapi

import (
	"slices"
	"strings"

	"postern/internal/apidef"
	"postern/internal/control"
)

// Exporter writes definitions. Its zero value is ready, and may be used from any goroutine.
type Exporter struct{}

var _ control.Exporter = Exporter{}

// Export writes a deployed definition as Swagger 2.0 or OpenAPI 3.0.1. What stands in no order has AWS's (see hashed), else
// that of its names, so that a definition is written the same way every time.
//
// The documentation of the stage's documentation version is written into what it documents.
//
// Endpoint types, usage plans, keys and tags are not written: a definition does not hold them.
//
// It fails with BadRequestException when a method's bodies have models, but none for JSON; the extension postman lets
// them be left out instead.
// Source: developer guide, "Export a REST API from API Gateway"; recorded AWS answers: GetExport.
func (Exporter) Export(s *apidef.Snapshot, o control.ExportOptions) ([]byte, error) {
	out := newExport(s, o)
	root, err := out.document()
	if err != nil {
		return nil, err
	}
	if o.YAML {
		return root.yaml(), nil
	}
	return root.prettyJSON(), nil
}

// exporting is a definition on its way out.
type exporting struct {
	dialect
	*apidef.Snapshot
	options control.ExportOptions
	with    extensions

	models      map[string]*apidef.Model
	authorizers map[string]*apidef.Authorizer // by id
	validators  map[string]string             // names by id
	apiKey, iam string                        // the names of these security schemes

	documentation documentation
}

// extensions are what is written beside what OpenAPI itself has.
type extensions struct {
	integrations, authorizers, validators, gatewayResponses, documentation, postman bool
	all                                                                             bool // the rest too
}

// newExtensions reads the query parameter extensions: a list with commas. A name that AWS does not have changes nothing.
// Source: API Gateway API reference, GetExport, parameters; developer guide, "Publish API documentation using the API
// Gateway REST API" (documentation) and "Test basic request validation in API Gateway" (validators).
func newExtensions(list string) extensions {
	names := strings.FieldsFunc(strings.ToLower(list), func(c rune) bool { return c == ',' || c == ' ' })
	all := slices.Contains(names, "apigateway")
	has := func(name string) bool { return all || slices.Contains(names, name) }
	return extensions{
		integrations: has("integrations"), authorizers: has("authorizers"), validators: has("validators"),
		gatewayResponses: has("gatewayresponses"), documentation: has("documentation"), all: all,
		postman: slices.Contains(names, "postman"),
	}
}

func newExport(s *apidef.Snapshot, o control.ExportOptions) *exporting {
	out := &exporting{
		dialect: openAPI3, Snapshot: s, options: o, with: newExtensions(o.Extensions),
		models:      make(map[string]*apidef.Model, len(s.Models)),
		authorizers: make(map[string]*apidef.Authorizer, len(s.Authorizers)),
		validators:  make(map[string]string, len(s.RequestValidators)),
	}
	if o.Documentation != nil {
		out.documentation = newDocumentation(o.Documentation.Parts)
	}
	if o.Type == control.ExportSwagger {
		out.dialect = swagger2
	}
	for _, m := range s.Models {
		out.models[m.Name] = m
	}
	for _, v := range s.RequestValidators {
		out.validators[v.ID] = v.Name
	}
	taken := make(map[string]bool)
	for _, a := range s.Authorizers {
		out.authorizers[a.ID] = a
		taken[a.Name] = true
	}
	out.apiKey, out.iam = free("api_key", taken), free("sigv4", taken)
	return out
}

// free is a name that is not taken.
func free(name string, taken map[string]bool) string {
	for taken[name] {
		name += "_"
	}
	return name
}

// document is the whole file, in the order of recorded exports.
func (out *exporting) document() (*node, error) {
	paths, err := out.paths()
	if err != nil {
		return nil, err
	}
	root := newObject()
	if out.swagger2 {
		root.add("swagger", newText("2.0")).add("info", newObject().
			addText("description", out.RestAPI.Description).
			add("version", newText(out.options.Version)).
			add("title", newText(out.RestAPI.Name)))
		root.add("host", newText(out.options.Host)).add("basePath", newText("/"+out.options.Stage)).add("schemes", newTexts("https"))
		root.add("paths", paths).addObject("securityDefinitions", out.securitySchemes()).addObject("definitions", out.schemas())
	} else {
		root.add("openapi", newText("3.0.1")).add("info", newObject().
			add("title", newText(out.RestAPI.Name)).
			addText("description", out.RestAPI.Description).
			add("version", newText(out.options.Version)))
		root.add("servers", newList(out.serverObject())).add("paths", paths)
		root.add("components", newObject().
			addObject("schemas", out.schemas()).
			addObject("securitySchemes", out.securitySchemes()))
	}
	out.rootExtensions(root)
	if out.options.Documentation != nil && out.with.documentation {
		root.add(extension+"documentation", listedParts(out.options.Documentation))
	}
	out.documentAPI(root)
	return root, nil
}

// serverObject is where the stage answers, with the stage as a variable.
func (out *exporting) serverObject() *node {
	server := newObject().
		add("url", newText("https://"+out.options.Host+"/{basePath}")).
		add("variables", newObject().add("basePath", newObject().add("default", newText(out.options.Stage))))
	if out.with.all {
		server.addObject(extension+"endpoint-configuration", out.endpointConfiguration())
	}
	return server
}

// endpointConfiguration is empty for most APIs. That exports have it is inferred from samples of private APIs.
func (out *exporting) endpointConfiguration() *node {
	n := newObject()
	if out.RestAPI.DisableExecuteAPIEndpoint {
		n.add("disableExecuteApiEndpoint", newBoolean(true))
	}
	return n.addTexts("vpcEndpointIds", out.RestAPI.EndpointConfiguration.VPCEndpointIDs)
}

// rootExtensions are the parts of an API that OpenAPI has no place for.
func (out *exporting) rootExtensions(root *node) {
	api := &out.RestAPI
	if out.with.validators {
		root.addObject(extension+"request-validators", out.requestValidators())
	}
	if out.with.gatewayResponses {
		root.addObject(extension+"gateway-responses", out.gatewayResponses())
	}
	if !out.with.all {
		return
	}
	if out.swagger2 {
		root.addObject(extension+"endpoint-configuration", out.endpointConfiguration())
	}
	if policy, err := parseJSON([]byte(api.Policy)); err == nil {
		root.add(extension+"policy", policy)
	}
	if api.APIKeySource == apidef.KeyFromAuthorizer {
		root.add(extension+"api-key-source", newText(api.APIKeySource))
	}
	if api.MinimumCompressionSize != nil {
		root.add(extension+"minimum-compression-size", newInteger(*api.MinimumCompressionSize))
	}
	root.addTexts(extension+"binary-media-types", api.BinaryMediaTypes)
	root.addText(extension+"security-policy", api.SecurityPolicy)
	root.addText(extension+"endpoint-access-mode", api.EndpointAccessMode)
}

func (out *exporting) requestValidators() *node {
	n := newObject()
	for _, v := range sortedBy(out.RequestValidators, func(v *apidef.RequestValidator) string { return v.Name }) {
		n.add(v.Name, newObject().
			add("validateRequestParameters", newBoolean(v.ValidateRequestParameters)).
			add("validateRequestBody", newBoolean(v.ValidateRequestBody)))
	}
	return n
}

func (out *exporting) gatewayResponses() *node {
	n := newObject()
	for _, g := range sortedBy(out.GatewayResponses, func(g *apidef.GatewayResponse) string { return g.ResponseType }) {
		one := newObject()
		if g.StatusCode != "" {
			one.add("statusCode", &node{kind: number, text: g.StatusCode})
		}
		n.add(g.ResponseType, one.
			addObject("responseParameters", newTextMap(g.ResponseParameters)).
			addObject("responseTemplates", newTextMap(g.ResponseTemplates)))
	}
	return n
}

// sortedBy is a list in the order of a name; the list itself stays as it is.
func sortedBy[T any](list []*T, name func(*T) string) []*T {
	return slices.SortedFunc(slices.Values(list), func(a, b *T) int { return strings.Compare(name(a), name(b)) })
}
