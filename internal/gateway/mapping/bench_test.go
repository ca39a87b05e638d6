package mapping

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postern/internal/gateway/message"
	"postern/java"
	"postern/jsonpath"
)

// benchCase is a template of testdata/bench with its variables and what Velocity 1.7 and Jayway render.
type benchCase struct {
	name      string
	source    string
	variables map[string]any
	want      string
}

func benchCases(t testing.TB) []benchCase {
	t.Helper()
	var cases []benchCase
	for _, name := range []string{"small", "medium", "large"} {
		c := benchCase{name: name}
		read := func(ext string) string {
			text, err := os.ReadFile(filepath.Join("testdata", "bench", name+ext))
			if err != nil {
				t.Fatal(err)
			}
			return string(text)
		}
		c.source, c.want = read(".vtl"), read(".out")
		if err := json.Unmarshal([]byte(read(".json")), &c.variables); err != nil {
			t.Fatal(err)
		}
		cases = append(cases, c)
	}
	return cases
}

// The benchmark's templates come out of the line protocol byte for byte as the Java engines rendered them.
func TestBenchCasesRenderAsTheJavaEngines(t *testing.T) {
	for _, c := range benchCases(t) {
		raw, err := os.ReadFile(filepath.Join("testdata", "bench", c.name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		v, err := jsonpath.Parse(string(raw))
		if err != nil {
			t.Fatal(err)
		}
		v.(*java.Map).Put("template", c.source)
		var got struct{ Output, Error string }
		if err := json.Unmarshal(AnswerCase(java.AppendJSON(nil, v)), &got); err != nil {
			t.Fatal(err)
		}
		if got.Error != "" || got.Output != c.want {
			t.Errorf("%s: error %q, output:\n%s\nwant:\n%s", c.name, got.Error, got.Output, c.want)
		}
	}
}

// exchange builds the exchange that has the case's variables.
func (c *benchCase) exchange() *message.Exchange {
	x := petExchange(c.variables["body"].(string))
	params := c.variables["params"].(map[string]any)
	x.PathParameters, x.Query, x.Request.Header = nil, nil, nil
	for group, to := range map[string]*message.Pairs{"path": &x.PathParameters, "querystring": &x.Query, "header": &x.Request.Header} {
		for name, value := range params[group].(map[string]any) {
			to.Add(name, value.(string))
		}
	}
	x.StageVariables = map[string]string{}
	for name, value := range c.variables["stageVariables"].(map[string]any) {
		x.StageVariables[name] = value.(string)
	}
	x.Authorizer = &message.Authorizer{PrincipalID: "user-1"}
	return x
}

// A rendering through the exchange, output buffer reused, body parsed each time.
func BenchmarkRender(b *testing.B) {
	for _, c := range benchCases(b) {
		b.Run(c.name, func(b *testing.B) {
			tmpl := CompileTemplate(c.name, c.source)
			x := c.exchange()
			var dst []byte
			b.ReportAllocs()
			for b.Loop() {
				out, err := tmpl.Render(x, x.Request.Body, dst[:0])
				if err != nil {
					b.Fatal(err)
				}
				dst = out
			}
		})
	}
}

// What a rendering allocates does not depend on what the template does not read.
func TestRenderAllocations(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector changes how much is allocated")
	}
	for _, c := range []struct {
		source string
		max    float64
	}{
		{`plain text`, 1},
		{`{"id":"$input.params('petId')"}`, 2},
		{`$context.stage`, 2},
		{`$context.identity.sourceIp`, 3},
		{`$stageVariables.env`, 3},
		{`$input.body`, 3},
		{`$util.escapeJavaScript('a"b')`, 1},
		{`#set($x = $util.escapeJavaScript('nothing to escape'))$x`, 2},
		{`#set($x = $util.escapeJavaScript('a"b'))$x`, 4},
	} {
		tmpl := CompileTemplate("t", c.source)
		x := petExchange(`{"a":1}`)
		dst := make([]byte, 0, 1024)
		got := testing.AllocsPerRun(200, func() {
			if _, err := tmpl.Render(x, x.Request.Body, dst); err != nil {
				t.Fatal(err)
			}
		})
		if got > c.max {
			t.Errorf("%s: %v allocations, want %v at most", strings.TrimSpace(c.source), got, c.max)
		}
	}
}

func TestBenchCasesAllocations(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector changes how much is allocated")
	}
	for _, c := range benchCases(t) {
		tmpl := CompileTemplate(c.name, c.source)
		x := c.exchange()
		dst := make([]byte, 0, 16<<10)
		got := testing.AllocsPerRun(50, func() {
			if _, err := tmpl.Render(x, x.Request.Body, dst); err != nil {
				t.Fatal(err)
			}
		})
		if want := map[string]float64{"small": 5, "medium": 20, "large": 300}[c.name]; got > want {
			t.Errorf("%s: %v allocations, want %v at most", c.name, got, want)
		}
	}
}
