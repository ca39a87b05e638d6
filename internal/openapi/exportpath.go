package openapi

import (
	"slices"
	"strings"

	"postern/internal/apidef"
	"postern/internal/aws/awserr"
)

// paths are the resources with methods. One without is written only when no other path tells of it. Swagger 2.0 has them in
// the order of their names. Recorded AWS answers: GetExport.
func (out *exporting) paths() (*node, error) {
	parents := make(map[string]bool, len(out.Resources))
	for _, r := range out.Resources {
		parents[r.ParentID] = true
	}
	written := make(map[string]*apidef.Resource, len(out.Resources))
	for _, r := range out.Resources {
		if len(r.Methods) > 0 || r.Path != "/" && !parents[r.ID] {
			written[r.Path] = r
		}
	}
	paths := hashed(written)
	if out.swagger2 {
		slices.Sort(paths)
	}
	n := newObject()
	for _, path := range paths {
		item, err := out.pathItem(written[path])
		if err != nil {
			return nil, err
		}
		n.add(path, item)
	}
	return n, nil
}

func (out *exporting) pathItem(r *apidef.Resource) (*node, error) {
	item := newObject()
	for _, verb := range out.verbs {
		m, ok := r.Methods[verb]
		if !ok {
			continue
		}
		operation, err := out.operation(r, m)
		if err != nil {
			return nil, err
		}
		key := strings.ToLower(verb)
		if verb == apidef.AnyMethod {
			key = extension + "any-method"
		}
		item.add(key, operation)
	}
	return out.describe(item, apidef.DocumentationLocation{Type: "RESOURCE", Path: r.Path}), nil
}

// operation is a method, in the order of recorded exports.
func (out *exporting) operation(r *apidef.Resource, m *apidef.Method) (*node, error) {
	body, err := out.bodyModels(r, m)
	if err != nil {
		return nil, err
	}
	n := newObject().addText("operationId", m.OperationName)
	at := apidef.DocumentationLocation{Path: r.Path, Method: m.HTTPMethod}
	if at.Method == apidef.AnyMethod {
		at.Method = "*"
	}
	parameters := out.parameters(m, at)
	if out.swagger2 {
		n.addTexts("consumes", consumes(m)).addTexts("produces", produces(m))
		if len(body) > 0 {
			parameters.items = append(parameters.items, out.bodyParameter(body, at))
		}
	}
	if len(parameters.items) > 0 {
		n.add("parameters", parameters)
	}
	if !out.swagger2 && len(body) > 0 {
		at.Type = "REQUEST_BODY"
		n.add("requestBody", out.describe(newObject().add("content", out.content(body)).add("required", newBoolean(true)), at, plainAttributes...))
	}
	n.add("responses", out.responses(m, at))
	if requirements := out.security(m); len(requirements.items) > 0 {
		n.add("security", requirements)
	}
	if out.with.validators {
		n.addText(extension+"request-validator", out.validators[m.RequestValidatorID])
	}
	if out.with.integrations && m.Integration != nil {
		n.add(extension+"integration", out.integration(r, m.Integration))
	}
	at.Type = "METHOD"
	return out.describe(n, at, methodAttributes...), nil
}

// consumes are the content types that a method has a model or a template for.
func consumes(m *apidef.Method) []string {
	types := make(map[string]bool)
	addKeys(types, m.RequestModels)
	if m.Integration != nil {
		addKeys(types, m.Integration.RequestTemplates)
	}
	return hashed(types)
}

func produces(m *apidef.Method) []string {
	types := make(map[string]bool)
	for _, r := range m.MethodResponses {
		addKeys(types, r.ResponseModels)
	}
	if m.Integration != nil {
		for _, r := range m.Integration.Responses {
			addKeys(types, r.ResponseTemplates)
		}
	}
	return hashed(types)
}

func addKeys(set map[string]bool, m map[string]string) {
	for key := range m {
		set[key] = true
	}
}

// bodyModels are the models of a method's request body that can be written: those for JSON, by content type.
// Source: developer guide, "Export a REST API from API Gateway"; what stands for the dots of its message is inferred.
func (out *exporting) bodyModels(r *apidef.Resource, m *apidef.Method) (map[string]string, error) {
	written := out.jsonModels(m.RequestModels)
	if len(written) == 0 && len(m.RequestModels) > 0 && !out.with.postman {
		return nil, awserr.BadRequest.Errorf("Only found non-JSON body models for %s %s", m.HTTPMethod, r.Path)
	}
	return written, nil
}

