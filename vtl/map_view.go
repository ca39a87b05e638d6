package vtl

import (
	"postern/java"
)

// viewKind tells which view of a map a mapView is.
type viewKind uint8

const (
	viewKeys viewKind = iota
	viewValues
	viewEntries
)

// mapView is keySet(), values() or entrySet() of a map; it shows what the map holds now.
type mapView struct {
	kind viewKind
	m    *java.Map
}

func (v *mapView) at(i int) any {
	e := v.m.At(i)
	switch v.kind {
	case viewKeys:
		return e.Key
	case viewValues:
		return e.Value
	}
	return &entry{v.m, e.Key, e.Value}
}

func (v *mapView) items() []any {
	out := make([]any, v.m.Len())
	for i := range out {
		out[i] = v.at(i)
	}
	return out
}

// equals compares two sets; two value collections are equal only if they are one.
func (v *mapView) equals(w *mapView) bool {
	if v == w || v.m == w.m && v.kind == w.kind {
		return true
	}
	if v.kind == viewValues || w.kind == viewValues || v.m.Len() != w.m.Len() {
		return false
	}
	for i := range v.m.Len() {
		if !w.contains(v.at(i)) {
			return false
		}
	}
	return true
}

func (v *mapView) contains(item any) bool {
	switch v.kind {
	case viewKeys:
		_, ok := v.m.Get(item)
		return ok
	case viewEntries:
		e, ok := item.(*entry)
		if !ok {
			return false
		}
		value, ok := v.m.Get(e.key)
		return ok && equalValues(value, e.current())
	}
	for i := range v.m.Len() {
		if equalValues(v.m.At(i).Value, item) {
			return true
		}
	}
	return false
}
