package mapping

import (
	"testing"

	"postern/internal/gateway/message"
)

// Source, unless a row says otherwise: API Gateway developer guide, "Variables for data transformations for API
// Gateway".
func TestContextVariable(t *testing.T) {
	x := petExchange("")
	x.AWSEndpointRequestID = "aws-1"
	x.Canary = "false"
	x.Authorizer = &message.Authorizer{
		PrincipalID: "user-1",
		Context:     message.Pairs{{Name: "key", Value: "value"}, {Name: "numKey", Value: "1"}, {Name: "dotted.name", Value: "d"}},
		Claims:      message.Pairs{{Name: "sub", Value: "1111"}, {Name: "custom:role", Value: "admin"}},
	}
	x.Error = &message.Error{ResponseType: "THROTTLED", Message: "Too Many \"Requests\"", MessageString: `"Too Many \"Requests\""`, ValidationErrorString: "[object]"}
	x.Identity = message.Identity{
		AccountID: "1", AccessKey: "2", APIKey: "3", APIKeyID: "4", Caller: "5", User: "6", UserARN: "7", PrincipalOrgID: "8",
		CognitoAuthenticationProvider: "9", CognitoAuthenticationType: "10", CognitoIdentityID: "11", CognitoIdentityPoolID: "12",
		VPCID: "13", VPCEID: "14",
		ClientCert: &message.ClientCert{
			PEM: "pem", SubjectDN: "CN=a", IssuerDN: "CN=b", SerialNumber: "a:b",
			NotBefore: "May 28 12:30:02 2019 GMT", NotAfter: "Aug  5 09:36:04 2021 GMT",
		},
	}
	for _, c := range []struct{ name, want string }{
		{"accountId", "123456789012"},
		{"apiId", "a1b2c3d4e5"},
		{"authorizer.claims.custom:role", "admin"},
		{"authorizer.claims.sub", "1111"},
		{"authorizer.key", "value"},
		{"authorizer.numKey", "1"},
		{"authorizer.dotted.name", "d"},
		{"authorizer.principalId", "user-1"},
		{"awsEndpointRequestId", "aws-1"},
		{"deploymentId", "d1e2f3"},
		{"domainName", "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com"},
		{"domainPrefix", "a1b2c3d4e5"},
		{"error.message", `Too Many "Requests"`},
		{"error.messageString", `"Too Many \"Requests\""`},
		{"error.responseType", "THROTTLED"},
		{"error.validationErrorString", "[object]"},
		{"extendedRequestId", "JKJaXmPLvHcESHA="},
		{"httpMethod", "POST"},
		{"identity.accessKey", "2"}, // recorded AWS answer
		{"identity.accountId", "1"},
		{"identity.apiKey", "3"},
		{"identity.apiKeyId", "4"},
		{"identity.caller", "5"},
		{"identity.clientCert.clientCertPem", "pem"},
		{"identity.clientCert.issuerDN", "CN=b"},
		{"identity.clientCert.serialNumber", "a:b"},
		{"identity.clientCert.subjectDN", "CN=a"},
		{"identity.clientCert.validity.notAfter", "Aug  5 09:36:04 2021 GMT"},
		{"identity.clientCert.validity.notBefore", "May 28 12:30:02 2019 GMT"},
		{"identity.cognitoAuthenticationProvider", "9"},
		{"identity.cognitoAuthenticationType", "10"},
		{"identity.cognitoIdentityId", "11"},
		{"identity.cognitoIdentityPoolId", "12"},
		{"identity.principalOrgId", "8"},
		{"identity.sourceIp", "203.0.113.9"},
		{"identity.user", "6"},
		{"identity.userAgent", "bench/1.0"},
		{"identity.userArn", "7"},
		{"identity.vpcId", "13"},
		{"identity.vpceId", "14"},
		{"isCanaryRequest", "false"}, // recorded AWS answer (canary stage)
		{"path", "/prod/pets/a%2Fb%20c"},
		{"protocol", "HTTP/1.1"}, // developer guide: Variables for access logging; the client spoke HTTP/2
		{"requestId", "5a1b9e2c-7d0f-4c6e-9c7a-0f1e2d3c4b5a"},
		{"requestTime", "22/Nov/2026:01:02:03 +0000"},
		{"requestTimeEpoch", "1795309323004"},
		{"resourceId", "x7y8z9"},
		{"resourcePath", "/pets/{petId}"},
		{"stage", "prod"},
	} {
		if got, ok := ContextVariable(x, c.name); !ok || got != c.want {
			t.Errorf("%s: %q, %v; want %q", c.name, got, ok, c.want)
		}
	}
}

func TestContextVariablesThatHaveNoValue(t *testing.T) {
	x := petExchange("")
	for _, name := range []string{
		"", ".", "nothing", "stage.x", "stage.", "identity", "identity.", "identity.nothing", "identity.user", "identity.clientCert",
		"identity.clientCert.subjectDN", "identity.clientCert.validity.notAfter", "authorizer", "authorizer.principalId",
		"authorizer.claims", "authorizer.claims.sub", "authorizer.key", "error", "error.message", "error.messageString",
		"isCanaryRequest", "awsEndpointRequestId", "wafResponseCode", "webaclArn", "requestOverride", "requestOverride.header.x",
		"responseOverride.status", "requestTimeEpoch.x", "claims",
	} {
		if got, ok := ContextVariable(x, name); ok || got != "" {
			t.Errorf("%s: %q, %v; want no value", name, got, ok)
		}
	}
}

// A message that is missing is null, as in {"message":null} of AUTHORIZER_CONFIGURATION_ERROR (public reports).
func TestContextErrorWithoutMessage(t *testing.T) {
	x := petExchange("")
	x.Error = &message.Error{ResponseType: "AUTHORIZER_CONFIGURATION_ERROR", MessageString: "null"}
	if got, _ := ContextVariable(x, "error.messageString"); got != "null" {
		t.Errorf("messageString %q", got)
	}
	if got, ok := ContextVariable(x, "error.message"); ok {
		t.Errorf("message %q", got)
	}
}

func TestCompiledContextVariablesReadTheSame(t *testing.T) {
	x := petExchange("")
	x.Authorizer = &message.Authorizer{Context: message.Pairs{{Name: "key", Value: "value"}}}
	x.Canary = "true"
	for _, name := range []string{
		"apiId", "stage", "identity.sourceIp", "identity.validity", "authorizer.key", "authorizer.other", "isCanaryRequest",
		"requestTimeEpoch", "nothing", "identity", "error.message", "",
	} {
		want, wanted := ContextVariable(x, name)
		if got, ok := CompileContextVariable(name)(x); got != want || ok != wanted {
			t.Errorf("%s: %q, %v compiled; %q, %v otherwise", name, got, ok, want, wanted)
		}
	}
}
