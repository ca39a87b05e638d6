package message

import "testing"

// Memory that has grown is kept while bodies need it, so that large ones are not allocated anew each time, and small ones do
// not hold it for ever.
func TestResponseKeepsTheMemoryThatBodiesNeed(t *testing.T) {
	for _, c := range []struct {
		name         string
		memory, body int // bytes; a negative body is none
		kept         bool
	}{
		{"little memory", maxKeptMemory, 59, true},
		{"a large body", 512 << 10, 500 << 10, true},
		{"a body that has shrunk", 512 << 10, 128 << 10, true},
		{"a small body in memory of a large one", 512 << 10, 100 << 10, false},
		{"an empty body", 512 << 10, 0, false},
		{"no body yet", 512 << 10, -1, true},
		{"a body too large to be kept", maxUsedMemory + 1, maxUsedMemory + 1, false},
		{"no body, but too much memory", maxUsedMemory + 1, -1, false},
	} {
		var r Response
		r.SetMemory(make([]byte, 0, c.memory))
		if c.body >= 0 {
			r.Body = r.Memory()[:c.body]
		}
		r.Reset()
		if kept := cap(r.Memory()) > 0; kept != c.kept {
			t.Errorf("%s: kept %v, want %v", c.name, kept, c.kept)
		}
		if r.Body != nil {
			t.Errorf("%s: the body is still there", c.name)
		}
	}
}
