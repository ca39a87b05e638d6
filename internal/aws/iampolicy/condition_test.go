package iampolicy

import "testing"

// When conditions hold. Sources: IAM user guide, "IAM JSON policy elements: Condition operators" (operators, IfExists,
// Null, keys that are missing), "Set operators for multivalued context keys", "IAM policy elements: Variables and tags".
func TestCondition(t *testing.T) {
	ctx := Values{
		"aws:username":        {"alice"},
		"aws:sourceip":        {"192.0.2.7"},
		"aws:currenttime":     {"2026-01-31T12:00:00Z"},
		"aws:epochtime":       {"1769860800"},
		"aws:securetransport": {"true"},
		"aws:sourcearn":       {"arn:aws:lambda:us-east-1:111111111111:function:f:live"},
		"aws:tagkeys":         {"team", "cost"},
		"n":                   {"10"},
		"star":                {"a*c"},
		"empty":               {""},
		"raw":                 {"BinaryValueInBase64"},
		"junk":                {"junk"},
		"v6":                  {"2001:db8::7"},
		"mapped":              {"::ffff:192.0.2.7"},
		"two":                 {"x", "y"},
	}
	for _, c := range []struct {
		condition string
		want      bool
	}{
		{`{"StringEquals":{"aws:username":"alice"}}`, true},
		{`{"StringEquals":{"AWS:UserName":"alice"}}`, true}, // keys have no case
		{`{"StringEquals":{"aws:username":"Alice"}}`, false},
		{`{"StringEquals":{"aws:username":["bob","alice"]}}`, true},
		{`{"StringEquals":{"aws:username":"al*"}}`, false},
		{`{"StringNotEquals":{"aws:username":"bob"}}`, true},
		{`{"StringNotEquals":{"aws:username":["bob","alice"]}}`, false},
		{`{"StringEqualsIgnoreCase":{"aws:username":"ALICE"}}`, true},
		{`{"StringNotEqualsIgnoreCase":{"aws:username":"ALICE"}}`, false},
		{`{"StringLike":{"aws:username":"al?c*"}}`, true},
		{`{"StringLike":{"aws:username":"AL*"}}`, false},
		{`{"StringNotLike":{"aws:username":["b*","c*"]}}`, true},

		{`{"NumericEquals":{"n":10}}`, true},
		{`{"NumericEquals":{"n":"10.0"}}`, true},
		{`{"NumericNotEquals":{"n":"10"}}`, false},
		{`{"NumericLessThan":{"n":"10"}}`, false},
		{`{"NumericLessThanEquals":{"n":"10"}}`, true},
		{`{"NumericGreaterThan":{"n":"9.5"}}`, true},
		{`{"NumericGreaterThanEquals":{"n":"10.5"}}`, false},
		{`{"NumericEquals":{"junk":"10"}}`, false},

		{`{"DateGreaterThan":{"aws:CurrentTime":"2026-01-31T11:59:59Z"}}`, true},
		{`{"DateLessThan":{"aws:CurrentTime":"2026-01-31T13:00:00+01:00"}}`, false},
		{`{"DateEquals":{"aws:CurrentTime":"2026-01-31T13:00:00+01:00"}}`, true},
		{`{"DateNotEquals":{"aws:CurrentTime":"2026-01-31"}}`, true},
		{`{"DateLessThanEquals":{"aws:EpochTime":"2026-01-31T12:00:00Z"}}`, true},
		{`{"DateGreaterThanEquals":{"aws:CurrentTime":1769860800}}`, true},
		{`{"DateGreaterThan":{"aws:CurrentTime":"2025-07"}}`, true},

		{`{"Bool":{"aws:SecureTransport":"true"}}`, true},
		{`{"Bool":{"aws:SecureTransport":true}}`, true},
		{`{"Bool":{"aws:SecureTransport":"FALSE"}}`, false},
		{`{"BinaryEquals":{"raw":"QmluYXJ5VmFsdWVJbkJhc2U2NA=="}}`, true},
		{`{"BinaryEquals":{"raw":"QmluYXJ5"}}`, false},

		{`{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}`, true},
		{`{"IpAddress":{"aws:SourceIp":["10.0.0.0/8","192.0.2.7"]}}`, true},
		{`{"IpAddress":{"aws:SourceIp":"192.0.2.8"}}`, false},
		{`{"NotIpAddress":{"aws:SourceIp":"192.0.2.0/24"}}`, false},
		{`{"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`, true},
		{`{"IpAddress":{"v6":"2001:db8::/32"}}`, true},
		{`{"IpAddress":{"aws:SourceIp":"2001:db8::/32"}}`, false},
		{`{"IpAddress":{"mapped":"192.0.2.0/24"}}`, true},
		{`{"IpAddress":{"junk":"0.0.0.0/0"}}`, false},

		{`{"ArnEquals":{"aws:SourceArn":"arn:aws:lambda:us-east-1:111111111111:function:f:live"}}`, true},
		{`{"ArnEquals":{"aws:SourceArn":"arn:aws:lambda:*:111111111111:function:*"}}`, true},
		{`{"ArnLike":{"aws:SourceArn":"arn:aws:lambda:*:function:f:live"}}`, false}, // part by part
		{`{"ArnNotLike":{"aws:SourceArn":"arn:aws:sns:*:*:*"}}`, true},
		{`{"ArnNotEquals":{"aws:SourceArn":"arn:aws:lambda:us-east-1:111111111111:function:f:live"}}`, false},

		// A key that the request does not have.
		{`{"StringEquals":{"none":"x"}}`, false},
		{`{"StringNotEquals":{"none":"x"}}`, true},
		{`{"StringEqualsIfExists":{"none":"x"}}`, true},
		{`{"StringEqualsIfExists":{"aws:username":"bob"}}`, false},
		{`{"NotIpAddress":{"none":"10.0.0.0/8"}}`, true},
		{`{"BoolIfExists":{"none":"true"}}`, true},
		{`{"NumericLessThan":{"none":"5"}}`, false},
		{`{"Null":{"none":"true"}}`, true},
		{`{"Null":{"none":"false"}}`, false},
		{`{"Null":{"aws:username":false}}`, true},
		{`{"Null":{"aws:username":"true"}}`, false},

		// Several operators and keys: all must hold.
		{`{"StringEquals":{"aws:username":"alice","n":"10"},"Bool":{"aws:SecureTransport":"true"}}`, true},
		{`{"StringEquals":{"aws:username":"alice","n":"11"},"Bool":{"aws:SecureTransport":"true"}}`, false},
		{`{"StringEquals":{"aws:username":"alice"},"Bool":{"aws:SecureTransport":"false"}}`, false},

		// Keys with several values.
		{`{"ForAllValues:StringEquals":{"aws:TagKeys":["team","cost","env"]}}`, true},
		{`{"ForAllValues:StringEquals":{"aws:TagKeys":["team"]}}`, false},
		{`{"ForAllValues:StringLike":{"aws:TagKeys":["t*","c*"]}}`, true},
		{`{"ForAllValues:StringNotEquals":{"aws:TagKeys":["env"]}}`, true},
		{`{"ForAllValues:StringNotEquals":{"aws:TagKeys":["env","cost"]}}`, false},
		{`{"ForAllValues:StringEquals":{"none":["x"]}}`, true},
		{`{"ForAllValues:StringEquals":{"empty":["x"]}}`, true},
		{`{"ForAnyValue:StringEquals":{"aws:TagKeys":["env","cost"]}}`, true},
		{`{"ForAnyValue:StringEquals":{"aws:TagKeys":["env"]}}`, false},
		{`{"ForAnyValue:StringNotEquals":{"aws:TagKeys":["cost"]}}`, true},
		{`{"ForAnyValue:StringNotEquals":{"aws:TagKeys":["cost","team"]}}`, false},
		{`{"ForAnyValue:StringEquals":{"none":["x"]}}`, false},
		{`{"ForAnyValue:StringNotEquals":{"none":["x"]}}`, false},
		{`{"ForAnyValue:StringEqualsIfExists":{"none":["x"]}}`, true},

		// Variables.
		{`{"StringEquals":{"aws:username":"${aws:username}"}}`, true},
		{`{"StringEquals":{"aws:username":"${AWS:Username}"}}`, true},
		{`{"StringLike":{"aws:username":"${aws:username}*"}}`, true},
		{`{"StringLike":{"star":"a${*}c"}}`, true},
		{`{"StringLike":{"aws:username":"a${*}e"}}`, false},
		{`{"StringLike":{"aws:username":"${star}"}}`, false},
		{`{"StringLike":{"star":"${star}"}}`, true}, // a value's * is a character
		{`{"StringEquals":{"aws:username":"${none}"}}`, false},
		{`{"StringEquals":{"aws:username":"${none, 'alice'}"}}`, true},
		{`{"StringEquals":{"aws:username":"${n, 'alice'}"}}`, false},
		{`{"StringEquals":{"aws:username":"${two}"}}`, false},
		{`{"StringEqualsIgnoreCase":{"aws:username":"AL${none,'IC'}e"}}`, true},
		{`{"Bool":{"aws:SecureTransport":"${aws:SecureTransport}"}}`, true},
		{`{"ArnLike":{"aws:SourceArn":"arn:aws:lambda:us-east-1:111111111111:function:${none,'f'}:*"}}`, true},
	} {
		for _, effect := range []string{"Allow", "Deny"} {
			p := mustParse(t, `{"Version":"2012-10-17","Statement":{"Effect":"`+effect+`","Action":"*","Resource":"*","Condition":`+c.condition+`}}`, IdentityPolicy)
			want := ImplicitDeny
			if c.want {
				want = map[string]Decision{"Allow": Allow, "Deny": ExplicitDeny}[effect]
			}
			if got := p.Evaluate(&Request{Action: "a:b", Resource: pets, Context: ctx}); got != want {
				t.Errorf("%s %s: %s, want %s", effect, c.condition, got, want)
			}
		}
	}
}

