// Package openapi reads API definitions: Swagger 2.0 and OpenAPI 3.0, in JSON or YAML, with Amazon's extensions.
//
// What comes in: the bytes that ImportRestApi and PutRestApi were sent, with their query parameters. What goes out: the
// definition that they describe, with AWS's warnings, or AWS's list of errors. It follows no reference out of the
// document, stores nothing, and knows nothing of the API that the definition may be merged into.
//
// Source: developer guide, "Develop REST APIs using OpenAPI in API Gateway" and "OpenAPI extensions for API Gateway".
package openapi

import (
	"bytes"
	"strings"

	"postern/internal/apidef"
	"postern/internal/aws/awserr"
)

// Importer reads definitions. Its zero value is ready, and may be used from any goroutine.
type Importer struct{}

// errNoDefinition is what a body that is no definition is answered. Recorded AWS answer: ImportRestApi, PutRestApi.
var errNoDefinition = awserr.BadRequest.Errorf("Invalid OpenAPI input.")

// Options are the query parameters of ImportRestApi and PutRestApi.
type Options struct {
	// Parameters are those that the service model leaves open: basepath, endpointConfigurationTypes,
	// disableExecuteApiEndpoint and ignore. Unknown ones are ignored.
	Parameters map[string]string
	// FailOnWarnings makes every warning an error.
	FailOnWarnings bool
}

// Import reads a definition for the API that owner names. Nothing in it has an id: resources are told apart by Path,
// and a method names its authorizer and its request validator by their names. Of RestAPI only those members are set
// that the document sets; its Warnings are what AWS warns of. A policy is as the document has it.
//
// All errors are found before Import gives up; they are one BadRequestException.
func (Importer) Import(document []byte, options Options, owner apidef.Owner) (*apidef.Definition, error) {
	root, err := parse(substitute(document, owner))
	if err != nil || !root.is(object) {
		return nil, errNoDefinition
	}
	in := newImport(root, options, owner)
	if in == nil {
		return nil, errNoDefinition
	}
	in.readAPI()
	in.readModels()
	in.readRequestValidators()
	in.readSecuritySchemes()
	in.readGatewayResponses()
	in.readPaths()
	if err := in.outcome(options.FailOnWarnings); err != nil {
		return nil, err
	}
	in.definition.RestAPI.Warnings = in.warnings
	return in.finish(), nil
}

// substitute replaces the variables that AWS replaces when it imports.
// Source: developer guide, "AWS variables for OpenAPI import".
func substitute(document []byte, owner apidef.Owner) []byte {
	for _, v := range []struct{ name, value string }{
		{"${AWS::AccountId}", owner.AccountID},
		{"${AWS::Partition}", owner.Partition},
		{"${AWS::Region}", owner.Region},
	} {
		document = bytes.ReplaceAll(document, []byte(v.name), []byte(v.value))
	}
	return document
}

// importing is a definition on its way in.
type importing struct {
	report
	root       *node
	dialect    dialect
	parameters map[string]string // lower-case names
	owner      apidef.Owner
	base       []string // the segments before every path

	definition *apidef.Definition
	refs       apidef.References // models, validators and authorizers by name
	tree       apidef.Tree       // by path
	schemes    map[string]securityScheme
}

// dialect is where the two versions keep the same things.
type dialect struct {
	swagger2         bool
	schemas, schemes []string
	modelReference   string
}

var (
	swagger2 = dialect{
		swagger2: true,
		schemas:  []string{"definitions"}, schemes: []string{"securityDefinitions"},
		modelReference: "#/definitions/",
	}
	openAPI3 = dialect{
		schemas:        []string{"components", "schemas"},
		schemes:        []string{"components", "securitySchemes"},
		modelReference: "#/components/schemas/",
	}
)

// newImport is nil for a document of neither version.
func newImport(root *node, options Options, owner apidef.Owner) *importing {
	in := &importing{
		root:       root,
		parameters: make(map[string]string, len(options.Parameters)),
		owner:      owner,
		definition: &apidef.Definition{RestAPI: &apidef.RestAPI{}},
		tree:       apidef.Tree{"/": {ID: "/", Path: "/"}},
		schemes:    make(map[string]securityScheme),
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
	for name, value := range options.Parameters {
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

// finish hands the definition over as its users expect it: without ids.
func (in *importing) finish() *apidef.Definition {
	for _, r := range in.tree {
		r.ID, r.ParentID = "", ""
		in.definition.Resources = append(in.definition.Resources, r)
	}
	in.definition.Sort()
	return in.definition
}
