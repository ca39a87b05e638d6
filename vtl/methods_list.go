package vtl

import (
	"math"
	"slices"

	"postern/java"
)

func list(c *call) *java.List { return c.recv.(*java.List) }

// collectionQueries are the reading methods that lists, arrays and views of maps share.
func collectionQueries() []method {
	return []method{
		{name: "size", call: func(c *call) (any, error) { n, _ := sizeOf(c.recv); return boxInt(int32(n)), nil }},
		{name: "isEmpty", call: func(c *call) (any, error) { n, _ := sizeOf(c.recv); return n == 0, nil }},
		{name: "iterator", call: func(c *call) (any, error) {
			it := new(iterator)
			iterate(it, c.recv)
			return it, nil
		}},
		{name: "contains", params: []param{pObject}, call: func(c *call) (any, error) {
			i, err := c.position(c.recv, c.args[0])
			return i >= 0, err
		}},
		{name: "containsAll", params: []param{pCollection}, call: nullSafe(collectionContainsAll)},
		{name: "toArray", call: func(c *call) (any, error) { return c.copyItems(java.Array, items(c.recv)) }},
		{name: "toArray", params: []param{pObjects}, variadic: true, call: collectionToArray},
		{name: "toArray", params: []param{pOther}, call: func(*call) (any, error) { return nil, failf("the generator is null") }},
		{name: "stream", call: unsupported("stream")},
		{name: "parallelStream", call: unsupported("parallelStream")},
		{name: "spliterator", call: unsupported("spliterator")},
	}
}

// jsonArrayMethods are the methods of json-smart's JSONArray, an ArrayList that prints as JSON.
func jsonArrayMethods() []method {
	return append(listMethods(), method{name: "toJSONString", call: func(c *call) (any, error) {
		s, _, err := c.r.toString(c.recv)
		return s, err
	}})
}

// listMethods are the methods of java.util.ArrayList.
func listMethods() []method {
	return append(collectionQueries(), append(itemMethods(), []method{
		{name: "add", params: []param{pObject}, call: func(c *call) (any, error) {
			if err := c.r.grow(itemSize); err != nil {
				return nil, err
			}
			list(c).Add(c.args[0])
			return true, nil
		}},
		{name: "add", params: []param{pInt, pObject}, call: listInsert},
		{name: "addAll", params: []param{pCollection}, call: nullSafe(func(c *call) (any, error) {
			return c.insertAll(len(list(c).Items), c.args[0])
		})},
		{name: "addAll", params: []param{pInt, pCollection}, call: nullSafe(func(c *call) (any, error) {
			return c.insertAll(c.int(0), c.args[1])
		})},
		{name: "remove", params: []param{pInt}, call: func(c *call) (any, error) {
			l, i := list(c), c.int(0)
			if i < 0 || i >= len(l.Items) {
				return nil, outOfBounds("index", i, len(l.Items))
			}
			return l.RemoveAt(i), nil
		}},
		{name: "remove", params: []param{pObject}, call: func(c *call) (any, error) {
			i, err := c.position(c.recv, c.args[0])
			if i >= 0 {
				list(c).RemoveAt(i)
			}
			return i >= 0, err
		}},
		{name: "removeAll", params: []param{pCollection}, call: nullSafe(func(c *call) (any, error) {
			return c.keep(c.args[0], false)
		})},
		{name: "retainAll", params: []param{pCollection}, call: nullSafe(func(c *call) (any, error) {
			return c.keep(c.args[0], true)
		})},
		{name: "clear", call: func(c *call) (any, error) { clearList(list(c)); return void, nil }},
		{name: "clone", call: func(c *call) (any, error) { return c.copyItems(list(c).Kind, list(c).Items) }},
		{name: "trimToSize", call: func(*call) (any, error) { return void, nil }},
		{name: "ensureCapacity", params: []param{pInt}, call: listEnsureCapacity},
		{name: "listIterator", call: unsupported("listIterator")},
	}...)...)
}

// arrayMethods are the methods that Velocity gives to Java arrays: those of a list that cannot grow.
func arrayMethods() []method {
	frozen := func(name string, params ...param) method {
		return method{name: name, params: params, call: func(*call) (any, error) {
			return nil, failf("an array cannot grow or shrink")
		}}
	}
	return append(collectionQueries(), append(itemMethods(),
		frozen("add", pObject), frozen("add", pInt, pObject), frozen("remove", pInt),
		method{name: "addAll", params: []param{pCollection}, call: nullSafe(func(c *call) (any, error) {
			if n, _ := sizeOf(c.args[0]); n > 0 {
				return nil, failf("an array cannot grow or shrink")
			}
			return false, nil
		})},
		method{name: "remove", params: []param{pObject}, call: func(c *call) (any, error) {
			i, err := c.position(c.recv, c.args[0])
			if i >= 0 {
				return nil, failf("an array cannot grow or shrink")
			}
			return false, err
		}},
	)...)
}

