package cognito

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"postern/internal/apidef"
	"postern/internal/aws/iampolicy"
	"postern/internal/gateway/authorize"
	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/integration"
	"postern/internal/gateway/message"
	"postern/internal/gateway/observe"
	"postern/internal/gateway/policy"
	"postern/java/regex"
)

// Settings are what an authorizer is compiled from.
type Settings struct {
	Authorizer *apidef.Authorizer
	// Scopes are the method's authorizationScopes. With scopes it takes access tokens that have one of them, without it
	// takes ID tokens.
	Scopes []string
	// Variables are the stage's; a provider's ARN may name them.
	Variables map[string]string
	APIID     string
	Stage     string
	// Generation counts the flushes of the stage's authorizer cache.
	Generation int64
}

// Verifying is what all authorizers share.
type Verifying struct {
	Pools *Pools
	// Verified keeps tokens that were found good for the authorizer's TTL, at most until they expire. Nil keeps none.
	Verified *Verified
	// Leeway is how much later than it says a token may be used, and how much earlier than nbf. Default 0.
	Leeway time.Duration
	Now    func() time.Time
}

// Authorizer is a Cognito authorizer of one method, compiled. It may be used by many goroutines at once.
type Authorizer struct {
	with   Verifying
	id     string
	header string
	// issuers are the key sets of the authorizer's pools by their issuers.
	issuers  map[string]*keySet
	parser   *jwt.Parser
	audience *regex.Regexp
	scopes   []string
	ttl      time.Duration
	scope    scope
	// broken says why the authorizer can let nobody in.
	broken string
}

// New compiles an authorizer. One that cannot run lets nobody in.
func New(s Settings, with Verifying) *Authorizer {
	def := s.Authorizer
	if with.Now == nil {
		with.Now = time.Now
	}
	a := &Authorizer{
		with: with, id: def.ID, issuers: map[string]*keySet{}, scopes: s.Scopes, ttl: time.Duration(def.TTL()) * time.Second,
		parser: jwt.NewParser(jwt.WithValidMethods([]string{"RS256"}), jwt.WithExpirationRequired(),
			jwt.WithTimeFunc(with.Now), jwt.WithLeeway(with.Leeway), jwt.WithStrictDecoding()),
	}
	e, fault := apidef.ParseExpression(def.IdentitySource)
	if a.header = e.Name; fault != 0 || e.Location != apidef.InHeader {
		a.broken = "Invalid request identity source expression: " + def.IdentitySource
	}
	for _, provider := range def.ProviderARNs {
		set, err := with.Pools.set(integration.FillStageVariables(provider, s.Variables))
		if err != nil {
			a.broken = err.Error()
			continue
		}
		a.issuers[set.issuer] = set
	}
	if def.IdentityValidationExpression != "" {
		var err error
		if a.audience, err = regex.Compile(def.IdentityValidationExpression, 0); err != nil {
			a.broken = err.Error()
		}
	}
	a.scope = scopeOf(s, a)
	return a
}

// Authorize implements authorize.Authorizer.
func (a *Authorizer) Authorize(ctx context.Context, x *message.Exchange, _ *policy.Call) (authorize.Verdict, error) {
	start := a.with.Now()
	token, err := a.verify(ctx, x)
	phase := message.Phase{Status: 200, Latency: a.with.Now().Sub(start)}
	if err != nil {
		phase.Status, phase.Error = 401, err.Error()
	}
	x.Observed.Authenticate, x.Observed.Authorizer = phase, phase
	if err != nil {
		return authorize.Verdict{}, err
	}
	x.Authorizer = &token.authorizer
	return authorize.Verdict{Decision: iampolicy.Allow}, nil
}

// verify is the token of the request, once it is found good.
func (a *Authorizer) verify(ctx context.Context, x *message.Exchange) (*token, error) {
	value, _ := x.Request.Header.GetFold(a.header)
	if value == "" {
		return nil, gatewayresponse.Unauthorized
	}
	if x.Trace.On() {
		x.Trace.Addf("Starting authorizer: %s for request: %s", a.id, x.RequestID)
		observe.Line(x, "Incoming identity: ", observe.Masked(value))
	}
	t, err := a.tokenOf(ctx, withoutScheme(value))
	if err == nil {
		err = a.fits(t)
	}
	switch {
	case err == nil:
		x.Trace.Addf("Successfully completed authorizer execution")
		return t, nil
	case errors.Is(err, jwt.ErrTokenExpired):
		err, reason := gatewayresponse.TokenExpired, err.Error()
		refuse(x, reason)
		return nil, err
	}
	refuse(x, err.Error())
	return nil, gatewayresponse.Unauthorized
}

func refuse(x *message.Exchange, reason string) {
	if x.Trace.On() {
		observe.Line(x, "Unauthorized request: ", x.RequestID)
		observe.Line(x, "The token is refused: ", reason)
	}
}

// withoutScheme is the token in "Bearer {token}", or alone. Source: public reports of both forms.
func withoutScheme(value string) string {
	const scheme = "bearer "
	if len(value) > len(scheme) && message.EqualFold(value[:len(scheme)], scheme) {
		value = value[len(scheme):]
	}
	return strings.TrimSpace(value)
}

// tokenOf is a token whose signature, issuer and time are good: one that was found good before, or one that is now.
func (a *Authorizer) tokenOf(ctx context.Context, text string) (*token, error) {
	if a.broken != "" {
		return nil, errors.New(a.broken)
	}
	now := a.with.Now()
	key := a.scope.key(text)
	if t, ok := a.with.Verified.get(key); ok {
		if !now.Before(t.expires.Add(a.with.Leeway)) {
			return nil, jwt.ErrTokenExpired
		}
		return t, nil
	}
	c := new(claims)
	if _, err := a.parser.ParseWithClaims(text, c, func(t *jwt.Token) (any, error) { return a.keyOf(ctx, t, c) }); err != nil {
		return nil, err
	}
	t := newToken(c)
	a.with.Verified.put(key, t, min(a.ttl, t.expires.Sub(now)))
	return t, nil
}

// keyOf is the key that a token must be signed with: that of its id, among those of the pool that it says it is from.
func (a *Authorizer) keyOf(ctx context.Context, t *jwt.Token, c *claims) (any, error) {
	if _, ok := t.Header["crit"]; ok {
		return nil, errors.New("the token demands an extension")
	}
	set := a.issuers[c.issuer]
	if set == nil {
		return nil, errors.New("the token is of another issuer than the authorizer's user pools")
	}
	id, _ := t.Header["kid"].(string)
	if id == "" {
		return nil, errUnknownKey
	}
	return set.key(ctx, id)
}

// fits checks what the authorizer and the method want of a token beyond its being good.
//
// A method without scopes takes ID tokens, one with scopes access tokens that have at least one of them. An expression
// for the audience must match it as a whole, so that no other client's id passes by containing it; access tokens have
// no audience.
// Source: developer guide, "Integrate a REST API with an Amazon Cognito user pool"; API reference, CreateAuthorizer,
// identityValidationExpression.
func (a *Authorizer) fits(t *token) error {
	want := "id"
	if len(a.scopes) > 0 {
		want = "access"
	}
	switch {
	case t.use != want:
		return errors.New("the token is no " + want + " token")
	case a.audience != nil && !t.isFor(a.audience):
		return errors.New("the token is for another audience")
	case len(a.scopes) > 0 && !t.hasScope(a.scopes):
		return errors.New("the token has none of the method's scopes")
	}
	return nil
}
