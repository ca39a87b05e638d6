package authorize

import (
	"postern/internal/aws/iampolicy"
	"postern/internal/gateway/message"
	"postern/internal/gateway/policy"
)

// permissions are what a caller may do with a method beyond calling it. They live as long as the exchange.
type permissions struct {
	guard   *Guard
	call    *policy.Call
	verdict Verdict
}

// permit leaves a caller's permissions in the exchange, where a later step may ask for them: only a request with a
// Cache-Control header makes one ask. Who has no policy of its own has no permission either (inferred).
func (g *Guard) permit(x *message.Exchange, c *policy.Call, v Verdict) {
	if v.By == nil {
		return
	}
	if _, ok := x.Request.Header.GetFold("Cache-Control"); ok {
		x.Permissions = &permissions{g, c, v}
	}
}

// Permits implements message.Permissions: the caller's policy and the API's resource policy decide together, as about the
// call itself.
func (p *permissions) Permits(_ *message.Exchange, action string) bool {
	own, resource := p.call.DecideAction(p.verdict.By, action), p.guard.Policy.DecideAction(p.call, action)
	if p.verdict.Foreign {
		return iampolicy.Both(own, resource) == iampolicy.Allow
	}
	return iampolicy.Either(own, resource) == iampolicy.Allow
}
