package apidef

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"postern/internal/aws/awserr"
)

var (
	owner      = Owner{Partition: "aws", Region: "us-east-1", AccountID: "123456789012", APIID: "abc", Limits: DefaultLimits()}
	errBadRule = awserr.BadRequest.Errorf("Invalid policy document. Please check the policy syntax and ensure that Principals are valid.")
)

// Source: IAM user guide, "Grammar of the IAM JSON policy language"; the refusal is AWS's own text.
func TestSetPolicy(t *testing.T) {
	statement := func(members string) string { return `{"Version":"2012-10-17","Statement":[{` + members + `}]}` }
	const legal = `"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke","Resource":"*"`
	for _, c := range []struct {
		name, policy string
		want         string // "" is refused
	}{
		{"a policy", statement(legal), statement(legal)},
		{"white space goes", "{ \"Version\" : \"2012-10-17\",\n \"Statement\" : [ {" + legal + "} ] }", statement(legal)},
		{"one statement without a list", `{"Statement":{` + legal + `}}`, `{"Statement":{` + legal + `}}`},
		{
			"resources are written out", statement(`"Effect":"Deny","Principal":{"AWS":["1"]},"Action":"*","Resource":["execute-api:/*","execute-api:/dev/GET/a"]`),
			statement(`"Effect":"Deny","Principal":{"AWS":"1"},"Action":"*","Resource":["arn:aws:execute-api:us-east-1:123456789012:abc/*","arn:aws:execute-api:us-east-1:123456789012:abc/dev/GET/a"]`),
		},
		{
			"resources with escaped characters are written out too", statement(`"Effect":"Deny","Principal":"*","Action":"*","Resource":["execute-api:\/*","execute-ap\u0069:/\"a"]`),
			statement(`"Effect":"Deny","Principal":"*","Action":"*","Resource":["arn:aws:execute-api:us-east-1:123456789012:abc/*","arn:aws:execute-api:us-east-1:123456789012:abc/\"a"]`),
		},
		{
			"a list of one string is that string", statement(`"Effect":"Deny","Principal":"*","Action":["execute-api:Invoke"],"Resource":["execute-api:/*"],"Condition":{"IpAddress":{"aws:SourceIp":["10.0.0.0/8"]}}`),
			statement(`"Effect":"Deny","Principal":"*","Action":"execute-api:Invoke","Resource":"arn:aws:execute-api:us-east-1:123456789012:abc/*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`),
		},
		{
			"strings that look like lists stay", statement(`"Sid":"[","Effect":"Deny","Principal":"*","Action":["a[","]b"],"Resource":"[\"c\"]"`),
			statement(`"Sid":"[","Effect":"Deny","Principal":"*","Action":["a[","]b"],"Resource":"[\"c\"]"`),
		},
		{
			"as AWS answered it", `{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"execute-api:Invoke\",\"Resource\":\"a\/b\"}]}`,
			statement(`"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke","Resource":"a/b"`),
		},
		{
			"negated members", statement(`"Effect":"Allow","NotPrincipal":{"Service":"x"},"NotAction":"a","NotResource":"b"`),
			statement(`"Effect":"Allow","NotPrincipal":{"Service":"x"},"NotAction":"a","NotResource":"b"`),
		},
		{"no JSON", `{`, ""},
		{"no object", `[]`, ""},
		{"no statement", `{"Version":"2012-10-17"}`, ""},
		{"an empty list", `{"Statement":[]}`, ""},
		{"another version", `{"Version":"2013-01-01","Statement":[{` + legal + `}]}`, ""},
		{"another effect", statement(strings.Replace(legal, "Allow", "Maybe", 1)), ""},
		{"no principal", statement(`"Effect":"Allow","Action":"a","Resource":"b"`), ""},
		{"a principal that is no type", statement(`"Effect":"Allow","Principal":{"Moon":"x"},"Action":"a","Resource":"b"`), ""},
		{"a principal that is a word", statement(`"Effect":"Allow","Principal":"me","Action":"a","Resource":"b"`), ""},
		{"no action", statement(`"Effect":"Allow","Principal":"*","Resource":"b"`), ""},
		{"no resource", statement(`"Effect":"Allow","Principal":"*","Action":"a"`), ""},
		{"a condition that is no object", statement(legal + `,"Condition":[]`), ""},
		{"too long", statement(legal + `,"Sid":"` + strings.Repeat("x", 8192) + `"`), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			api := &RestAPI{}
			err := api.setPolicy(c.policy, owner)
			if c.want == "" && !errors.Is(err, errBadRule) || c.want != "" && err != nil || api.Policy != c.want {
				t.Errorf("%v\ngot  %s\nwant %s", err, api.Policy, c.want)
			}
		})
	}
}

// Recorded AWS answer: GetRestApi. A client that unquotes the answer, slashes set aside, has the policy.
func FuzzPolicyAnswer(f *testing.F) {
	f.Add(`{"Statement":[{"Effect":"Allow","Principal":"*","Action":"a\"\\/","Resource":"execute-api:/*"}]}`)
	f.Fuzz(func(t *testing.T, policy string) {
		api := &RestAPI{}
		if api.setPolicy(policy, owner) != nil || api.Policy == "" {
			return
		}
		var plain string
		if err := json.Unmarshal([]byte(`"`+api.PolicyAnswer()+`"`), &plain); err != nil {
			t.Fatalf("%s: %v", api.PolicyAnswer(), err)
		}
		if strings.ToValidUTF8(plain, "") != strings.ToValidUTF8(api.Policy, "") && strings.ContainsRune(plain, '\uFFFD') == false {
			t.Fatalf("unquoted %q, want %q", plain, api.Policy)
		}
	})
}
