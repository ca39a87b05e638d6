package query

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/gateway/message"
)

func parse(t testing.TB, body string) *Node {
	t.Helper()
	n, err := ParseForm(&message.Request{Method: "POST", Body: []byte(body)})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

type pair struct{ Key, Value *string }

func readPair(n *Node, x *pair) {
	x.Key = Optional(n.Child("Key"), String)
	x.Value = Optional(n.Child("Value"), String)
}

// The requests are what the AWS CLI was seen to send.
func TestForm(t *testing.T) {
	for _, c := range []struct {
		name, form string
		read       func(*Node) any
		want       any
	}{
		{"a text", "RoleName=a+b%2Fc", func(n *Node) any { return Optional(n.Child("RoleName"), String) }, new("a b/c")},
		{"an empty text is there", "Description=", func(n *Node) any { return Optional(n.Child("Description"), String) }, new("")},
		{"what is not there", "A=1", func(n *Node) any { return Optional(n.Child("B").Child("C"), String) }, (*string)(nil)},
		{"the last of equal names counts", "A=1&A=2", func(n *Node) any { return n.Child("A").Text() }, "2"},
		{
			"a list of structures", "Tags.member.1.Key=a&Tags.member.1.Value=1&Tags.member.2.Key=b",
			func(n *Node) any { return List(n.Child("Tags"), "member", readPair) },
			[]pair{{new("a"), new("1")}, {Key: new("b")}},
		},
		{
			"the order of a list is that of its numbers", "L.member.10=c&L.member.2=b&L.member.1=a",
			func(n *Node) any { return List(n.Child("L"), "member", String) },
			[]string{"a", "b", "c"},
		},
		{"an empty list, as the SDKs send it", "L=", func(n *Node) any { return List(n.Child("L"), "member", String) }, []string{}},
		{"no list", "", func(n *Node) any { return List(n.Child("L"), "member", String) }, []string(nil)},
		{
			"a list of EC2", "Filter.1.Key=vpc-id&Filter.2.Key=tag%3AName",
			func(n *Node) any { return List(n.Child("Filter"), "", readPair) },
			[]pair{{Key: new("vpc-id")}, {Key: new("tag:Name")}},
		},
		{"numbers that are none do not count", "L.member.01=a&L.member.x=b&L.member.-1=c", func(n *Node) any { return List(n.Child("L"), "member", String) }, []string{}},
		{
			"a map", "M.entry.1.key=a&M.entry.1.value=1&M.entry.2.key=b&M.entry.2.value=2",
			func(n *Node) any { return Map(n.Child("M"), String) },
			map[string]string{"a": "1", "b": "2"},
		},
		{"a boolean", "B=true", func(n *Node) any { return Optional(n.Child("B"), Bool) }, new(true)},
		{"an integer", "I=-7", func(n *Node) any { return Optional(n.Child("I"), Int) }, new(-7)},
		{"a long", "I=9223372036854775807", func(n *Node) any { return Optional(n.Child("I"), Int64) }, new(int64(9223372036854775807))},
		{"a double", "D=1.5e1", func(n *Node) any { return Optional(n.Child("D"), Float64) }, new(15.0)},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := parse(t, c.form)
			if diff := cmp.Diff(c.want, c.read(n)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.form, diff)
			}
			if n.Err() != nil {
				t.Error(n.Err())
			}
		})
	}
}

func TestFormRefusals(t *testing.T) {
	for form, want := range map[string]string{
		"A=%zz":                             "MalformedInput: Malformed value of the parameter A",
		"%zz=A":                             "MalformedInput: Malformed parameter name %zz",
		strings.Repeat("a.", 40) + "=1":     "MalformedInput: A parameter name with more than 32 parts",
		strings.Repeat("a=1&", 10_001):      "MalformedInput: More than 10000 parameters",
		strings.Repeat("&", 20_000) + "a=1": "",
	} {
		_, err := ParseForm(&message.Request{Method: "POST", Body: []byte(form)})
		if want == "" && err != nil || want != "" && (err == nil || err.Error() != want) {
			t.Errorf("%.40s: %v, want %s", form, err, want)
		}
	}
	for _, read := range []func(*Node){
		func(n *Node) { Optional(n.Child("A"), Int) }, func(n *Node) { Optional(n.Child("A"), Int64) },
		func(n *Node) { Optional(n.Child("A"), Bool) }, func(n *Node) { Optional(n.Child("A"), Float64) },
	} {
		n := parse(t, "A=x")
		if read(n); n.Err() == nil || !strings.HasPrefix(n.Err().Error(), `MalformedInput: The value "x" is not a valid `) {
			t.Errorf("%v", n.Err())
		}
	}
}

// A GET carries its parameters in the query string, as presigned requests do.
// Source: STS API reference, GetCallerIdentity by a presigned URL.
func TestFormOfGet(t *testing.T) {
	n, err := ParseForm(&message.Request{Method: "GET", RawQuery: "Action=GetCallerIdentity&Version=2011-06-15", Body: []byte("Action=AssumeRole")})
	if err != nil || n.Child("Action").Text() != "GetCallerIdentity" {
		t.Errorf("%v %v", n, err)
	}
}

func FuzzForm(f *testing.F) {
	f.Add("Action=CreateRole&Tags.member.1.Key=a&Tags.member.1.Value=%C3%A9&L=&=x&a..b=1&.=2")
	f.Fuzz(func(_ *testing.T, body string) {
		n, err := ParseForm(&message.Request{Method: "POST", Body: []byte(body)})
		if err != nil {
			return
		}
		List(n.Child("Tags"), "member", readPair)
		Map(n.Child("M"), Int)
		List(n, "", Bool)
	})
}
