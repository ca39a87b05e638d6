package authorize_test

import (
	"fmt"
	"testing"
	"time"

	"postern/internal/gateway/authorize"
	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/message"
)

// Who calls through an endpoint with a policy is who signed, else nobody in particular. What the signature says of him is
// forgotten: the method's own authorization finds it out anew.
// Source: developer guide, "Use VPC endpoint policies for private APIs in API Gateway".
func TestEntrance(t *testing.T) {
	const (
		signature = "AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/execute-api/aws4_request, SignedHeaders=host, Signature=0"
		refusal   = " is not authorized to perform: execute-api:Invoke on resource: " + resource
	)
	for _, c := range []struct {
		name, effect, principal string
		authorization           string
		signer                  verdict
		want                    string
	}{
		{"everybody may", "Allow", `"*"`, "", verdict{}, ""},
		{"nobody in particular is allowed", "Allow", `{"AWS":"` + alice + `"}`, "", verdict{}, "User: anonymous" + refusal},
		{"a bearer token is nobody's", "Allow", `{"AWS":"` + alice + `"}`, "Bearer x", verdict{}, "User: anonymous" + refusal},
		{"who signed is allowed", "Allow", `{"AWS":"` + alice + `"}`, signature, verdict{Verdict: authorize.Verdict{User: alice}}, ""},
		{"who signed is denied", "Deny", `{"AWS":"` + alice + `"}`, signature, verdict{Verdict: authorize.Verdict{User: alice}}, "User: " + alice + refusal + " with an explicit deny"},
		{"a signature that is none", "Allow", `"*"`, signature, verdict{err: gatewayresponse.InvalidSignature}, ""},
		{"another method is allowed", "silent", `"*"`, "", verdict{}, "User: anonymous" + refusal},
	} {
		x := exchange()
		if c.authorization != "" {
			x.Request.Header.Add("Authorization", c.authorization)
		}
		x.Identity.VPCEID = "vpce-1"
		before := x.Identity
		e := &authorize.Entrance{Stage: stage, Authorizer: &c.signer, Now: time.Now}
		err := e.Admit(t.Context(), x, say(t, c.effect, c.principal))
		want := c.signer.err
		if c.want != "" {
			want = gatewayresponse.AccessDenied.WithMessage(c.want)
		}
		if fmt.Sprint(err) != fmt.Sprint(want) {
			t.Errorf("%s: %v, want %v", c.name, err, want)
		}
		if wanted := c.authorization == signature; c.signer.called != wanted {
			t.Errorf("%s: a signature was verified: %v", c.name, c.signer.called)
		}
		if x.Identity != before {
			t.Errorf("%s: left %+v", c.name, x.Identity)
		}
	}
	x := exchange()
	x.Query = message.Pairs{{Name: "X-Amz-Algorithm", Value: "AWS4-HMAC-SHA256"}}
	signer := &verdict{Verdict: authorize.Verdict{User: alice}}
	e := &authorize.Entrance{Stage: stage, Authorizer: signer, Now: time.Now}
	if err := e.Admit(t.Context(), x, say(t, "Allow", `{"AWS":"`+alice+`"}`)); err != nil || !signer.called {
		t.Errorf("a signature in the query: %v", err)
	}
}
