package mapping

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/gateway/message"
	"postern/internal/gateway/route"
)

// Each file of testdata/templates is a request with its templates and what they render, with a sentence and its
// evidence at the head.
func TestTemplates(t *testing.T) {
	files, err := filepath.Glob("testdata/templates/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			c := parseTemplateCase(string(source))
			if diff := cmp.Diff(c.want, c.run(t)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.sentence, diff)
			}
		})
	}
}

// templateCase is one file. want holds the sections whose names begin with "want".
type templateCase struct {
	sentence string
	sections map[string]string
	want     map[string]string
}

// parseTemplateCase reads the txtar format: a comment, then sections that begin with "-- NAME --". The last line break
// of a section is not part of it.
func parseTemplateCase(source string) *templateCase {
	parts := regexp.MustCompile(`(?m)^-- (.+) --\n`).Split(source, -1)
	names := regexp.MustCompile(`(?m)^-- (.+) --$`).FindAllStringSubmatch(source, -1)
	c := &templateCase{parts[0], map[string]string{}, map[string]string{}}
	for i, name := range names {
		to := c.sections
		if strings.HasPrefix(name[1], "want") {
			to = c.want
		}
		to[name[1]] = strings.TrimSuffix(parts[i+1], "\n")
	}
	return c
}

// run sends the request through the templates and returns the sections that the case wants.
func (c *templateCase) run(t *testing.T) map[string]string {
	t.Helper()
	x := readRequest(t, c.sections["request"])
	got := map[string]string{}
	if source, ok := c.sections["request template"]; ok {
		got["want request"] = renderAs(t, x, "request template", source, x.Request.Body)
		if err := ApplyRequestOverrides(x); err != nil {
			t.Fatal(err)
		}
		got["want integration request"] = strings.TrimSuffix(showRequest(&x.IntegrationRequest), "\n")
	}
	x.Response.Status = 200
	if source, ok := c.sections["response template"]; ok {
		got["want response"] = renderAs(t, x, "response template", source, []byte(c.sections["backend"]))
	}
	ApplyResponseOverrides(x)
	got["want answer"] = strings.TrimSuffix(fmt.Sprintf("%d\n%s", x.Response.Status, lines(x.Response.Header)), "\n")
	for name := range got {
		if _, ok := c.want[name]; !ok {
			delete(got, name)
		}
	}
	return got
}

func renderAs(t *testing.T, x *message.Exchange, name, source string, body []byte) string {
	t.Helper()
	out, err := CompileTemplate(name, source).Render(x, body, nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// readRequest reads "METHOD RESOURCE TARGET", header lines, an empty line and the body.
func readRequest(t *testing.T, text string) *message.Exchange {
	t.Helper()
	head, body, _ := strings.Cut(text, "\n\n")
	first, rest, _ := strings.Cut(head, "\n")
	words := strings.Fields(first)
	if len(words) != 3 {
		t.Fatalf("request line %q", first)
	}
	x := petExchange(body)
	x.Request.Method, x.ResourcePath = words[0], words[1]
	path, query, _ := strings.Cut(words[2], "?")
	x.Path, x.ContextPath = path, "/prod"+path
	x.Query = route.AppendQuery(nil, query)
	x.PathParameters = pathParameters(words[1], path)
	x.Request.Header = nil
	for line := range strings.Lines(rest) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if ok {
			x.Request.Header.Add(name, value)
		}
	}
	return x
}

func pathParameters(resource, path string) (p message.Pairs) {
	values := strings.Split(path, "/")
	for i, part := range strings.Split(resource, "/") {
		if strings.HasPrefix(part, "{") {
			p.Add(strings.Trim(part, "{}"), values[i])
		}
	}
	return p
}

// What the developer guide says of overrides: each parameter once, otherwise the client sees a 5xx.
func TestOverrideTwiceFails(t *testing.T) {
	for _, source := range []string{
		`#set($context.requestOverride.header.a = 1)#set($context.requestOverride.header.a = 2)`,
		`#set($context.requestOverride.header.a = 1)$context.requestOverride.header.put("a", 2)`,
		`#set($context.responseOverride.status = 400)#set($context["responseOverride"]["status"] = 500)`,
	} {
		out, err := CompileTemplate("t", source).Render(petExchange(""), nil, nil)
		if err == nil || !strings.Contains(err.Error(), "overridden twice") {
			t.Errorf("%s: %q, %v", source, out, err)
		}
	}
	const different = `#set($context.requestOverride.header.a = 1)#set($context.requestOverride.header.b = 2)#set($context.requestOverride.path.a = 3)`
	if _, err := CompileTemplate("t", different).Render(petExchange(""), nil, nil); err != nil {
		t.Error(err)
	}
}

// Nothing but the override maps can be written.
func TestContextIsReadOnly(t *testing.T) {
	const source = `#set($context.stage = "x")#set($context.identity.user = "y")$context.identity.put("user", "z")$context.put("stage", "q") [$context.stage][$context.identity.user]`
	if got := renderRequest(t, petExchange(""), source); got != " [prod][]" {
		t.Errorf("got %q", got)
	}
}

// Inferred: a body that is no JSON at all fails the template, and only when the template reads it.
func TestBrokenBodyFailsWhenRead(t *testing.T) {
	for source, ok := range map[string]bool{"$input.body": true, "$input.path('$.a')": false, "$input.json('$')": false} {
		if _, err := CompileTemplate("t", source).Render(petExchange(`{"a":`), []byte(`{"a":`), nil); (err == nil) != ok {
			t.Errorf("%s: %v", source, err)
		}
	}
}

// A JSON path that is wrong fails the template when it is reached, not before.
func TestBrokenPathFailsWhenReached(t *testing.T) {
	for source, ok := range map[string]bool{"$input.path('$[')": false, "#if(false)$input.path('$[')#end": true} {
		if _, err := CompileTemplate("t", source).Render(petExchange("{}"), nil, nil); (err == nil) != ok {
			t.Errorf("%s: %v", source, err)
		}
	}
}

// One compiled template serves any number of exchanges at once.
func TestTemplateHammer(t *testing.T) {
	tmpl := CompileTemplate("t", `$input.params('id') $input.json('$.a') $input.path("$.$input.params('id')") $context.identity.sourceIp#set($context.requestOverride.header.x = "y")`)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			id, body := fmt.Sprint("p", i), fmt.Sprintf(`{"a": %d, "p%d": "own"}`, i, i)
			for range 200 {
				x := petExchange(body)
				x.PathParameters = message.Pairs{{Name: "id", Value: id}}
				out, err := tmpl.Render(x, x.Request.Body, nil)
				if want := fmt.Sprintf("%s %d own 203.0.113.9", id, i); err != nil || string(out) != want {
					t.Errorf("got %q, %v, want %q", out, err, want)
				}
			}
		})
	}
	wg.Wait()
}
