package lambda_test

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"postern/internal/apidef"
	"postern/internal/aws/iampolicy"
	"postern/internal/gateway/authorize/lambda"
	functions "postern/internal/gateway/integration/lambda"
	"postern/internal/gateway/message"
	"postern/internal/gateway/policy"
)

const (
	stage    = "arn:aws:execute-api:us-east-1:111111111111:api1/prod"
	function = "arn:aws:lambda:us-east-1:111111111111:function:auth"
	uri      = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/" + function + "/invocations"
)

var noon = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

// fakeFunctions answers as answer says, and notes what it was called with.
type fakeFunctions struct {
	answer func(in *functions.Invocation) (functions.Result, error)

	mu    sync.Mutex
	calls []functions.Invocation
}

func (f *fakeFunctions) Invoke(ctx context.Context, in *functions.Invocation) (functions.Result, error) {
	f.mu.Lock()
	copied := *in
	copied.Payload = append([]byte{}, in.Payload...)
	f.calls = append(f.calls, copied)
	f.mu.Unlock()
	result, err := f.answer(in)
	if err == nil && ctx.Err() != nil {
		err = ctx.Err()
	}
	return result, err
}

func (f *fakeFunctions) InvokeStream(context.Context, *functions.Invocation) (*functions.Stream, error) {
	return nil, errors.New("authorizers do not stream")
}

func (f *fakeFunctions) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.calls)
}

// says is a function that answers text.
func says(text string) *fakeFunctions {
	return &fakeFunctions{answer: func(*functions.Invocation) (functions.Result, error) {
		return functions.Result{Status: 200, Payload: []byte(text), RequestID: "lambda-1"}, nil
	}}
}

// raises is a function that ends with an error.
func raises(document string) *fakeFunctions {
	return &fakeFunctions{answer: func(*functions.Invocation) (functions.Result, error) {
		return functions.Result{Status: 200, FunctionError: "Unhandled", Payload: []byte(document)}, nil
	}}
}

func cannot(err error) *fakeFunctions {
	return &fakeFunctions{answer: func(*functions.Invocation) (functions.Result, error) { return functions.Result{}, err }}
}

// reply is an answer with a policy of one statement on resources.
func reply(effect string, resources ...string) string {
	return `{"principalId":"user-1","policyDocument":{"Version":"2012-10-17","Statement":[{"Action":"execute-api:Invoke","Effect":"` +
		effect + `","Resource":["` + strings.Join(resources, `","`) + `"]}]}}`
}

var allowAll = reply("Allow", stage+"/*")

func token(change ...func(*apidef.Authorizer)) *apidef.Authorizer {
	a := &apidef.Authorizer{
		ID: "auth01", Name: "a", Type: apidef.TokenAuthorizer, AuthorizerURI: uri, IdentitySource: "method.request.header.Authorization",
	}
	for _, c := range change {
		c(a)
	}
	return a
}

func request(sources string, change ...func(*apidef.Authorizer)) *apidef.Authorizer {
	a := token(change...)
	a.Type, a.IdentitySource = apidef.RequestAuthorizer, sources
	return a
}

func ttl(seconds int) func(*apidef.Authorizer) {
	return func(a *apidef.Authorizer) { a.AuthorizerResultTTLInSeconds = &seconds }
}

// clock is a clock that only a test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// room is what authorizers of one node share.
type room struct {
	clock   *clock
	results *lambda.Results
}

func newRoom() *room {
	c := &clock{now: noon}
	return &room{c, lambda.NewResults(lambda.NewMemoryCache(1<<20, c.Now))}
}

func (r *room) compile(def *apidef.Authorizer, f functions.Functions, change ...func(*lambda.Settings)) *lambda.Authorizer {
	s := lambda.Settings{
		Authorizer: def, AccountID: "111111111111", Region: "us-east-1", APIID: "api1", Stage: "prod",
		Variables: map[string]string{"color": "red", "fn": "auth"},
	}
	for _, c := range change {
		c(&s)
	}
	return lambda.New(s, lambda.Calls{Functions: f, Results: r.results, Now: r.clock.Now})
}

// exchange is a GET of a path with a query; headers are "Name: value".
func exchange(target string, headers ...string) *message.Exchange {
	path, query, _ := strings.Cut(target, "?")
	x := &message.Exchange{
		Request:   &message.Request{Method: "GET", Path: "/prod" + path, Proto: "HTTP/1.1", RemoteAddr: netip.MustParseAddrPort("192.0.2.7:4711")},
		Response:  &message.Response{},
		AccountID: "111111111111", Region: "us-east-1", APIID: "api1", Stage: "prod", Path: path, ContextPath: "/prod" + path,
		RequestID: "11111111-2222-3333-4444-555555555555", ExtendedRequestID: "ext=", TraceID: "Root=1-a-b", Start: noon, SourceIP: "192.0.2.7",
		ResourceID: "res1", ResourcePath: path, StageVariables: map[string]string{"color": "red"}, Trace: &message.Trace{},
	}
	for part := range strings.SplitSeq(query, "&") {
		if name, value, ok := strings.Cut(part, "="); ok {
			x.Query.Add(name, value)
		}
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		x.Request.Header.Add(name, value)
	}
	return x
}

// authorize is the verdict on a request, or the answer to it.
func authorize(t testing.TB, a *lambda.Authorizer, x *message.Exchange) (iampolicy.Decision, error) {
	t.Helper()
	c, err := policy.NewCall(x, stage, noon)
	if err != nil {
		t.Fatal(err)
	}
	verdict, err := a.Authorize(t.Context(), x, c)
	return verdict.Decision, err
}

func logOf(x *message.Exchange) string {
	var b strings.Builder
	for _, line := range x.Trace.Lines {
		b.WriteString(line.Text + "\n")
	}
	return b.String()
}