// itemMethods work on positions.
func itemMethods() []method {
	return []method{
		{name: "get", params: []param{pInt}, call: func(c *call) (any, error) {
			l, i := list(c), c.int(0)
			if i < 0 || i >= len(l.Items) {
				return nil, outOfBounds("index", i, len(l.Items))
			}
			return l.Items[i], nil
		}},
		{name: "set", params: []param{pInt, pObject}, call: func(c *call) (any, error) {
			l, i := list(c), c.int(0)
			if i < 0 || i >= len(l.Items) {
				return nil, outOfBounds("index", i, len(l.Items))
			}
			old := l.Items[i]
			return old, setItem(l, i, c.args[1])
		}},
		{name: "indexOf", params: []param{pObject}, call: func(c *call) (any, error) {
			i, err := c.position(c.recv, c.args[0])
			return int32(i), err
		}},
		{name: "lastIndexOf", params: []param{pObject}, call: listLastIndexOf},
		{name: "subList", params: []param{pInt, pInt}, call: listSubList},
		{name: "sort", params: []param{pOther}, call: listSort},
	}
}

// position is where a collection holds an item, -1 if it does not.
func (c *call) position(collection, item any) (int, error) {
	if err := c.r.weigh(collection); err != nil {
		return -1, err
	}
	if err := c.r.weigh(item); err != nil {
		return -1, err
	}
	switch v := collection.(type) {
	case *java.List:
		for i := range v.Items {
			if equalValues(item, v.Items[i]) {
				return i, nil
			}
		}
	case *mapView:
		if v.contains(item) {
			return 0, nil
		}
	}
	return -1, nil
}

// items returns the elements of a collection in a slice of the caller's own.
func items(v any) []any {
	var it iterator
	var out []any
	for iterate(&it, v); it.hasNext(); {
		item, err := it.next()
		if err != nil {
			break
		}
		out = append(out, item)
	}
	return out
}

func (c *call) copyItems(kind java.ListKind, from []any) (any, error) {
	if err := c.r.grow(itemSize * len(from)); err != nil {
		return nil, err
	}
	l := java.NewList(kind, len(from))
	l.Items = append(l.Items, from...)
	return l, nil
}

func collectionContainsAll(c *call) (any, error) {
	for _, item := range items(c.args[0]) {
		i, err := c.position(c.recv, item)
		if err != nil || i < 0 {
			return false, err
		}
	}
	return true, nil
}

// collectionToArray is toArray(array): the items, and behind them a null and the rest of a longer array.
func collectionToArray(c *call) (any, error) {
	all := items(c.recv)
	if n := len(all); n < len(c.args) {
		all = append(append(all, nil), c.args[n+1:]...)
	}
	return c.copyItems(java.Array, all)
}

func listInsert(c *call) (any, error) {
	l, i := list(c), c.int(0)
	if i < 0 || i > len(l.Items) {
		return nil, outOfBounds("index", i, len(l.Items))
	}
	if err := c.r.grow(itemSize); err != nil {
		return nil, err
	}
	if c.r.steps -= (len(l.Items) - i) / 16; c.r.steps < 0 {
		return nil, ErrSteps
	}
	l.Insert(i, c.args[1])
	return void, nil
}

func (c *call) insertAll(at int, from any) (any, error) {
	l := list(c)
	if at < 0 || at > len(l.Items) {
		return nil, outOfBounds("index", at, len(l.Items))
	}
	added := items(from)
	if err := c.r.grow(itemSize * len(added)); err != nil {
		return nil, err
	}
	rest := append(added, l.Items[at:]...)
	l.Items = append(l.Items[:at:at], rest...)
	return len(added) > 0 && len(rest) > 0, nil
}

// keep removes the items that another collection has, or those that it has not.
func (c *call) keep(other any, wanted bool) (any, error) {
	l := list(c)
	var kept []any
	for _, item := range l.Items {
		i, err := c.position(other, item)
		if err != nil {
			return nil, err
		}
		if (i >= 0) == wanted {
			kept = append(kept, item)
		}
	}
	changed := len(kept) != len(l.Items)
	if changed {
		l.Items = kept
	}
	return changed, nil
}

// listEnsureCapacity makes no room: it fails where Java would have none.
func listEnsureCapacity(c *call) (any, error) {
	if c.int(0) > math.MaxInt32/8 {
		return nil, ErrValueSize
	}
	return void, nil
}

func clearList(l *java.List) { l.Items = nil }

func listLastIndexOf(c *call) (any, error) {
	l := list(c)
	if err := c.r.weigh(l); err != nil {
		return nil, err
	}
	for i, v := range slices.Backward(l.Items) {
		if equalValues(c.args[0], v) {
			return int32(i), nil
		}
	}
	return int32(-1), nil
}
