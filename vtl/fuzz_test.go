package vtl_test

import (
	"errors"
	"testing"

	"postern/internal/oracle"
	"postern/vtl"
)

// fuzzLimits keep one rendering short.
var fuzzLimits = vtl.Limits{Output: 1 << 16, Steps: 50_000, ValueSize: 1 << 20}

func seedFuzz(f *testing.F) {
	for seed := range uint64(300) {
		req := generate(seed)
		f.Add(req.Template, req.Body)
	}
}

// FuzzRender parses and renders anything: no panic, no hang, and two renderings are equal.
func FuzzRender(f *testing.F) {
	seedFuzz(f)
	f.Fuzz(func(t *testing.T, source, body string) {
		for _, opts := range [][]vtl.Option{{}, {vtl.NullAsEmpty()}} {
			tmpl, err := vtl.Parse("fuzz", source, append(opts, vtl.WithLimits(fuzzLimits))...)
			if err != nil {
				checkError(t, source, err)
				return
			}
			one, err := renderFuzz(tmpl, body)
			two, err2 := renderFuzz(tmpl, body)
			if one != two || (err == nil) != (err2 == nil) {
				t.Fatalf("%q then %q (%v, %v)", one, two, err, err2)
			}
			if err != nil {
				checkError(t, source, err)
			}
			if len(one) > fuzzLimits.Output {
				t.Fatalf("%d bytes of output", len(one))
			}
		}
	})
}

func renderFuzz(tmpl *vtl.Template, body string) (string, error) {
	req := oracle.Request{Body: body, Rules: "aws"}
	surround(&req, 3)
	scope, _ := scopeOf(req)
	out, err := tmpl.Append(nil, scope)
	return identity(string(out)), err
}

// checkError wants an error to be an *vtl.Error with a place inside the source.
func checkError(t *testing.T, source string, err error) {
	t.Helper()
	var e *vtl.Error
	if !errors.As(err, &e) {
		t.Fatalf("%T: %v", err, err)
	}
	if e.Line < 1 || e.Column < 1 || e.Template != "fuzz" || e.Message == "" || e.Err == nil {
		t.Fatalf("%q: %#v", source, e)
	}
}

// FuzzTrace wants a traced rendering to print what a plain one prints.
func FuzzTrace(f *testing.F) {
	seedFuzz(f)
	f.Fuzz(func(t *testing.T, source, body string) {
		tmpl, err := vtl.Parse("fuzz", source, vtl.WithLimits(fuzzLimits))
		if err != nil {
			return
		}
		for _, r := range tmpl.References() {
			if r.Line < 1 || r.Column < 1 || r.Source == "" {
				t.Fatalf("%#v", r)
			}
		}
		plain, err := renderFuzz(tmpl, body)
		req := oracle.Request{Body: body, Rules: "aws"}
		surround(&req, 3)
		scope, _ := scopeOf(req)
		traced, err2 := tmpl.AppendTraced(nil, scope, func(e vtl.Event) {
			if e.Line < 1 || e.Column < 1 {
				t.Errorf("%#v", e)
			}
		})
		if got := identity(string(traced)); got != plain || (err == nil) != (err2 == nil) {
			t.Fatalf("plain %q %v, traced %q %v", plain, err, got, err2)
		}
	})
}
