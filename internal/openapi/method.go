package openapi

import (
	"regexp"
	"strings"

	"postern/internal/apidef"
)

// addMethod makes a method, with its responses and its integration, of an operation. A method that the path had from
// another spelling of it is replaced.
func (in *importing) addMethod(r *apidef.Resource, verb string, item, operation *node) {
	at := place{verb, r.Path}
	m := apidef.Method{
		HTTPMethod:         verb,
		OperationName:      operation.get("operationId").scalar(),
		RequestValidatorID: operation.get(extension + "request-validator").scalar(),
	}
	if m.RequestValidatorID == "" {
		m.RequestValidatorID = in.root.get(extension + "request-validator").scalar()
	}
	if !in.authorize(&m, operation) {
		return
	}
	in.readParameters(&m, r, item, operation)
	in.readRequestBody(&m, at, item, operation)
	method, err := apidef.NewMethod(m, in.refs)
	if err != nil {
		in.failWith(err, "Unable to put method '%s' on resource at path '%s'", verb, r.Path)
		return
	}
	in.readMethodResponses(method, at, operation)
	in.readIntegration(method, at, operation)
	if r.Methods == nil {
		r.Methods = make(map[string]*apidef.Method)
	}
	r.Methods[verb] = method
}

// declaredParameters are those of an operation and of its path item; the operation's replace the item's.
func (in *importing) declaredParameters(item, operation *node) []*node {
	own := make(map[[2]string]bool)
	var out []*node
	for _, from := range []*node{operation, item} {
		for _, p := range from.get("parameters").elements() {
			p = in.resolve(p)
			key := [2]string{p.get("in").scalar(), p.get("name").scalar()}
			if !own[key] {
				own[key] = true
				out = append(out, p)
			}
		}
	}
	return out
}

// locations are the places of a parameter that a method request knows. Form fields and cookies it does not.
var locations = map[string]string{"path": apidef.InPath, "query": apidef.InQueryString, "header": apidef.InHeader}

// readParameters declares a method's parameters. A variable of the path that is not declared is declared as required; a
// greedy one is not. Recorded AWS answer: GetMethod after an import; the greedy one is inferred.
func (in *importing) readParameters(m *apidef.Method, r *apidef.Resource, item, operation *node) {
	declared := make(map[string]bool)
	for _, p := range in.declaredParameters(item, operation) {
		location, name := locations[p.get("in").scalar()], p.get("name").scalar()
		if location != "" && name != "" {
			declared["method.request."+location+"."+name] = p.get("required").isTrue()
		}
	}
	for _, part := range segments(r.Path) {
		if !apidef.IsVariable(part) || apidef.IsGreedy(part) {
			continue
		}
		key := "method.request.path." + strings.Trim(part, "{}")
		if _, ok := declared[key]; !ok {
			declared[key] = true
		}
	}
	if len(declared) > 0 {
		m.RequestParameters = declared
	}
}

// readRequestBody names the models of a request's body: Swagger's body parameter for each content type consumed, or
// the content of OpenAPI's requestBody.
func (in *importing) readRequestBody(m *apidef.Method, at place, item, operation *node) {
	if !in.dialect.swagger2 {
		m.RequestModels = in.contentModels(in.resolve(operation.get("requestBody")).get("content"), "request body", at)
		return
	}
	for _, p := range in.declaredParameters(item, operation) {
		if p.get("in").scalar() == "body" {
			m.RequestModels = in.mediaModels(operation, "consumes", p.get("schema"), "request body", at)
		}
	}
}

// contentModels reads OpenAPI's content: a schema for each content type.
func (in *importing) contentModels(content *node, where string, at place) map[string]string {
	var models map[string]string
	for _, media := range content.entries() {
		if name := in.bodyModel(media.value.get("schema"), where, at); name != "" {
			if models == nil {
				models = make(map[string]string)
			}
			models[media.key] = name
		}
	}
	return models
}

// mediaModels reads Swagger's one schema for the content types that the operation, or the document, lists.
func (in *importing) mediaModels(operation *node, list string, schema *node, where string, at place) map[string]string {
	name := in.bodyModel(schema, where, at)
	if name == "" {
		return nil
	}
	types := operation.get(list)
	if types == nil {
		types = in.root.get(list)
	}
	models := make(map[string]string)
	for _, contentType := range types.texts() {
		models[contentType] = name
	}
	if len(models) == 0 {
		models["application/json"] = name
	}
	return models
}

var statusCode = regexp.MustCompile(`^[1-5]\d\d$`)

// readMethodResponses declares the responses with a status of their own; "default" and ranges have none.
func (in *importing) readMethodResponses(m *apidef.Method, at place, operation *node) {
	for _, declared := range operation.get("responses").entries() {
		if !statusCode.MatchString(declared.key) {
			continue
		}
		response := in.resolve(declared.value)
		r := apidef.MethodResponse{StatusCode: declared.key}
		where := declared.key + " response"
		if in.dialect.swagger2 {
			r.ResponseModels = in.mediaModels(operation, "produces", response.get("schema"), where, at)
		} else {
			r.ResponseModels = in.contentModels(response.get("content"), where, at)
		}
		for _, header := range response.get("headers").entries() {
			if r.ResponseParameters == nil {
				r.ResponseParameters = make(map[string]bool)
			}
			r.ResponseParameters["method.response.header."+header.key] = false
		}
		checked, err := apidef.NewMethodResponse(r, in.refs)
		if err != nil {
			in.failWith(err, "Unable to put method response '%s' on '%s' for resource at path '%s'", declared.key, at.verb, at.path)
			continue
		}
		if m.MethodResponses == nil {
			m.MethodResponses = make(map[string]*apidef.MethodResponse)
		}
		m.MethodResponses[declared.key] = checked
	}
}
