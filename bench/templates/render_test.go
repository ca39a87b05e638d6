package main

import "testing"

// BenchmarkRender renders each case with the body parsed beforehand: what the engine itself costs.
func BenchmarkRender(b *testing.B) {
	for _, name := range names {
		b.Run(name, func(b *testing.B) {
			c, err := load(name)
			if err != nil {
				b.Fatal(err)
			}
			if err := c.render(); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if c.out, err = c.template.Append(c.out[:0], &c.scope); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
