package authorize

import (
	"context"
	"time"

	"postern/internal/aws/iampolicy"
	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/message"
	"postern/internal/gateway/policy"
)

// Authorizer finds out who calls a method. It fills in x.Identity or x.Authorizer, and the call's Principal where a
// resource policy may name the caller. The error is the answer to a caller who is nobody, or whose authorizer failed.
type Authorizer interface {
	Authorize(ctx context.Context, x *message.Exchange, c *policy.Call) (Verdict, error)
}

// Verdict is what a caller's own permissions say of a call.
type Verdict struct {
	Decision iampolicy.Decision
	// User names the caller in refusals: an ARN; empty for callers of Lambda authorizers and Cognito user pools.
	User string
	// Foreign is true for a signed call from another account than the API's.
	Foreign bool
	// By is the policy of the caller's own that decided; nil when none did.
	By policy.Decider
}

// Kind is how resource policy and authorizer are put together.
type Kind int

const (
	// Open methods have no authorizer: the resource policy decides alone, and must allow if there is one.
	Open Kind = iota
	// Function is a Lambda authorizer: an explicit deny of the policy comes first, then one allow is enough.
	Function
	// Signed is AWS_IAM: one allow is enough within an account, both must allow across accounts.
	Signed
	// Pool is a Cognito user pool: its token says who calls, and the policy, if there is one, must allow.
	Pool
)

// Guard decides who may call one method. It never changes.
type Guard struct {
	Kind Kind
	// Stage is the ARN of the method's stage.
	Stage string
	// Policy is the API's resource policy; nil: there is none.
	Policy *policy.Policy
	// Authorizer is nil for Open.
	Authorizer Authorizer
	Now        func() time.Time
}

// anonymous is how a refusal calls a caller who did not sign.
const anonymous = "anonymous"

// Admit is the step of the pipeline.
func (g *Guard) Admit(ctx context.Context, x *message.Exchange) error {
	c, err := policy.NewCall(x, g.Stage, g.Now())
	if err != nil {
		return err
	}
	if g.Kind == Open {
		return g.open(x, c)
	}
	// Anonymous callers are judged before the function is called; it may not even hear of whom the policy denies.
	if g.Kind == Function && g.Policy.Decide(c) == iampolicy.ExplicitDeny {
		return refused(x, c.Refuse(anonymous, iampolicy.ExplicitDeny))
	}
	verdict, err := g.Authorizer.Authorize(ctx, x, c)
	if err != nil {
		return err
	}
	if err := g.combine(c, verdict); err != nil {
		return refused(x, err)
	}
	g.permit(x, c, verdict)
	return refused(x, nil)
}

func (g *Guard) open(x *message.Exchange, c *policy.Call) error {
	if decision := g.Policy.Decide(c); decision != iampolicy.Allow {
		return refused(x, c.Refuse(anonymous, decision))
	}
	return refused(x, nil)
}

// combine puts the caller's own permissions and the resource policy together.
// Source: developer guide, "How API Gateway resource policies affect authorization workflow", Tables A and B; that
// Cognito falls under Table B is what the guide says since 2026.
func (g *Guard) combine(c *policy.Call, v Verdict) error {
	decision := v.Decision
	switch {
	case g.Kind == Pool && g.Policy == nil:
	case g.Kind == Pool || v.Foreign:
		decision = iampolicy.Both(v.Decision, g.Policy.Decide(c))
	case g.Policy != nil:
		decision = iampolicy.Either(v.Decision, g.Policy.Decide(c))
	}
	switch {
	case decision == iampolicy.Allow:
		return nil
	case v.User != "":
		return c.Refuse(v.User, decision)
	case g.Kind == Pool:
		return c.Refuse(anonymous, decision)
	case decision == iampolicy.ExplicitDeny:
		return gatewayresponse.ExplicitDeny
	}
	return gatewayresponse.AccessDenied
}

// refused notes the decision for access logs.
func refused(x *message.Exchange, err error) error {
	if err == nil {
		x.Observed.Authorize.Status = 200
		return nil
	}
	x.Observed.Authorize.Status, x.Observed.Authorize.Error = 403, err.Error()
	return err
}
