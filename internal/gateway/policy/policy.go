package policy

import (
	"fmt"

	"postern/internal/aws/iampolicy"
)

// Policy is an API's resource policy, compiled. A nil Policy says nothing.
type Policy struct{ document *iampolicy.Policy }

// Compile reads the policy of a deployed API; "" is nil. The error says which element is wrong; a policy that cannot be
// read allows nobody.
func Compile(document string) (*Policy, error) {
	if document == "" {
		return nil, nil //nolint:nilnil // no policy is no fault, and says nothing
	}
	p, err := iampolicy.Parse([]byte(document), iampolicy.ResourcePolicy)
	if err != nil {
		return nil, fmt.Errorf("resource policy: %w", err)
	}
	return &Policy{p}, nil
}

// Decide asks the policy of the API, which is silent where there is none.
func (p *Policy) Decide(c *Call) iampolicy.Decision { return p.DecideAction(c, action) }

// DecideAction is Decide for another action than execute-api:Invoke.
func (p *Policy) DecideAction(c *Call, action string) iampolicy.Decision {
	if p == nil {
		return iampolicy.ImplicitDeny
	}
	return c.DecideAction(p.document, action)
}
