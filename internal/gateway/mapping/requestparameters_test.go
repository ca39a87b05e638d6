package mapping

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/gateway/message"
)

func TestRequestParameters(t *testing.T) {
	const body = `{"a": {"b": "text", "n": 1.50, "t": true, "none": null, "list": [1, {"c": 2}]}}`
	for _, c := range []struct {
		name, body string
		mapping    map[string]string
		want       string
		evidence   string
	}{
		{
			"a literal in single quotes", "",
			map[string]string{"integration.request.header.X-Static": "'text with ' and blanks'"},
			"header X-Static=text with ' and blanks\n", "recorded AWS answer (static header values)",
		},
		{
			"a context variable", "",
			map[string]string{"integration.request.header.x": "context.resourceId"},
			"header x=x7y8z9\n", "recorded AWS answer (context.resourceId)",
		},
		{
			"maps of context map to nothing", "",
			map[string]string{"integration.request.header.x": "context.identity", "integration.request.header.y": "context.nothing"},
			"", "inferred: observed by an emulator's authors",
		},
		{
			"a source without a value leaves the target out", "",
			map[string]string{
				"integration.request.querystring.emptyQs": "method.request.header.missing",
				"integration.request.header.h":            "stageVariables.missing",
				"integration.request.path.p":              "method.request.path.missing",
				"integration.request.header.l":            "method.request.multivalueheader.missing",
				"integration.request.querystring.l":       "method.request.multivaluequerystring.missing",
			},
			"", "recorded AWS answer (emptyQs absent)",
		},
		{
			"an empty query parameter is a value", "",
			map[string]string{"integration.request.querystring.e": "method.request.querystring.empty"},
			"query e=\n", "inferred",
		},
		{
			"a repeated name gives its last value", "",
			map[string]string{
				"integration.request.querystring.c": "method.request.querystring.category",
				"integration.request.header.h":      "method.request.header.X-One",
			},
			"query c=books\nheader h=last\n", "recorded AWS answer (repeated names)",
		},
		{
			"all values of a query parameter repeat a query parameter", "",
			map[string]string{"integration.request.querystring.c": "method.request.multivaluequerystring.category"},
			"query c=electronics\nquery c=books\n", "inferred: observed by an emulator's authors",
		},
		{
			"all values are joined in a header", "",
			map[string]string{
				"integration.request.header.c": "method.request.multivaluequerystring.category",
				"integration.request.header.h": "method.request.multivalueheader.X-One",
			},
			"header c=electronics,books\nheader h=first,last\n", "inferred: observed by an emulator's authors",
		},
		{
			"names compare with case", "",
			map[string]string{"integration.request.header.h": "method.request.header.x-one", "integration.request.header.q": "method.request.querystring.Q"},
			"", "developer guide: Amazon API Gateway important notes",
		},
		{
			"a path parameter stays encoded in the path and is decoded elsewhere", "",
			map[string]string{
				"integration.request.path.p":        "method.request.path.petId",
				"integration.request.querystring.p": "method.request.path.petId",
				"integration.request.header.p":      "method.request.path.petId",
			},
			"path p=a%2Fb%20c+d\nquery p=a/b c+d\nheader p=a/b c+d\n", "developer guide: Amazon API Gateway important notes; inferred for the path",
		},
		{
			"a stage variable", "",
			map[string]string{"integration.request.path.t": "stageVariables.table"},
			"path t=pets\n", "developer guide: API request and response data mapping reference",
		},
		{
			"the whole body, unparsed", `not {json`,
			map[string]string{"integration.request.header.b": "method.request.body"},
			"header b=not {json\n", "developer guide: API request and response data mapping reference",
		},
		{
			"an empty body reads as {}", "",
			map[string]string{"integration.request.header.b": "method.request.body", "integration.request.header.c": "method.request.body.a"},
			"header b={}\n", "inferred: observed by an emulator's authors",
		},
		{
			"parts of the body", body,
			map[string]string{
				"integration.request.header.1": "method.request.body.a.b",
				"integration.request.header.2": "method.request.body.a.n",
				"integration.request.header.3": "method.request.body.a.t",
				"integration.request.header.4": "method.request.body.a.none",
				"integration.request.header.5": "method.request.body.a.list",
				"integration.request.header.6": "method.request.body.a.missing.deep",
			},
			"header 1=text\nheader 2=1.5\nheader 3=true\nheader 5=[1,{\"c\":2}]\n", "developer guide: API request and response data mapping reference",
		},
		{
			"a path that does not fit the body finds nothing", body,
			map[string]string{
				"integration.request.header.1": "method.request.body[0].a",
				"integration.request.header.2": "method.request.body.a[0]",
				"integration.request.header.3": "method.request.body.a.b[0]",
				"integration.request.header.4": "method.request.body.a.list.c",
				"integration.request.header.5": "method.request.body.a.list[1].c",
			},
			"header 5=2\n", "inferred: observed by an emulator's authors, path not found",
		},
		{
			"a body that does not look like JSON has no parts", `a=b`,
			map[string]string{"integration.request.header.1": "method.request.body.a"},
			"", "inferred: observed by an emulator's authors",
		},
		{
			"no value can end a header line", "",
			map[string]string{"integration.request.header.x": "method.request.querystring.lines"},
			"header x=a  X-Evil: 1\n", "RFC 9110, section 5.5",
		},
		{
			"headers that the gateway keeps to itself are absent", "",
			map[string]string{"integration.request.header.x": "method.request.header.Connection"},
			"", "recorded AWS answer ($input.params of every header), inferred for mappings",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := CompileRequestParameters(c.mapping)
			if err != nil {
				t.Fatal(err)
			}
			x := petExchange(c.body)
			if err := p.Apply(x); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, showRequest(&x.IntegrationRequest)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.evidence, diff)
			}
		})
	}
}

