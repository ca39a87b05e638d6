package mapping

import "testing"

// Renderings use the memory of earlier ones. What is kept between them must not change with it.
func TestRenderingsDoNotSeeEachOther(t *testing.T) {
	tmpl := CompileTemplate("t", `#set($b = $input.path('$'))$b.text.replaceAll($b.pattern, "x") $input.json('$.text')`)
	for range 100 {
		for body, want := range map[string]string{
			`{"text": "ab", "pattern": "\u0061"}`: `xb "ab"`,
			`{"text": "ab", "pattern": "\u0062"}`: `ax "ab"`,
			`{"text": "cb", "pattern": "\u0063"}`: `xb "cb"`,
		} {
			x := petExchange(body)
			got, err := tmpl.Render(x, x.Request.Body, nil)
			if err != nil || string(got) != want {
				t.Fatalf("%s renders %q, %v; want %q", body, got, err, want)
			}
		}
	}
}

// A template may leave a value of the body in an override, which is read after the rendering.
func TestOverridesOutliveTheRendering(t *testing.T) {
	tmpl := CompileTemplate("t", `#set($context.requestOverride.header.x = $input.path('$.a'))`)
	other := CompileTemplate("t", `$input.path('$.a')`)
	x := petExchange(`{"a": "\u0061\u0061"}`)
	if _, err := tmpl.Render(x, x.Request.Body, nil); err != nil {
		t.Fatal(err)
	}
	y := petExchange(`{"a": "\u0062\u0062"}`)
	if _, err := other.Render(y, y.Request.Body, nil); err != nil {
		t.Fatal(err)
	}
	ApplyRequestOverrides(x)
	if got, _ := x.IntegrationRequest.Header.GetFold("x"); got != "aa" {
		t.Errorf("the override is %q, want %q", got, "aa")
	}
}
