package mapping

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// No template and no body can make a rendering panic, and the same template renders the same twice (but for the
// identities of Java arrays, which print after an @).
func FuzzRender(f *testing.F) {
	files, err := filepath.Glob("testdata/templates/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		c := parseTemplateCase(string(source))
		f.Add(c.sections["request template"], c.sections["request"])
		f.Add(c.sections["response template"], c.sections["backend"])
	}
	f.Fuzz(func(t *testing.T, source, body string) {
		Check("fuzz", source)
		tmpl := CompileTemplate("fuzz", source)
		one, err := tmpl.Render(petExchange(body), []byte(body), nil)
		two, again := tmpl.Render(petExchange(body), []byte(body), nil)
		if (err == nil) != (again == nil) || !bytes.Equal(one, two) && !bytes.Contains(one, []byte("@")) {
			t.Fatalf("%q, %v, then %q, %v", one, err, two, again)
		}
		x := petExchange(body)
		if _, err := tmpl.Render(x, nil, nil); err == nil {
			_ = ApplyRequestOverrides(x)
			ApplyResponseOverrides(x)
		}
	})
}

// No line of the protocol can make AnswerCase panic.
func FuzzAnswerCase(f *testing.F) {
	f.Add([]byte(`{"template":"$input.params('a')$context.b","body":"{}","params":{"path":{"a":1}},"context":{"b":[]},"rules":"aws"}`))
	f.Add([]byte(`{"jsonpath":"$.a","body":"{\"a\":1}"}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		if answer := AnswerCase(line); len(answer) == 0 || answer[0] != '{' {
			t.Fatalf("answer %q", answer)
		}
	})
}

// No text can make a mapping panic.
func FuzzParameters(f *testing.F) {
	f.Add("method.request.body.a[0]", `{"a":[1]}`)
	f.Add("context.authorizer.claims.sub", "")
	f.Add("'literal'", "")
	f.Fuzz(func(_ *testing.T, expr, body string) {
		if p, err := CompileRequestParameters(map[string]string{"integration.request.header.x": expr}); err == nil {
			_ = p.Apply(petExchange(body))
		}
		if p, err := CompileResponseParameters(map[string]string{"method.response.header.x": expr}); err == nil {
			x := petExchange("")
			x.IntegrationResponse.Body = []byte(body)
			_ = p.Apply(x)
		}
	})
}
