package mapping

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"postern/internal/oracle"
)

var (
	oracleCases = flag.Int("oracle.cases", 4000, "cases to compare with the Java engines")
	oracleSeed  = flag.Uint64("oracle.seed", 1, "seed of the cases")
)

// Velocity 1.7 and Jayway over json-smart are what AWS is built on: generated templates that use $input, $util,
// $context and $stageVariables come out the same, as the engines come and with AWS's null rule.
func TestRendersAsTheJavaEngines(t *testing.T) {
	o := oracle.Start(t)
	g := generator{rand.New(rand.NewPCG(*oracleSeed, 7))}
	differences := 0
	for done := 0; done < *oracleCases && differences < 20; {
		batch := make([]oracle.Request, min(500, *oracleCases-done))
		for i := range batch {
			batch[i] = g.request()
		}
		for i, want := range o.MustAsk(t, batch...) {
			if diff := compare(t, &batch[i], want); diff != "" {
				differences++
				t.Errorf("rules %q, template:\n%s\nbody: %s\n%s", batch[i].Rules, batch[i].Template, batch[i].Body, diff)
			}
		}
		done += len(batch)
	}
}

// compare says how our answer differs from want.
func compare(t *testing.T, r *oracle.Request, want oracle.Answer) string {
	t.Helper()
	line, err := json.Marshal(struct {
		*oracle.Request
		Body string `json:"body"`
	}{r, r.Body})
	if err != nil {
		t.Fatal(err)
	}
	var got oracle.Answer
	if err := json.Unmarshal(AnswerCase(line), &got); err != nil {
		t.Fatalf("answer to %s: %v", line, err)
	}
	switch {
	case (got.Error != "") != (want.Error != ""):
		return fmt.Sprintf("error:  %q\nwant:   %q\noutput: %q\nwant:   %q", got.Error, want.Error, got.Output, want.Output)
	case got.Output != want.Output:
		return fmt.Sprintf("output: %q\nwant:   %q", got.Output, want.Output)
	case string(got.Context) != string(want.Context):
		return fmt.Sprintf("context: %s\nwant:    %s", got.Context, want.Context)
	}
	return ""
}

// generator makes cases.
type generator struct{ *rand.Rand }

func (g generator) pick(from ...string) string { return from[g.IntN(len(from))] }

func (g generator) request() oracle.Request {
	return oracle.Request{
		Template: g.template(),
		Body:     g.body(),
		Params: map[string]map[string]any{
			"path":        {"id": "42", "name": "it's \"quoted\""},
			"querystring": {"limit": "25", "q": "a b&c=ü/é😀", "id": "hidden", "list": "a,b,c", "empty": ""},
			"header":      {"Accept": "application/json", "X-Test": "<a href='x'>", "Content-Type": "text/plain; charset=utf-8"},
		},
		Context: map[string]any{
			"stage": "prod", "requestTimeEpoch": 1795309323000, "count": 7, "ratio": 1.5, "ok": true, "nothing": nil,
			"identity":         map[string]any{"sourceIp": "203.0.113.9", "user": nil},
			"authorizer":       map[string]any{"principalId": "user-1", "claims": map[string]any{"sub": "11", "groups": []any{"a", "b"}}},
			"requestOverride":  map[string]any{"header": map[string]any{}, "path": map[string]any{}, "querystring": map[string]any{}},
			"responseOverride": map[string]any{"header": map[string]any{}},
		},
		StageVariables: map[string]any{"env": "production", "url": "https://example.com/a?b=c", "n": "5", "greeting": "it's fine"},
		Rules:          g.pick("aws", ""),
	}
}

