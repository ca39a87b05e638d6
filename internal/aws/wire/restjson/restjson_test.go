package restjson

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/gateway/message"
)

func routes(t *testing.T) *Protocol {
	t.Helper()
	var operations []Operation
	for _, r := range []Route{
		{Name: "List", Method: "GET", Path: "/things"},
		{Name: "Create", Method: "POST", Path: "/things"},
		{Name: "Import", Method: "POST", Path: "/things", Query: "mode=import"},
		{Name: "Get", Method: "GET", Path: "/things/{id}"},
		{Name: "GetPart", Method: "GET", Path: "/things/{id}/parts/{part}"},
		{Name: "Flush", Method: "DELETE", Path: "/things/{id}/cache/data"},
	} {
		operations = append(operations, Operation{Route: r})
	}
	return New(operations)
}

func TestRoute(t *testing.T) {
	p := routes(t)
	for _, c := range []struct {
		method, path, query string
		want                string
		parameters          []string
	}{
		{method: "GET", path: "/things", want: "List"},
		{method: "GET", path: "/things/", want: "List"},
		{method: "POST", path: "/things", want: "Create"},
		{method: "POST", path: "/things", query: "mode=import", want: "Import"},
		{method: "POST", path: "/things", query: "a=b&mode=import", want: "Import"},
		{method: "POST", path: "/things", query: "mode=importx", want: "Create"},
		{method: "GET", path: "/things/7", want: "Get", parameters: []string{"7"}},
		{method: "GET", path: "/things/a%2Fb%3Ac", want: "Get", parameters: []string{"a/b:c"}},
		{method: "GET", path: "/things/a+b%20c", want: "Get", parameters: []string{"a+b c"}},
		{method: "GET", path: "/things/100%", want: "Get", parameters: []string{"100%"}},
		{method: "GET", path: "/things/(none)", want: "Get", parameters: []string{"(none)"}},
		{method: "GET", path: "/things/7/parts/x", want: "GetPart", parameters: []string{"7", "x"}},
		{method: "GET", path: "/things/parts/parts/parts", want: "GetPart", parameters: []string{"parts", "parts"}},
		{method: "DELETE", path: "/things/7/cache/data", want: "Flush", parameters: []string{"7"}},
		{method: "DELETE", path: "/things/7"},
		{method: "GET", path: "/things/7/parts"},
		{method: "GET", path: "/things//parts/x"},
		{method: "GET", path: "/thing"},
		{method: "GET", path: "/things/7/parts/x/y"},
		{method: "GET", path: "/"},
		{method: "GET", path: ""},
		{method: "get", path: "/things"},
	} {
		in := Input{request: &message.Request{Method: c.method, Path: c.path, RawQuery: c.query}}
		operation := p.root.find(&in)
		got := ""
		if operation != nil {
			got = operation.Name
		}
		if got != c.want {
			t.Errorf("%s %s?%s goes to %q, want %q", c.method, c.path, c.query, got, c.want)
			continue
		}
		for i, want := range c.parameters {
			if got := in.URI(i); got != want {
				t.Errorf("%s: parameter %d is %q, want %q", c.path, i, got, want)
			}
		}
	}
}

func TestQuery(t *testing.T) {
	in := &Input{request: &message.Request{
		RawQuery: "a=1&&tag=x+y&tag=%2Fz&flag=TRUE&none=&bare&bad=%zz&limit=-1&X-Amz-Date=now&mode=import",
	}}
	for _, c := range []struct {
		what      string
		got, want any
	}{
		{"a value", in.Query("a"), new("1")},
		{"no value", in.Query("b"), (*string)(nil)},
		{"an empty value", in.Query("none"), new("")},
		{"a name alone", in.Query("bare"), new("")},
		{"an impossible encoding stays", in.Query("bad"), new("%zz")},
		{"a list", in.QueryList("tag"), []string{"x y", "/z"}},
		{"no list", in.QueryList("b"), []string(nil)},
		{"a boolean", in.QueryBool("flag"), new(true)},
		{"an empty boolean is absent", in.QueryBool("none"), (*bool)(nil)},
		{"a negative limit is a number (recorded AWS answer: no error)", in.QueryInt("limit"), new(-1)},
		{
			"the rest, without what has a meaning and what signs", in.QueryMap("mode", "tag", "flag"),
			map[string]string{"a": "1", "none": "", "bare": "", "bad": "%zz", "limit": "-1"},
		},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.what, diff)
		}
	}
	if in.Err() != nil {
		t.Error(in.Err())
	}
	if in.QueryInt("flag"); in.Err() == nil {
		t.Error("TRUE is read as a number")
	}
}

func FuzzInput(f *testing.F) {
	f.Add("GET", "/things/a%2Fb/parts/%zz", "mode=import&a=%41+b&&=")
	f.Fuzz(func(t *testing.T, method, path, query string) {
		in := Input{request: &message.Request{Method: method, Path: path, RawQuery: query}}
		if operation := routes(t).root.find(&in); operation != nil && in.count > 0 && in.parameters[0] == "" {
			t.Errorf("%q gives %s an empty parameter", path, operation.Name)
		}
		in.URI(0)
		in.QueryMap("mode")
	})
}
