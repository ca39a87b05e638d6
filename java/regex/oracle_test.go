package regex_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"postern/internal/oracle"
	"postern/java"
	"postern/java/regex"
)

// generator makes patterns and texts.
type generator struct{ r *rand.Rand }

func (g generator) pick(all []string) string { return all[g.r.IntN(len(all))] }

var (
	atoms = strings.Fields(`a b c A x 1 é 😀 . \d \w \s \S \W \D [abc] [^abc] [a-c] [a-cx-z&&[^b]] [a[bc]] [^a&&b] \b \B
		^ $ \A \z \Z \G (a) (b|c) (?:ab|a) (?=a) (?!b) (?<=a) (?<!b) (?<=a{1,2}) (?>a|ab) \1 \2 (?i) (?i:a) (?-i)
		\Qa.b\E \. \n \t \u0061 \x61 \x{1F600} \0141 \R \h \v \p{Lower} \P{Lu} \p{L} \p{IsLatin} \p{Alpha} \p{Punct}
		[\w&&[^\d]] [a\]b] []a] [a-] [-a] [a&&] [&&a] (?<n>a) \k<n> (?m) (?s) (?x) { } ] - \cA \e | a&b [a&b] [a^b] (?u)
		(?d) [[:alpha:]] [\Qa-c\E]`)
	quantifiers = append(strings.Fields(`* + ? *? +? ?? *+ ++ ?+ {2} {1,2} {0,2}? {2,} {1,2}+ {0}`), make([]string, 8)...)
	opening     = []string{"(", "(?:", "(?>", "(?=", "(?!"}
	letters     = []string{
		"a", "b", "c", "ab", "abc", "A", "B", "x", "1", "12", " ", "\n", "\r", "\r\n", "é", "\u0085",
		"\u2028", "_", "-", ".", "aa", "bb", "]", "&", "^", "\t", "É", "ß", "{", "}",
	}
)

func (g generator) pattern(depth int) string {
	var b strings.Builder
	for range 1 + g.r.IntN(4) {
		if depth > 0 && g.r.IntN(4) == 0 {
			b.WriteString(g.pick(opening) + g.pattern(depth-1) + ")")
		} else {
			b.WriteString(g.pick(atoms))
		}
		b.WriteString(g.pick(quantifiers))
		if g.r.IntN(12) == 0 { // one may not follow the other, except where it counts nothing
			b.WriteString(g.pick(quantifiers))
		}
		if g.r.IntN(8) == 0 {
			b.WriteString("|")
		}
	}
	return b.String()
}

func (g generator) text() string {
	var b strings.Builder
	for range g.r.IntN(7) {
		b.WriteString(g.pick(letters))
	}
	return b.String()
}

// leaks says that a pattern may show what Java keeps of groups in failed look-arounds, loops that match nothing and
// possessive groups; ours forgets some of it.
func leaks(pattern string) bool {
	return regexp.MustCompile(`\(\?[=!<>]|[*+?}]\+|\\[12k]|\(\||\|\)|\(\)|\(\(|\(\?i\)\)|\(\\[ABGzZb]|\(\^|\(\$`).MatchString(pattern)
}

// TestAgainstJava compares random patterns over random texts with java.util.regex.
func TestAgainstJava(t *testing.T) {
	flags := map[int]regex.Flags{
		0: 0, 1: regex.UnixLines, 2: regex.CaseInsensitive, 4: regex.Comments, 8: regex.Multiline, 16: regex.Literal,
		32: regex.DotAll, 66: regex.CaseInsensitive | regex.UnicodeCase, 256: regex.UnicodeClasses | regex.UnicodeCase,
	}
	javaFlags := []int{0, 0, 0, 1, 2, 4, 8, 16, 32, 66, 256}
	var requests []oracle.Request
	for seed := range uint64(5000) {
		g := generator{rand.New(rand.NewPCG(seed, 0))}
		pattern := g.pattern(2)
		if leaks(pattern) && g.r.IntN(4) > 0 {
			continue
		}
		requests = append(requests, oracle.Request{Regex: pattern, Flags: javaFlags[g.r.IntN(len(javaFlags))], Body: g.text()})
	}
	compiled := 0
	for i, a := range oracle.Start(t).MustAsk(t, requests...) {
		r := requests[i]
		got, want := search(t, r.Regex, flags[r.Flags], r.Body), a.Output
		if leaks(r.Regex) { // only whether it compiles
			if (got == "") != (want == "") {
				t.Errorf("/%s/: %q, want %q %s", r.Regex, got, want, a.Error)
			}
			continue
		}
		if want != "" {
			compiled++
		}
		if got != want {
			t.Errorf("/%s/ (flags %d) in %q\n got %s\nwant %s %s", r.Regex, r.Flags, r.Body, got, want, a.Error)
		}
	}
	if t.Logf("%d patterns, %d compile", len(requests), compiled); compiled < 1000 {
		t.Error("too few patterns compile")
	}
}

// search returns what the oracle answers, "" if the pattern is none.
func search(t *testing.T, pattern string, flags regex.Flags, text string) string {
	t.Helper()
	re, err := regex.Compile(pattern, flags)
	if err != nil {
		return ""
	}
	var b strings.Builder
	ok, err := re.Matches(text)
	if err != nil {
		t.Fatalf("/%s/ in %q: %v", pattern, text, err)
	}
	fmt.Fprint(&b, ok)
	matches, err := re.FindAll(text, 20)
	if err != nil {
		t.Fatalf("/%s/ in %q: %v", pattern, text, err)
	}
	for _, loc := range matches {
		fmt.Fprintf(&b, " %d", java.Length(text[:loc[0]]))
		for i := 0; i < len(loc); i += 2 {
			b.WriteByte(',')
			if loc[i] < 0 {
				b.WriteString("null")
			} else {
				quoteTo(&b, text[loc[i]:loc[i+1]])
			}
		}
	}
	b.WriteString(" |")
	parts, err := re.Split(text, 0)
	if err != nil {
		t.Fatalf("/%s/ in %q: %v", pattern, text, err)
	}
	for _, part := range parts {
		b.WriteByte(' ')
		quoteTo(&b, part)
	}
	return b.String()
}

func quoteTo(b *strings.Builder, s string) {
	b.WriteByte('"')
	for _, c := range java.UTF16(s) {
		if c >= ' ' && c <= '~' && c != '"' && c != '\\' {
			b.WriteByte(byte(c))
		} else {
			fmt.Fprintf(b, "\\u%04x", c)
		}
	}
	b.WriteByte('"')
}
