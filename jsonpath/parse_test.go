package jsonpath_test

import (
	"strings"
	"testing"

	"postern/java"
	"postern/jsonpath"
)

// A string with an escape loses its control characters wherever they stand, one without keeps them (json-smart 2.2):
// strings are looked at eight bytes at a time.
func TestParseControlCharacters(t *testing.T) {
	for _, special := range []struct{ text, left string }{
		{"\x00", ""}, {"\x1F", ""}, {"\x7F", ""}, {"\n", ""}, {" ", " "}, {"~", "~"}, {"é", "é"}, {"\u2028", "\u2028"},
	} {
		for before := range 18 {
			for after := range 18 {
				front, back := strings.Repeat("a", before), strings.Repeat("z", after)
				text := front + special.text + back
				for source, want := range map[string]string{
					`"` + text + `"`:         text,
					`"\"` + text + `"`:       `"` + front + special.left + back,
					`"` + text + `\/"`:       front + special.left + back + "/",
					`"\t` + text + `\u0041"`: "\t" + front + special.left + back + "A",
				} {
					if got, err := jsonpath.Parse(source); err != nil || got != want {
						t.Fatalf("%q: got %q, want %q, %v", source, got, want, err)
					}
				}
			}
		}
	}
}

// What an object has in common with the one before, where their members are built and where their keys come from,
// is not seen in their values.
func TestParseShapes(t *testing.T) {
	long := func(n int) string { return strings.Repeat(`"k":[],"l":{},`, n) + `"m":0` }
	for _, tt := range []struct{ text, want string }{
		{`[{"a":1,"b":2},{"a":3,"b":4}]`, `[{"a":1,"b":2},{"a":3,"b":4}]`},
		{`[{"a":1,"b":2},{"b":3,"a":4}]`, `[{"a":1,"b":2},{"b":3,"a":4}]`},
		{`[{"a":1,"b":2},{"a":3,"a":4}]`, `[{"a":1,"b":2},{"a":4}]`},
		{`[{"a":1,"a":2},{"a":3,"a":4}]`, `[{"a":2},{"a":4}]`},
		{`[{"a":1,"b":2},{"a":3}]`, `[{"a":1,"b":2},{"a":3}]`},
		{`[{"a":1},{"a":2,"b":3,"a":4}]`, `[{"a":1},{"a":4,"b":3}]`},
		{`[{"a":[1],"b":2},{"a":[{"c":3}],"b":{},"d":[]}]`, `[{"a":[1],"b":2},{"a":[{"c":3}],"b":{},"d":[]}]`},
		{
			`[{"a":1,"b":2,"c":3},{"a":{"x":1}},{"a":{"x":2},"b":{"y":3},"c":{"z":4},"d":5}]`,
			`[{"a":1,"b":2,"c":3},{"a":{"x":1}},{"a":{"x":2},"b":{"y":3},"c":{"z":4},"d":5}]`,
		},
		{`[{'a"b':1},{"a"b":2}]`, ""},
		{`[{"a\"b":1},{"a\"b":2}]`, `[{"a\"b":1},{"a\"b":2}]`},
		{`[{"a\"b":1},{"a"b":2}]`, ""},
		{`[{a"b:1},{"a"b":2}]`, ""},
		{`[{"a" : [ {"b" : [ ] } , 1 ] },{"a" : [ {"b" : [2] } ] }]`, `[{"a":[{"b":[]},1]},{"a":[{"b":[2]}]}]`},
		{
			`[{` + long(1) + `},{` + long(300) + `},{` + long(2) + `}]`,
			strings.Repeat(`,{"k":[],"l":{},"m":0}`, 3)[1:],
		},
	} {
		v, err := jsonpath.Parse(tt.text)
		if tt.want == "" {
			if err == nil {
				t.Errorf("%s: got %s, want an error", tt.text, java.AppendJSON(nil, v))
			}
			continue
		}
		want := tt.want
		if want[0] == '{' {
			want = "[" + want + "]"
		}
		if got := string(java.AppendJSON(nil, v)); err != nil || got != want {
			t.Errorf("%.80s: got %s, want %s, %v", tt.text, got, want, err)
		}
	}
}
