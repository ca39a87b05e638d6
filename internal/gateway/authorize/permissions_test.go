package authorize_test

import (
	"context"
	"testing"
	"time"

	"postern/internal/aws/iampolicy"
	"postern/internal/gateway/authorize"
	"postern/internal/gateway/message"
	"postern/internal/gateway/policy"
)

// signer is an Authorizer whose caller has a policy.
type signer struct {
	policy  *iampolicy.Policy
	foreign bool
}

func (s *signer) Authorize(_ context.Context, _ *message.Exchange, c *policy.Call) (authorize.Verdict, error) {
	return authorize.Verdict{Decision: c.Decide(s.policy), User: "arn:aws:iam::111111111111:user/u", Foreign: s.foreign, By: s.policy}, nil
}

func statement(effect, action string) string {
	return `{"Effect": "` + effect + `", "Action": "` + action + `", "Resource": "*"}`
}

func resourceStatement(effect, action string) string {
	return `{"Version": "2012-10-17", "Statement": [{"Effect": "` + effect + `", "Principal": "*", "Action": "` + action + `", "Resource": "*"}]}`
}

// Source: developer guide, "Invalidate an API Gateway cache entry": it takes execute-api:InvalidateCache on the method. That
// resource policies count as they do for calls is inferred.
func TestWhoMayInvalidateTheCache(t *testing.T) {
	const invoke = "execute-api:Invoke"
	for _, c := range []struct {
		sentence         string
		kind             authorize.Kind
		own              string
		resource         string
		foreign, plain   bool
		permitted, asked bool
	}{
		{sentence: "a policy for calls only", own: statement("Allow", invoke), asked: true},
		{sentence: "a policy for both", own: statement("Allow", invoke) + "," + statement("Allow", "execute-api:InvalidateCache"), asked: true, permitted: true},
		{sentence: "a policy for everything", own: statement("Allow", "execute-api:*"), asked: true, permitted: true},
		{sentence: "an explicit deny", own: statement("Allow", "*") + "," + statement("Deny", "execute-api:InvalidateCache"), asked: true},
		{sentence: "the resource policy allows it", own: statement("Allow", invoke), resource: resourceStatement("Allow", "execute-api:*"), asked: true, permitted: true},
		{sentence: "the resource policy denies it", own: statement("Allow", "*"), resource: resourceStatement("Deny", "execute-api:InvalidateCache"), asked: true},
		{
			sentence: "another account, whose own policy alone allows it", foreign: true,
			own: statement("Allow", "*"), resource: resourceStatement("Allow", invoke), asked: true,
		},
		{sentence: "a Lambda authorizer's policy", kind: authorize.Function, own: statement("Allow", "execute-api:*"), asked: true, permitted: true},
		{sentence: "a request that asks for nothing", own: statement("Allow", "*"), plain: true},
	} {
		if c.kind == 0 {
			c.kind = authorize.Signed
		}
		own, err := iampolicy.Parse([]byte(`{"Version": "2012-10-17", "Statement": [`+c.own+`]}`), iampolicy.IdentityPolicy)
		if err != nil {
			t.Fatal(err)
		}
		resource, err := policy.Compile(c.resource)
		if err != nil {
			t.Fatal(err)
		}
		g := &authorize.Guard{
			Kind: c.kind, Stage: policy.Stage("us-east-1", "111111111111", "api1", "prod"), Policy: resource,
			Authorizer: &signer{own, c.foreign}, Now: time.Now,
		}
		x := &message.Exchange{Request: &message.Request{Method: "GET"}, Path: "/pets", AccountID: "111111111111"}
		if !c.plain {
			x.Request.Header.Add("Cache-Control", "max-age=0")
		}
		if err := g.Admit(t.Context(), x); err != nil {
			t.Errorf("%s: the call itself is refused: %v", c.sentence, err)
			continue
		}
		if (x.Permissions != nil) != c.asked {
			t.Errorf("%s: permissions are %v", c.sentence, x.Permissions)
		}
		if x.Permissions != nil && x.Permissions.Permits(x, "execute-api:InvalidateCache") != c.permitted {
			t.Errorf("%s: permitted %v, want %v", c.sentence, !c.permitted, c.permitted)
		}
	}
}
