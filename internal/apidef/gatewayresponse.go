package apidef

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"postern/internal/aws/awserr"
)

// ErrNoGatewayResponse is what deleting a gateway response that was never set answers.
// Recorded AWS answer: DeleteGatewayResponse.
var ErrNoGatewayResponse = awserr.NotFound.Errorf("Gateway response type not defined on api")

// DefaultGatewayTemplate is the body of every gateway response that was not set.
// Recorded AWS answer: GetGatewayResponse.
const DefaultGatewayTemplate = `{"message":$context.error.messageString}`

// GatewayResponseTypes are the types of gateway response with the status that each has when it was never set, in
// alphabetical order. "" means that the response keeps the status of the error that it answers.
// Recorded AWS answer: GetGatewayResponses of a new API.
var GatewayResponseTypes = []GatewayResponse{
	{ResponseType: "ACCESS_DENIED", StatusCode: "403"},
	{ResponseType: "API_CONFIGURATION_ERROR", StatusCode: "500"},
	{ResponseType: "AUTHORIZER_CONFIGURATION_ERROR", StatusCode: "500"},
	{ResponseType: "AUTHORIZER_FAILURE", StatusCode: "500"},
	{ResponseType: "BAD_REQUEST_BODY", StatusCode: "400"},
	{ResponseType: "BAD_REQUEST_PARAMETERS", StatusCode: "400"},
	{ResponseType: "DEFAULT_4XX"},
	{ResponseType: "DEFAULT_5XX"},
	{ResponseType: "EXPIRED_TOKEN", StatusCode: "403"},
	{ResponseType: "INTEGRATION_FAILURE", StatusCode: "504"},
	{ResponseType: "INTEGRATION_TIMEOUT", StatusCode: "504"},
	{ResponseType: "INVALID_API_KEY", StatusCode: "403"},
	{ResponseType: "INVALID_SIGNATURE", StatusCode: "403"},
	{ResponseType: "MISSING_AUTHENTICATION_TOKEN", StatusCode: "403"},
	{ResponseType: "QUOTA_EXCEEDED", StatusCode: "429"},
	{ResponseType: "REQUEST_TOO_LARGE", StatusCode: "413"},
	{ResponseType: "RESOURCE_NOT_FOUND", StatusCode: "404"},
	{ResponseType: "THROTTLED", StatusCode: "429"},
	{ResponseType: "UNAUTHORIZED", StatusCode: "401"},
	{ResponseType: "UNSUPPORTED_MEDIA_TYPE", StatusCode: "415"},
	{ResponseType: "WAF_FILTERED", StatusCode: "403"},
}

// DefaultGatewayResponse is the built-in response of a type.
func DefaultGatewayResponse(responseType string) GatewayResponse {
	for _, t := range GatewayResponseTypes {
		if t.ResponseType == responseType {
			return t.complete()
		}
	}
	return GatewayResponse{ResponseType: responseType}.complete()
}

// complete fills in what was not set, each part from the built-in response.
func (g GatewayResponse) complete() GatewayResponse {
	if g.StatusCode == "" {
		for _, t := range GatewayResponseTypes {
			if t.ResponseType == g.ResponseType {
				g.StatusCode = t.StatusCode
			}
		}
	}
	if g.ResponseParameters == nil {
		g.ResponseParameters = map[string]string{}
	}
	if g.ResponseTemplates == nil {
		g.ResponseTemplates = map[string]string{"application/json": DefaultGatewayTemplate}
	}
	return g
}

// EffectiveGatewayResponse is how a type reads on an API where some responses were set: its own, complete; else that of
// DEFAULT_4XX or DEFAULT_5XX, which shows through as a whole; else the built-in one. own says that the type itself was
// set. Recorded AWS answer: GetGatewayResponses after PutGatewayResponse of DEFAULT_5XX.
func EffectiveGatewayResponse(responseType string, set map[string]*GatewayResponse) (g GatewayResponse, own bool) {
	if g, ok := set[responseType]; ok {
		return g.complete(), true
	}
	builtIn := DefaultGatewayResponse(responseType)
	class := ""
	switch {
	case strings.HasPrefix(builtIn.StatusCode, "4"):
		class = "DEFAULT_4XX"
	case strings.HasPrefix(builtIn.StatusCode, "5"):
		class = "DEFAULT_5XX"
	}
	if fallback, ok := set[class]; ok {
		shown := fallback.complete()
		shown.ResponseType = responseType
		if shown.StatusCode == "" {
			shown.StatusCode = builtIn.StatusCode
		}
		return shown, false
	}
	return builtIn, false
}

var statusCode = regexp.MustCompile(`^[1-5]\d\d$`)

// Check checks what PutGatewayResponse was given, or what a patch left.
func (g *GatewayResponse) Check(limits Limits) error {
	if g.StatusCode != "" && !statusCode.MatchString(g.StatusCode) {
		return awserr.BadRequest.Errorf("Invalid status code specified: %s", g.StatusCode)
	}
	var found faults
	for _, key := range slices.Sorted(maps.Keys(g.ResponseParameters)) {
		found.checkKey(key, GatewayResponseParam, InHeader, InPath, InQueryString)
		found.checkValue(g.ResponseParameters[key], MethodRequest)
	}
	if err := found.err(); err != nil {
		return err
	}
	return checkTemplates(g.ResponseTemplates, limits.TemplateBytes)
}

var gatewayResponsePaths = PatchTable[GatewayResponse]{
	Refuse: refuseBriefly,
	Paths: []PatchPath[GatewayResponse]{
		{Pattern: "/statusCode", Ops: Replace, Refusal: "Invalid patch path {path}", Apply: func(g *GatewayResponse, c Change) error {
			g.StatusCode = c.Value
			return nil
		}},
		{Pattern: "/responseParameters/{name}", Ops: Add | Replace | Remove, Apply: func(g *GatewayResponse, c Change) error {
			if c.Op != Remove && c.Value == "" {
				return awserr.BadRequest.Errorf("Invalid null or empty value in responseParameters")
			}
			return patchEntry(&g.ResponseParameters, c, c.Value, unknownParameter)
		}},
		{Pattern: "/responseTemplates/{contentType}", Ops: Add | Replace | Remove, Apply: func(g *GatewayResponse, c Change) error {
			if c.Op != Remove && c.Value == "" {
				return awserr.BadRequest.Errorf("Invalid null or empty value in responseTemplates")
			}
			return patchEntry(&g.ResponseTemplates, c, c.Value, unknownContentType)
		}},
	},
}

// Patch returns the gateway response with the operations applied. A response that was never set is patched as its
// built-in self. Recorded AWS answers: UpdateGatewayResponse.
func (g *GatewayResponse) Patch(ops []PatchOperation, limits Limits) (*GatewayResponse, error) {
	full := g.complete()
	next := clone(&full)
	if err := gatewayResponsePaths.Apply(next, ops); err != nil {
		return nil, err
	}
	if next.ResponseTemplates == nil {
		next.ResponseTemplates = map[string]string{} // all were removed: the built-in one does not come back
	}
	return next, next.Check(limits)
}
