package jsonpath_test

import (
	"testing"

	"postern/jsonpath"
)

func BenchmarkRead(b *testing.B) {
	for _, bb := range []struct{ name, path, text string }{
		{"member", "$.name", bodies[0].text},
		{"deep", "$.nested.a.b[2]", bodies[0].text},
		{"wildcard", "$.items[*].name", bodies[1].text},
		{"filter", "$.items[?(@.price > 50)].name", bodies[1].text},
		{"pattern", "$.items[?(@.name =~ /.*no. 1.*/)].name", bodies[1].text},
		{"scan", "$..name", bodies[1].text},
	} {
		b.Run(bb.name, func(b *testing.B) {
			doc, err := jsonpath.Parse(bb.text)
			if err != nil {
				b.Fatal(err)
			}
			p := jsonpath.MustCompile(bb.path)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := p.Read(doc); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := jsonpath.Compile("$.store.book[?(@.price < 10 && @.author =~ /.*REES/i)].title"); err != nil {
			b.Fatal(err)
		}
	}
}
