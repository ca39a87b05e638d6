package iampolicy

import (
	"strings"
	"testing"
)

const (
	alice = "arn:aws:iam::111111111111:user/alice"
	pets  = "arn:aws:execute-api:us-east-1:111111111111:a1b2c3d4e5/prod/GET/pets"
)

func mustParse(t testing.TB, document string, kind Kind) *Policy {
	t.Helper()
	p, err := Parse([]byte(document), kind)
	if err != nil {
		t.Fatalf("%s: %v", document, err)
	}
	return p
}

// Which statements decide. Sources: IAM user guide, "Policy evaluation logic", "IAM JSON policy elements: Effect, Action,
// NotAction, Resource, NotResource"; API Gateway developer guide, "Control access for invoking an API".
func TestIdentityPolicy(t *testing.T) {
	const allowAll = `{"Effect":"Allow","Action":"*","Resource":"*"}`
	one := func(action, resource string) string {
		return `{"Effect":"Allow","Action":"` + action + `","Resource":"` + resource + `"}`
	}
	for _, c := range []struct {
		name, statement  string // one or several, with commas
		action, resource string
		want             Decision
	}{
		{"everything", allowAll, "apigateway:GET", "arn:aws:apigateway:us-east-1::/restapis", Allow},
		{"another action", one("apigateway:GET", "*"), "apigateway:PUT", pets, ImplicitDeny},
		{"another resource", one("*", pets), "execute-api:Invoke", pets + "/7", ImplicitDeny},
		{"deny wins, first", `{"Effect":"Deny","Action":"apigateway:DELETE","Resource":"*"},` + allowAll, "apigateway:DELETE", pets, ExplicitDeny},
		{"deny wins, last", allowAll + `,{"Effect":"Deny","Action":"apigateway:DELETE","Resource":"*"}`, "apigateway:DELETE", pets, ExplicitDeny},
		{"a deny of something else", allowAll + `,{"Effect":"Deny","Action":"apigateway:DELETE","Resource":"*"}`, "apigateway:GET", pets, Allow},
		{"actions have no case", one("APIGateway:get", "*"), "apigateway:GET", pets, Allow},
		{"* in an action", one("execute-api:*", "*"), "execute-api:InvalidateCache", pets, Allow},
		{"* inside an action", one("execute-api:Inv*e", "*"), "execute-api:Invoke", pets, Allow},
		{"? in an action", one("execute-api:Invok?", "*"), "execute-api:Invoke", pets, Allow},
		{"? is one character", one("execute-api:Invoke?", "*"), "execute-api:Invoke", pets, ImplicitDeny},
		{"a list of actions", `{"Effect":"Allow","Action":["apigateway:GET","apigateway:PUT"],"Resource":"*"}`, "apigateway:PUT", pets, Allow},
		{"NotAction", `{"Effect":"Allow","NotAction":"apigateway:DELETE","Resource":"*"}`, "apigateway:GET", pets, Allow},
		{"NotAction, the one", `{"Effect":"Allow","NotAction":["iam:*","apigateway:DELETE"],"Resource":"*"}`, "apigateway:DELETE", pets, ImplicitDeny},
		{"NotResource", `{"Effect":"Deny","Action":"*","NotResource":"` + pets + `"},` + allowAll, "execute-api:Invoke", pets, Allow},
		{"NotResource, another", `{"Effect":"Deny","Action":"*","NotResource":"` + pets + `"},` + allowAll, "execute-api:Invoke", pets + "/7", ExplicitDeny},

		// Resources.
		{"resources have case", one("*", strings.Replace(pets, "GET", "get", 1)), "execute-api:Invoke", pets, ImplicitDeny},
		{"* goes across slashes", one("*", "arn:aws:execute-api:us-east-1:111111111111:a1b2c3d4e5/*/GET/*"), "execute-api:Invoke", pets + "/7/toys", Allow},
		{"* may be nothing", one("*", "arn:aws:execute-api:us-east-1:111111111111:a1b2c3d4e5/prod/GET/pets*"), "execute-api:Invoke", pets, Allow},
		{"* for region and account", one("*", "arn:aws:execute-api:*:*:a1b2c3d4e5/prod/GET/pets"), "execute-api:Invoke", pets, Allow},
		{"* for all that is left", one("*", "arn:aws:execute-api:us-east-1:*"), "execute-api:Invoke", pets, Allow},
		{
			"* for a region does not reach into the path", one("*", "arn:aws:apigateway:*::/restapis/mine"), "apigateway:GET",
			"arn:aws:apigateway:us-east-1::/restapis/other::/restapis/mine", ImplicitDeny,
		},
		{"? in a resource", one("*", "arn:aws:execute-api:us-east-1:111111111111:a1b2c3d4e?/prod/GET/pets"), "execute-api:Invoke", pets, Allow},
		{"a colon in the resource", one("*", "arn:aws:lambda:us-east-1:1:function:f:*"), "lambda:InvokeFunction", "arn:aws:lambda:us-east-1:1:function:f:live", Allow},
		{
			"an empty account is no other account", one("*", "arn:aws:apigateway:us-east-1::/restapis"), "apigateway:GET",
			"arn:aws:apigateway:us-east-1:111111111111:/restapis", ImplicitDeny,
		},
		{"an API's ARN without an account", one("*", "arn:aws:execute-api:us-east-1::a1b2c3d4e5/*"), "execute-api:Invoke", pets, Allow},
		{"another API's ARN without an account", one("*", "arn:aws:execute-api:us-east-1::other/*"), "execute-api:Invoke", pets, ImplicitDeny},
		{"not an ARN", one("*", pets), "execute-api:Invoke", "pets", ImplicitDeny},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := mustParse(t, `{"Version":"2012-10-17","Statement":[`+c.statement+`]}`, IdentityPolicy)
			if got := p.Evaluate(&Request{Action: c.action, Resource: c.resource}); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// Whom a statement speaks of. Source: IAM user guide, "AWS JSON policy elements: Principal" and "NotPrincipal".
func TestPrincipal(t *testing.T) {
	user := &Principal{ARN: alice, Account: "111111111111", UserID: "AIDAEXAMPLEEXAMPLE01"}
	session := &Principal{ARN: "arn:aws:sts::222222222222:assumed-role/reader/bob", RoleARN: "arn:aws:iam::222222222222:role/reader", Account: "222222222222"}
	service := &Principal{Service: "apigateway.amazonaws.com"}
	for _, c := range []struct {
		name, element string
		who           *Principal
		want          Decision
	}{
		{"everyone, unknown", `"Principal":"*"`, nil, Allow},
		{"everyone, a user", `"Principal":"*"`, user, Allow},
		{`{"AWS":"*"} is everyone too`, `"Principal":{"AWS":"*"}`, nil, Allow},
		{"a user", `"Principal":{"AWS":"` + alice + `"}`, user, Allow},
		{"a user, unknown caller", `"Principal":{"AWS":"` + alice + `"}`, nil, ImplicitDeny},
		{"another user", `"Principal":{"AWS":"` + alice + `2"}`, user, ImplicitDeny},
		{"a list", `"Principal":{"AWS":["arn:aws:iam::333333333333:root","` + alice + `"]}`, user, Allow},
		{"an account by its root", `"Principal":{"AWS":"arn:aws:iam::111111111111:root"}`, user, Allow},
		{"an account by its number", `"Principal":{"AWS":"111111111111"}`, user, Allow},
		{"another account", `"Principal":{"AWS":"111111111112"}`, user, ImplicitDeny},
		{"a unique id", `"Principal":{"AWS":"AIDAEXAMPLEEXAMPLE01"}`, user, Allow},
		{"a role, by its session", `"Principal":{"AWS":"arn:aws:iam::222222222222:role/reader"}`, session, Allow},
		{"a session", `"Principal":{"AWS":"arn:aws:sts::222222222222:assumed-role/reader/bob"}`, session, Allow},
		{"a service", `"Principal":{"Service":"apigateway.amazonaws.com"}`, service, Allow},
		{"a user is no service", `"Principal":{"Service":"apigateway.amazonaws.com"}`, user, ImplicitDeny},
		{"a service among others", `"Principal":{"AWS":"` + alice + `","Service":["apigateway.amazonaws.com"]}`, service, Allow},
		{"federated", `"Principal":{"Federated":"cognito-identity.amazonaws.com"}`, &Principal{Federated: "cognito-identity.amazonaws.com"}, Allow},
		{"canonical user", `"Principal":{"CanonicalUser":"79a59d"}`, &Principal{CanonicalUser: "79a59d"}, Allow},
		{"NotPrincipal, the one", `"NotPrincipal":{"AWS":"` + alice + `"}`, user, ImplicitDeny},
		{"NotPrincipal, another", `"NotPrincipal":{"AWS":"` + alice + `"}`, session, Allow},
		{"NotPrincipal, unknown", `"NotPrincipal":{"AWS":"` + alice + `"}`, nil, Allow},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := mustParse(t, `{"Statement":{"Effect":"Allow",`+c.element+`,"Action":"execute-api:Invoke","Resource":"*"}}`, ResourcePolicy)
			if got := p.Evaluate(&Request{Action: "execute-api:Invoke", Resource: pets, Principal: c.who}); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// Source: API Gateway developer guide, "How API Gateway resource policies affect authorization workflow".
func TestTables(t *testing.T) {
	for _, c := range []struct{ identity, resource, tableA, tableB Decision }{
		{Allow, Allow, Allow, Allow},
		{Allow, ImplicitDeny, Allow, ImplicitDeny},
		{Allow, ExplicitDeny, ExplicitDeny, ExplicitDeny},
		{ImplicitDeny, Allow, Allow, ImplicitDeny},
		{ImplicitDeny, ImplicitDeny, ImplicitDeny, ImplicitDeny},
		{ImplicitDeny, ExplicitDeny, ExplicitDeny, ExplicitDeny},
		{ExplicitDeny, Allow, ExplicitDeny, ExplicitDeny},
		{ExplicitDeny, ImplicitDeny, ExplicitDeny, ExplicitDeny},
		{ExplicitDeny, ExplicitDeny, ExplicitDeny, ExplicitDeny},
	} {
		if got := Either(c.identity, c.resource); got != c.tableA {
			t.Errorf("table A: %s and %s give %s", c.identity, c.resource, got)
		}
		if got := Both(c.identity, c.resource); got != c.tableB {
			t.Errorf("table B: %s and %s give %s", c.identity, c.resource, got)
		}
	}
}

// The examples of the guide, whole. Source: API Gateway developer guide, "API Gateway resource policy examples".
func TestResourcePolicyExamples(t *testing.T) {
	const byAddress = `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke","Resource":"arn:aws:execute-api:us-east-1:111111111111:a1b2c3d4e5/*"},
		{"Effect":"Deny","Principal":"*","Action":"execute-api:Invoke","Resource":"arn:aws:execute-api:us-east-1:111111111111:a1b2c3d4e5/*",
			"Condition":{"NotIpAddress":{"aws:SourceIp":["192.0.2.0/24","198.51.100.7"]}}}]}`
	const byVPC = `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke","Resource":"arn:aws:execute-api:us-east-1:111111111111:a1b2c3d4e5/*"},
		{"Effect":"Deny","Principal":"*","Action":"execute-api:Invoke","Resource":"arn:aws:execute-api:us-east-1:111111111111:a1b2c3d4e5/*",
			"Condition":{"StringNotEquals":{"aws:SourceVpce":"vpce-1a2b3c4d"}}}]}`
	for _, c := range []struct {
		name, document string
		context        Values
		want           Decision
	}{
		{"an address of the range", byAddress, Values{"aws:sourceip": {"192.0.2.9"}}, Allow},
		{"the single address", byAddress, Values{"aws:sourceip": {"198.51.100.7"}}, Allow},
		{"another address", byAddress, Values{"aws:sourceip": {"203.0.113.1"}}, ExplicitDeny},
		{"no address", byAddress, nil, ExplicitDeny},
		{"the endpoint", byVPC, Values{"aws:sourcevpce": {"vpce-1a2b3c4d"}}, Allow},
		{"another endpoint", byVPC, Values{"aws:sourcevpce": {"vpce-1a2b3c4e"}}, ExplicitDeny},
		{"no endpoint", byVPC, nil, ExplicitDeny},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := mustParse(t, c.document, ResourcePolicy)
			if got := p.Evaluate(&Request{Action: "execute-api:Invoke", Resource: pets, Context: c.context}); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// Every request of an API may ask a policy; asking costs no allocation when the action comes in lower case.
func TestEvaluateAllocations(t *testing.T) {
	p := mustParse(t, `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke","Resource":"arn:aws:execute-api:*:*:a1b2c3d4e5/*/GET/*"},
		{"Effect":"Deny","Principal":"*","Action":"execute-api:Invoke","Resource":"*","Condition":{"NotIpAddress":{"aws:SourceIp":"192.0.2.0/24"}}}]}`, ResourcePolicy)
	r := &Request{Action: "execute-api:invoke", Resource: pets, Context: Values{"aws:sourceip": {"192.0.2.1"}}}
	if n := testing.AllocsPerRun(100, func() {
		if p.Evaluate(r) != Allow {
			t.Fatal("denied")
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
