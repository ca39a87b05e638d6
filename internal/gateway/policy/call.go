package policy

import (
	"strings"
	"time"

	"postern/internal/aws/arn"
	"postern/internal/aws/iampolicy"
	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/message"
)

// action is execute-api:Invoke in the one spelling that a policy compares without making a copy.
const action = "execute-api:invoke"

// MaxARN is the longest ARN of a method, in bytes. Source: developer guide, "Output from an API Gateway Lambda
// authorizer".
const MaxARN = 1600

// Call is the call of a method, as policies see it. It lives as long as its exchange.
type Call struct {
	// ARN names the method with the verb and the path of the request, the path as it was sent:
	// "arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/prod/GET/pets/7".
	ARN string
	// others are the ARNs of the path's other spellings.
	others []spelling

	x   *message.Exchange
	now time.Time
	// request is what policies are asked; it lies here to cost no memory of its own.
	request iampolicy.Request
	// Principal is who calls, once that is known; nil is anonymous.
	Principal *iampolicy.Principal
	// Identity gives the condition keys of a caller who signed the request; nil for others.
	Identity iampolicy.Context
}

// NewCall names the method that an exchange calls; stage is the ARN of its stage. The error is the answer to a path that
// makes the ARN too long.
func NewCall(x *message.Exchange, stage string, now time.Time) (*Call, error) {
	c := &Call{ARN: stage + "/" + x.Request.Method + x.Path, x: x, now: now}
	if len(c.ARN) > MaxARN {
		return nil, gatewayresponse.URITooLong
	}
	if !plain(x.Path) {
		c.others = spellings(stage+"/"+x.Request.Method, x.Path)
	}
	return c, nil
}

// Stage is the ARN of an API's stage, without a slash at its end.
func Stage(region, account, api, stage string) string {
	return "arn:" + arn.Partition(region) + ":execute-api:" + region + ":" + account + ":" + api + "/" + stage
}

// Decider decides requests. An *iampolicy.Policy is one.
type Decider interface {
	Evaluate(r *iampolicy.Request) iampolicy.Decision
}

// Decide asks a policy. A call is denied if any spelling of its path is, and allowed if every spelling that may reach
// another resource is.
func (c *Call) Decide(by Decider) iampolicy.Decision { return c.DecideAction(by, action) }

// DecideAction asks a policy whether another action than execute-api:Invoke may be done with the method.
func (c *Call) DecideAction(by Decider, action string) iampolicy.Decision {
	c.request = iampolicy.Request{Action: action, Resource: c.ARN, Principal: c.Principal, Context: c}
	decision := by.Evaluate(&c.request)
	for i := range c.others {
		c.request.Resource = c.others[i].arn
		switch other := by.Evaluate(&c.request); {
		case other == iampolicy.ExplicitDeny:
			return iampolicy.ExplicitDeny
		case c.others[i].binding && decision == iampolicy.Allow:
			decision = other
		}
	}
	return decision
}

// masked is the ARN as refusals show it: of the account only the last four digits.
func (c *Call) masked() string {
	account := c.x.AccountID
	if len(account) <= 4 {
		return c.ARN
	}
	hidden := strings.Repeat("*", len(account)-4) + account[len(account)-4:]
	return strings.Replace(c.ARN, ":"+account+":", ":"+hidden+":", 1)
}

// Refuse is the answer to a caller whom no policy allows the call, or whom one denies it. user is his ARN, or
// "anonymous".
// Source: recorded answers of public APIs with a resource policy; developer guide, "Create and attach an API Gateway
// resource policy to an API". Newer answers name the kind of the policy.
func (c *Call) Refuse(user string, decision iampolicy.Decision) error {
	text := "User: " + user + " is not authorized to perform: execute-api:Invoke on resource: " + c.masked()
	if decision == iampolicy.ExplicitDeny {
		text += " with an explicit deny"
	}
	return gatewayresponse.AccessDenied.WithMessage(text)
}
