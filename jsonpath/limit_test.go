package jsonpath_test

import (
	"errors"
	"strings"
	"testing"

	"postern/java"
	"postern/jsonpath"
)

func TestParseLimits(t *testing.T) {
	nested := func(open, end string, n int) string {
		return strings.Repeat(open, n) + strings.Repeat(end, n)
	}
	tests := []struct {
		name, text string
		ok         bool
	}{
		{"400 arrays in one another", nested("[", "]", jsonpath.MaxDepth), true},
		{"401 arrays in one another", nested("[", "]", jsonpath.MaxDepth+1), false},
		{"a million brackets", nested("[", "]", 1_000_000), false},
		{"400 objects in one another", nested(`{"a":`, "}", jsonpath.MaxDepth-1) + " ", false}, // no innermost value
		{"a thousand objects in a row", "[" + strings.Repeat(`{"a":1},`, 1000) + "]", true},
		{"an integer of 100000 digits", strings.Repeat("9", java.MaxDigits), true},
		{"an integer of a million digits", strings.Repeat("9", 1_000_000), false},
		{"an exponent that would fill the memory", "1.0000000000000000000e999999999", true},
	}
	for _, tt := range tests {
		if _, err := jsonpath.Parse(tt.text); (err == nil) != tt.ok {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// Paths that visit a document over and over end with ErrLimit, well before they fill the memory.
func TestReadLimit(t *testing.T) {
	doc, err := jsonpath.Parse(strings.Repeat(`[1,{"a":`, 190) + "1" + strings.Repeat("}]", 190))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"$..*..*..*..*", "$..*..a..*..a..*", "$..[*]..[*]..[*]..[?(@.a)]"} {
		if _, err := jsonpath.MustCompile(path).Read(doc); !errors.Is(err, jsonpath.ErrLimit) {
			t.Errorf("%s: %v, want ErrLimit", path, err)
		}
	}
	knot := java.NewMap(1)
	knot.Put("a", knot)
	if _, err := jsonpath.MustCompile("$..b").Read(knot); !errors.Is(err, jsonpath.ErrLimit) {
		t.Errorf("a map in itself: %v, want ErrLimit", err)
	}
}

// A long path compiles in time that grows with its length.
func TestLongPaths(t *testing.T) {
	for _, path := range []string{
		"$" + strings.Repeat("[0]", 50_000),
		"$[?(" + strings.Repeat("@.a == 1 && ", 20_000) + "@.a)]",
		"$" + strings.Repeat("[?(@", 50_000),
		strings.Repeat("[", 100_000),
	} {
		if _, err := jsonpath.Compile(path); errors.Is(err, jsonpath.ErrNotFound) {
			t.Errorf("%.20s...: %v", path, err)
		}
	}
}

func TestNullDocument(t *testing.T) {
	_, err := jsonpath.MustCompile("$").Read(nil)
	if err == nil || errors.Is(err, jsonpath.ErrNotFound) {
		t.Errorf("reading from null: %v, want an error that is not ErrNotFound", err)
	}
}

func TestDefinite(t *testing.T) {
	for path, want := range map[string]bool{
		"$": true, "$.a.b": true, "$['a','b']": true, "$.a[0]": true, "$.a[-1]": true, "$.a[(@.length-1)]": true,
		"$.*": false, "$..a": false, "$.a[0,1]": false, "$.a[0:1]": false, "$.a[?(@.b)]": false, "$.a[*].b": false,
	} {
		if got := jsonpath.MustCompile(path).Definite(); got != want {
			t.Errorf("%s: definite is %v", path, got)
		}
	}
}

// What a request pays: one allocation to parse a small body, none to read a member.
func TestAllocations(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector changes how much is allocated")
	}
	body := bodies[0].text
	if n := testing.AllocsPerRun(100, func() { jsonpath.Parse(body) }); n > 2 {
		t.Errorf("parsing 100 bytes allocates %v times", n)
	}
	body = bodies[1].text
	if n := testing.AllocsPerRun(100, func() { jsonpath.Parse(body) }); n > 20 {
		t.Errorf("parsing 4 KB allocates %v times", n)
	}
	doc, err := jsonpath.Parse(bodies[0].text)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"$.name", "$.nested.a.b[1]", "$.tags[(@.length-1)]", "$.missing"} {
		p := jsonpath.MustCompile(path)
		if n := testing.AllocsPerRun(100, func() { p.Read(doc) }); n != 0 {
			t.Errorf("reading %s allocates %v times", path, n)
		}
	}
}
