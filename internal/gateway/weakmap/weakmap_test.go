package weakmap_test

import (
	"runtime"
	"testing"

	"postern/internal/gateway/weakmap"
)

type value struct{ _ [64]byte }

func TestOneValuePerName(t *testing.T) {
	var m weakmap.Map[string, value]
	made := 0
	fresh := func() *value { made++; return new(value) }
	a, again, b := m.Get("a", fresh), m.Get("a", fresh), m.Get("b", fresh)
	if a != again || a == b || made != 2 {
		t.Errorf("%p, %p, %p: %d made, want 2", a, again, b, made)
	}
	if m.Find("a") != a || m.Find("c") != nil {
		t.Error("Find gives what is held, and nothing else")
	}
	runtime.KeepAlive(b)
}

func TestWhatNobodyHoldsIsForgotten(t *testing.T) {
	var m weakmap.Map[int, value]
	kept := m.Get(0, func() *value { return new(value) })
	for i := range 100 {
		m.Get(i+1, func() *value { return new(value) })
	}
	for range 100 {
		runtime.GC()
		if m.Len() == 1 {
			break
		}
		runtime.Gosched()
	}
	if m.Len() != 1 || m.Find(0) != kept {
		t.Errorf("%d names are remembered, want the one that is held", m.Len())
	}
}