// jsonModels leaves out the models of other kinds, which have no JSON schema.
func (out *exporting) jsonModels(models map[string]string) map[string]string {
	written := make(map[string]string, len(models))
	for contentType, name := range models {
		if m, ok := out.models[name]; ok && isJSON(m) {
			written[contentType] = name
		}
	}
	return written
}

func isJSON(m *apidef.Model) bool { return strings.Contains(strings.ToLower(m.ContentType), "json") }

// parameterKinds are what OpenAPI calls the places of a method's parameters.
var parameterKinds = []struct{ location, in, part string }{
	{apidef.InPath, "path", "PATH_PARAMETER"},
	{apidef.InQueryString, "query", "QUERY_PARAMETER"},
	{apidef.InMultiValueQueryString, "query", "QUERY_PARAMETER"},
	{apidef.InHeader, "header", "REQUEST_HEADER"},
	{apidef.InMultiValueHeader, "header", "REQUEST_HEADER"},
}

// parameters are a method's, without its body. Where one has both a single and many values, the single is written.
func (out *exporting) parameters(m *apidef.Method, at apidef.DocumentationLocation) *node {
	described := make(map[string]*node, len(m.RequestParameters))
	written := make(map[[2]string]bool)
	for _, kind := range parameterKinds {
		for key, required := range m.RequestParameters {
			name, ok := strings.CutPrefix(key, "method.request."+kind.location+".")
			if !ok || written[[2]string{kind.in, name}] {
				continue
			}
			written[[2]string{kind.in, name}] = true
			at.Type, at.Name = kind.part, name
			described[key] = out.describe(out.parameter(name, kind.in, required), at, plainAttributes...)
		}
	}
	n := newList()
	for _, key := range packed(described) {
		n.items = append(n.items, described[key])
	}
	return n
}

func (out *exporting) parameter(name, in string, required bool) *node {
	n := newObject().add("name", newText(name)).add("in", newText(in))
	if out.swagger2 {
		return n.add("required", newBoolean(required)).add("type", newText("string"))
	}
	if required {
		n.add("required", newBoolean(true))
	}
	return n.add("schema", newObject().add("type", newText("string")))
}

// bodyParameter is the one body that Swagger 2.0 has: that for JSON, else the first.
func (out *exporting) bodyParameter(models map[string]string, at apidef.DocumentationLocation) *node {
	name := preferred(models)
	n := newObject().add("in", newText("body")).add("name", newText(name)).add("required", newBoolean(true)).
		add("schema", out.modelReferenceTo(name))
	at.Type = "REQUEST_BODY"
	return out.describe(n, at, plainAttributes...)
}

// preferred is the model for application/json, else that of the first content type.
func preferred(models map[string]string) string {
	if name, ok := models["application/json"]; ok {
		return name
	}
	for _, contentType := range hashed(models) {
		return models[contentType]
	}
	return ""
}

// content is OpenAPI 3.0's: a model for each content type.
func (out *exporting) content(models map[string]string) *node {
	n := newObject()
	for _, contentType := range hashed(models) {
		n.add(contentType, newObject().add("schema", out.modelReferenceTo(models[contentType])))
	}
	return n
}

func (out *exporting) modelReferenceTo(name string) *node {
	return newObject().add("$ref", newText(out.modelReference+name))
}

func (out *exporting) responses(m *apidef.Method, at apidef.DocumentationLocation) *node {
	n := newObject()
	for _, status := range hashed(m.MethodResponses) {
		r := m.MethodResponses[status]
		models := out.jsonModels(r.ResponseModels)
		one := newObject().add("description", newText(status+" response"))
		at.StatusCode = status
		headers := out.headers(r, at)
		if out.swagger2 {
			if len(models) > 0 {
				one.add("schema", out.modelReferenceTo(preferred(models)))
			}
			one.addObject("headers", headers)
		} else {
			one.addObject("headers", headers).add("content", out.content(models))
		}
		at.Type = "RESPONSE"
		n.add(status, out.describe(one, at, plainAttributes...))
	}
	return n
}

func (out *exporting) headers(r *apidef.MethodResponse, at apidef.DocumentationLocation) *node {
	n := newObject()
	names := make(map[string]bool, len(r.ResponseParameters))
	for key := range r.ResponseParameters {
		if name, ok := strings.CutPrefix(key, "method.response.header."); ok {
			names[name] = true
		}
	}
	for _, name := range hashed(names) {
		kind := newObject().add("type", newText("string"))
		if !out.swagger2 {
			kind = newObject().add("schema", kind)
		}
		at.Type, at.Name = "RESPONSE_HEADER", name
		n.add(name, out.describe(kind, at, plainAttributes...))
	}
	return n
}
