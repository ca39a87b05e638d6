package jsonpath_test

import (
	"testing"

	"postern/jsonpath"
)

// A Parser gives each text the values that Parse gives it, whatever it read before, and whatever became of that.
func TestParserReadsOneTextAfterAnother(t *testing.T) {
	g := newGenerator(7)
	var p jsonpath.Parser
	for range 20_000 {
		text := g.document()
		want, wantErr := jsonpath.Parse(text)
		got, gotErr := p.Parse(text)
		if (gotErr == nil) != (wantErr == nil) || gotErr != nil && gotErr.Error() != wantErr.Error() {
			t.Fatalf("%q: error %v, and of a Parser %v", text, wantErr, gotErr)
		}
		if one, two := describe(want), describe(got); gotErr == nil && one != two {
			t.Fatalf("%q reads as %s, and by a Parser as %s", text, one, two)
		}
	}
}

// Once a Parser has met texts of a size, others of that size cost no memory.
func TestParserAllocatesNothing(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector allocates")
	}
	var p jsonpath.Parser
	for _, body := range bodies[:2] {
		for range 3 {
			p.Parse(body.text)
		}
		if n := testing.AllocsPerRun(100, func() { p.Parse(body.text) }); n != 0 {
			t.Errorf("%s: %v allocations", body.name, n)
		}
	}
}
