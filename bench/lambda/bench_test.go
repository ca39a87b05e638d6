package main

import "testing"

// BenchmarkInvoke is for profiles; the comparison is the command's.
func BenchmarkInvoke(b *testing.B) {
	service, err := newService(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer service.Close()
	event := []byte(proxyEvent())
	one := viaFunctions(service.Functions())
	if err := one(b.Context(), event); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := one(b.Context(), event); err != nil {
			b.Fatal(err)
		}
	}
}
