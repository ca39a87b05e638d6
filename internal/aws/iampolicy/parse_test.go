package iampolicy

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Which documents are refused, and how the error names the place.
// Source: IAM user guide, "Grammar of the IAM JSON policy language"; the texts are ours.
func TestRefusedDocuments(t *testing.T) {
	statement := func(rest string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"a:b","Resource":"*"},{` + rest + `}]}`
	}
	for _, c := range []struct {
		name, document string
		kind           Kind
		want           string
	}{
		{"nothing", ``, IdentityPolicy, "the document is not JSON: EOF"},
		{"not JSON", `{"Statement":`, IdentityPolicy, "the document is not JSON"},
		{"not an object", `[]`, IdentityPolicy, "the document: must be an object"},
		{"more than one", `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}} {}`, IdentityPolicy, "there is more after the document"},
		{"null", `{"Version":null}`, IdentityPolicy, "the document has a null"},
		{"too large", `{"Id":"` + strings.Repeat("x", MaxDocument) + `"}`, IdentityPolicy, "bytes, 20480 are allowed"},
		{"too deep", strings.Repeat("[", 100), IdentityPolicy, "nested too deeply"},
		{"a name twice", `{"Version":"2012-10-17","Version":"2012-10-17"}`, IdentityPolicy, `has "Version" twice`},
		{"an unknown element", `{"Statements":[]}`, IdentityPolicy, `the document: has no element "Statements"`},
		{"names have case", `{"statement":[]}`, IdentityPolicy, `the document: has no element "statement"`},
		{"another version", `{"Version":"2012-10-18","Statement":[]}`, IdentityPolicy, "Version: must be 2012-10-17 or 2008-10-17"},
		{"no statement", `{"Version":"2012-10-17"}`, IdentityPolicy, "Statement: is missing"},
		{"an empty list", `{"Statement":[]}`, IdentityPolicy, "Statement: is empty"},
		{"no effect", statement(`"Action":"*","Resource":"*"`), IdentityPolicy, "Statement[1].Effect: must be Allow or Deny"},
		{"the effect has case", statement(`"Effect":"allow","Action":"*","Resource":"*"`), IdentityPolicy, "Statement[1].Effect: must be Allow or Deny"},
		{
			"an unknown element of a statement", statement(`"Effect":"Allow","Action":"*","Resource":"*","Conditions":{}`), IdentityPolicy,
			`Statement[1]: has no element "Conditions"`,
		},
		{"no action", statement(`"Effect":"Allow","Resource":"*"`), IdentityPolicy, "Statement[1]: has neither Action nor NotAction"},
		{"two actions", statement(`"Effect":"Allow","Action":"*","NotAction":"*","Resource":"*"`), IdentityPolicy, "Statement[1]: has both Action and NotAction"},
		{
			"an action without a service", statement(`"Effect":"Allow","Action":"Invoke","Resource":"*"`), IdentityPolicy,
			`Statement[1].Action: "Invoke" must be * or {service}:{action}`,
		},
		{"no actions", statement(`"Effect":"Allow","Action":[],"Resource":"*"`), IdentityPolicy, "Statement[1].Action: is empty"},
		{
			"an action that is a number", statement(`"Effect":"Allow","Action":[1],"Resource":"*"`), IdentityPolicy,
			"Statement[1].Action: must be a string or a list of strings",
		},
		{"no resource", statement(`"Effect":"Allow","Action":"*"`), IdentityPolicy, "Statement[1]: has neither Resource nor NotResource"},
		{
			"a resource that is no ARN", statement(`"Effect":"Allow","Action":"*","NotResource":"pets"`), IdentityPolicy,
			`Statement[1].NotResource: "pets" must be * or an ARN`,
		},
		{
			"a resource that is too long", statement(`"Effect":"Allow","Action":"*","Resource":"arn:` + strings.Repeat("x", 2048) + `"`), IdentityPolicy,
			"Statement[1].Resource: a value has 2052 bytes, 2048 are allowed",
		},
		{
			"a variable that is not closed", statement(`"Effect":"Allow","Action":"*","Resource":"arn:${aws:username"`), IdentityPolicy,
			"Statement[1].Resource: has a policy variable that is not closed or has no name",
		},
		{"a default without quotes", statement(`"Effect":"Allow","Action":"*","Resource":"arn:${a,b}"`), IdentityPolicy, "default is not in single quotes"},
		{
			"a principal in an identity's policy", statement(`"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"`), IdentityPolicy,
			"Statement[1]: a policy of an identity must not name a principal",
		},
		{
			"no principal in a resource's policy", `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`, ResourcePolicy,
			"Statement[0]: has neither Principal nor NotPrincipal",
		},
		{
			"a principal's name alone", `{"Statement":{"Effect":"Allow","Principal":"alice","Action":"*","Resource":"*"}}`, ResourcePolicy,
			"Statement[0].Principal: must be * or an object",
		},
		{
			"an unknown kind of principal", `{"Statement":{"Effect":"Allow","Principal":{"Aws":"*"},"Action":"*","Resource":"*"}}`, ResourcePolicy,
			"Statement[0].Principal.Aws: is no kind of principal",
		},
		{
			"a principal with a wildcard", `{"Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:user/*"},"Action":"*","Resource":"*"}}`,
			ResourcePolicy, "must be *, an account, an ARN without wildcards or a unique id",
		},
		{
			"an unknown operator", statement(`"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringIs":{"a":"b"}}`), IdentityPolicy,
			"Statement[1].Condition.StringIs.a: there is no such operator",
		},
		{
			"an operator without a key", statement(`"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{}}`), IdentityPolicy,
			"Statement[1].Condition.StringEquals: must be an object of keys",
		},
		{
			"a list of operators", statement(`"Effect":"Allow","Action":"*","Resource":"*","Condition":[]`), IdentityPolicy,
			"Statement[1].Condition: must be an object",
		},
		{"an unknown order", statement(`"Effect":"Allow","Action":"*","Resource":"*","Condition":{"NumericLike":{"a":"1"}}`), IdentityPolicy, "no such operator"},
		{"not a number", statement(`"Effect":"Allow","Action":"*","Resource":"*","Condition":{"NumericEquals":{"a":"x"}}`), IdentityPolicy, `"x" must be a number`},
		{"not a date", statement(`"Effect":"Allow","Action":"*","Resource":"*","Condition":{"DateEquals":{"a":"May"}}`), IdentityPolicy, `"May" must be a date`},
		{"not a Boolean", statement(`"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"a":"yes"}}`), IdentityPolicy, `"yes" must be true or false`},
		{
			"not an address", statement(`"Effect":"Allow","Action":"*","Resource":"*","Condition":{"IpAddress":{"a":"10.0.0.0/33"}}`), IdentityPolicy,
			"must be an IP address or a range of them",
		},
		{"not Base64", statement(`"Effect":"Allow","Action":"*","Resource":"*","Condition":{"BinaryEquals":{"a":"?"}}`), IdentityPolicy, "must be Base64"},
		{"not an ARN", statement(`"Effect":"Allow","Action":"*","Resource":"*","Condition":{"ArnLike":{"a":"x"}}`), IdentityPolicy, "must be * or an ARN"},
		{
			"Null with IfExists", statement(`"Effect":"Allow","Action":"*","Resource":"*","Condition":{"NullIfExists":{"a":"true"}}`), IdentityPolicy,
			"Null goes with neither IfExists nor a set operator",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse([]byte(c.document), c.kind)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// Globs match what the regular expression of the same meaning matches.
func TestGlobAgreesWithRegexp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pattern := rapid.StringMatching(`[abé*?]{0,12}`).Draw(t, "pattern")
		text := rapid.StringMatching(`[abé]{0,14}`).Draw(t, "text")
		expression := strings.NewReplacer("*", ".*", "?", ".").Replace(pattern)
		want := regexp.MustCompile(`^` + expression + `$`).MatchString(text)
		if g := compileGlob(pattern); g.match(text) != want {
			t.Fatalf("%q and %q: want %t", pattern, text, want)
		}
	})
}