func showRequest(r *message.IntegrationRequest) (s string) {
	for _, part := range []struct {
		name  string
		pairs message.Pairs
	}{{"path", r.Path}, {"query", r.Query}, {"header", r.Header}} {
		for _, p := range part.pairs {
			s += part.name + " " + p.Name + "=" + p.Value + "\n"
		}
	}
	return s
}

// Inferred, as observed by an emulator's authors: 400 {"message":"Invalid JSON in request body"}.
func TestRequestParametersRefuseABrokenBody(t *testing.T) {
	p, err := CompileRequestParameters(map[string]string{"integration.request.header.x": "method.request.body.a"})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Apply(petExchange(`{"a":`)); !errors.Is(err, ErrInvalidRequestBody) {
		t.Errorf("error %v, want %v", err, ErrInvalidRequestBody)
	}
	if got, want := ErrInvalidRequestBody.Error(), "Invalid JSON in request body"; got != want {
		t.Errorf("message %q, want %q", got, want)
	}
}

func TestRequestParametersThatAreNone(t *testing.T) {
	for key, expr := range map[string]string{
		"integration.request.body.x":   "'x'",
		"integration.request.header.":  "'x'",
		"method.request.header.x":      "'x'",
		"integration.request.header.a": "method.request.header.",
		"integration.request.header.b": "method.request.cookie.x",
		"integration.request.header.c": "integration.response.header.x",
		"integration.request.header.d": "'unfinished",
		"integration.request.header.e": "",
		"integration.request.header.f": "method.request.bodyx",
		"integration.request.header.g": "method.request.body.[",
	} {
		if _, err := CompileRequestParameters(map[string]string{key: expr}); err == nil {
			t.Errorf("%s: %s compiles", key, expr)
		}
	}
}

func TestNoRequestParameters(t *testing.T) {
	p, err := CompileRequestParameters(nil)
	if p != nil || err != nil {
		t.Fatalf("got %v, %v", p, err)
	}
	if err := p.Apply(petExchange("")); err != nil {
		t.Error(err)
	}
}

func TestRequestParametersAllocateNothingOfTheirOwn(t *testing.T) {
	p, err := CompileRequestParameters(map[string]string{
		"integration.request.path.id":       "method.request.path.petId",
		"integration.request.querystring.q": "method.request.querystring.q",
		"integration.request.header.h":      "method.request.header.X-One",
		"integration.request.header.c":      "context.identity.sourceIp",
		"integration.request.header.s":      "stageVariables.env",
		"integration.request.header.l":      "'text'",
	})
	if err != nil {
		t.Fatal(err)
	}
	x := petExchange("")
	r := &x.IntegrationRequest
	if n := testing.AllocsPerRun(100, func() {
		r.Path, r.Query, r.Header = r.Path[:0], r.Query[:0], r.Header[:0]
		if err := p.Apply(x); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}