// Variables are text before version 2012-10-17. In resources they are what keeps one user out of another's part.
// Source: IAM user guide, "IAM policy elements: Variables and tags" and "IAM JSON policy elements: Version".
func TestVariablesInResources(t *testing.T) {
	const resource = "arn:aws:execute-api:us-east-1:111111111111:a1b2c3d4e5/prod/GET/users/"
	for _, c := range []struct {
		name, version, resource string
		user                    []string
		asked                   string
		want                    Decision
	}{
		{"his own", "2012-10-17", resource + "${aws:username}/*", []string{"alice"}, resource + "alice/7", Allow},
		{"another's", "2012-10-17", resource + "${aws:username}/*", []string{"alice"}, resource + "bob/7", ImplicitDeny},
		{"a name with a star is a name", "2012-10-17", resource + "${aws:username}", []string{"*"}, resource + "bob", ImplicitDeny},
		{"nobody", "2012-10-17", resource + "${aws:username}/*", nil, resource + "alice/7", ImplicitDeny},
		{"by default", "2012-10-17", resource + "${aws:username, 'guest'}/*", nil, resource + "guest/7", Allow},
		{
			"a name with colons stays in its part", "2012-10-17", "arn:aws:execute-api:${aws:username}:111111111111:*",
			[]string{"us-east-1:111111111111:a1b2c3d4e5/prod/GET/users/x"},
			resource + "x", ImplicitDeny,
		},
		{"version 2008-10-17", "2008-10-17", resource + "${aws:username}", []string{"alice"}, resource + "alice", ImplicitDeny},
		{"version 2008-10-17, as text", "2008-10-17", resource + "${aws:username}", []string{"alice"}, resource + "${aws:username}", Allow},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := mustParse(t, `{"Version":"`+c.version+`","Statement":{"Effect":"Allow","Action":"*","Resource":"`+c.resource+`"}}`, IdentityPolicy)
			if got := p.Evaluate(&Request{Action: "execute-api:Invoke", Resource: c.asked, Context: Values{"aws:username": c.user}}); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}
