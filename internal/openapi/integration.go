package openapi

import (
	"slices"
	"strings"

	"postern/internal/apidef"
)

var integrationTypes = []string{apidef.HTTP, apidef.HTTPProxy, apidef.AWS, apidef.AWSProxy, apidef.Mock}

// readIntegration reads x-amazon-apigateway-integration. A method without one is imported, and cannot be deployed.
// Fields that only HTTP APIs have are ignored. Source: developer guide, "x-amazon-apigateway-integration object".
func (in *importing) readIntegration(m *apidef.Method, at place, operation *node) {
	n := operation.get(extension + "integration")
	if n.is(absent) || n.is(null) {
		return
	}
	given := apidef.Integration{
		Type:                 strings.ToUpper(n.get("type").scalar()),
		HTTPMethod:           strings.ToUpper(n.get("httpMethod").scalar()),
		URI:                  n.get("uri").scalar(),
		ConnectionType:       strings.ToUpper(n.get("connectionType").scalar()),
		ConnectionID:         n.get("connectionId").scalar(),
		Credentials:          n.get("credentials").scalar(),
		PassthroughBehavior:  strings.ToUpper(n.get("passthroughBehavior").scalar()),
		ContentHandling:      strings.ToUpper(n.get("contentHandling").scalar()),
		CacheNamespace:       n.get("cacheNamespace").scalar(),
		CacheKeyParameters:   n.get("cacheKeyParameters").texts(),
		ResponseTransferMode: strings.ToUpper(n.get("responseTransferMode").scalar()),
		IntegrationTarget:    n.get("integrationTarget").scalar() + n.get("integration-target").scalar(), // the guide spells it both ways
		RequestParameters:    in.mappings(n, "requestParameters", at),
		RequestTemplates:     in.mappings(n, "requestTemplates", at),
	}
	if !n.is(object) || !slices.Contains(integrationTypes, given.Type) {
		in.malformed(at)
		return
	}
	if tls := n.get("tlsConfig"); tls.is(object) {
		given.TLSConfig = &apidef.TLSConfig{InsecureSkipVerification: tls.get("insecureSkipVerification").isTrue()}
	}
	integration, err := apidef.NewIntegration(given, nil, apidef.Place{Method: m, Limits: limits()})
	if err != nil {
		in.failWith(err, "Unable to put integration on '%s' for resource at path '%s'", at.verb, at.path)
		return
	}
	if millis, ok := n.get("timeoutInMillis").integer(); ok {
		integration.TimeoutInMillis = millis // within a quota, which the control plane knows
	}
	m.Integration = integration
	in.readIntegrationResponses(m, at, n)
}

// malformed reports an integration that cannot be read at all. Source of the text: a public report.
func (in *importing) malformed(at place) {
	in.fail("Unable to parse API definition because of a malformed integration at path %s.", at.path)
}

// mappings reads a map of texts, of an integration or of one of its responses. A null is the empty text; anything else
// that is no text is dropped with a warning. Recorded AWS answer: ImportRestApi, requestParameters with a boolean.
func (in *importing) mappings(n *node, name string, at place) map[string]string {
	declared := n.get(name)
	if !declared.is(object) {
		return nil
	}
	out := make(map[string]string, len(declared.members))
	for _, m := range declared.members {
		switch {
		case m.value.is(text):
			out[m.key] = m.value.text
		case m.value.is(null):
			out[m.key] = ""
		default:
			in.warn("Invalid format for '%s'. Expected type string for property '%s' of resource '%s' and method '%s' but got '%s'",
				name, m.key, at.path, at.verb, m.value.json())
		}
	}
	return out
}

// readIntegrationResponses reads the responses of an integration: by "default" or by selection pattern in the document,
// by status code in the definition, where a later one replaces an earlier one.
func (in *importing) readIntegrationResponses(m *apidef.Method, at place, n *node) {
	for _, entry := range n.get("responses").entries() {
		r := apidef.IntegrationResponse{
			StatusCode:         entry.value.get("statusCode").scalar(),
			ContentHandling:    strings.ToUpper(entry.value.get("contentHandling").scalar()),
			ResponseParameters: in.mappings(entry.value, "responseParameters", at),
			ResponseTemplates:  in.mappings(entry.value, "responseTemplates", at),
		}
		if entry.key != "default" {
			r.SelectionPattern = &entry.key
		}
		if !statusCode.MatchString(r.StatusCode) {
			in.malformed(at)
			continue
		}
		checked, err := apidef.NewIntegrationResponse(r, m.MethodResponses[r.StatusCode], limits())
		if err != nil {
			in.failWith(err, "Unable to put integration response on '%s' for resource at path '%s'", at.verb, at.path)
			continue
		}
		if m.Integration.Responses == nil {
			m.Integration.Responses = make(map[string]*apidef.IntegrationResponse)
		}
		m.Integration.Responses[r.StatusCode] = checked
	}
}
