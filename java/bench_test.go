package java_test

import (
	"strconv"
	"testing"

	"postern/java"
)

func BenchmarkAppendDouble(b *testing.B) {
	for name, f := range map[string]float64{"short": 12.5, "17digits": 0.30000000000000004, "huge": 1.7976931348623157e308} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var dst []byte
			for b.Loop() {
				dst = java.AppendDouble(dst[:0], f)
			}
		})
	}
}

func BenchmarkAppendJSON(b *testing.B) {
	m := java.MapOf("id", int32(42), "name", "Widget \"special\"", "price", 12.5, "tags", java.ArrayListOf("a", "b", true, nil))
	b.ReportAllocs()
	var dst []byte
	for b.Loop() {
		dst = java.AppendJSON(dst[:0], m)
	}
}

func BenchmarkMapGet(b *testing.B) {
	for _, n := range []int{4, 11, 100, 10_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			m := java.NewMap(n)
			for i := range n {
				m.Put("key"+strconv.Itoa(i), i)
			}
			key := "key" + strconv.Itoa(n/2)
			b.ReportAllocs()
			for b.Loop() {
				if _, ok := m.GetString(key); !ok {
					b.Fatal("not found")
				}
			}
		})
	}
}
