package oracle

import "testing"

func TestAsk(t *testing.T) {
	o := Start(t)
	answers := o.MustAsk(t,
		Request{JSONPath: "$.a", Body: `{"a": [1, 2.5, "x"]}`},
		Request{JSONPath: "$.a", Body: `{"a": [1, 2.5, "x", 12345678901, null]}`, Typed: true},
		Request{JSONPath: "$.b", Body: "{}", Typed: true},
		Request{JSONPath: "$.a", Body: "{\"a\": \"\xed\xa0\x80\"}", Typed: true},
		Request{Regex: "(a)|b", Flags: 2, Body: "xAb"},
		Request{Template: "#set($x = 1)$x $input.json('$.a')", Body: `{"a": 7}`},
	)
	want := []Answer{
		{Output: `[1,2.5,"x"]`},
		{Output: `[i1,d2.5,"x",l12345678901,null]`},
		{Error: `PathNotFoundException: No results for path: $['b']`},
		{Output: `"\ud800"`},
		{Output: `false 1,"A","A" 2,"b",null | "x"`},
		{Output: `1 7`},
	}
	for i, a := range answers {
		if a.Output != want[i].Output || a.Error != want[i].Error {
			t.Errorf("answer %d: %q, %q; want %q, %q", i, a.Output, a.Error, want[i].Output, want[i].Error)
		}
	}
}
