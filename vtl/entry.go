package vtl

import (
	"postern/java"
)

// entry is a Map.Entry that writes through to its map.
type entry struct {
	m   *java.Map
	key any
	v   any
}

// current is the value, also if the map has changed since.
func (e *entry) current() any {
	if v, ok := e.m.Get(e.key); ok {
		e.v = v
	}
	return e.v
}

func (e *entry) set(v any) (old any) {
	old = e.current()
	e.v = v
	if _, ok := e.m.Get(e.key); ok {
		e.m.Put(e.key, v)
	}
	return old
}

// JavaString is Map.Entry.toString.
func (e *entry) JavaString() string { return nestedText(e.key) + "=" + nestedText(e.current()) }

// nestedText is the text of a value inside another; one that is too long is cut, as the whole would be too long.
func nestedText(v any) string {
	const longest = 10 << 20
	out, _ := java.PrintString(nil, v, longest)
	return string(out)
}

// JavaString prints the view like a list.
func (v *mapView) JavaString() string { return nestedText(java.ArrayListOf(v.items()...)) }