func (g generator) body() string {
	return g.pick(
		`{"a":{"b":[1,2.50,"three",null,{"c":"d/e"}]},"s":"it's <\"quoted\"> \\ / é€😀","n":-12,"big":12345678901234567890,"f":1e3,"t":true,"z":null,"m":{},"l":[]}`,
		`{"items":[{"id":1,"name":"x","tags":["p","q"]},{"id":2,"name":"y"},{"id":3,"name":null,"tags":[]}],"s":"plain","n":7}`,
		`[{"a":1},{"a":2,"b":[3]},"s",4]`,
		`"a string"`,
		`42`,
		`plain text`,
		`<xml a="1">s</xml>`,
		`{"a":`,
		`{'a': {b: [1,,2]}, s: unquoted text, "n": 007}`,
		``,
		`{"a":{"b":[[1,[2]],{"s":"\u0001\u2028/\n\t\u007f"}]},"s":"a+b%20c","n":0.1}`,
		`{"s":"eyJtZXNzYWdlIjoicGF0aDEifQ==","a":"{\"b\":[1,{\"c\":\"x\"}]}","n":1.0}`,
	)
}

func (g generator) template() string {
	var b strings.Builder
	for range 1 + g.IntN(5) {
		b.WriteString(g.piece(2))
	}
	return b.String()
}

// piece is a part of a template.
func (g generator) piece(depth int) string {
	if depth == 0 {
		return g.printed()
	}
	switch g.IntN(14) {
	case 0, 1, 2, 3:
		return g.printed()
	case 4:
		return g.pick("text ", "{\"k\": ", "}\n", ",\n  ", "\"", "'", "$", "# ", "a@b.c $5.00 ", "\\")
	case 5, 6:
		return "#set($" + g.variable() + " = " + g.expression(2) + ")" + g.pick("", "\n", " ") + g.printed()
	case 7, 8:
		return "#if(" + g.condition() + ")" + g.piece(depth-1) + g.pick("", "#{else}"+g.piece(depth-1), "#elseif("+g.condition()+")"+g.printed()) + "#end"
	case 9, 10:
		return "#foreach($" + g.variable() + " in " + g.reference(2) + ")" + g.piece(depth-1) + g.pick("", "#if($foreach.hasNext),#end", "$foreach.index", "$velocityCount") + "#end"
	case 11:
		return "#set($context." + g.pick("requestOverride.header.X", "requestOverride.querystring[\"q\"]", "responseOverride.status", "responseOverride.header.Y", "custom", "missing.x.y") + " = " + g.stored() + ")"
	case 12:
		return g.pick("$context.requestOverride.path.put('p', ", "$context.identity.put(\"k\", ", "$input.params().header.put('new', ", "$input.path('$').put('s', ", "$input.path('$.a.b').add(", "$root.put('a', ", "$input.path('$.a').put('b', ") + g.stored() + ")"
	}
	return "\"" + g.printed() + "\""
}

func (g generator) variable() string { return g.pick("a", "b", "root", "item", "list") }

// printed is a reference in the text.
func (g generator) printed() string {
	ref := g.reference(2)
	switch g.IntN(5) {
	case 0:
		return "${" + ref[1:] + "}"
	case 1:
		return "$!" + ref[1:]
	case 2:
		return "$!{" + ref[1:] + "}"
	}
	return ref
}

// reference is $ and what follows.
func (g generator) reference(depth int) string {
	ref := g.root(depth)
	for range g.IntN(3) {
		ref += g.step(depth)
	}
	return ref
}

func (g generator) root(depth int) string {
	switch g.IntN(12) {
	case 0, 1:
		return "$input.path(" + g.path() + ")"
	case 2:
		return "$input.json(" + g.path() + ")"
	case 3:
		return g.pick("$input.body", "$input.body", "$input.Body", "$input.getBody()", "$input.nothing", "$input.path", "$input.json()", "$input.path(5)", "$input.params")
	case 4:
		return "$input.params(" + g.pick("'id'", "'q'", "'limit'", "\"X-Test\"", "'missing'", "'empty'", "$item", "'name'", "'Accept'") + ")"
	case 5:
		return "$input.params()" + g.pick("", ".path", ".querystring", ".header", ".get('header')", "['path']", ".nothing") + g.pick("", ".id", ".q", ".get('X-Test')", ".keySet()", "['limit']", ".size()", ".entrySet()", ".containsKey('id')")
	case 6, 7:
		if depth == 0 {
			return "$context.stage"
		}
		return "$util." + g.pick("escapeJavaScript", "escapeJavaScript", "parseJson", "urlEncode", "urlDecode", "base64Encode", "base64Decode", "toJson", "qr") + "(" + g.expression(depth-1) + ")"
	case 8:
		return "$context" + g.pick(".stage", ".requestTimeEpoch", ".identity.sourceIp", ".authorizer.claims", ".authorizer.claims.sub", ".authorizer.claims.groups", ".nothing", ".missing.deep", "['stage']", ".get(\"count\")", ".keySet()", ".ratio", ".ok", ".requestOverride.header", ".entrySet()", ".size()", ".values()")
	case 9:
		return "$stageVariables" + g.pick(".env", ".url", "['n']", ".get('greeting')", ".missing", ".keySet()", "", ".entrySet()", ".containsKey('env')")
	}
	return "$" + g.variable()
}

