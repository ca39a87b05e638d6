package gateway

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"postern/internal/apidef"
	"postern/internal/gateway/authorize"
	"postern/internal/gateway/authorize/cognito"
	"postern/internal/gateway/authorize/iam"
	"postern/internal/gateway/authorize/lambda"
	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/message"
	"postern/internal/gateway/policy"
	"postern/internal/gateway/program"
	"postern/internal/gateway/weakmap"
)

// Access is what deciding who may call a method needs besides the method. The zero value knows nobody's keys and no VPC
// endpoint, and asks user pools where AWS has them.
type Access struct {
	// Identities knows who signs requests. Nil: every signed request is refused.
	Identities iam.Identities
	// Results keeps what Lambda authorizers answered. Nil: a cache in this node's memory.
	Results lambda.Cache
	// UserPools has the keys of Cognito user pools. Nil: those that AWS publishes.
	UserPools *cognito.Pools
	// TokenLeeway is how much later than it says a user pool's token may be used. Default 0.
	TokenLeeway time.Duration
	// AuthorizerTimeout bounds a call of a Lambda authorizer's function. Default: lambda.DefaultTimeout.
	AuthorizerTimeout time.Duration
	// VPCEndpoints are those through which private APIs are called. None: private APIs cannot be called.
	VPCEndpoints policy.VPCEndpoints
	// MadeVPCEndpoints are those that callers of the AWS API made, as they are now; the others go before them. Nil: none.
	MadeVPCEndpoints func() policy.VPCEndpoints
	// Now is the clock. Nil: time.Now.
	Now func() time.Time
}

// access is Access with everything made that stages share.
type access struct {
	Access
	results  *lambda.Results
	verified *cognito.Verified
	iam      *iam.Authorizer
	// policies are resource policies by their documents: the methods of an API share one.
	policies weakmap.Map[string, policy.Policy]
	log      *slog.Logger
	// warned is when refuse last told something, in seconds since the epoch.
	warned atomic.Int64
}

func newAccess(a Access, log *slog.Logger) *access {
	if a.Now == nil {
		a.Now = time.Now
	}
	if a.Results == nil {
		a.Results = lambda.NewMemoryCache(0, nil)
	}
	if a.UserPools == nil {
		a.UserPools = cognito.DefaultPools(log)
	}
	return &access{
		Access: a, results: lambda.NewResults(a.Results), verified: cognito.NewVerified(0), log: log,
		iam: iam.New(iam.Options{Identities: a.Identities, Now: a.Now, Log: log}),
	}
}

// authorization is steps 1 to 3: resource policy and authorization.
func (p *pipeline) authorization(d *program.Definition) []Step {
	if d.Stage.WebACLARN != "" {
		return []Step{fails(gatewayresponse.NotRun("stages with a web ACL"))}
	}
	api := &d.Snapshot.RestAPI
	private := api.EndpointType() == apidef.Private
	stage := policy.Stage(d.Environment.Region, d.Environment.AccountID, d.Environment.APIID, d.Stage.StageName)
	steps := []Step{p.access.enter(private, stage)}
	resource, err := p.access.resourcePolicy(api.Policy)
	if err != nil {
		return append(steps, fails(gatewayresponse.Configuration(err.Error())))
	}
	guard := &authorize.Guard{
		Stage: stage, Policy: resource, Now: p.access.Now,
	}
	if err := p.authorizer(d, guard); err != nil {
		return append(steps, fails(err))
	}
	// A private API without a policy lets nobody in (developer guide, "Private REST APIs in API Gateway").
	if guard.Kind == authorize.Open && resource == nil && !private {
		return steps
	}
	return append(steps, guard.Admit)
}

// resourcePolicy compiles the policy of an API, nil for none.
func (a *access) resourcePolicy(document string) (*policy.Policy, error) {
	if p := a.policies.Find(document); p != nil {
		return p, nil
	}
	p, err := policy.Compile(document)
	if p == nil || err != nil {
		return nil, err
	}
	return a.policies.Get(document, func() *policy.Policy { return p }), nil
}

