package lambda

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"postern/internal/apidef"
	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/integration"
	"postern/internal/gateway/message"
)

// What an integration says to Lambda of itself. Sources: developer guide, "API Gateway stage variables reference for REST
// APIs in API Gateway", "API Gateway Amazon Resource Name (ARN) reference"; API reference, Integration, credentials.
func TestInvocations(t *testing.T) {
	const prefix, suffix = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/", "/invocations"
	tests := []struct {
		name, function, credentials string
		arn, role                   string
		caller                      bool
	}{
		{"a whole ARN", "arn:aws:lambda:eu-west-1:222222222222:function:pets:prod", "", "arn:aws:lambda:eu-west-1:222222222222:function:pets:prod", "", false},
		{"a stage variable", "arn:aws:lambda:eu-west-1:111111111111:function:${stageVariables.name}", "", "arn:aws:lambda:eu-west-1:111111111111:function:cats", "", false},
		{"a name", "pets:2", "", "arn:aws:lambda:eu-west-1:111111111111:function:pets:2", "", false},
		{"a partial ARN", "222222222222:function:pets", "", "arn:aws:lambda:eu-west-1:222222222222:function:pets", "", false},
		{"a role", "pets", "arn:aws:iam::111111111111:role/${stageVariables.name}", "arn:aws:lambda:eu-west-1:111111111111:function:pets", "arn:aws:iam::111111111111:role/cats", false},
		{"the caller", "pets", "arn:aws:iam::*:user/*", "arn:aws:lambda:eu-west-1:111111111111:function:pets", "", true},
	}
	for _, tt := range tests {
		functions := &answers{result: Result{Status: 200, Payload: []byte("{}")}}
		p, err := NewProxy(&apidef.Method{Integration: &apidef.Integration{
			Type: apidef.AWSProxy, HTTPMethod: "POST", URI: prefix + tt.function + suffix, Credentials: tt.credentials,
		}}, &integration.Environment{APIID: "abc", AccountID: "111111111111", Region: "eu-west-1", Variables: map[string]string{"name": "cats"}}, &Options{Functions: functions})
		if err != nil {
			t.Fatal(err)
		}
		x := petExchange()
		x.Identity.AccessKey = "AKIA"
		if err := p.Run(t.Context(), x); err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		in := &functions.got
		if in.FunctionARN != tt.arn || in.Principal.Role != tt.role || (in.Principal.Caller != nil) != tt.caller {
			t.Errorf("%s: %s as %q, caller %v", tt.name, in.FunctionARN, in.Principal.Role, in.Principal.Caller)
		}
		if in.SourceARN != "arn:aws:execute-api:eu-west-1:111111111111:abc/stage/GET/{proxy+}" || in.SourceAccount != "111111111111" {
			t.Errorf("%s: on behalf of %s of %s", tt.name, in.SourceARN, in.SourceAccount)
		}
	}
}

func TestFailuresOfInvocations(t *testing.T) {
	tests := []struct {
		name     string
		answers  answers
		kind     string
		log      string
		evidence string
	}{
		{"no permission", answers{err: ErrPermission}, "INTEGRATION_FAILURE", "Execution failed due to configuration error: Invalid permissions on Lambda function", "captured log"},
		{"no role", answers{err: &RoleError{Role: "r", Err: errors.New("x")}}, "API_CONFIGURATION_ERROR", "Execution failed due to configuration error: API Gateway does not have permission to assume the provided role r", "captured log"},
		{"no function", answers{err: ErrNoFunction}, "INTEGRATION_FAILURE", "Function not found: arn:aws:lambda:us-east-1:111111111111:function:pets", "inferred"},
		{"no Lambda", answers{err: errors.New("down")}, "INTEGRATION_FAILURE", "network error", "inferred"},
		{"a failure of Lambda", answers{result: Result{Status: 500, Payload: []byte(`{"Message":"down"}`)}}, "INTEGRATION_FAILURE", "Execution failed due to configuration error: down", "inferred"},
		{"an event too large", answers{result: Result{Status: 413, Payload: []byte(`{"message":"too large"}`)}}, "REQUEST_TOO_LARGE", "Execution failed due to configuration error: too large", "captured reply; the log is inferred"},
		{"a refusal without words", answers{result: Result{Status: 400, Payload: []byte(`<x/>`)}}, "INTEGRATION_FAILURE", "Execution failed due to configuration error: ", "captured log"},
		{"an error that is no text", answers{result: Result{Status: 200, FunctionError: "Unhandled", RequestID: "r1", Payload: []byte(`{"errorMessage":{"a":1}}`)}}, "INTEGRATION_FAILURE", `Lambda execution failed with status 200 due to customer function error: {"a":1}. Lambda request id: r1`, "captured log; the form is inferred"},
	}
	for _, tt := range tests {
		err := newProxy(t, &tt.answers).Run(t.Context(), petExchange())
		e, ok := errors.AsType[*gatewayresponse.Error](err)
		if !ok || e.Type() != tt.kind || !strings.Contains(e.Log(), tt.log) {
			t.Errorf("%s: %v, want %s with %q (%s)", tt.name, err, tt.kind, tt.log, tt.evidence)
			if ok {
				t.Log(e.Type(), e.Log())
			}
		}
	}
}

