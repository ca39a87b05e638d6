package vtl_test

import (
	"bufio"
	"os"
	"strconv"
	"testing"

	"postern/internal/oracle"
)

// TestProbe compares templates of a file, a Go string without quotes on each line, in both rule modes.
func TestProbe(t *testing.T) {
	path := os.Getenv("VTL_PROBE")
	if path == "" {
		t.Skip("no file to probe")
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	var reqs []oracle.Request
	for s := bufio.NewScanner(f); s.Scan(); {
		text, err := strconv.Unquote("\"" + escapeQuotes(s.Text()) + "\"")
		if err != nil {
			t.Fatalf("%s: %v", s.Text(), err)
		}
		for _, rules := range []string{"", "aws"} {
			reqs = append(reqs, oracle.Request{Template: text, Rules: rules, Body: `{"a":1,"s":"str","l":[1,"x",null,{"k":true}],"m":{"b":2.50,"c":null}}`,
				Context: map[string]any{"stage": "prod", "n": 5, "list": []any{"a", "b"}, "override": map[string]any{}}})
		}
	}
	o := oracle.Start(t)
	for i, a := range o.MustAsk(t, reqs...) {
		got, err := render(reqs[i])
		if want := outcomeOf(a); got != want {
			t.Errorf("%q (%s)\n got %q %s\n     %v\nwant %q %s %s", reqs[i].Template, reqs[i].Rules, got.Output, got.Context, err, want.Output, want.Context, a.Error)
		}
	}
}

func escapeQuotes(s string) string {
	var out []byte
	for i := range len(s) {
		if s[i] == '"' {
			out = append(out, '\\')
		}
		out = append(out, s[i])
	}
	return string(out)
}
