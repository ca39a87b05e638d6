package authorize

import (
	"context"
	"strings"
	"time"

	"postern/internal/aws/iampolicy"
	"postern/internal/gateway/message"
	"postern/internal/gateway/policy"
)

// Entrance asks the policy of a VPC endpoint, before anything else is asked about a call. It never changes.
type Entrance struct {
	// Stage is the ARN of the stage that is called.
	Stage string
	// Authorizer verifies signatures.
	Authorizer Authorizer
	Now        func() time.Time
}

// Admit lets a call through an endpoint with a policy. Who signs is himself, whatever authorization the method has, and a
// signature that is none ends the call; everybody else, also with a bearer token, is anonymous. Who calls is found out
// anew by the method's own authorization.
// Source: developer guide, "Use VPC endpoint policies for private APIs in API Gateway".
func (e *Entrance) Admit(ctx context.Context, x *message.Exchange, p *policy.Policy) error {
	c, err := policy.NewCall(x, e.Stage, e.Now())
	if err != nil {
		return err
	}
	user := anonymous
	if signed(x) {
		before, phase := x.Identity, x.Observed.Authenticate
		verdict, err := e.Authorizer.Authorize(ctx, x, c)
		if err != nil {
			return refused(x, err)
		}
		user, x.Identity, x.Observed.Authenticate = verdict.User, before, phase
	}
	if decision := p.Decide(c); decision != iampolicy.Allow {
		return refused(x, c.Refuse(user, decision))
	}
	return nil
}

// signed tells whether a request carries a signature of Signature Version 4, in its header or in its query.
func signed(x *message.Exchange) bool {
	if value, ok := x.Request.Header.GetFold("Authorization"); ok && strings.HasPrefix(value, "AWS4-") {
		return true
	}
	_, ok := x.Query.Get("X-Amz-Algorithm")
	return ok
}
