package openapi

import (
	"slices"
	"strings"

	"postern/internal/apidef"
	"postern/internal/aws/awserr"
)

var integrationTypes = []string{apidef.HTTP, apidef.HTTPProxy, apidef.AWS, apidef.AWSProxy, apidef.Mock}

// The members of x-amazon-apigateway-integration, and of the responses in it, by what they hold.
var (
	integrationTexts = []string{
		"type", "httpMethod", "uri", "connectionType", "connectionId", "credentials", "passthroughBehavior", "contentHandling",
		"cacheNamespace", "responseTransferMode", "integrationTarget", "integration-target", "timeoutInMillis",
	}
	integrationObjects = []string{"requestParameters", "requestTemplates", "responses", "tlsConfig"}
	responseTexts      = []string{"statusCode", "contentHandling"}
	responseObjects    = []string{"responseParameters", "responseTemplates"}
)

// readIntegration reads x-amazon-apigateway-integration. A method without one is imported, and cannot be deployed.
// Fields that only HTTP APIs have are ignored. Source: developer guide, "x-amazon-apigateway-integration object".
func (in *importing) readIntegration(m *apidef.Method, at place, operation *node) {
	n := operation.get(extension + "integration")
	if n.is(absent) || n.is(null) {
		return
	}
	if !isIntegration(n) {
		in.refused = awserr.BadRequest.Errorf("Unable to parse API definition because of a malformed integration at path %s.", at.path)
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

// isIntegration tells whether an integration can be read at all: whether it is of a type, and its members hold what they
// must. Where one cannot, AWS refuses the definition, and lists nothing else.
// Source: public bug report, localstack/localstack issue 4619 (an object stands where the uri does); the other causes
// are inferred.
func isIntegration(n *node) bool {
	if !n.has(integrationTexts, integrationObjects) || !slices.Contains(integrationTypes, strings.ToUpper(n.get("type").scalar())) {
		return false
	}
	if keys := n.get("cacheKeyParameters"); !keys.is(absent) && !keys.is(null) && !keys.is(list) {
		return false
	}
	if _, ok := n.get("timeoutInMillis").integer(); !ok && n.get("timeoutInMillis").scalar() != "" {
		return false
	}
	return !slices.ContainsFunc(n.get("responses").entries(), func(m member) bool {
		return !m.value.has(responseTexts, responseObjects) || !statusCode.MatchString(m.value.get("statusCode").scalar())
	})
}

// has tells whether n is an object whose members are texts and objects as named. One may be null, or absent.
func (n *node) has(texts, objects []string) bool {
	return n.is(object) && !slices.ContainsFunc(n.members, func(m member) bool {
		v := m.value
		return !v.is(null) && (slices.Contains(texts, m.key) && (v.is(object) || v.is(list)) || slices.Contains(objects, m.key) && !v.is(object))
	})
}

// mappings reads a map of texts, of an integration or of one of its responses. What is no text is dropped with a warning;
// but a template may be null, which is the empty one. Recorded AWS answer: ImportRestApi, requestParameters with a boolean.
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
		case m.value.is(null) && strings.HasSuffix(name, "Templates"):
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
