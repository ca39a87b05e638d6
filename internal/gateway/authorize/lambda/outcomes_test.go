package lambda_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postern/internal/apidef"
	"postern/internal/gateway/authorize/lambda"
	"postern/internal/gateway/gatewayresponse"
	functions "postern/internal/gateway/integration/lambda"
	"postern/internal/gateway/message"
)

// What becomes of a request. Sources: AWS knowledge center, 401 errors and HTTP 403 errors; developer guide, "Use API
// Gateway Lambda authorizers" and "Output from an API Gateway Lambda authorizer"; public reports for {"message":null}.
func TestOutcomes(t *testing.T) {
	const (
		unauthorized  = "Unauthorized"
		configuration = "AuthorizerConfigurationException"
	)
	statement := func(members string) string {
		return `{"principalId":"p","policyDocument":{"Version":"2012-10-17","Statement":[{` + members + `}]}}`
	}
	with := func(member string) string { return strings.TrimSuffix(allowAll, "}") + "," + member + "}" }
	good := exchange("/pets", "Authorization: Bearer t")
	for _, c := range []struct {
		name     string
		def      *apidef.Authorizer
		function *fakeFunctions
		x        *message.Exchange
		want     string // a decision, or what the answer is
		called   int
	}{
		// The identity.
		{"a token", token(), says(allowAll), good, "allow", 1},
		{"no header", token(), says(allowAll), exchange("/pets"), unauthorized, 0},
		{"an empty header", token(), says(allowAll), exchange("/pets", "Authorization: "), unauthorized, 0},
		{"a header's name has no case", token(), says(allowAll), exchange("/pets", "AUTHORIZATION: t"), "allow", 1},
		{"no header, nothing cached", token(ttl(0)), says(allowAll), exchange("/pets"), unauthorized, 0},
		{"an expression that matches", token(validated("^Bearer ")), says(allowAll), good, "allow", 1},
		{"an expression that does not", token(validated("^Bearer ")), says(allowAll), exchange("/pets", "Authorization: abc"), unauthorized, 0},
		{"an expression that takes for ever", token(validated("(a+)+$")), says(allowAll), exchange("/pets", "Authorization: "+strings.Repeat("a", 60)+"!"), unauthorized, 0},
		{"all sources", request("method.request.header.Authorization, method.request.querystring.q"), says(allowAll), exchange("/pets?q=1", "Authorization: t"), "allow", 1},
		{"a source is missing", request("method.request.header.Authorization,method.request.querystring.q"), says(allowAll), good, unauthorized, 0},
		{"a source is empty", request("method.request.header.Authorization,method.request.querystring.q"), says(allowAll), exchange("/pets?q=", "Authorization: t"), unauthorized, 0},
		{"a source is missing, nothing cached", request("method.request.querystring.q", ttl(0)), says(allowAll), good, "allow", 1},
		{"no source, nothing cached", request("", ttl(0)), says(allowAll), good, "allow", 1},
		{"a stage variable", request("stageVariables.color"), says(allowAll), good, "allow", 1},
		{"a stage variable that is not set", request("stageVariables.size"), says(allowAll), good, unauthorized, 0},
		{"the context", request("context.identity.sourceIp"), says(allowAll), good, "allow", 1},
		{"the context, without a value", request("context.identity.apiKey"), says(allowAll), good, unauthorized, 0},
		{"a request's expression is none of its settings", request("stageVariables.color", validated("^no$")), says(allowAll), good, "allow", 1},

		// The policy.
		{"a policy that denies", token(), says(reply("Deny", stage+"/*")), good, "explicit deny", 1},
		{"a policy for another method", token(), says(reply("Allow", stage+"/GET/dogs")), good, "implicit deny", 1},
		{"a policy for the method", token(), says(reply("Allow", stage+"/GET/pets")), good, "allow", 1},
		{"a policy for another verb", token(), says(reply("Allow", stage+"/POST/pets")), good, "implicit deny", 1},
		{"a policy for another stage", token(), says(reply("Allow", strings.Replace(stage, "/prod", "/test", 1)+"/*")), good, "implicit deny", 1},
		{"a policy for every API", token(), says(reply("Allow", "arn:aws:execute-api:*:*:*")), good, "allow", 1},
		{"a policy for everything", token(), says(reply("Allow", "*")), good, "allow", 1},
		{"an action in another case", token(), says(statement(`"Effect":"Allow","Action":"execute-api:invoke","Resource":"*"`)), good, "allow", 1},
		{"another action", token(), says(statement(`"Effect":"Allow","Action":"execute-api:InvalidateCache","Resource":"*"`)), good, "implicit deny", 1},
		{"a condition that holds", token(), says(statement(`"Effect":"Allow","Action":"*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}`)), good, "allow", 1},
		{"a condition that does not", token(), says(statement(`"Effect":"Allow","Action":"*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"198.51.100.0/24"}}`)), good, "implicit deny", 1},
		{"an empty principal", token(), says(strings.Replace(allowAll, "user-1", "", 1)), good, "allow", 1},

		// Functions that fail, and what is no answer.
		{"it raises Unauthorized", token(), raises(`{"errorMessage":"Unauthorized","errorType":"Error"}`), good, unauthorized, 1},
		{"it raises unauthorized", token(), raises(`{"errorMessage":"unauthorized"}`), good, configuration, 1},
		{"it raises Unauthorized and more", token(), raises(`{"errorMessage":"Unauthorized!"}`), good, configuration, 1},
		{"it raises boom", token(), raises(`{"errorMessage":"boom"}`), good, configuration, 1},
		{"it raises with a policy", token(), raises(allowAll), good, configuration, 1},
		{"it returns an error's document", token(), says(`{"errorMessage":"Unauthorized"}`), good, configuration, 1},
		{"it returns a text", token(), says(`"Unauthorized"`), good, configuration, 1},
		{"it returns null", token(), says(`null`), good, configuration, 1},
		{"it returns nothing", token(), says(``), good, configuration, 1},
		{"it returns {}", token(), says(`{}`), good, configuration, 1},
		{"it returns a list", token(), says(`[` + allowAll + `]`), good, configuration, 1},
		{"it returns two objects", token(), says(allowAll + allowAll), good, configuration, 1},
		{"it returns garbage", token(), says(allowAll + "garbage"), good, configuration, 1},
		{"it returns half of it", token(), says(allowAll[:len(allowAll)-1]), good, configuration, 1},
		{"no principal", token(), says(strings.Replace(allowAll, `"principalId":"user-1",`, "", 1)), good, configuration, 1},
		{"the principal is null", token(), says(strings.Replace(allowAll, `"user-1"`, "null", 1)), good, configuration, 1},
		{"the principal is an object", token(), says(strings.Replace(allowAll, `"user-1"`, "{}", 1)), good, configuration, 1},
		{"no policy", token(), says(`{"principalId":"p"}`), good, configuration, 1},
		{"the policy is a text", token(), says(`{"principalId":"p","policyDocument":"{}"}`), good, configuration, 1},
		{"the policy is empty", token(), says(`{"principalId":"p","policyDocument":{}}`), good, configuration, 1},
		{"no statement", token(), says(`{"principalId":"p","policyDocument":{"Version":"2012-10-17","Statement":[]}}`), good, configuration, 1},
		{"an effect that is none", token(), says(statement(`"Effect":"Maybe","Action":"*","Resource":"*"`)), good, configuration, 1},
		{"no resource", token(), says(statement(`"Effect":"Allow","Action":"*"`)), good, configuration, 1},
		{"a resource of 513 characters", token(), says(reply("Allow", stage+"/"+strings.Repeat("x", 513-len(stage)-1))), good, configuration, 1},
		{"a resource of 512 characters", token(), says(reply("Allow", stage+"/*", stage+"/"+strings.Repeat("x", 512-len(stage)-1))), good, "allow", 1},
		{"an unknown member", token(), says(with(`"extra":1`)), good, configuration, 1},
		{"an object in the context", token(), says(with(`"context":{"k":{"a":1}}`)), good, configuration, 1},
		{"a list in the context", token(), says(with(`"context":{"k":[1]}`)), good, configuration, 1},
		{"null in the context", token(), says(with(`"context":{"k":null}`)), good, configuration, 1},
		{"the context is a list", token(), says(with(`"context":[]`)), good, configuration, 1},
		{"the context is null", token(), says(with(`"context":null`)), good, "allow", 1},
		{"too much", token(), says(with(`"context":{"k":"` + strings.Repeat("x", 300_000) + `"}`)), good, configuration, 1},
		{"deep garbage", token(), says(strings.Repeat(`{"a":`, 20_000)), good, configuration, 1},

		// Lambda that does not run it.
		{"throttled", token(), refuses(429, `{"message":"Rate exceeded"}`), good, configuration, 1},
		{"no permission", token(), cannot(functions.ErrPermission), good, configuration, 1},
		{"no role", token(), cannot(&functions.RoleError{Role: "r", Err: errors.New("no")}), good, configuration, 1},
		{"no function", token(), cannot(functions.ErrNoFunction), good, configuration, 1},
		{"no Lambda", token(), cannot(errors.New("connection refused")), good, configuration, 1},
		{"a time-out", token(), cannot(fmt.Errorf("invoke: %w", context.DeadlineExceeded)), good, configuration, 1},

		// Authorizers that cannot run.
		{"a uri that is none", token(at("https://example.com")), says(allowAll), good, configuration, 0},
		{"a uri of a function", token(at(function)), says(allowAll), good, configuration, 0},
		{"an expression that is none", token(validated("(")), says(allowAll), good, configuration, 0},
		{"a source that is none", request("method.request.body", ttl(0)), says(allowAll), good, "allow", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.x.Trace.Lines = nil
			decision, err := authorize(t, newRoom().compile(c.def, c.function), c.x)
			got := decision.String()
			switch {
			case errors.Is(err, gatewayresponse.Unauthorized):
				got = unauthorized
			case errors.Is(err, gatewayresponse.AuthorizerConfiguration):
				got = configuration
			case err != nil:
				got = err.Error()
			}
			if got != c.want || c.function.count() != c.called {
				t.Errorf("%s after %d calls, want %s after %d\n%s", got, c.function.count(), c.want, c.called, logOf(c.x))
			}
			if log := logOf(c.x); got == configuration && !strings.HasSuffix(log, "\nAuthorizerConfigurationException\n") {
				t.Errorf("the log does not say why:\n%s", log)
			}
		})
	}
}

