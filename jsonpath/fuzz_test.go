package jsonpath_test

import (
	"errors"
	"testing"

	"postern/java"
	"postern/jsonpath"
)

// FuzzParse looks for texts that crash the reader, and for values that do not read back from their own JSON. A long
// number may come back as a double, and an infinite one as null; nothing changes more than twice.
func FuzzParse(f *testing.F) {
	for _, text := range texts {
		f.Add(text)
	}
	f.Add(store)
	f.Fuzz(func(t *testing.T, text string) {
		v, err := jsonpath.Parse(text)
		if err != nil {
			if syntax, ok := errors.AsType[*jsonpath.SyntaxError](err); !ok || syntax.Offset < 0 || syntax.Offset > len(text) {
				t.Fatalf("%q: error %#v", text, err)
			}
			return
		}
		twice := reread(t, reread(t, v))
		if more := reread(t, twice); java.String(more) != java.String(twice) {
			t.Fatalf("%q reads as %v and then as %v", text, twice, more)
		}
	})
}

// reread prints v as JSON and reads it.
func reread(t *testing.T, v any) any {
	text := string(java.AppendJSON(nil, v))
	w, err := jsonpath.Parse(text)
	if err != nil {
		t.Fatalf("%q is no JSON: %v", text, err)
	}
	return w
}

// FuzzPath looks for paths and documents that crash the evaluation, or two evaluations that differ.
func FuzzPath(f *testing.F) {
	for _, path := range storePaths {
		f.Add(path, store)
	}
	for _, path := range smallPaths {
		f.Add(path, small)
	}
	f.Fuzz(func(t *testing.T, path, text string) {
		p, err := jsonpath.Compile(path)
		if err != nil {
			return
		}
		doc, err := jsonpath.Parse(text)
		if err != nil {
			return
		}
		before := string(java.AppendJSON(nil, doc))
		one, err1 := p.Read(doc)
		two, err2 := p.Read(doc)
		if (err1 == nil) != (err2 == nil) || java.String(one) != java.String(two) {
			t.Fatalf("%q of %q: %v, %v and then %v, %v", path, text, one, err1, two, err2)
		}
		if list, ok := one.(*java.List); !p.Definite() && err1 == nil && (!ok || list.Len() > jsonpath.MaxSteps) {
			t.Fatalf("%q of %q is not a list", path, text)
		}
		if after := string(java.AppendJSON(nil, doc)); after != before {
			t.Fatalf("%q changed %q to %q", path, before, after)
		}
	})
}
