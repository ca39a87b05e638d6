package gatewayresponse_test

import (
	"errors"
	"testing"

	"postern/internal/apidef"
	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/message"
)

func answer(r *gatewayresponse.Responses, err error) *message.Response {
	x := &message.Exchange{Request: &message.Request{}, Response: &message.Response{}}
	r.Answer(x, err)
	return x.Response
}

// Each type's default answer, to the byte.
func TestDefaults(t *testing.T) {
	tests := []struct {
		err       error
		status    int
		errorType string
		body      string
		evidence  string
	}{
		{gatewayresponse.AccessDenied, 403, "AccessDeniedException", `{"Message":"User is not authorized to access this resource"}`, "AWS knowledge center: HTTP 403 errors"},
		{gatewayresponse.Configuration("x"), 500, "InternalServerErrorException", `{"message": "Internal server error"}`, "recorded AWS answer"},
		{gatewayresponse.Transformation(), 500, "InternalServerErrorException", `{"message": "Internal server error"}`, "recorded AWS answer"},
		{gatewayresponse.AuthorizerConfiguration, 500, "AuthorizerConfigurationException", `{"message":null}`, "public report"},
		{gatewayresponse.AuthorizerFailure, 500, "InternalServerErrorException", `{"message":"Internal server error"}`, "inferred"},
		{gatewayresponse.InvalidRequestBody, 400, "BadRequestException", `{"message": "Invalid request body"}`, "recorded AWS answer; blank inferred"},
		{gatewayresponse.InvalidJSONBody(), 400, "BadRequestException", `{"message": "Invalid JSON in request body"}`, "observed by an emulator's authors"},
		{gatewayresponse.MissingParameters([]string{"a", "b"}), 400, "BadRequestException", `{"message": "Missing required request parameters: [a, b]"}`, "recorded AWS answer; blank inferred"},
		{gatewayresponse.ExpiredToken, 403, "ExpiredTokenException", `{"message":"The security token included in the request is expired"}`, "inferred"},
		{gatewayresponse.Network("x"), 504, "InternalServerErrorException", `{"message": "Network error communicating with endpoint"}`, "public report, 56 bytes"},
		{gatewayresponse.IntegrationTimeout, 504, "InternalServerErrorException", `{"message": "Endpoint request timed out"}`, "captured reply, 41 bytes"},
		{gatewayresponse.InvalidAPIKey, 403, "ForbiddenException", `{"message":"Forbidden"}`, "public report, 23 bytes"},
		{gatewayresponse.InvalidSignature, 403, "InvalidSignatureException", `{"message":"The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."}`, "AWS knowledge center"},
		{gatewayresponse.MissingAuthenticationToken, 403, "MissingAuthenticationTokenException", `{"message":"Missing Authentication Token"}`, "recorded AWS answer, 42 bytes"},
		{gatewayresponse.QuotaExceeded, 429, "LimitExceededException", `{"message":"Limit Exceeded"}`, "public report"},
		{gatewayresponse.ResourceNotFound, 404, "ResourceNotFoundException", `{"message":"Not Found"}`, "inferred"},
		{gatewayresponse.Throttled, 429, "TooManyRequestsException", `{"message":"Too Many Requests"}`, "public report, 31 bytes"},
		{gatewayresponse.Unauthorized, 401, "UnauthorizedException", `{"message":"Unauthorized"}`, "public report, 26 bytes"},
		{gatewayresponse.UnsupportedMediaType, 415, "BadRequestException", `{"message": "Unsupported Media Type"}`, "developer guide; blank inferred"},
		{gatewayresponse.WAFFiltered, 403, "ForbiddenException", `{"message":"Forbidden"}`, "public report"},
		{gatewayresponse.Forbidden, 403, "ForbiddenException", `{"message":"Forbidden"}`, "public report"},
		{gatewayresponse.Throttled.WithMessage(`a "b"`).WithStatus(503), 503, "TooManyRequestsException", `{"message":"a \"b\""}`, "JSON"},
		{errors.New("anything else"), 500, "InternalServerErrorException", `{"message": "Internal server error"}`, "ours"},
	}
	for _, tt := range tests {
		got := answer(nil, tt.err)
		errorType, _ := got.Header.GetFold("x-amzn-ErrorType")
		contentType, _ := got.Header.GetFold("Content-Type")
		if got.Status != tt.status || errorType != tt.errorType || string(got.Body) != tt.body || contentType != "application/json" {
			t.Errorf("%v: %d %s %s %s, want %d %s %s (%s)", tt.err, got.Status, errorType, contentType, got.Body, tt.status, tt.errorType, tt.body, tt.evidence)
		}
	}
}

// Source: recorded AWS answer (gateway response put): the DEFAULT types speak for every type of their class that is not
// set itself; there is no inheritance member by member.
func TestInheritance(t *testing.T) {
	r := gatewayresponse.Compile([]*apidef.GatewayResponse{
		{ResponseType: "DEFAULT_5XX", StatusCode: "599", ResponseTemplates: map[string]string{"application/json": "five"}},
		{ResponseType: "AUTHORIZER_FAILURE", ResponseParameters: map[string]string{"gatewayresponse.header.x": "'y'"}},
		{ResponseType: "NO_SUCH_TYPE", StatusCode: "200"},
	})
	tests := []struct {
		err    error
		status int
		body   string
	}{
		{gatewayresponse.IntegrationTimeout, 599, "five"},
		{gatewayresponse.Network("x").WithStatus(502), 599, "five"},
		{gatewayresponse.Internal, 599, "five"},
		{gatewayresponse.AuthorizerFailure, 500, `{"message":"Internal server error"}`},
		{gatewayresponse.Throttled, 429, `{"message":"Too Many Requests"}`},
		{gatewayresponse.NotRun("x"), 501, `{"message":"Postern does not run x yet"}`},
	}
	for _, tt := range tests {
		if got := answer(r, tt.err); got.Status != tt.status || string(got.Body) != tt.body {
			t.Errorf("%v: %d %s, want %d %s", tt.err, got.Status, got.Body, tt.status, tt.body)
		}
	}
}

func TestHeaderValuesCannotBreakOut(t *testing.T) {
	r := gatewayresponse.Compile([]*apidef.GatewayResponse{{ResponseType: "DEFAULT_4XX", ResponseParameters: map[string]string{
		"gatewayresponse.header.x": "method.request.querystring.q",
	}}})
	x := &message.Exchange{Request: &message.Request{}, Response: &message.Response{}, Query: message.Pairs{{Name: "q", Value: "a\r\nSet-Cookie: b"}}}
	r.Answer(x, gatewayresponse.Unauthorized)
	if got, _ := x.Response.Header.GetFold("x"); got != "a  Set-Cookie: b" {
		t.Errorf("header x is %q", got)
	}
}

func FuzzTemplate(f *testing.F) {
	f.Add(`{"message":$context.error.messageString,"x":"${stageVariables['a']}$method.request.header.A-b."}`)
	f.Add("$${$context.}method.request.path.")
	f.Fuzz(func(t *testing.T, text string) {
		r := gatewayresponse.Compile([]*apidef.GatewayResponse{{
			ResponseType:      "THROTTLED",
			ResponseTemplates: map[string]string{"application/json": text}, ResponseParameters: map[string]string{"gatewayresponse.header.x": text},
		}})
		if one, two := answer(r, gatewayresponse.Throttled), answer(r, gatewayresponse.Throttled); string(one.Body) != string(two.Body) {
			t.Fatalf("%q then %q", one.Body, two.Body)
		}
	})
}
