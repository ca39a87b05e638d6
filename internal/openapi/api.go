package openapi

import (
	"net/url"
	"strings"

	"postern/internal/apidef"
)

// The places of Amazon's extensions are in the developer guide, "OpenAPI extensions for API Gateway".
const extension = "x-amazon-apigateway-"

// readAPI reads what becomes of the API itself.
func (in *importing) readAPI() {
	api, info := in.definition.RestAPI, in.root.get("info")
	api.Name = info.get("title").scalar()
	api.Description = info.get("description").scalar()
	api.Version = info.get("version").scalar()
	api.BinaryMediaTypes = in.root.get(extension + "binary-media-types").texts()
	api.APIKeySource = strings.ToUpper(in.root.get(extension + "api-key-source").scalar())
	api.SecurityPolicy = in.root.get(extension + "security-policy").scalar()
	api.EndpointAccessMode = strings.ToUpper(in.root.get(extension + "endpoint-access-mode").scalar())
	if size, ok := in.root.get(extension + "minimum-compression-size").integer(); ok {
		api.MinimumCompressionSize = &size
	}
	switch policy := in.root.get(extension + "policy"); {
	case policy.is(text):
		api.Policy = policy.text
	case !policy.is(null): // which is none
		api.Policy = policy.json()
	}
	in.readEndpoint(api)
	in.readBasePath()
	in.checkComponents()
}

// readEndpoint reads how the API is reached: the query parameters, and the extension of the first server or the root.
func (in *importing) readEndpoint(api *apidef.RestAPI) {
	if types := in.parameters["endpointconfigurationtypes"]; types != "" {
		for one := range strings.SplitSeq(types, ",") {
			api.EndpointConfiguration.Types = append(api.EndpointConfiguration.Types, strings.ToUpper(strings.TrimSpace(one)))
		}
	}
	const name = extension + "endpoint-configuration"
	for _, place := range []*node{in.root.get(name), in.server().get(name)} {
		api.EndpointConfiguration.VPCEndpointIDs = append(api.EndpointConfiguration.VPCEndpointIDs, place.get("vpcEndpointIds").texts()...)
		if disabled := place.get("disableExecuteApiEndpoint"); disabled != nil {
			in.definition.EndpointDisabled = new(disabled.isTrue())
		}
	}
	if disabled := in.parameters["disableexecuteapiendpoint"]; disabled != "" {
		in.definition.EndpointDisabled = new(strings.EqualFold(disabled, "true"))
	}
	api.DisableExecuteAPIEndpoint = in.definition.EndpointDisabled != nil && *in.definition.EndpointDisabled
}

// server is the one server object that counts.
func (in *importing) server() *node {
	if servers := in.root.get("servers").elements(); len(servers) > 0 {
		return servers[0]
	}
	return nil
}

// readBasePath settles what stands before every path, by the parameter basepath: ignore, prepend or split.
// Recorded AWS answers: ImportRestApi with each of them, for both versions.
func (in *importing) readBasePath() {
	if len(in.root.get("servers").elements()) > 1 {
		in.warn("More than one server provided. Ignoring all but the first for defining endpoint configuration")
	}
	base := segments(in.basePath())
	switch strings.ToLower(in.parameters["basepath"]) {
	case "prepend":
		in.base = base
	case "split":
		in.base = base[min(1, len(base)):]
	}
}

// basePath is basePath of Swagger 2.0; of OpenAPI 3.0, the variable of that name, even when the URL does not mention
// it, else the path of the URL.
func (in *importing) basePath() string {
	if in.dialect.swagger2 {
		return in.root.get("basePath").scalar()
	}
	server := in.server()
	if own := server.get("variables").get("basePath").get("default"); own.scalar() != "" {
		return own.scalar()
	}
	address := server.get("url").scalar()
	for _, v := range server.get("variables").entries() {
		address = strings.ReplaceAll(address, "{"+v.key+"}", v.value.get("default").scalar())
	}
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Path
}

// checkComponents warns of what OpenAPI 3.0 has no place for. The text is inferred.
func (in *importing) checkComponents() {
	if in.dialect.swagger2 {
		return
	}
	for _, m := range in.root.get("components").entries() {
		switch m.key {
		case "schemas", "responses", "parameters", "examples", "requestBodies", "headers", "securitySchemes", "links", "callbacks":
		default:
			if !strings.HasPrefix(m.key, "x-") {
				in.warn("attribute components.%s is unexpected", m.key)
			}
		}
	}
}

// readRequestValidators reads x-amazon-apigateway-request-validators.
func (in *importing) readRequestValidators() {
	for _, m := range in.root.get(extension + "request-validators").entries() {
		v := &apidef.RequestValidator{
			ID:                        m.key,
			Name:                      m.key,
			ValidateRequestBody:       m.value.get("validateRequestBody").isTrue(),
			ValidateRequestParameters: m.value.get("validateRequestParameters").isTrue(),
		}
		if err := v.Check(); err != nil {
			in.failWith(err, "Unable to create request validator '%s'", m.key)
			continue
		}
		in.definition.RequestValidators = append(in.definition.RequestValidators, v)
		in.refs.RequestValidators[m.key] = true
	}
}

// readGatewayResponses reads x-amazon-apigateway-gateway-responses.
func (in *importing) readGatewayResponses() {
	for _, m := range in.root.get(extension + "gateway-responses").entries() {
		g := &apidef.GatewayResponse{
			ResponseType:       strings.ToUpper(m.key),
			StatusCode:         m.value.get("statusCode").scalar(),
			ResponseParameters: stringMap(m.value.get("responseParameters")),
			ResponseTemplates:  stringMap(m.value.get("responseTemplates")),
		}
		if !isGatewayResponseType(g.ResponseType) {
			in.fail("Unable to put gateway response '%s': Invalid gateway response type specified", m.key) // inferred
			continue
		}
		if err := g.Check(limits()); err != nil {
			in.failWith(err, "Unable to put gateway response '%s'", m.key)
			continue
		}
		in.definition.GatewayResponses = append(in.definition.GatewayResponses, g)
	}
}

func isGatewayResponseType(name string) bool {
	for _, t := range apidef.GatewayResponseTypes {
		if t.ResponseType == name {
			return true
		}
	}
	return false
}

// stringMap reads an object of scalars; nil when there is none.
func stringMap(n *node) map[string]string {
	if !n.is(object) {
		return nil
	}
	out := make(map[string]string, len(n.members))
	for _, m := range n.members {
		out[m.key] = m.value.scalar()
	}
	return out
}
