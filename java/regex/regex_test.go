package regex

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// What Java 17 answers.
func TestMatches(t *testing.T) {
	tests := []struct {
		pattern, text string
		flags         Flags
		want          bool
	}{
		{"a|ab", "ab", 0, true},
		{"(?i)straSSe", "STRASSE", 0, true},
		{"É", "é", CaseInsensitive, false},
		{"É", "é", CaseInsensitive | UnicodeCase, true},
		{".", "\u2028", 0, false},
		{".", "\u2028", UnixLines, true},
		{".", "😀", 0, true},
		{`\s`, "\v", 0, true},
		{`(\w)\1`, "aa", 0, true},
		{`(?<x>\w)\k<x>`, "ab", 0, false},
		{`(?>a|ab)c`, "abc", 0, false},
		{`a++a`, "aaa", 0, false},
		{`[a-z&&[^b]]+`, "acd", 0, true},
		{`[a-z&&[^b]]+`, "abc", 0, false},
		{`[a[0-9]]+`, "a1", 0, true},
		{`(?=.*\d)\w{4,}`, "abc1", 0, true},
		{`.*(?<!x)`, "abx", 0, false},
		{`\Qa.b\E+`, "a.bbb", 0, true},
		{`\p{Lu}\P{Lu}`, "Éa", 0, true},
		{`a b # c`, "ab", Comments, true},
		{`^$`, "", Multiline, false},
		{`(a*)*b`, "aaab", 0, true},
		{"a{2}{2}", "aa", 0, true}, // the second counts the empty text
		{"(a){1}{2}", "aa", 0, false},
	}
	for _, tt := range tests {
		re, err := Compile(tt.pattern, tt.flags)
		if err != nil {
			t.Errorf("Compile(%q): %v", tt.pattern, err)
			continue
		}
		if got, err := re.Matches(tt.text); got != tt.want || err != nil {
			t.Errorf("%q matches %q: %v, %v; want %v", tt.pattern, tt.text, got, err, tt.want)
		}
	}
}

// What Java 17 refuses.
func TestSyntaxErrors(t *testing.T) {
	for _, pattern := range []string{
		"(", ")", "[", "*a", "a{2", "a{2,1}", `\`, `\y`, `\p{Foo}`, `\xZ`, `(?<=a*)b`, `(?<1>a)`, `\k<a>`, "{", "[z-a]",
		"a**", "a+*", "a?*", "a{2}*", "(a)**", "a*?*", "a{2}+*", `\Qa\E**`,
	} {
		if _, err := Compile(pattern, 0); err == nil {
			t.Errorf("Compile(%q) gives no error", pattern)
		}
	}
}

// What Java 17's String methods answer.
func TestReplaceAndSplit(t *testing.T) {
	replaced := func(s, pattern, replacement string) string {
		t.Helper()
		got, err := MustCompile(pattern).ReplaceAll(s, replacement)
		if err != nil {
			return err.Error()
		}
		return got
	}
	for _, tt := range [][4]string{
		{"abc", "", "-", "-a-b-c-"},
		{"a1b22", `(\d)(\d)?`, "<$1$2>", "a<1>b<22>"},
		{"a1", `(?<d>\d)`, "${d}${d}", "a11"},
		{"a1", `\d`, `\$1`, "a$1"},
		{"ab", "(a)", "$12", "a2b"},
		{"ab", "a", "$1", "illegal replacement"},
		{"ab", "a", "$", "illegal replacement"},
		{"it's", "'", `\\'`, `it\'s`},
	} {
		if got := replaced(tt[0], tt[1], tt[2]); got != tt[3] {
			t.Errorf("%q.replaceAll(%q, %q) = %q, want %q", tt[0], tt[1], tt[2], got, tt[3])
		}
	}
	for _, tt := range []struct {
		s, pattern string
		limit      int
		want       []string
	}{
		{"a,b,,", ",", 0, []string{"a", "b"}},
		{"a,b,,", ",", -1, []string{"a", "b", "", ""}},
		{"a,b,c", ",", 2, []string{"a", "b,c"}},
		{",a", ",", 0, []string{"", "a"}},
		{"abc", "", 0, []string{"a", "b", "c"}},
		{"", ",", 0, []string{""}},
		{",", ",", 0, nil},
	} {
		got, err := MustCompile(tt.pattern).Split(tt.s, tt.limit)
		if err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("%q.split(%q, %d) = %q, %v; want %q", tt.s, tt.pattern, tt.limit, got, err, tt.want)
		}
	}
}

// Patterns that take Java for ever end with an error.
func TestLimit(t *testing.T) {
	for _, pattern := range []string{"(a+)+b", "(a|aa)+b", "(.*)*b", `(\w*)*\1b`} {
		re := MustCompile(pattern)
		if _, err := re.Matches(strings.Repeat("a", 5000)); !errors.Is(err, ErrLimit) {
			t.Errorf("%s: %v, want ErrLimit", pattern, err)
		}
	}
	if _, err := Compile("((((a{1000}){1000}){1000}){1000}){1000}b", 0); err == nil {
		t.Error("a pattern of 10^15 instructions compiles")
	}
	if _, err := Compile(strings.Repeat("(", 100000), 0); err == nil {
		t.Error("a pattern of 100000 groups compiles")
	}
}

func FuzzRegex(f *testing.F) {
	f.Add(`(?<x>a|[b-d&&[^c]])*+\k<x>(?!b)$`, "abcd")
	f.Add(`\Qa\E{2,}?(?i)é\R`, "aaÉ\r\n")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		re, err := Compile(pattern, 0)
		if err != nil || len(text) > 200 {
			return
		}
		re.Matches(text)
		loc, _ := re.Find(text, 0)
		if loc != nil && (loc[0] < 0 || loc[1] < loc[0] || loc[1] > len(text)) {
			t.Fatalf("%q in %q at %v", pattern, text, loc)
		}
		re.ReplaceAll(text, "<$0>")
		re.Split(text, 0)
	})
}
