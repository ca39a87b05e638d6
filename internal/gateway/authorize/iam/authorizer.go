package iam

import (
	"context"
	"errors"
	"log/slog"
	"strings"
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
	a.verifier = sigv4.NewVerifier(a, sigv4.Options{Now: o.Now, Skew: o.Skew})
	return a
}

// SigningKey implements sigv4.Keys.
func (a *Authorizer) SigningKey(accessKeyID string) (sigv4.Key, bool) {
	if a.identities == nil {
		return sigv4.Key{}, false
	}
	id := a.identities.Identity(accessKeyID)
	if id == nil || id.Key.Secret == "" {
		return sigv4.Key{}, false
	}
	return id.Key, true
}

// Authorize implements authorize.Authorizer.
func (a *Authorizer) Authorize(ctx context.Context, x *message.Exchange, c *policy.Call) (authorize.Verdict, error) {
	now := a.now()
	phase := &x.Observed.Authenticate
	signature, err := a.verifier.Verify(x.Request, sigv4.Scope{Service: service, Region: x.Region})
	phase.Latency = a.now().Sub(now)
	if err == nil {
		return a.decide(x, c, signature, now)
	}
	if a.identities == nil {
		a.log.LogAttrs(ctx, slog.LevelWarn, "a signed call is refused: no access keys are known here; name them with --credentials",
			slog.String("apiId", x.APIID), slog.String("stage", x.Stage), slog.String("requestId", x.RequestID))
	}
	answer := answerTo(x.Request, err)
	phase.Status, phase.Error = 403, answer.Error()
	return authorize.Verdict{}, answer
}

func (a *Authorizer) decide(x *message.Exchange, c *policy.Call, signature sigv4.Signature, now time.Time) (authorize.Verdict, error) {
	id := a.identities.Identity(signature.AccessKeyID)
	if id == nil { // gone since it was verified
		return authorize.Verdict{}, gatewayresponse.UnrecognizedClient
	}
	x.Observed.Authenticate.Status = 200
	id.show(&x.Identity, signature.AccessKeyID)
	c.Principal, c.Identity = id.principal(), &conditions{id, now}
	verdict := authorize.Verdict{User: id.ARN, Foreign: id.Account != x.AccountID}
	if id.Policy != nil {
		verdict.By, verdict.Decision = id.Policy, c.Decide(id.Policy)
	}
	return verdict, nil
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