func (g generator) path() string {
	return g.pick(
		"'$'", "'$.a'", "'$.a.b'", "'$.a.b[0]'", "'$.a.b[4].c'", "'$.s'", "'$.n'", "'$.big'", "'$.f'", "'$.t'", "'$.z'", "'$.m'", "'$.l'", "'$.missing'",
		"'$.missing.deep'", "'$.items'", "'$.items[*].id'", "'$.items[0]'", "'$.items[1].name'", "'$..id'", "'$.items[?(@.tags)]'", "'$.items[?(@.id > 1)].name'",
		"'$[0]'", "'$[0].a'", "'$.a.b[1:3]'", "\"$.s\"", "\"$.items[$b].id\"", "'$.items[9]'", "'s'", "'a.b'", "'$[\\'s\\']'", "\"$['s','n']\"", "\"$['a']['b']\"", "'$.'", "''", "'$['",
	)
}

func (g generator) step(depth int) string {
	switch g.IntN(8) {
	case 0:
		return g.pick(".a", ".b", ".s", ".id", ".name", ".key", ".value", ".nothing", ".tags")
	case 1:
		return g.pick("[0]", "['a']", "[\"b\"]", ".get(0)", ".get('a')")
	case 2:
		return g.pick(".size()", ".length()", ".isEmpty()", ".toString()", ".trim()", ".toUpperCase()")
	case 3:
		return g.pick(".keySet()", ".values()", ".entrySet()", ".iterator().next()")
	case 4:
		return g.pick(".contains('a')", ".containsKey('a')", ".indexOf('b')", ".startsWith(\"p\")", ".equals('x')", ".equals(7)")
	case 5:
		return g.pick(".replaceAll('a', 'b')", ".replaceAll(\"\\\\'\", \"'\")", ".substring(1)", ".substring(0, 2)", ".replace('\"', '')", ".concat('x')", ".split(',').size()")
	case 6:
		if depth > 0 {
			return ".equals(" + g.expression(depth-1) + ")"
		}
	}
	return ""
}

func (g generator) expression(depth int) string {
	switch g.IntN(8) {
	case 0:
		return g.pick("'text'", "\"it's $stageVariables.env\"", "5", "-1", "1.5", "true", "[1, 2]", "{'k': 'v'}", "[1..3]", "\"$!a\"", "'%7B+%22'", "'YWJj'", "'{\"x\": [1]}'")
	case 1:
		if depth > 0 {
			return g.expression(depth-1) + g.pick(" + ", " - ", " * ", " == ", " != ", " > ", " && ", " || ") + g.expression(depth-1)
		}
	}
	return g.reference(depth)
}

// stored is what a case puts into the context: nothing that holds the context, since the Java program does not
// survive printing a map that contains itself.
func (g generator) stored() string {
	return g.pick("'text'", "5", "[1, 'a']", "$input.path("+g.path()+")", "$input.json("+g.path()+")", "$stageVariables.env", "$input.params('id')", "$undefined", "$context.stage")
}

func (g generator) condition() string {
	switch g.IntN(5) {
	case 0:
		return g.reference(1)
	case 1:
		return "!" + g.reference(1)
	case 2:
		return g.reference(1) + " && " + g.reference(1) + g.pick(" == ", " != ") + "''"
	}
	return g.expression(1) + g.pick(" == ", " != ", " < ", " >= ") + g.pick("''", "\"\"", "$null", "7", "'x'", "true", "$b")
}
