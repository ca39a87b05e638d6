package iam

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"postern/internal/aws/awserr"
	"postern/internal/aws/sigv4"
	"postern/internal/gateway/authorize"
	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/message"
	"postern/internal/gateway/policy"
)

// service is the name that requests are signed for.
const service = "execute-api"

// Options are what an Authorizer needs.
type Options struct {
	// Identities knows who signs. Nil: nobody, and every signed request is refused.
	Identities Identities
	// Skew bounds how far a request's date may be from the clock. Default: sigv4.DefaultSkew.
	Skew time.Duration
	Now  func() time.Time
	// Log is told of signed requests that nobody can verify. Nil: nobody is told.
	Log *slog.Logger
}

// Authorizer authenticates signed requests. It may be used by many goroutines at once; one serves all methods.
type Authorizer struct {
	identities Identities
	verifier   *sigv4.Verifier
	now        func() time.Time
	log        *slog.Logger
	// warned is when warn last told something, in seconds since the epoch.
	warned atomic.Int64
}

// New makes an Authorizer.
func New(o Options) *Authorizer {
	a := &Authorizer{identities: o.Identities, now: o.Now, log: o.Log}
	if a.now == nil {
		a.now = time.Now
	}
	if a.log == nil {
		a.log = slog.New(slog.DiscardHandler)
	}
	a.verifier = sigv4.NewVerifier(&lookup{}, sigv4.Options{Now: o.Now, Skew: o.Skew})
	return a
}

// lookup looks one request's key up, and remembers whose it is.
type lookup struct {
	ctx        context.Context // the request's, which sigv4.Keys does not pass on
	identities Identities
	found      *Identity
}

// SigningKey implements sigv4.Keys. A key without a secret is none: everybody would know it.
func (l *lookup) SigningKey(accessKeyID string) (sigv4.Key, bool) {
	if l.identities == nil {
		return sigv4.Key{}, false
	}
	if l.found = l.identities.Identity(l.ctx, accessKeyID); l.found == nil || l.found.Key.Secret == "" {
		return sigv4.Key{}, false
	}
	return l.found.Key, true
}

// Authorize implements authorize.Authorizer.
func (a *Authorizer) Authorize(ctx context.Context, x *message.Exchange, c *policy.Call) (authorize.Verdict, error) {
	now := a.now()
	phase := &x.Observed.Authenticate
	who := &lookup{ctx: ctx, identities: a.identities}
	signature, err := a.verifier.VerifyBy(who, x.Request, sigv4.Scope{Service: service, Region: x.Region})
	phase.Latency = a.now().Sub(now)
	if err == nil {
		phase.Status = 200
		return decide(x, c, who.found, signature.AccessKeyID, now), nil
	}
	answer := answerTo(x.Request, err)
	if errors.Is(answer, gatewayresponse.UnrecognizedClient) {
		a.warn(ctx, x, now)
	}
	phase.Status, phase.Error = 403, answer.Error()
	return authorize.Verdict{}, answer
}

// warn tells the operator, at most once a minute, that callers sign with keys that nobody here has: the usual reason is
// that nobody named any.
func (a *Authorizer) warn(ctx context.Context, x *message.Exchange, now time.Time) {
	last := a.warned.Load()
	if now.Unix()-last < 60 || !a.warned.CompareAndSwap(last, now.Unix()) {
		return
	}
	text := "a signed call is refused: its access key, or its session token, is not known here"
	if a.identities == nil {
		text = "a signed call is refused: no access keys are known here; name them with --credentials"
	}
	a.log.LogAttrs(ctx, slog.LevelWarn, text,
		slog.String("apiId", x.APIID), slog.String("stage", x.Stage), slog.String("requestId", x.RequestID))
}

// decide shows the caller, and asks his policies.
func decide(x *message.Exchange, c *policy.Call, id *Identity, accessKeyID string, now time.Time) authorize.Verdict {
	id.show(&x.Identity, accessKeyID)
	c.Principal, c.Identity = id.principal(), &conditions{id, now}
	verdict := authorize.Verdict{User: id.ARN, Foreign: id.Account != x.AccountID}
	if id.Policy != nil {
		verdict.By, verdict.Decision = id.Policy, c.Decide(id.Policy)
	}
	return verdict
}

// answerTo is the gateway's answer to a signature that is refused. A header that is no signature at all is answered as on
// a route that does not exist.
// Source: knowledge center, "HTTP 403 errors"; public reports.
func answerTo(req *message.Request, err error) *gatewayresponse.Error {
	refusal, ok := errors.AsType[*awserr.Error](err)
	if !ok {
		return gatewayresponse.AccessDenied
	}
	switch refusal.Code {
	case awserr.MissingAuthenticationToken:
		return gatewayresponse.MissingAuthenticationToken
	case awserr.IncompleteSignature:
		if value, ok := req.Header.GetFold("Authorization"); ok && !strings.HasPrefix(value, "AWS4-") {
			return gatewayresponse.IncompleteSignature(value)
		}
		return gatewayresponse.MalformedSignature(refusal.Message)
	case awserr.InvalidSignature:
		return gatewayresponse.InvalidSignature.WithMessage(refusal.Message)
	case awserr.ExpiredToken:
		return gatewayresponse.ExpiredToken
	}
	return gatewayresponse.UnrecognizedClient
}
