package authorize_test

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"postern/internal/aws/iampolicy"
	"postern/internal/gateway/authorize"
	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/message"
	"postern/internal/gateway/policy"
)

const (
	stage    = "arn:aws:execute-api:us-east-1:111111111111:api1/prod"
	resource = "arn:aws:execute-api:us-east-1:********1111:api1/prod/GET/pets"
	alice    = "arn:aws:iam::111111111111:user/alice"
)

func exchange() *message.Exchange {
	return &message.Exchange{
		Request:   &message.Request{Method: "GET", Path: "/prod/pets", RemoteAddr: netip.MustParseAddrPort("192.0.2.7:4711")},
		AccountID: "111111111111", Region: "us-east-1", APIID: "api1", Stage: "prod", Path: "/pets", SourceIP: "192.0.2.7",
	}
}

// verdict is an Authorizer that always says the same.
type verdict struct {
	authorize.Verdict
	err    error
	called bool
}

func (v *verdict) Authorize(_ context.Context, _ *message.Exchange, c *policy.Call) (authorize.Verdict, error) {
	v.called = true
	if v.User != "" {
		c.Principal = &iampolicy.Principal{ARN: v.User, Account: strings.Split(v.User, ":")[4]}
	}
	return v.Verdict, v.err
}

// say is a resource policy, or none.
func say(t *testing.T, what, principal string) *policy.Policy {
	t.Helper()
	document := ""
	switch what {
	case "none":
	case "silent":
		document = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke","Resource":"` + stage + `/GET/dogs"}}`
	default:
		document = `{"Version":"2012-10-17","Statement":{"Effect":"` + what + `","Principal":` + principal + `,"Action":"execute-api:Invoke","Resource":"` + stage + `/*"}}`
	}
	p, err := policy.Compile(document)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// How the caller's own permissions and the resource policy are put together. Source: developer guide, "How API Gateway
// resource policies affect authorization workflow", Tables A and B; that a policy which says nothing lets in whom an
// authorizer allows is Table A's second row.
func TestTables(t *testing.T) {
	const (
		allow, silent, deny = iampolicy.Allow, iampolicy.ImplicitDeny, iampolicy.ExplicitDeny
		in, out             = "in", "User is not authorized to access this resource"
		user                = "User: " + alice + " is not authorized to perform: execute-api:Invoke on resource: " + resource
		anonymous           = "User: anonymous is not authorized to perform: execute-api:Invoke on resource: " + resource
		explicitly          = " with an explicit deny"
	)
	for _, c := range []struct {
		kind     authorize.Kind
		foreign  bool
		identity iampolicy.Decision
		resource string // none, silent, Allow, Deny
		want     string
		asked    bool // whether the authorizer was
	}{
		// No authorizer: an explicit allow is needed.
		{authorize.Open, false, silent, "Allow", in, false},
		{authorize.Open, false, silent, "silent", anonymous, false},
		{authorize.Open, false, silent, "Deny", anonymous + explicitly, false},
		{authorize.Open, false, silent, "none", anonymous, false}, // a private API

		// Lambda authorizer: explicit denies first, then Table A.
		{authorize.Function, false, allow, "none", in, true},
		{authorize.Function, false, silent, "none", out, true},
		{authorize.Function, false, deny, "none", out + explicitly, true},
		{authorize.Function, false, allow, "Allow", in, true},
		{authorize.Function, false, allow, "silent", in, true},
		{authorize.Function, false, allow, "Deny", anonymous + explicitly, false},
		{authorize.Function, false, silent, "Allow", in, true},
		{authorize.Function, false, silent, "silent", out, true},
		{authorize.Function, false, silent, "Deny", anonymous + explicitly, false},
		{authorize.Function, false, deny, "Allow", out + explicitly, true},
		{authorize.Function, false, deny, "silent", out + explicitly, true},

		// AWS_IAM within the account: Table A.
		{authorize.Signed, false, allow, "none", in, true},
		{authorize.Signed, false, silent, "none", user, true},
		{authorize.Signed, false, deny, "none", user + explicitly, true},
		{authorize.Signed, false, allow, "Allow", in, true},
		{authorize.Signed, false, allow, "silent", in, true},
		{authorize.Signed, false, allow, "Deny", user + explicitly, true},
		{authorize.Signed, false, silent, "Allow", in, true},
		{authorize.Signed, false, silent, "silent", user, true},
		{authorize.Signed, false, silent, "Deny", user + explicitly, true},
		{authorize.Signed, false, deny, "Allow", user + explicitly, true},

		// AWS_IAM across accounts: Table B.
		{authorize.Signed, true, allow, "none", user, true},
		{authorize.Signed, true, allow, "Allow", in, true},
		{authorize.Signed, true, allow, "silent", user, true},
		{authorize.Signed, true, allow, "Deny", user + explicitly, true},
		{authorize.Signed, true, silent, "Allow", user, true},
		{authorize.Signed, true, silent, "silent", user, true},
		{authorize.Signed, true, silent, "Deny", user + explicitly, true},
		{authorize.Signed, true, deny, "Allow", user + explicitly, true},

		// Cognito: the token says who, the policy must allow (Table B, the guide of 2026).
		{authorize.Pool, false, allow, "none", in, true},
		{authorize.Pool, false, allow, "Allow", in, true},
		{authorize.Pool, false, allow, "silent", anonymous, true},
		{authorize.Pool, false, allow, "Deny", anonymous + explicitly, true},
	} {
		by := &verdict{Verdict: authorize.Verdict{Decision: c.identity, Foreign: c.foreign}}
		if c.kind == authorize.Signed {
			by.User = alice
		}
		g := &authorize.Guard{Kind: c.kind, Stage: stage, Policy: say(t, c.resource, `"*"`), Authorizer: by, Now: time.Now}
		x := exchange()
		got := in
		if err := g.Admit(t.Context(), x); err != nil {
			got = err.Error()
			if e, ok := errors.AsType[*gatewayresponse.Error](err); !ok || e.Type() != "ACCESS_DENIED" {
				t.Errorf("%v is answered with", err)
			}
		}
		if got != c.want || by.called != c.asked {
			t.Errorf("kind %d, foreign %t, identity: %s, resource: %s: %q (authorizer asked: %t), want %q (%t)",
				c.kind, c.foreign, c.identity, c.resource, got, by.called, c.want, c.asked)
		}
		if status := x.Observed.Authorize.Status; (status == 200) != (c.want == in) {
			t.Errorf("access logs show %d for %q", status, got)
		}
	}
}

// A policy for some callers: those who signed are known to it, all others are not. Source: developer guide, "Control access
// to a REST API with API Gateway resource policies".
func TestPoliciesForSomeCallers(t *testing.T) {
	for _, c := range []struct {
		kind authorize.Kind
		user string
		want bool
	}{
		{authorize.Signed, alice, true},
		{authorize.Signed, "arn:aws:iam::111111111111:user/bob", false},
		{authorize.Function, "", false},
		{authorize.Open, "", false},
	} {
		by := &verdict{Verdict: authorize.Verdict{Decision: iampolicy.ImplicitDeny, User: c.user}}
		g := &authorize.Guard{Kind: c.kind, Stage: stage, Policy: say(t, "Allow", `{"AWS":"`+alice+`"}`), Authorizer: by, Now: time.Now}
		if err := g.Admit(t.Context(), exchange()); (err == nil) != c.want {
			t.Errorf("kind %d, %q: %v", c.kind, c.user, err)
		}
	}
}

// Whoever fails to find out who calls lets nobody in, whatever the policy says.
func TestFaultsLetNobodyIn(t *testing.T) {
	for _, kind := range []authorize.Kind{authorize.Function, authorize.Signed, authorize.Pool} {
		by := &verdict{Verdict: authorize.Verdict{Decision: iampolicy.Allow}, err: gatewayresponse.Unauthorized}
		g := &authorize.Guard{Kind: kind, Stage: stage, Policy: say(t, "Allow", `"*"`), Authorizer: by, Now: time.Now}
		if err := g.Admit(t.Context(), exchange()); !errors.Is(err, gatewayresponse.Unauthorized) {
			t.Errorf("kind %d: %v", kind, err)
		}
	}
}
