package jsonpath_test

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"

	"postern/internal/oracle"
	"postern/jsonpath"
)

// pair is a path and a document.
type pair struct{ path, document string }

// generate returns the pair of a seed.
func generate(seed uint64) pair {
	g := newGenerator(seed)
	document := g.document()
	doc, _ := jsonpath.Parse(document)
	return pair{g.path(doc), document}
}

// read returns what ours makes of a pair: the described value, "not found" or "error".
func (p pair) read() string {
	doc, err := jsonpath.Parse(p.document)
	if err != nil {
		return "error"
	}
	path, err := jsonpath.Compile(p.path)
	if err != nil {
		return "error"
	}
	v, err := path.Read(doc)
	switch {
	case errors.Is(err, jsonpath.ErrNotFound):
		return "not found"
	case err != nil:
		return "error"
	}
	return describe(v)
}

// outcome is the oracle's answer in the same words.
func outcome(a oracle.Answer) string {
	switch {
	case strings.HasPrefix(a.Error, "PathNotFoundException"):
		return "not found"
	case a.Error != "":
		return "error"
	}
	return a.Output
}

// compare asks the oracle and reports where ours differs.
func compare(t *testing.T, o *oracle.Oracle, pairs []pair) (failed, errors, found int) {
	t.Helper()
	requests := make([]oracle.Request, len(pairs))
	for i, p := range pairs {
		requests[i] = oracle.Request{JSONPath: p.path, Body: p.document, Typed: true}
	}
	for i, a := range o.MustAsk(t, requests...) {
		got, want := pairs[i].read(), outcome(a)
		switch {
		case got != want:
			if failed++; failed <= 20 {
				t.Errorf("%q of %q\n got %s\nwant %s %s", pairs[i].path, pairs[i].document, got, want, a.Error)
			}
		case want == "error":
			errors++
		case want != "not found" && want != "[]":
			found++
		}
	}
	return failed, errors, found
}

// TestAgainstOracle compares ours with Jayway JsonPath over json-smart: random paths over random documents, and the
// path $ over odd texts.
// It takes the same pairs each time; JSONPATH_PAIRS sets how many of each, in place of 3000.
func TestAgainstOracle(t *testing.T) {
	n := uint64(3000)
	if more := os.Getenv("JSONPATH_PAIRS"); more != "" {
		var err error
		if n, err = strconv.ParseUint(more, 10, 32); err != nil {
			t.Fatal(err)
		}
	}
	o := oracle.Start(t)
	var paths, texts []pair
	for seed := range n {
		paths = append(paths, generate(seed))
		if text := newGenerator(seed).oddJSON(4); text != "" {
			texts = append(texts, pair{"$", text})
		}
	}
	for _, pairs := range [][]pair{paths, texts} {
		_, errors, found := compare(t, o, pairs)
		t.Logf("%d pairs: %d errors, %d with values", len(pairs), errors, found)
	}
}
