package vtl

import (
	"postern/java"
)

// Sizes that values count against Limits.ValueSize. Unit: bytes.
const (
	itemSize  = 16
	entrySize = 64
)

// sizeOf is v.size() for what has one.
func sizeOf(v any) (int, bool) {
	switch v := v.(type) {
	case *java.Map:
		return v.Len(), true
	case *java.List:
		return len(v.Items), true
	case *mapView:
		return v.m.Len(), true
	case *loopScope:
		return v.values.Len(), true
	}
	return 0, false
}

// setItem is list.set(i, v) in an assignment.
func setItem(l *java.List, i int, v any) error {
	if i < 0 || i >= len(l.Items) {
		return failf("index %d is out of bounds for length %d", i, len(l.Items))
	}
	if l.Kind == java.Array && !fitsArray(l, v) {
		return failf("array element type mismatch")
	}
	l.Items[i] = v
	return nil
}
