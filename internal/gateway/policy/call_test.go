package policy_test

import (
	"crypto/tls"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"postern/internal/aws/iampolicy"
	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/message"
	"postern/internal/gateway/policy"
)

const stage = "arn:aws:execute-api:us-east-1:111111111111:api1/prod"

var noon = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

func exchange(path string) *message.Exchange {
	return &message.Exchange{
		Request:   &message.Request{Method: "GET", Path: "/prod" + path, Host: "api1.execute-api.us-east-1.amazonaws.com", RemoteAddr: netip.MustParseAddrPort("192.0.2.7:4711")},
		AccountID: "111111111111", Region: "us-east-1", APIID: "api1", Stage: "prod", Path: path, SourceIP: "192.0.2.7",
	}
}

func decide(t *testing.T, document string, x *message.Exchange, who *iampolicy.Principal) iampolicy.Decision {
	t.Helper()
	p, err := policy.Compile(document)
	if err != nil {
		t.Fatal(err)
	}
	c, err := policy.NewCall(x, stage, noon)
	if err != nil {
		t.Fatal(err)
	}
	c.Principal = who
	return p.Decide(c)
}

func statement(effect, principal, resource, condition string) string {
	if condition != "" {
		condition = `,"Condition":` + condition
	}
	return `{"Effect":"` + effect + `","Principal":` + principal + `,"Action":"execute-api:Invoke","Resource":"` + resource + `"` + condition + `}`
}

func document(statements ...string) string {
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
}

// Nothing that a path is spelled like gets round a policy. Source: developer guide, "Control access for invoking an API",
// for the resources; the attacks are ours.
func TestPathsCannotGetRoundAPolicy(t *testing.T) {
	everything := statement("Allow", `"*"`, stage+"/*", "")
	denied := document(everything, statement("Deny", `"*"`, stage+"/GET/admin", ""), statement("Deny", `"*"`, stage+"/*/admin/*", ""))
	public := document(statement("Allow", `"*"`, stage+"/GET/public/*", ""))
	for _, c := range []struct {
		document, path string
		want           iampolicy.Decision
	}{
		{denied, "/pets", iampolicy.Allow},
		{denied, "/admin", iampolicy.ExplicitDeny},
		{denied, "/admin/", iampolicy.ExplicitDeny},
		{denied, "/admin//", iampolicy.ExplicitDeny},
		{denied, "/admin/users", iampolicy.ExplicitDeny},
		{denied, "/%61dmin", iampolicy.ExplicitDeny},
		{denied, "/%61%64%6d%69%6e/users", iampolicy.ExplicitDeny},
		{denied, "/admin%2Fusers", iampolicy.ExplicitDeny},
		{denied, "/admin%2fusers", iampolicy.ExplicitDeny},
		{denied, "/pets/../admin", iampolicy.ExplicitDeny},
		{denied, "/pets/%2e%2e/admin/users", iampolicy.ExplicitDeny},
		{denied, "/pets%2f..%2fadmin", iampolicy.ExplicitDeny},
		{denied, `/pets\..\admin`, iampolicy.ExplicitDeny},
		{denied, "/./admin", iampolicy.ExplicitDeny},
		{denied, "/administrators", iampolicy.Allow},
		{denied, "/Admin", iampolicy.Allow},
		{public, "/public/a", iampolicy.Allow},
		{public, "/public/a%20b", iampolicy.Allow},
		{public, "/public/a%2fb", iampolicy.Allow},
		{public, "/public//a", iampolicy.Allow},
		{public, "/private", iampolicy.ImplicitDeny},
		{public, "/public/../private", iampolicy.ImplicitDeny},
		{public, "/public/%2e%2e/private", iampolicy.ImplicitDeny},
		{public, "/public/..%2fprivate", iampolicy.ImplicitDeny},
		{public, "/public/.%2e%2fprivate", iampolicy.ImplicitDeny},
		{public, `/public/..\private`, iampolicy.ImplicitDeny},
	} {
		if got := decide(t, c.document, exchange(c.path), nil); got != c.want {
			t.Errorf("%s: %s, want %s", c.path, got, c.want)
		}
	}
}

