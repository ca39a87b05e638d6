package mapping

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/gateway/message"
)

func TestResponseParameters(t *testing.T) {
	for _, c := range []struct {
		name, expr, body, want, evidence string
	}{
		{"a header of the backend", "integration.response.header.ETag", "", "H=\"v1\"\n", "recorded AWS answer (ETag)"},
		{"names of the backend's headers compare without case", "integration.response.header.etag", "", "H=\"v1\"\n", "inferred: RFC 9110"},
		{"the last of several", "integration.response.header.Set-Cookie", "", "H=b=2\n", "inferred, as for requests"},
		{"all of several", "integration.response.multivalueheader.Set-Cookie", "", "H=a=1\nH=b=2\n", "developer guide: API request and response data mapping reference"},
		{"a missing header", "integration.response.header.Missing", "", "", "inferred: observed by an emulator's authors"},
		{"all of none", "integration.response.multivalueheader.Missing", "", "", "inferred, as above"},
		{"a literal", "'*'", "", "H=*\n", "recorded AWS answer (static header values)"},
		{"a context variable", "context.requestId", "", "H=5a1b9e2c-7d0f-4c6e-9c7a-0f1e2d3c4b5a\n", "developer guide: API request and response data mapping reference"},
		{"a stage variable", "stageVariables.env", "", "H=prod\n", "developer guide, same page"},
		{"the whole body", "integration.response.body", "plain", "H=plain\n", "developer guide, same page"},
		{"a part of the body", "integration.response.body.a", `{"a":{"b":[1,"x"]}}`, "H={\"b\":[1,\"x\"]}\n", "developer guide, same page"},
		{"a part that is missing", "integration.response.body.b", `{"a":1}`, "", "inferred: observed by an emulator's authors"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := CompileResponseParameters(map[string]string{"method.response.header.H": c.expr})
			if err != nil {
				t.Fatal(err)
			}
			x := petExchange("")
			x.IntegrationResponse.Body = []byte(c.body)
			x.IntegrationResponse.Header = message.Pairs{
				{Name: "ETag", Value: `"v1"`}, {Name: "Set-Cookie", Value: "a=1"}, {Name: "set-cookie", Value: "b=2"},
			}
			if err := p.Apply(x); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, lines(x.Response.Header)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.evidence, diff)
			}
		})
	}
}

// The error of a Lambda function is read as what its errorMessage says; any other answer as it stands.
// Source: developer guide, "Handle Lambda errors in API Gateway", "Handle custom Lambda errors in API Gateway".
func TestResponseParametersOfAFunctionsError(t *testing.T) {
	const custom = `{"errorMessage":"{\"errorType\":\"InternalServerError\",\"httpStatus\":500,\"trace\":{\"function\":\"abc()\",\"line\":123,\"file\":\"abc.js\"}}"}`
	for _, c := range []struct {
		name, expr, body, want string
		answered               bool // the function answered, it did not fail
	}{
		{"a text", "integration.response.body.errorMessage.errorType", custom, "H=InternalServerError\n", false},
		{"a number", "integration.response.body.errorMessage.httpStatus", custom, "H=500\n", false},
		{"what is complex is JSON text", "integration.response.body.errorMessage.trace", custom, "H={\"function\":\"abc()\",\"line\":123,\"file\":\"abc.js\"}\n", false},
		{"further in", "integration.response.body.errorMessage.trace.function", custom, "H=abc()\n", false},
		{"a list", "integration.response.body.errorMessage[1]", `{"errorMessage":"[1, 2]"}`, "H=2\n", false},
		{"a message that is no JSON", "integration.response.body.errorMessage", `{"errorMessage":"{oops"}`, "H={oops\n", false},
		{"a message that is a number stays as it was written", "integration.response.body.errorMessage", `{"errorMessage":"1.0"}`, "H=1.0\n", false},
		{"no message", "integration.response.body.errorMessage.a", `{"errorType":"x"}`, "", false},
		{"a body that is no object", "integration.response.body.errorMessage", `["a"]`, "", false},
		{"an index on a text", "integration.response.body.errorMessage[0]", `{"errorMessage":"oops"}`, "", false},
		{"an index on an object", "integration.response.body[0].errorMessage", custom, "", false},
		{"an answer is no error", "integration.response.body.errorMessage.errorType", custom, "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := CompileResponseParameters(map[string]string{"method.response.header.H": c.expr})
			if err != nil {
				t.Fatal(err)
			}
			x := petExchange("")
			x.IntegrationResponse.Body, x.IntegrationResponse.FunctionError = []byte(c.body), !c.answered
			if err := p.Apply(x); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, lines(x.Response.Header)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Inferred, as observed by an emulator's authors: the client gets 500.
func TestResponseParametersRefuseABrokenBody(t *testing.T) {
	p, err := CompileResponseParameters(map[string]string{"method.response.header.H": "integration.response.body.a"})
	if err != nil {
		t.Fatal(err)
	}
	x := petExchange("")
	x.IntegrationResponse.Body = []byte(`{"a":`)
	if err := p.Apply(x); err == nil {
		t.Error("no error")
	}
}

func TestResponseParametersThatAreNone(t *testing.T) {
	for key, expr := range map[string]string{
		"method.response.header.":  "'x'",
		"method.response.body":     "'x'",
		"method.response.header.a": "method.request.header.x",
		"method.response.header.b": "integration.response.header.",
	} {
		if _, err := CompileResponseParameters(map[string]string{key: expr}); err == nil {
			t.Errorf("%s: %s compiles", key, expr)
		}
	}
}