// The worst pattern against the longest path does not take time that anybody would notice: the test would not end
// if matching were exponential.
func TestGlobIsNotExponential(t *testing.T) {
	g := compileGlob(strings.Repeat("*a", maxPattern/2) + "b")
	start := time.Now()
	if g.match(strings.Repeat("a", 10<<10)) {
		t.Error("matched")
	}
	t.Logf("%s", time.Since(start))
}

func FuzzParse(f *testing.F) {
	f.Add(`{"Version":"2012-10-17","Statement":[{"Sid":"a","Effect":"Deny","Principal":{"AWS":["111111111111"]},"NotAction":"a:*","Resource":"arn:aws:s3:::${aws:username}/*?",`+
		`"Condition":{"ForAnyValue:StringLikeIfExists":{"aws:TagKeys":["a*"]},"IpAddress":{"aws:SourceIp":"::1/8"},"DateLessThan":{"k":"2026"},"Null":{"k":true}}}]}`, "a:b", "arn:aws:s3:::x", "v")
	f.Add(`{"Statement":{"Effect":"Allow","NotPrincipal":"*","Action":["*"],"NotResource":"*"}}`, "", "", "")
	f.Add(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"arn:${k, 'd'}:${*}:a:b:c"}}`, "A:B", "arn:d:*:a:b:c", "*")
	f.Fuzz(func(t *testing.T, document, action, resource, value string) {
		ctx := Values{"aws:username": {value}, "aws:tagkeys": {value, "a"}, "aws:sourceip": {value}, "k": {value}}
		for _, kind := range []Kind{IdentityPolicy, ResourcePolicy} {
			p, err := Parse([]byte(document), kind)
			if err != nil {
				continue // a refused document is a fine answer; a panic or two different decisions are not
			}
			r := &Request{Action: action, Resource: resource, Context: ctx}
			once := p.Evaluate(r)
			if twice := p.Evaluate(r); once != twice {
				t.Fatalf("%s, then %s", once, twice)
			}
			for i := range p.statements {
				p.statements[i].deny = true
			}
			if denied := p.Evaluate(r); (denied == ExplicitDeny) != (once != ImplicitDeny) {
				t.Fatalf("%s, and with denials %s", once, denied)
			}
		}
	})
}

// A trust policy says who may assume the role that it belongs to, and names no resource.
// Source: IAM user guide, "Create a role using custom trust policies".
func TestTrustPolicy(t *testing.T) {
	const document = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
		"Principal": {"Service": ["lambda.amazonaws.com", "apigateway.amazonaws.com"]}}]}`
	policy, err := Parse([]byte(document), TrustPolicy)
	if err != nil {
		t.Fatal(err)
	}
	for service, want := range map[string]Decision{"lambda.amazonaws.com": Allow, "ec2.amazonaws.com": ImplicitDeny, "": ImplicitDeny} {
		got := policy.Evaluate(&Request{
			Action: "sts:AssumeRole", Resource: "arn:aws:iam::123456789012:role/r", Principal: &Principal{Service: service},
		})
		if got != want {
			t.Errorf("%q: %s, want %s", service, got, want)
		}
	}
	for _, bad := range []string{
		`{"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": "*", "Resource": "*"}}`,
		`{"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": "*", "NotResource": "*"}}`,
		`{"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole"}}`,
	} {
		if _, err := Parse([]byte(bad), TrustPolicy); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
}
