package java_test

import (
	"strings"
	"testing"

	"postern/java"
)

// Whatever needs an escape gets it wherever it stands in a text: strings are looked at eight bytes at a time.
func TestAppendJSONPositions(t *testing.T) {
	for _, special := range []struct{ text, plain, web string }{
		{`"`, `\"`, `\"`},
		{`\`, `\\`, `\\`},
		{"/", "/", `\/`},
		{"\n", `\n`, `\n`},
		{"\x00", `\u0000`, `\u0000`},
		{"\x1F", `\u001F`, `\u001F`},
		{"\x7F", `\u007F`, `\u007F`},
		{"\u0085", `\u0085`, `\u0085`},
		{"\u2028", `\u2028`, `\u2028`},
		{"é", "é", "é"},
		{"\xFF", "\xFF", "\xFF"},
		{" ", " ", " "},
		{"~", "~", "~"},
	} {
		for before := range 18 {
			for after := range 18 {
				front, back := strings.Repeat("a", before), strings.Repeat("z", after)
				v := front + special.text + special.text + back
				if got, want := string(java.AppendJSON(nil, v)), `"`+front+special.plain+special.plain+back+`"`; got != want {
					t.Fatalf("%q: got %s, want %s", v, got, want)
				}
				got, err := java.PrintJSON(nil, v, java.WebJSON, 1000)
				if want := `"` + front + special.web + special.web + back + `"`; err != nil || string(got) != want {
					t.Fatalf("%q: got %s, want %s, %v", v, got, want, err)
				}
			}
		}
	}
}