func validated(expression string) func(*apidef.Authorizer) {
	return func(a *apidef.Authorizer) { a.IdentityValidationExpression = expression }
}

func at(uri string) func(*apidef.Authorizer) {
	return func(a *apidef.Authorizer) { a.AuthorizerURI = uri }
}

func refuses(status int, document string) *fakeFunctions {
	return &fakeFunctions{answer: func(*functions.Invocation) (functions.Result, error) {
		return functions.Result{Status: status, Payload: []byte(document)}, nil
	}}
}

// A function that does not come back is left to itself. Inferred: the guide names no figure.
func TestTimeout(t *testing.T) {
	slow := &blockingFunctions{}
	a := lambda.New(lambda.Settings{Authorizer: token(), AccountID: "1", Region: "us-east-1", APIID: "api1", Stage: "prod"},
		lambda.Calls{Functions: slow, Timeout: time.Millisecond})
	x := exchange("/pets", "Authorization: t")
	if _, err := authorize(t, a, x); !errors.Is(err, gatewayresponse.AuthorizerConfiguration) {
		t.Errorf("%v\n%s", err, logOf(x))
	}
}

// blockingFunctions waits for the end of ctx.
type blockingFunctions struct{ fakeFunctions }

func (*blockingFunctions) Invoke(ctx context.Context, _ *functions.Invocation) (functions.Result, error) {
	<-ctx.Done()
	return functions.Result{}, ctx.Err()
}

