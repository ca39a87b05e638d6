package jsonpath_test

import (
	"errors"
	"testing"

	"postern/java"
	"postern/jsonpath"
)

// FuzzParse looks for texts that crash the reader, and for values that do not read back from their own JSON. Only
// numbers may change: BigDecimals that print in fewer than 19 characters come back as doubles, and the other way
// round, and infinite ones as null.
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
		printed := string(java.AppendJSON(nil, v))
		w, err := jsonpath.Parse(printed)
		if err != nil {
			t.Fatalf("%q prints as %q: %v", text, printed, err)
		}
		if one, two := shape(v), shape(w); one != two {
			t.Fatalf("%q reads as %s and then as %s", text, one, two)
		}
	})
}

// shape describes v with all its numbers and nulls alike.
func shape(v any) string {
	switch v := v.(type) {
	case *java.Map:
		text := "{"
		for key, member := range v.All() {
			text += describe(key) + ":" + shape(member) + ","
		}
		return text + "}"
	case *java.List:
		text := "["
		for _, item := range v.Items {
			text += shape(item) + ","
		}
		return text + "]"
	}
	if v == nil || java.IsNumber(v) {
		return "#"
	}
	return describe(v)
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