// enter is the step that notes through which VPC endpoint a request came, and asks the endpoint's policy.
func (a *access) enter(private bool, stage string) Step {
	entrance := &authorize.Entrance{Stage: stage, Authorizer: a.iam, Now: a.Now}
	return func(ctx context.Context, x *message.Exchange) error {
		endpoint, err := a.VPCEndpoints.Enter(x, private)
		if err != nil && private && a.MadeVPCEndpoints != nil {
			endpoint, err = a.MadeVPCEndpoints().Enter(x, private)
		}
		switch {
		case err != nil && private:
			a.refuse(ctx, x)
			return err
		case err != nil || endpoint == nil || endpoint.Policy == nil:
			return err
		}
		return entrance.Admit(ctx, x, endpoint.Policy)
	}
}

// refuse tells the operator, at most once a minute, that a private API was called from a network without a VPC endpoint:
// the usual reason is that nobody named any.
func (a *access) refuse(ctx context.Context, x *message.Exchange) {
	now, last := a.Now().Unix(), a.warned.Load()
	if now-last < 60 || !a.warned.CompareAndSwap(last, now) {
		return
	}
	a.log.LogAttrs(ctx, slog.LevelWarn, "a call of a private API is refused: its caller's network has no such VPC endpoint; name them with --vpc-endpoint",
		slog.String("apiId", x.APIID), slog.String("stage", x.Stage), slog.String("sourceIp", x.SourceIP), slog.Int("endpoints", len(a.VPCEndpoints)))
}

// authorizer chooses by the method's authorization type who finds out its callers. The error is the answer to every call.
func (p *pipeline) authorizer(d *program.Definition, guard *authorize.Guard) error {
	kind := d.Method.AuthorizationType
	switch kind {
	case "", apidef.AuthNone:
		return nil
	case apidef.AuthIAM:
		guard.Kind, guard.Authorizer = authorize.Signed, p.access.iam
		return nil
	}
	def := authorizerOf(d)
	switch {
	case def == nil:
		return gatewayresponse.AuthorizerConfiguration.WithLog("Execution failed due to configuration error: Invalid Authorizer identifier specified")
	case kind == apidef.AuthCustom && def.Type != apidef.CognitoAuthorizer:
		guard.Kind, guard.Authorizer = authorize.Function, p.functionAuthorizer(d, def)
	case kind == apidef.AuthCognito && def.Type == apidef.CognitoAuthorizer:
		guard.Kind, guard.Authorizer = authorize.Pool, p.access.poolAuthorizer(d, def)
	default:
		return gatewayresponse.AuthorizerConfiguration.WithLog("Execution failed due to configuration error: authorization " + kind +
			" with an authorizer of type " + def.Type)
	}
	return nil
}

// authorizerOf is the method's authorizer as it was deployed.
func authorizerOf(d *program.Definition) *apidef.Authorizer {
	for _, a := range d.Snapshot.Authorizers {
		if a.ID == d.Method.AuthorizerID {
			return a
		}
	}
	return nil
}

func (p *pipeline) functionAuthorizer(d *program.Definition, def *apidef.Authorizer) *lambda.Authorizer {
	return lambda.New(lambda.Settings{
		Authorizer: def, AccountID: d.Environment.AccountID, Region: d.Environment.Region, APIID: d.Environment.APIID,
		Stage: d.Stage.StageName, Variables: d.Environment.Variables, Generation: d.Stage.AuthorizerCacheGeneration,
	}, lambda.Calls{
		Functions: p.backends.Functions, Results: p.access.results, Timeout: p.access.AuthorizerTimeout, Now: p.access.Now,
	})
}

func (a *access) poolAuthorizer(d *program.Definition, def *apidef.Authorizer) *cognito.Authorizer {
	return cognito.New(cognito.Settings{
		Authorizer: def, Scopes: d.Method.AuthorizationScopes, Variables: d.Environment.Variables,
		APIID: d.Environment.APIID, Stage: d.Stage.StageName, Generation: d.Stage.AuthorizerCacheGeneration,
	}, cognito.Verifying{Pools: a.UserPools, Verified: a.verified, Leeway: a.TokenLeeway, Now: a.Now})
}
