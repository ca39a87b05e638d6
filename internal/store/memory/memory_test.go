package memory_test

import (
	"testing"

	"postern/internal/store"
	"postern/internal/store/memory"
	"postern/internal/store/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(*testing.T) store.Store { return memory.New() })
}

func BenchmarkStore(b *testing.B) {
	storetest.Benchmark(b, memory.New())
}
