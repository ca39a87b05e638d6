// Package openapi reads and writes API definitions: Swagger 2.0 and OpenAPI 3.0, in JSON or YAML, with Amazon's extensions.
//
// What comes in: the bytes that ImportRestApi and PutRestApi were sent, with their query parameters; or the snapshot that
// GetExport is asked for. What goes out: the definition that the bytes describe, with AWS's warnings and AWS's list of
// errors; or the bytes that describe the snapshot. It follows no reference out of the document, stores nothing, and knows
// nothing of the API that the definition may be merged into.
//
// Source: developer guide, "Develop REST APIs using OpenAPI in API Gateway" and "OpenAPI extensions for API Gateway".
package openapi

import (
	"bytes"
	"math"
	"slices"
	"strings"

	"postern/internal/apidef"
	"postern/internal/aws/awserr"
	"postern/internal/control"
)

// Importer reads definitions. Its zero value is ready, and may be used from any goroutine.
type Importer struct{}

var _ control.Importer = Importer{}

// errNoDefinition is what a body that is no definition is answered. Recorded AWS answer: ImportRestApi, PutRestApi.
var errNoDefinition = awserr.BadRequest.Errorf("Invalid OpenAPI input.")

// Parse reads a definition. Resources are told apart by Path, in whose order they are; validators and authorizers have
// their names for ids. Of RestAPI only those members are set that the document or the parameters set; a policy is as
// the document has it. Of the quotas only that of resources is checked, which bounds the work, and of what the API may have
// already nothing is known.
//
// What the single operations of the API would refuse is left out of the definition and named in a
// control.DefinitionErrors, all of it, in the order of the document.
func (Importer) Parse(document []byte, o control.ImportOptions) (*apidef.Definition, []string, error) {
	root, err := parse(substitute(document, o))
	if err != nil || !root.is(object) {
		return nil, nil, errNoDefinition
	}
	in := newImport(root, o)
	if in == nil {
		return nil, nil, errNoDefinition
	}
	in.readAPI()
	in.readModels()
	in.readRequestValidators()
	in.readSecuritySchemes()
	in.readGatewayResponses()
	in.readPaths()
	if in.refused != nil {
		return nil, nil, in.refused
	}
	in.readDocumentation()
	if len(in.errors) > 0 {
		return in.finish(), in.warnings, control.DefinitionErrors(in.errors)
	}
	return in.finish(), in.warnings, nil
}

// substitute replaces the variables that AWS replaces when it imports.
// Source: developer guide, "AWS variables for OpenAPI import".
func substitute(document []byte, o control.ImportOptions) []byte {
	for _, v := range []struct{ name, value string }{
		{"${AWS::AccountId}", o.AccountID},
		{"${AWS::Partition}", o.Partition},
		{"${AWS::Region}", o.Region},
	} {
		document = bytes.ReplaceAll(document, []byte(v.name), []byte(v.value))
	}
	return document
}

// limits leaves the quotas to the control plane, which knows them.
func limits() apidef.Limits {
	l := apidef.DefaultLimits()
	l.TemplateBytes = math.MaxInt
	return l
}

// importing is a definition on its way in.
type importing struct {
	report
	root       *node
	dialect    dialect
	parameters map[string]string // lower-case names
	apiID      string
	base       []string // the segments before every path

	definition   *apidef.Definition
	refs         apidef.References // models, validators and authorizers by name
	tree         *apidef.Tree      // by path
	maxResources int
	refused      error // the whole document, for a part that cannot be read
	schemes      map[string]securityScheme
	model        string // the one whose schema is being read
	documented   map[apidef.DocumentationLocation]bool
	listed       documentation // by x-amazon-apigateway-documentation
}

// dialect is where the two versions keep the same things.
type dialect struct {
	swagger2         bool
	schemas, schemes []string
	modelReference   string
	verbs            []string // in the order in which exports have them
}

var (
	swagger2 = dialect{
		swagger2: true,
		schemas:  []string{"definitions"}, schemes: []string{"securityDefinitions"},
		modelReference: "#/definitions/",
		verbs:          []string{"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", apidef.AnyMethod},
	}
	openAPI3 = dialect{
		schemas:        []string{"components", "schemas"},
		schemes:        []string{"components", "securitySchemes"},
		modelReference: "#/components/schemas/",
		verbs:          []string{"GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", apidef.AnyMethod},
	}
)

// newImport is nil for a document of neither version.
func newImport(root *node, o control.ImportOptions) *importing {
	in := &importing{
		root:         root,
		parameters:   make(map[string]string, len(o.Parameters)),
		apiID:        o.APIID,
		maxResources: o.Resources,
		definition:   &apidef.Definition{RestAPI: &apidef.RestAPI{}},
		tree:         apidef.NewTree([]*apidef.Resource{{ID: "/", Path: "/"}}),
		schemes:      make(map[string]securityScheme),
		documented:   make(map[apidef.DocumentationLocation]bool),
		refs: apidef.References{
			Models: make(map[string]bool), RequestValidators: make(map[string]bool), Authorizers: make(map[string]string),
		},
	}
	switch version := root.get("openapi").scalar(); {
	case root.get("swagger").scalar() == "2.0":
		in.dialect = swagger2
	case version == "3.0" || strings.HasPrefix(version, "3.0."):
		in.dialect = openAPI3
	default:
		return nil
	}
	for name, value := range o.Parameters {
		in.parameters[strings.ToLower(name)] = value
	}
	return in
}

// at follows a path of member names from the root.
func (in *importing) at(path []string) *node {
	n := in.root
	for _, key := range path {
		n = n.get(key)
	}
	return n
}

// resolve follows references within the document, a few of them at most.
func (in *importing) resolve(n *node) *node {
	for range 8 {
		pointer, ok := strings.CutPrefix(n.get("$ref").scalar(), "#/")
		if !ok {
			return n
		}
		n = in.at(strings.Split(unescape.Replace(pointer), "/"))
	}
	return nil
}

// unescape reads the segments of a JSON pointer. A "/" in a name is not told from one between names: no name that can
// be referred to here has one.
var unescape = strings.NewReplacer("~1", "/", "~0", "~")

// finish hands the definition over as its users expect it: resources without ids.
func (in *importing) finish() *apidef.Definition {
	for r := range in.tree.All() {
		r.ID, r.ParentID = "", ""
		in.definition.Resources = append(in.definition.Resources, r)
	}
	slices.SortFunc(in.definition.Resources, func(a, b *apidef.Resource) int { return strings.Compare(a.Path, b.Path) })
	return in.definition
}