// What a function says of a caller is text, in the function's order. Source: developer guide, "Output from an API Gateway
// Lambda authorizer".
func TestContext(t *testing.T) {
	answer := strings.TrimSuffix(allowAll, "}") +
		`,"context":{"text":"a\u00e9b","numKey":1,"float":1.50,"boolKey":true,"no":false,"empty":"","text":"again"},"usageIdentifierKey":"key-value"}`
	x := exchange("/pets", "Authorization: t")
	if _, err := authorize(t, newRoom().compile(token(), says(answer)), x); err != nil {
		t.Fatal(err)
	}
	want := &message.Authorizer{
		PrincipalID: "user-1", UsageIdentifierKey: "key-value",
		Context: message.Pairs{
			{Name: "text", Value: "again"},
			{Name: "numKey", Value: "1"},
			{Name: "float", Value: "1.50"},
			{Name: "boolKey", Value: "true"},
			{Name: "no", Value: "false"},
			{Name: "empty", Value: ""},
		},
	}
	if diff := cmp.Diff(want, x.Authorizer); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// How the function is called. Source: API reference, CreateAuthorizer, authorizerCredentials; developer guide, "Configure a
// cross-account API Gateway Lambda authorizer" (the source ARN).
func TestInvocation(t *testing.T) {
	f := says(allowAll)
	def := token(at(strings.Replace(uri, ":auth/", ":${stageVariables.fn}/", 1)), func(a *apidef.Authorizer) {
		a.AuthorizerCredentials = "arn:aws:iam::111111111111:role/invoke"
	})
	x := exchange("/pets/7", "Authorization: Bearer t")
	if _, err := authorize(t, newRoom().compile(def, f), x); err != nil {
		t.Fatal(err)
	}
	want := functions.Invocation{
		FunctionARN: function, Principal: functions.Principal{Role: "arn:aws:iam::111111111111:role/invoke"},
		Payload:   []byte(`{"type":"TOKEN","methodArn":"` + stage + `/GET/pets/7","authorizationToken":"Bearer t"}`),
		SourceARN: "arn:aws:execute-api:us-east-1:111111111111:api1/authorizers/auth01", SourceAccount: "111111111111",
		TraceID: "Root=1-a-b", RequestID: "11111111-2222-3333-4444-555555555555", PayloadIsJSON: true,
	}
	if diff := cmp.Diff(want, f.calls[0]); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if x.Observed.AuthorizerIntegrationStatus != 200 || x.Observed.AuthorizerRequestID != "lambda-1" || x.Observed.Authorizer.Status != 200 {
		t.Errorf("noted for access logs: %+v", x.Observed)
	}
}

// The event of a REQUEST authorizer. Sources: captured execution log of a test invocation for the order and the empty
// objects; developer guide, "Input to an Amazon API Gateway Lambda authorizer".
func TestRequestEvent(t *testing.T) {
	f := says(allowAll)
	x := exchange("/pets/7?q=1&q=2", "Accept: */*", "X-Key: a", "x-key: b", "Authorization: t")
	x.ResourcePath = "/pets/{id}"
	x.PathParameters.Add("id", "7")
	if _, err := authorize(t, newRoom().compile(request("method.request.header.X-Key"), f), x); err != nil {
		t.Fatal(err)
	}
	const want = `{"type":"REQUEST","methodArn":"` + stage + `/GET/pets/7","resource":"/pets/{id}","path":"/pets/7","httpMethod":"GET",` +
		`"headers":{"Accept":"*/*","X-Key":"b","Authorization":"t","X-Amzn-Trace-Id":"Root=1-a-b","X-Forwarded-For":"192.0.2.7","X-Forwarded-Port":"443","X-Forwarded-Proto":"https"},` +
		`"multiValueHeaders":{"Accept":["*/*"],"X-Key":["a","b"],"Authorization":["t"],"X-Amzn-Trace-Id":["Root=1-a-b"],"X-Forwarded-For":["192.0.2.7"],"X-Forwarded-Port":["443"],"X-Forwarded-Proto":["https"]},` +
		`"queryStringParameters":{"q":"2"},"multiValueQueryStringParameters":{"q":["1","2"]},"pathParameters":{"id":"7"},"stageVariables":{"color":"red"},` +
		`"requestContext":{"resourceId":"res1","resourcePath":"/pets/{id}","httpMethod":"GET","extendedRequestId":"ext=","requestTime":"31/Jan/2026:12:00:00 +0000",` +
		`"path":"/prod/pets/7","accountId":"111111111111","protocol":"HTTP/1.1","stage":"prod","domainPrefix":"","requestTimeEpoch":1769860800000,` +
		`"requestId":"11111111-2222-3333-4444-555555555555","identity":{"cognitoIdentityPoolId":null,"cognitoIdentityId":null,"principalOrgId":null,` +
		`"cognitoAuthenticationType":null,"userArn":null,"userAgent":null,"accountId":null,"caller":null,"sourceIp":"192.0.2.7","accessKey":null,` +
		`"cognitoAuthenticationProvider":null,"user":null},"domainName":"","apiId":"api1"}}`
	if diff := cmp.Diff(want, string(f.calls[0].Payload)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if len(x.IntegrationRequest.Header) != 0 {
		t.Errorf("the integration would be sent %v", x.IntegrationRequest.Header)
	}
	// Without parameters there are empty objects.
	x = exchange("/pets", "X-Key: a")
	x.StageVariables = nil
	if _, err := authorize(t, newRoom().compile(request("method.request.header.X-Key"), f), x); err != nil {
		t.Fatal(err)
	}
	if got := string(f.calls[1].Payload); !strings.Contains(got, `"queryStringParameters":{},"multiValueQueryStringParameters":{},"pathParameters":{},"stageVariables":{},"requestContext"`) {
		t.Error(got)
	}
}

// The execution log. Source: captured execution logs of test invocations, of TOKEN (ended by another text) and of REQUEST
// authorizers (ended in Unauthorized).
func TestLog(t *testing.T) {
	x := exchange("/pets", "Authorization: Bearer abcdefgh")
	if _, err := authorize(t, newRoom().compile(token(), says(allowAll)), x); err != nil {
		t.Fatal(err)
	}
	const url = "https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/" + function + "/invocations"
	compareLog(t, x, []string{
		"Starting authorizer: auth01 for request: 11111111-2222-3333-4444-555555555555",
		"Incoming identity: *********cdefgh",
		"Endpoint request URI: " + url,
		"Endpoint request headers: {x-amzn-lambda-integration-tag=11111111-2222-3333-4444-555555555555, X-Amz-Date=",
		`Endpoint request body after transformations: {"type":"TOKEN","methodArn":"` + stage + `/GET/pets","authorizationToken":"Bearer abcdefgh"}`,
		"Sending request to " + url,
		"Authorizer result body before parsing: " + allowAll,
		"Using valid authorizer policy for principal: ***r-1",
		"Successfully completed authorizer execution",
	})
	x = exchange("/pets", "Hash: aaaaaaaaaaaaaa")
	_, _ = authorize(t, newRoom().compile(request("method.request.header.Hash"), raises(`{"errorMessage":"Unauthorized"}`)), x)
	compareLog(t, x, []string{
		"Starting authorizer: auth01 for request: 11111111-2222-3333-4444-555555555555",
		"Incoming identity: {method.request.header.Hash=********aaaaaa}",
		"Endpoint request URI: " + url, "Endpoint request headers: ", "Endpoint request body after transformations: ", "Sending request to " + url,
		"Unauthorized request: 11111111-2222-3333-4444-555555555555",
		"Unauthorized",
	})
	x = exchange("/pets", "Authorization: t")
	_, _ = authorize(t, newRoom().compile(token(), says(`{"errorType":"x"}`)), x)
	compareLog(t, x, []string{
		"Starting", "Incoming", "Endpoint", "Endpoint", "Endpoint", "Sending", `Authorizer result body before parsing: {"errorType":"x"}`,
		`Execution failed due to configuration error: Invalid JSON in response: Unrecognized field "errorType" , not marked as ignorable`,
		"AuthorizerConfigurationException",
	})
	// A request without the identity leaves no line. Source: developer guide, "Call an API with an API Gateway Lambda
	// authorizer".
	x = exchange("/pets")
	_, _ = authorize(t, newRoom().compile(token(), says(allowAll)), x)
	compareLog(t, x, nil)
}

// compareLog compares the starts of lines.
func compareLog(t *testing.T, x *message.Exchange, want []string) {
	t.Helper()
	if len(x.Trace.Lines) != len(want) {
		t.Fatalf("%d lines, want %d:\n%s", len(x.Trace.Lines), len(want), logOf(x))
	}
	for i, line := range x.Trace.Lines {
		if !strings.HasPrefix(line.Text, want[i]) {
			t.Errorf("line %d is %q, want %q", i, line.Text, want[i])
		}
	}
}

// No answer of a function makes the gateway fail, and none that is refused decides anything.
func FuzzParse(f *testing.F) {
	for _, text := range []string{allowAll, reply("Deny", "*"), `{"principalId":1,"policyDocument":{},"context":{"a":1e3}}`, "null", `{"principalId":"p"`, strings.Repeat("[", 100)} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := lambda.Parse(text)
		if (r == nil) != (err != nil) {
			t.Fatalf("%v and %v", r, err)
		}
		if err != nil {
			return
		}
		again, err := lambda.Parse(r.Reply)
		if err != nil || again.PrincipalID() != r.PrincipalID() || again.PolicyDocument() != r.PolicyDocument() {
			t.Fatalf("%s reads differently the second time: %v", text, err)
		}
	})
}