// Condition keys and what they are read from. Source: developer guide, "AWS condition keys that can be used in API Gateway
// resource policies".
func TestConditions(t *testing.T) {
	for _, c := range []struct {
		name, condition string
		with            func(x *message.Exchange)
		want            bool
	}{
		{"the address of the connection", `{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}`, nil, true},
		{"another network", `{"IpAddress":{"aws:SourceIp":"198.51.100.0/24"}}`, nil, false},
		{"X-Forwarded-For is not believed", `{"IpAddress":{"aws:SourceIp":"198.51.100.0/24"}}`, header("X-Forwarded-For", "198.51.100.7"), false},
		{"Forwarded is not believed", `{"IpAddress":{"aws:SourceIp":"198.51.100.0/24"}}`, header("Forwarded", "for=198.51.100.7"), false},
		{"X-Amzn-Vpce-Id is not believed", `{"StringEquals":{"aws:SourceVpce":"vpce-1"}}`, header("X-Amzn-Vpce-Id", "vpce-1"), false},
		{"a VPC endpoint", `{"StringEquals":{"aws:SourceVpce":"vpce-1"}}`, through("vpce-1", "vpc-2"), true},
		{"a VPC", `{"StringEquals":{"aws:SourceVpc":"vpc-2"}}`, through("vpce-1", "vpc-2"), true},
		{"another VPC", `{"StringEquals":{"aws:SourceVpc":"vpc-3"}}`, through("vpce-1", "vpc-2"), false},
		{"the address in a VPC", `{"IpAddress":{"aws:VpcSourceIp":"192.0.2.7"}}`, through("vpce-1", "vpc-2"), true},
		{"no address in a VPC without one", `{"IpAddress":{"aws:VpcSourceIp":"192.0.2.7"}}`, nil, false},
		{"no public address in a VPC", `{"IpAddress":{"aws:SourceIp":"192.0.2.7"}}`, through("vpce-1", "vpc-2"), false},
		{"the referer", `{"StringLike":{"aws:Referer":"https://example.com/*"}}`, header("referer", "https://example.com/a"), true},
		{"a second referer", `{"StringEquals":{"aws:Referer":"https://example.com/"}}`, headers("Referer", "https://example.com/", "https://evil.example/"), false},
		{"no referer", `{"StringLike":{"aws:Referer":"*"}}`, nil, false},
		{"the user agent", `{"StringLike":{"aws:UserAgent":"curl/*"}}`, header("User-Agent", "curl/8"), true},
		{"plain HTTP", `{"Bool":{"aws:SecureTransport":"false"}}`, nil, true},
		{"TLS", `{"Bool":{"aws:SecureTransport":"true"}}`, func(x *message.Exchange) { x.Request.TLS = &tls.ConnectionState{} }, true},
		{"X-Forwarded-Proto is not believed", `{"Bool":{"aws:SecureTransport":"true"}}`, header("X-Forwarded-Proto", "https"), false},
		{"the time", `{"DateGreaterThan":{"aws:CurrentTime":"2026-01-31T11:59:59Z"}}`, nil, true},
		{"the time in seconds", `{"NumericEquals":{"aws:EpochTime":"1769860800"}}`, nil, true},
		{"no key of a signed call", `{"Null":{"aws:PrincipalArn":"true"}}`, nil, true},
		{"no calling service", `{"Null":{"aws:SourceArn":"true"}}`, nil, true},
	} {
		x := exchange("/pets")
		if c.with != nil {
			c.with(x)
		}
		want := iampolicy.ImplicitDeny
		if c.want {
			want = iampolicy.Allow
		}
		if got := decide(t, document(statement("Allow", `"*"`, stage+"/*", c.condition)), x, nil); got != want {
			t.Errorf("%s: %s, want %s", c.name, got, want)
		}
	}
}

func header(name, value string) func(*message.Exchange) { return headers(name, value) }

func headers(name string, values ...string) func(*message.Exchange) {
	return func(x *message.Exchange) {
		for _, value := range values {
			x.Request.Header.Add(name, value)
		}
	}
}

func through(vpce, vpc string) func(*message.Exchange) {
	return func(x *message.Exchange) { x.Identity.VPCEID, x.Identity.VPCID = vpce, vpc }
}

// Whom a statement means. Source: developer guide, "Control access to a REST API with API Gateway resource policies": a
// principal {"AWS": ...} is nobody who did not sign.
func TestPrincipals(t *testing.T) {
	alice := &iampolicy.Principal{ARN: "arn:aws:iam::111111111111:user/alice", Account: "111111111111"}
	for _, c := range []struct {
		principal string
		who       *iampolicy.Principal
		want      iampolicy.Decision
	}{
		{`"*"`, nil, iampolicy.Allow},
		{`{"AWS":"*"}`, nil, iampolicy.Allow},
		{`{"AWS":"arn:aws:iam::111111111111:user/alice"}`, nil, iampolicy.ImplicitDeny},
		{`{"AWS":"arn:aws:iam::111111111111:user/alice"}`, alice, iampolicy.Allow},
		{`{"AWS":"111111111111"}`, alice, iampolicy.Allow},
		{`{"AWS":"arn:aws:iam::111111111111:user/bob"}`, alice, iampolicy.ImplicitDeny},
		{`{"AWS":"222222222222"}`, alice, iampolicy.ImplicitDeny},
	} {
		if got := decide(t, document(statement("Allow", c.principal, stage+"/*", "")), exchange("/pets"), c.who); got != c.want {
			t.Errorf("%s: %s, want %s", c.principal, got, c.want)
		}
	}
}

