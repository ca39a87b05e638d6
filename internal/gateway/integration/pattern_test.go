package integration

import (
	"strconv"
	"testing"

	"postern/java/regex"
)

func TestSelectionPatterns(t *testing.T) {
	tests := []struct {
		pattern  string
		text     string
		want     bool
		evidence string
	}{
		{`4\d{2}`, "404", true, "recorded AWS answer"},
		{`4\d{2}`, "201", false, "recorded AWS answer"},
		{`4\d{2}`, "4040", false, "the whole text must match (inferred)"},
		{`400`, "400", true, "API reference"},
		{`400|5\d\d`, "503", true, "Java"},
		{`(400|404)`, "404", true, "Java"},
		{`[45][0-9]{2}`, "599", true, "Java"},
		{`5..`, "502", true, "Java"},
		{`[^2]\d\d`, "301", true, "Java"},
		{`\d+`, "200", true, "Java"},
		{`.*four hundred.*`, "error: four hundred and one", true, "recorded AWS answer"},
		{`.*four hundred.*`, "four\nfour hundred", false, "developer guide: Handle Lambda errors"},
		{`(\n|.)+`, "a\nb", true, "developer guide: Handle Lambda errors"},
		{`.+`, "", false, "recorded AWS answer"},
		{`.*`, "a\u2028b", false, "Java's line terminators"},
		{`(?i)error.*`, "ERROR 1", true, "Java"},
		{`^(?!.*ok).*$`, "it failed", true, "Java's lookahead"},
		{`^(?!.*ok).*$`, "it is ok", false, "Java's lookahead"},
		{`[0-9&&[^5]]{3}`, "505", false, "Java's class intersection"},
		{`[.]`, "x", false, "a dot in a class is a dot"},
		{`a\.b`, "axb", false, "an escaped dot is a dot"},
	}
	for _, tt := range tests {
		p, err := compilePattern(tt.pattern)
		if err != nil {
			t.Errorf("%s: %v", tt.pattern, err)
			continue
		}
		if got, err := p.matches(tt.text); got != tt.want || err != nil {
			t.Errorf("%s matches %q: %v, %v; want %v (%s)", tt.pattern, tt.text, got, err, tt.want, tt.evidence)
		}
	}
}

// Byte-by-byte matching must agree with package regex wherever it is used.
func TestFixedPatternsAgreeWithJava(t *testing.T) {
	for _, text := range []string{`4\d{2}`, `400|5\d\d`, `(4|5)0[0-4]`, `[a-c]x|\d`, `20{2}`, `(2|3)\d(0|1|2)`, `404`} {
		fast, err := compilePattern(text)
		if err != nil || fast.re != nil {
			t.Errorf("%s is not matched byte by byte (%v)", text, err)
			continue
		}
		slow := regex.MustCompile(text)
		for status := range 1000 {
			agree(t, fast, slow, strconv.Itoa(status))
		}
	}
}

func agree(t *testing.T, fast *pattern, slow *regex.Regexp, text string) {
	t.Helper()
	want, err := slow.Matches(text)
	if got, _ := fast.matches(text); err == nil && got != want {
		t.Errorf("%s matches %q: %v byte by byte, %v otherwise", slow, text, got, want)
	}
}

func FuzzSelectionPattern(f *testing.F) {
	f.Add(`4\d{2}`, "404")
	f.Add(`(a|b)[c-d]`, "ax")
	f.Fuzz(func(t *testing.T, text, selection string) {
		p, err := compilePattern(text)
		if err == nil && p.re == nil {
			agree(t, p, regex.MustCompile(text), selection)
		}
	})
}
