package vtl

import (
	"postern/java"
)

func equalValues(a, b any) bool {
	switch x := a.(type) {
	case *entry:
		y, ok := b.(*entry)
		return ok && equalValues(x.key, y.key) && equalValues(x.current(), y.current())
	case *javaClass:
		y, ok := b.(*javaClass)
		return ok && x.name == y.name
	case *mapView:
		y, ok := b.(*mapView)
		return ok && x.equals(y)
	case *loopScope:
		y, ok := b.(*loopScope)
		return ok && java.Equal(&x.values, &y.values)
	}
	return java.Equal(a, b)
}
