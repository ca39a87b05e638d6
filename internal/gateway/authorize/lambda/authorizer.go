package lambda

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"postern/internal/apidef"
	"postern/internal/aws/arn"
	"postern/internal/gateway/authorize"
	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/integration"
	functions "postern/internal/gateway/integration/lambda"
	"postern/internal/gateway/message"
	"postern/internal/gateway/policy"
	"postern/java/regex"
)

// DefaultTimeout is how long a function may take: as long as an integration may. Inferred; the guide names no figure.
const DefaultTimeout = 29 * time.Second

// Settings are what an authorizer is compiled from.
type Settings struct {
	Authorizer *apidef.Authorizer
	AccountID  string
	Region     string
	APIID      string
	Stage      string
	// Variables are the stage's; the authorizer's uri may name them.
	Variables map[string]string
	// Generation counts the flushes of the stage's authorizer cache.
	Generation int64
}

// Calls are what all authorizers share. The zero value of each member but Functions stands for its default.
type Calls struct {
	Functions functions.Functions
	// Results keeps what functions answered. Nil: nothing is kept, whatever an authorizer's TTL.
	Results *Results
	// Timeout bounds a call of a function. Default: DefaultTimeout.
	Timeout time.Duration
	Now     func() time.Time
}

// Authorizer is a Lambda authorizer of one stage, compiled. It may be used by many goroutines at once.
type Authorizer struct {
	calls    Calls
	id       string
	token    bool
	sources  []source
	pattern  *regex.Regexp
	ttl      time.Duration
	function string
	uri      string
	role     string
	// source is the ARN that the function's own policy sees.
	source    string
	accountID string
	apiID     string
	// scope is what tells this authorizer's results from those of others.
	scope [sha256.Size]byte
	// broken is the answer of an authorizer that cannot run.
	broken error
	reason string
}

// New compiles an authorizer. One that cannot run is compiled to the answer that AWS gives: 500, the reason in the log.
func New(s Settings, calls Calls) *Authorizer {
	def := s.Authorizer
	a := &Authorizer{
		calls: calls, id: def.ID, token: def.Type == apidef.TokenAuthorizer, ttl: time.Duration(def.TTL()) * time.Second,
		role: integration.FillStageVariables(def.AuthorizerCredentials, s.Variables), accountID: s.AccountID, apiID: s.APIID,
		source: arn.ExecuteAPI(s.Region, s.AccountID, s.APIID+"/authorizers/"+def.ID).String(),
	}
	a.calls.Timeout = cmp.Or(calls.Timeout, DefaultTimeout)
	if calls.Now == nil {
		a.calls.Now = time.Now
	}
	a.compileFunction(integration.FillStageVariables(def.AuthorizerURI, s.Variables))
	var err error
	if a.sources, err = compileSources(def, s.Variables); err != nil {
		a.fail(err.Error())
	}
	if def.IdentityValidationExpression != "" && a.token {
		if a.pattern, err = regex.Compile(def.IdentityValidationExpression, 0); err != nil {
			a.fail("Invalid identity validation expression: " + err.Error())
		}
	}
	a.scope = scopeOf(s, a)
	return a
}

func (a *Authorizer) fail(reason string) {
	if a.broken == nil {
		a.broken, a.reason = gatewayresponse.AuthorizerConfiguration, reason
	}
}

func (a *Authorizer) compileFunction(uri string) {
	parsed, err := arn.ParseIntegration(uri)
	name, streaming, ok := parsed.Function()
	if err != nil || !ok || streaming || !strings.HasPrefix(name, "arn:") {
		a.fail("Invalid endpoint address")
		return
	}
	a.function = name
	a.uri = "https://lambda." + parsed.Region + ".amazonaws.com/2015-03-31/functions/" + name + "/invocations"
	if a.calls.Functions == nil {
		a.fail("There is nothing here that runs Lambda functions")
	}
}

// scopeOf is a digest of the stage and of every setting that has a part in a result: another function, another identity
// source or a flush of the cache make another scope.
func scopeOf(s Settings, a *Authorizer) [sha256.Size]byte {
	def := s.Authorizer
	h := sha256.New()
	for _, part := range []string{
		s.AccountID, s.Region, s.APIID, s.Stage, def.ID, def.Type, a.uri, a.role, def.IdentitySource, def.IdentityValidationExpression,
		strconv.Itoa(def.TTL()), strconv.FormatInt(s.Generation, 10),
	} {
		fmt.Fprintf(h, "%d:%s,", len(part), part)
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// Authorize implements authorize.Authorizer.
func (a *Authorizer) Authorize(ctx context.Context, x *message.Exchange, c *policy.Call) (authorize.Verdict, error) {
	start := a.calls.Now()
	result, err := a.result(ctx, x, c.ARN)
	phase := &x.Observed.Authorizer
	phase.Latency = a.calls.Now().Sub(start)
	if err != nil {
		phase.Status, phase.Error = statusOf(err), err.Error()
		return authorize.Verdict{}, err
	}
	phase.Status = 200
	x.Authorizer = &result.authorizer
	if x.Trace.On() {
		logValid(x, result)
	}
	return authorize.Verdict{By: result.policy, Decision: c.Decide(result.policy)}, nil
}

// Test asks the function about a test invocation, whatever was answered before; additional holds values of $context that
// identity sources name. It returns what the function said, and never keeps it.
// Source: API reference, TestInvokeAuthorizer.
func (a *Authorizer) Test(ctx context.Context, x *message.Exchange, methodARN string, additional map[string]string) (*Result, error) {
	test := *a
	test.calls.Results = nil
	test.sources = slices.Clone(a.sources)
	for i := range test.sources {
		s := &test.sources[i]
		if value, ok := additional[s.name]; ok && s.kind == apidef.ContextVariable {
			s.kind, s.variable = apidef.StageVariable, value
		}
	}
	result, err := test.result(ctx, x, methodARN)
	if err == nil {
		logValid(x, result)
	}
	return result, err
}

func statusOf(err error) int {
	if errors.Is(err, gatewayresponse.Unauthorized) {
		return 401
	}
	return 500
}

// result is what the function says of the caller, now or not long ago.
func (a *Authorizer) result(ctx context.Context, x *message.Exchange, methodARN string) (*Result, error) {
	if !a.identified(x) {
		return nil, gatewayresponse.Unauthorized
	}
	logStart(a, x)
	if a.broken != nil {
		logFailure(x, a.reason)
		return nil, a.broken
	}
	if a.ttl == 0 || a.calls.Results == nil {
		return a.ask(ctx, x, methodARN)
	}
	return a.calls.Results.get(ctx, a.key(x), a.ttl, func() (*Result, error) { return a.ask(ctx, x, methodARN) })
}
