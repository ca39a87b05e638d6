package jsonpath_test

import (
	"fmt"
	"strings"
	"testing"

	"postern/jsonpath"
)

// bodies are documents of the sizes that requests have.
var bodies = []struct{ name, text string }{
	{"100B", `{"name": "widget", "price": 12.5, "tags": ["a", "b", "c"], "nested": {"a": {"b": [1, 2, 3]}}}`},
	{"4KB", orders(28)},
	{"100KB", orders(700)},
}

func orders(n int) string {
	var b strings.Builder
	b.WriteString(`{"items": [`)
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, `{"id": %d, "name": "Widget no. %d \"special\"", "price": %.2f, "quantity": %d, `+
			`"sku": "SKU-%05d", "note": "not used by the template"}`, 1000+i, i, float64(i)*3.25+0.5, i%7, i)
	}
	b.WriteString("]}")
	return b.String()
}

func BenchmarkParse(b *testing.B) {
	for _, body := range bodies {
		b.Run(body.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(body.text)))
			for b.Loop() {
				if _, err := jsonpath.Parse(body.text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkParser(b *testing.B) {
	for _, body := range bodies {
		b.Run(body.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(body.text)))
			var p jsonpath.Parser
			for b.Loop() {
				if _, err := p.Parse(body.text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
