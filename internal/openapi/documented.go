package openapi

import (
	"errors"
	"slices"
	"strings"

	"postern/internal/apidef"
	"postern/internal/aws/awserr"
)

// readDocumentation reads the documentation parts: those that x-amazon-apigateway-documentation lists, and those that the
// descriptions in the rest of the document amount to. Where both document the same entity, the list counts. The query
// parameter ignore=documentation turns all of it off.
// Source: API Gateway API reference, ImportRestApi, parameters; developer guide, "Representation of API documentation in
// API Gateway" (the members of each entity).
func (in *importing) readDocumentation() {
	if slices.Contains(strings.Split(strings.ToLower(in.parameters["ignore"]), ","), "documentation") {
		return
	}
	in.definition.DocumentationParts = []*apidef.DocumentationPart{}
	var listed []*apidef.DocumentationPart
	for _, part := range listedDocumentation(in.root) {
		checked, err := apidef.NewDocumentationPart(*part)
		if refused, ok := errors.AsType[*awserr.Error](err); ok {
			in.warn("Unable to import documentation part of %s: %s", part.Location, refused.Message) // inferred
			continue
		}
		in.addPart(checked)
		listed = append(listed, checked)
	}
	in.listed = newDocumentation(listed)
	in.describeAPI()
	for _, m := range in.at(in.dialect.schemes).entries() {
		if in.refs.Authorizers[m.key] != "" {
			in.describe(apidef.DocumentationLocation{Type: "AUTHORIZER", Name: m.key}, m.value, "description")
		}
	}
	for _, m := range in.at(in.dialect.schemas).entries() {
		if in.refs.Models[m.key] {
			in.describe(apidef.DocumentationLocation{Type: "MODEL", Name: m.key}, m.value, "description")
		}
	}
	for _, m := range in.root.get("paths").entries() {
		in.describePath(m.key, in.resolve(m.value))
	}
}

// addPart keeps the first part of each location.
func (in *importing) addPart(part *apidef.DocumentationPart) {
	at := part.Location.Full()
	if in.documented[at] {
		return
	}
	in.documented[at] = true
	in.definition.DocumentationParts = append(in.definition.DocumentationParts, part)
}

// describe makes a part of those of an object's members that are named, if it has any that the listed documentation does
// not say already: an export writes it into the document too.
func (in *importing) describe(at apidef.DocumentationLocation, from *node, members ...string) {
	properties, said := newObject(), in.listed.of(at)
	for _, m := range from.entries() {
		if slices.Contains(members, m.key) && !isEmpty(m.value) && m.value.json() != said.get(m.key).json() {
			properties.add(m.key, m.value)
		}
	}
	if len(properties.members) > 0 {
		in.addPart(&apidef.DocumentationPart{Location: at, Properties: properties.json()})
	}
}

func isEmpty(n *node) bool {
	return n.is(absent) || n.is(null) || n.is(text) && n.text == "" || n.is(list) && len(n.items) == 0
}

// describeAPI: of info, name and version are members of the API itself.
func (in *importing) describeAPI() {
	info := newObject()
	for _, m := range in.root.get("info").entries() {
		if m.key != "title" && m.key != "version" && !isEmpty(m.value) {
			info.add(m.key, m.value)
		}
	}
	whole := newObject().addObject("info", info)
	for _, key := range []string{"tags", "externalDocs"} {
		if n := in.root.get(key); n != nil {
			whole.add(key, n)
		}
	}
	in.describe(apidef.DocumentationLocation{Type: "API"}, whole, "info", "tags", "externalDocs")
}

// describePath describes a resource, the parameters that all its methods have, and its methods.
func (in *importing) describePath(path string, item *node) {
	at := "/" + strings.Join(append(slices.Clip(in.base), segments(path)...), "/")
	resource, ok := in.tree.Get(at)
	if !ok || strings.HasPrefix(path, "x-") {
		return
	}
	in.describe(apidef.DocumentationLocation{Type: "RESOURCE", Path: at}, item, "summary", "description")
	in.describeParameters(apidef.DocumentationLocation{Path: at}, item)
	for _, operation := range item.entries() {
		verb, ok := verbs[operation.key]
		if !ok || resource.Methods[verb] == nil {
			continue
		}
		place := apidef.DocumentationLocation{Type: "METHOD", Path: at, Method: verb}
		if verb == "ANY" {
			place.Method = "" // which is any
		}
		in.describe(place, operation.value, "summary", "description", "tags", "externalDocs")
		in.describeParameters(place, operation.value)
		if !in.dialect.swagger2 {
			place.Type = "REQUEST_BODY"
			in.describe(place, in.resolve(operation.value.get("requestBody")), "description")
		}
		in.describeResponses(place, operation.value)
	}
}

var parameterParts = map[string]string{
	"path": "PATH_PARAMETER", "query": "QUERY_PARAMETER", "header": "REQUEST_HEADER", "body": "REQUEST_BODY",
}

func (in *importing) describeParameters(at apidef.DocumentationLocation, from *node) {
	for _, p := range from.get("parameters").elements() {
		p = in.resolve(p)
		at.Type, at.Name = parameterParts[p.get("in").scalar()], p.get("name").scalar()
		if at.Type == "REQUEST_BODY" {
			at.Name = ""
		} else if at.Name == "" {
			continue
		}
		if at.Type != "" {
			in.describe(at, p, "description")
		}
	}
}

// describeResponses leaves out what an export writes where nothing is documented: "200 response".
func (in *importing) describeResponses(at apidef.DocumentationLocation, operation *node) {
	for _, declared := range operation.get("responses").entries() {
		if !statusCode.MatchString(declared.key) {
			continue
		}
		response := in.resolve(declared.value)
		at.Type, at.StatusCode, at.Name = "RESPONSE", declared.key, ""
		if response.get("description").scalar() != declared.key+" response" {
			in.describe(at, response, "description")
		}
		at.Type = "RESPONSE_HEADER"
		for _, header := range response.get("headers").entries() {
			at.Name = header.key
			in.describe(at, header.value, "description")
		}
	}
}