// Sources: public report of the masked account; developer guide, "Output from an API Gateway Lambda authorizer" (414).
func TestRefusals(t *testing.T) {
	c, err := policy.NewCall(exchange("/"), stage, noon)
	if err != nil {
		t.Fatal(err)
	}
	const text = "User: anonymous is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:********1111:api1/prod/GET/"
	if got := c.Refuse("anonymous", iampolicy.ImplicitDeny).Error(); got != text {
		t.Errorf("got %s, want %s", got, text)
	}
	if got := c.Refuse("anonymous", iampolicy.ExplicitDeny).Error(); got != text+" with an explicit deny" {
		t.Errorf("got %s", got)
	}
	if _, err := policy.NewCall(exchange("/"+strings.Repeat("x", policy.MaxARN)), stage, noon); !errors.Is(err, gatewayresponse.URITooLong) {
		t.Errorf("a long ARN: %v", err)
	}
}

// A policy that cannot be read allows nobody.
func TestBadPolicy(t *testing.T) {
	for _, text := range []string{"{}", "null", "[]", `{"Statement":[]}`, document(`{"Effect":"Allow","Action":"*","Resource":"*"}`)} {
		if p, err := policy.Compile(text); err == nil {
			t.Errorf("%s compiled to %v", text, p)
		}
	}
}

// A private API is called through a VPC endpoint of the caller's network, a public one through none.
// Sources: developer guide, "Invoke a private API"; knowledge center, "HTTP 403 errors".
func TestVPCEndpoints(t *testing.T) {
	one, err := policy.ParseVPCEndpoint("vpce-1@vpc-1", "192.0.2.0/24, 198.51.100.0/24")
	if err != nil {
		t.Fatal(err)
	}
	two, err := policy.ParseVPCEndpoint("vpce-2", "192.0.2.7/32")
	if err != nil {
		t.Fatal(err)
	}
	list := policy.VPCEndpoints{one, two}
	made := func(id, account, region string, named bool) policy.VPCEndpoint {
		return policy.VPCEndpoint{ID: id, Account: account, Region: region, NoPrivateDNS: named, Networks: one.Networks}
	}
	others, own := made("vpce-3", "222222222222", "us-east-1", false), made("vpce-4", "111111111111", "us-east-1", false)
	const plain, named = "api1.execute-api.us-east-1.amazonaws.com", "api1-vpce-2.execute-api.us-east-1.amazonaws.com"
	for _, c := range []struct {
		name, host, from string
		list             policy.VPCEndpoints
		private          bool
		want             string // the endpoint; "-" for 403
	}{
		{"a public API", plain, "203.0.113.1", list, false, ""},
		{"a public API through an endpoint", named, "192.0.2.7", list, false, "-"},
		{"a private API by private DNS", plain, "192.0.2.8", list, true, "vpce-1"},
		{"a private API by the endpoint's name", named, "192.0.2.7", list, true, "vpce-2"},
		{"another's endpoint", named, "192.0.2.8", list, true, "-"},
		{"a host in capitals", "API1-VPCE-2.EXECUTE-API.us-east-1.amazonaws.com", "192.0.2.7", list, true, "vpce-2"},
		{"an endpoint that is not there", "api1-vpce-3.execute-api.us-east-1.amazonaws.com", "192.0.2.7", list, true, "-"},
		{"from outside", plain, "203.0.113.1", list, true, "-"},
		{"no endpoints at all", plain, "127.0.0.1", nil, true, "-"},
		{"the endpoint's own name", "vpce-2-1a2b3c4d-us-east-1a.execute-api.us-east-1.vpce.amazonaws.com", "192.0.2.7", list, true, "vpce-2"},
		{"the API's own account goes before others", plain, "192.0.2.8", policy.VPCEndpoints{others, own}, true, "vpce-4"},
		{"another account's endpoint", plain, "192.0.2.8", policy.VPCEndpoints{others}, true, "vpce-3"},
		{"another region's endpoint", plain, "192.0.2.8", policy.VPCEndpoints{made("vpce-5", "111111111111", "eu-west-1", false)}, true, "-"},
		{"no private DNS", plain, "192.0.2.8", policy.VPCEndpoints{made("vpce-2", "111111111111", "us-east-1", true)}, true, "-"},
		{"no private DNS, but named", named, "192.0.2.8", policy.VPCEndpoints{made("vpce-2", "111111111111", "us-east-1", true)}, true, "vpce-2"},
		{"an address of IPv4 in IPv6", plain, "::ffff:192.0.2.8", list, true, "vpce-1"},
	} {
		x := exchange("/")
		x.Request.Host = c.host
		x.Request.RemoteAddr = netip.AddrPortFrom(netip.MustParseAddr(c.from), 4711)
		got := ""
		if _, err := c.list.Enter(x, c.private); err != nil {
			got = "-"
		} else {
			got = x.Identity.VPCEID
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	for name, networks := range map[string]string{"vpce_1": "10.0.0.0/8", "vpce-1@x": "10.0.0.0/8", "vpce-1": "10.0.0.1", "vpce-2": ""} {
		if _, err := policy.ParseVPCEndpoint(name, networks); err == nil {
			t.Errorf("%s=%s was taken", name, networks)
		}
	}
}
