package vtl

import "postern/java"

// iterator is a java.util.Iterator over a list, an array, a view of a map or the values of an object. A list or map
// that grows or shrinks meanwhile makes it fail.
type iterator struct {
	list *java.List
	view mapView
	// values are the items of an Object.
	values []any
	at     int
	// size is the size that the list or map had at the start.
	size int
}

// iterate starts an iteration over v; it returns false for what #foreach cannot walk over.
func iterate(it *iterator, v any) bool {
	switch v := v.(type) {
	case *java.List:
		*it = iterator{list: v, size: len(v.Items)}
	case *java.Map:
		*it = iterator{view: mapView{viewValues, v}, size: v.Len()}
	case *mapView:
		*it = iterator{view: *v, size: v.m.Len()}
	case *loopScope:
		*it = iterator{view: mapView{viewValues, &v.values}, size: v.values.Len()}
	case Iterable:
		values := v.Values()
		*it = iterator{values: values, size: len(values)}
	default:
		return false
	}
	return true
}

func (it *iterator) hasNext() bool {
	if it.list != nil && it.list.Kind != java.Array {
		return it.at != len(it.list.Items)
	}
	return it.at < it.size
}

func (it *iterator) next() (any, error) {
	if !it.hasNext() {
		return nil, failf("there is no next element")
	}
	i := it.at
	it.at++
	switch {
	case it.list != nil:
		if len(it.list.Items) != it.size {
			return nil, failf("the list was changed while it was iterated over")
		}
		return it.list.Items[i], nil
	case it.view.m != nil:
		if it.view.m.Len() != it.size {
			return nil, failf("the map was changed while it was iterated over")
		}
		return it.view.at(i), nil
	}
	return it.values[i], nil
}

// remove removes the element that next returned last.
func (it *iterator) remove() error {
	i := it.at - 1
	switch {
	case i < 0:
		return failf("there is no element to remove")
	case it.list != nil && len(it.list.Items) == it.size:
		it.list.RemoveAt(i)
	case it.view.m != nil && it.view.m.Len() == it.size:
		it.view.m.Delete(it.view.m.At(i).Key)
	default:
		return failf("the element cannot be removed")
	}
	it.at--
	it.size--
	return nil
}

// JavaString is Object.toString, with an identity that is always the same.
func (it *iterator) JavaString() string { return it.className() + "@1" }

func (it *iterator) className() string {
	switch {
	case it.list != nil && it.list.Kind == java.Array:
		return "java.util.AbstractList$Itr"
	case it.list != nil:
		return "java.util.ArrayList$Itr"
	case it.view.kind == viewKeys:
		return "java.util.LinkedHashMap$LinkedKeyIterator"
	case it.view.kind == viewValues:
		return "java.util.LinkedHashMap$LinkedValueIterator"
	}
	return "java.util.LinkedHashMap$LinkedEntryIterator"
}
