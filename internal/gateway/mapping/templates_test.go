package mapping

import (
	"testing"

	"postern/internal/gateway/message"
)

// Source: API Gateway developer guide, "Method request behavior for payloads without mapping templates for REST APIs",
// the table of all combinations; the rows marked so are recorded or inferred.
func TestRequestTemplatesChoose(t *testing.T) {
	const transform, pass, refuse = "transform", "pass through", "415"
	for _, c := range []struct {
		templates   []string
		contentType string
		// noMatch, noTemplates and never are the outcomes of the three passthrough behaviors.
		noMatch, noTemplates, never string
	}{
		{nil, "", pass, pass, refuse},
		{nil, "application/json", pass, pass, refuse},
		{nil, "text/plain", pass, pass, refuse},
		{[]string{"application/json"}, "", transform, transform, transform}, // recorded AWS answer: GET without body
		{[]string{"application/json"}, "application/json", transform, transform, transform},
		{[]string{"application/json"}, "application/json; charset=utf-8", transform, transform, transform},
		{[]string{"application/json"}, "Application/JSON", transform, transform, transform}, // inferred: RFC 9110
		{[]string{"application/json"}, "application/xml", pass, refuse, refuse},
		{[]string{"application/xml"}, "application/xml", transform, transform, transform},
		{[]string{"application/xml"}, "application/json", pass, refuse, refuse},
		{[]string{"application/xml"}, "", pass, refuse, refuse},
		{[]string{"application/json", "application/xml"}, "text/plain", pass, refuse, refuse},
		{[]string{"$default"}, "text/plain", transform, transform, transform}, // inferred: an emulator's observation
	} {
		m := map[string]string{}
		for _, key := range c.templates {
			m[key] = "text"
		}
		for behavior, want := range map[string]string{
			"WHEN_NO_MATCH": c.noMatch, "": c.noMatch, "WHEN_NO_TEMPLATES": c.noTemplates, "NEVER": c.never,
		} {
			r, err := CompileRequestTemplates(m, behavior)
			if err != nil {
				t.Fatal(err)
			}
			tmpl, passThrough := r.Choose(c.contentType)
			got := refuse
			switch {
			case tmpl != nil:
				got = transform
			case passThrough:
				got = pass
			}
			if got != want {
				t.Errorf("templates %v, %s, Content-Type %q: %s, want %s", c.templates, behavior, c.contentType, got, want)
			}
		}
	}
}

func TestUnknownPassthroughBehavior(t *testing.T) {
	if _, err := CompileRequestTemplates(nil, "SOMETIMES"); err == nil {
		t.Error("no error")
	}
}

func TestResponseTemplatesChoose(t *testing.T) {
	for _, c := range []struct {
		templates         []string
		accept            string
		want, contentType string
		evidence          string
	}{
		{nil, "", "", "application/json", "recorded AWS answer (backend header unmapped)"},
		{[]string{"application/json"}, "", "application/json", "application/json", "recorded AWS answer"},
		{[]string{"application/json"}, "image/png", "application/json", "application/json", "recorded AWS answer"},
		{[]string{"application/json"}, "*/*", "application/json", "application/json", "recorded AWS answer"},
		{[]string{"application/json", "text/html"}, "text/html;q=0.9, application/json", "text/html", "text/html", "inferred"},
		{[]string{"application/json", "text/html"}, "image/png, text/html", "application/json", "application/json", "developer guide: Content type conversions, first entry only"},
		{[]string{"text/html", "text/plain"}, "image/png", "text/html", "text/html", "inferred"},
		{[]string{"$default", "text/plain"}, "image/png", "$default", "application/json", "inferred"},
	} {
		m := map[string]string{}
		for _, key := range c.templates {
			m[key] = key
		}
		r, err := CompileResponseTemplates(m)
		if err != nil {
			t.Fatal(err)
		}
		tmpl, contentType := r.Choose(c.accept)
		if contentType != c.contentType || (tmpl == nil) != (c.want == "") || tmpl != nil && tmpl.vtl.Name() != "response template "+c.want {
			t.Errorf("templates %v, Accept %q: %v, %s; want %q, %s (%s)", c.templates, c.accept, tmpl, contentType, c.want, c.contentType, c.evidence)
		}
	}
}

// Users quote 500 for a broken template, when it is used and not when it is saved.
func TestBrokenTemplateFailsWhenRendered(t *testing.T) {
	r, err := CompileRequestTemplates(map[string]string{"application/json": "#if($x"}, "")
	if err != nil {
		t.Fatal(err)
	}
	tmpl, _ := r.Choose("")
	out, err := tmpl.Render(&message.Exchange{}, nil, []byte("kept"))
	if err == nil || string(out) != "kept" {
		t.Errorf("got %q, %v", out, err)
	}
}
