package openapi

import (
	"maps"
	"slices"
	"strings"

	"postern/internal/apidef"
)

// exportedTimeout is the default of timeoutInMillis, which is not written.
const exportedTimeout = 29000

// integration is x-amazon-apigateway-integration. Types and passthroughBehavior are in lower case, contentHandling is
// not; what has its default is left out. Recorded AWS answers: GetExport; the order is that of public exports.
func (out *exporting) integration(_ *apidef.Resource, in *apidef.Integration) *node {
	n := newObject().
		add("type", newText(strings.ToLower(in.Type))).
		addText("connectionId", in.ConnectionID).
		addText("credentials", in.Credentials).
		addText("httpMethod", in.HTTPMethod).
		addText("uri", in.URI).
		addObject("responses", out.integrationResponses(in)).
		addObject("requestParameters", newTextMap(in.RequestParameters)).
		addObject("requestTemplates", newTextMap(in.RequestTemplates)).
		addText("passthroughBehavior", strings.ToLower(in.PassthroughBehavior))
	if in.ConnectionType == apidef.OverVPCLink {
		n.add("connectionType", newText(in.ConnectionType))
	}
	n.addText("integrationTarget", in.IntegrationTarget)
	if in.TimeoutInMillis != 0 && in.TimeoutInMillis != exportedTimeout {
		n.add("timeoutInMillis", newInteger(in.TimeoutInMillis))
	}
	if len(in.CacheKeyParameters) > 0 {
		n.addText("cacheNamespace", in.CacheNamespace).addTexts("cacheKeyParameters", in.CacheKeyParameters)
	}
	n.addText("contentHandling", in.ContentHandling).addText("responseTransferMode", in.ResponseTransferMode)
	if in.TLSConfig != nil {
		n.add("tlsConfig", newObject().add("insecureSkipVerification", newBoolean(in.TLSConfig.InsecureSkipVerification)))
	}
	return n
}

// integrationResponses are by selection pattern. Where two have the same one, that of the lower status is written.
func (out *exporting) integrationResponses(in *apidef.Integration) *node {
	byPattern := make(map[string]*node, len(in.Responses))
	for _, status := range slices.Sorted(maps.Keys(in.Responses)) {
		r := in.Responses[status]
		key := "default"
		if r.SelectionPattern != nil && *r.SelectionPattern != "" {
			key = *r.SelectionPattern
		}
		if byPattern[key] != nil {
			continue
		}
		byPattern[key] = newObject().
			add("statusCode", newText(status)).
			addObject("responseParameters", newTextMap(r.ResponseParameters)).
			addObject("responseTemplates", newTextMap(r.ResponseTemplates)).
			addText("contentHandling", r.ContentHandling)
	}
	n := newObject()
	for _, pattern := range hashed(byPattern) {
		n.add(pattern, byPattern[pattern])
	}
	return n
}