// Source: captured access log of an AWS_PROXY function that raised KeyError('AZUL_S3_BUCKET').
func TestErrorsOfFunctionsInAccessLogs(t *testing.T) {
	x := petExchange()
	functions := &answers{result: Result{Status: 200, FunctionError: "Unhandled", Payload: []byte(`{"errorMessage":"'AZUL_S3_BUCKET'"}`)}}
	if err := newProxy(t, functions).Run(t.Context(), x); err == nil {
		t.Error("no error")
	}
	if got := x.Observed.IntegrationError; got != "Lambda Customer Function Error:'AZUL_S3_BUCKET'" {
		t.Errorf("$context.integration.error is %s", got)
	}
}

// A function that is sent nothing gets {}, while the log shows nothing (recorded AWS answer: TestInvokeMethod).
func TestTheLogShowsWhatWasSent(t *testing.T) {
	functions := &answers{result: Result{Status: 200, Payload: []byte("{}")}}
	c, err := NewCustom(&apidef.Method{
		Integration: &apidef.Integration{
			Type: apidef.AWS, HTTPMethod: "POST", URI: functionURI, Responses: map[string]*apidef.IntegrationResponse{"200": {StatusCode: "200"}},
		},
		MethodResponses: map[string]*apidef.MethodResponse{"200": {StatusCode: "200"}},
	}, &integration.Environment{}, &Options{Functions: functions})
	if err != nil {
		t.Fatal(err)
	}
	x := petExchange()
	x.Request.Body, x.Trace = nil, &message.Trace{}
	if err := c.Run(t.Context(), x); err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(x.Trace.Lines, func(l message.Line) bool { return l.Text == "Endpoint request body after transformations: " }) {
		t.Errorf("the log shows %v", x.Trace.Lines)
	}
	if string(functions.got.Payload) != "{}" {
		t.Errorf("the function gets %q", functions.got.Payload)
	}
}

// Source: recorded AWS answer (TestInvokeMethod), recorded AWS answer (trace id); inferred without Sampled.
func TestCallTrace(t *testing.T) {
	for id, want := range map[string]string{
		"Root=1-2-3":                    `Root=1-2-3;Parent=[0-9a-f]{16};Sampled=0`,
		"Root=1-2-3;Parent=4":           `Root=1-2-3;Parent=4;Sampled=0`,
		"Root=1-2-3;Parent=4;Sampled=1": `Root=1-2-3;Parent=4;Sampled=1`,
	} {
		if got := callTrace(id); !regexp.MustCompile("^" + want + "$").MatchString(got) {
			t.Errorf("%s becomes %s, want the form %s", id, got, want)
		}
	}
}

func TestTheCallerMustBeKnown(t *testing.T) {
	p, err := NewProxy(&apidef.Method{Integration: &apidef.Integration{
		Type: apidef.AWSProxy, HTTPMethod: "POST", URI: functionURI, Credentials: integration.CallerCredentials,
	}}, &integration.Environment{}, &Options{Functions: &answers{}})
	if err != nil {
		t.Fatal(err)
	}
	if e, ok := errors.AsType[*gatewayresponse.Error](p.Run(t.Context(), petExchange())); !ok || e.Type() != "API_CONFIGURATION_ERROR" {
		t.Error("a caller who did not sign has credentials")
	}
}

// A request costs the context with its deadline and the ARN of the method, no more.
func TestProxyMemory(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	p := newProxy(t, &answers{result: Result{Status: 200, Payload: []byte(`{"statusCode":200,"headers":{"Content-Type":"application/json"},"body":"{}"}`)}})
	x := petExchange()
	if n := testing.AllocsPerRun(100, func() {
		x.Response.Reset()
		x.IntegrationRequest.Reset()
		x.IntegrationResponse = message.IntegrationResponse{}
		if err := p.Run(t.Context(), x); err != nil {
			t.Fatal(err)
		}
	}); n > 9 {
		t.Errorf("a request costs %v allocations, want nine at most", n)
	}
}
