package vtl

import "postern/java"

// mapOf is the map that a method of a map works on.
func mapOf(c *call) *java.Map {
	switch m := c.recv.(type) {
	case *java.Map:
		return m
	case *loopScope:
		return &m.values
	}
	return nil
}

// mapMethods are the methods of java.util.LinkedHashMap.
func mapMethods() []method {
	key := []param{pObject}
	return []method{
		{name: "get", params: key, call: mapGet},
		{name: "getOrDefault", params: []param{pObject, pObject}, call: func(c *call) (any, error) {
			if err := c.r.weigh(c.args[0]); err != nil {
				return nil, err
			}
			if v, ok := mapOf(c).Get(c.args[0]); ok {
				return v, nil
			}
			return c.args[1], nil
		}},
		{name: "put", params: []param{pObject, pObject}, call: func(c *call) (any, error) {
			return c.put(c.args[0], c.args[1])
		}},
		{name: "putIfAbsent", params: []param{pObject, pObject}, call: func(c *call) (any, error) {
			old, err := mapGet(c)
			if err != nil || old != nil {
				return old, err
			}
			return c.put(c.args[0], c.args[1])
		}},
		{name: "putAll", params: []param{pMap}, call: nullSafe(mapPutAll)},
		{name: "remove", params: key, call: func(c *call) (any, error) {
			if err := c.r.weigh(c.args[0]); err != nil {
				return nil, err
			}
			old, _ := mapOf(c).Delete(c.args[0])
			return old, nil
		}},
		{name: "remove", params: []param{pObject, pObject}, call: mapRemovePair},
		{name: "replace", params: []param{pObject, pObject}, call: mapReplace},
		{name: "replace", params: []param{pObject, pObject, pObject}, call: mapReplacePair},
		{name: "containsKey", params: key, call: func(c *call) (any, error) {
			if err := c.r.weigh(c.args[0]); err != nil {
				return nil, err
			}
			_, ok := mapOf(c).Get(c.args[0])
			return ok, nil
		}},
		{name: "containsValue", params: key, call: func(c *call) (any, error) {
			if err := c.r.weigh(c.recv); err != nil {
				return nil, err
			}
			return (&mapView{viewValues, mapOf(c)}).contains(c.args[0]), nil
		}},
		{name: "size", call: func(c *call) (any, error) { return boxInt(int32(mapOf(c).Len())), nil }},
		{name: "isEmpty", call: func(c *call) (any, error) { return mapOf(c).Len() == 0, nil }},
		{name: "clear", call: func(c *call) (any, error) { mapOf(c).Clear(); return void, nil }},
		{name: "keySet", call: func(c *call) (any, error) { return &mapView{viewKeys, mapOf(c)}, nil }},
		{name: "values", call: func(c *call) (any, error) { return &mapView{viewValues, mapOf(c)}, nil }},
		{name: "entrySet", call: func(c *call) (any, error) { return &mapView{viewEntries, mapOf(c)}, nil }},
		{name: "clone", call: func(c *call) (any, error) {
			m := mapOf(c)
			return m.Clone(), c.r.grow(entrySize * m.Len())
		}},
	}
}

func mapGet(c *call) (any, error) {
	if err := c.r.weigh(c.args[0]); err != nil {
		return nil, err
	}
	v, _ := mapOf(c).Get(c.args[0])
	return v, nil
}

func (c *call) put(key, v any) (old any, err error) {
	if err := c.r.weigh(key); err != nil {
		return nil, err
	}
	if err := c.r.grow(entrySize); err != nil {
		return nil, err
	}
	return mapOf(c).Put(key, v), nil
}

func mapPutAll(c *call) (any, error) {
	from, ok := c.args[0].(*java.Map)
	if !ok {
		from = &c.args[0].(*loopScope).values
	}
	for _, e := range append([]java.Entry(nil), from.Entries()...) {
		if _, err := c.put(e.Key, e.Value); err != nil {
			return nil, err
		}
	}
	return void, nil
}

// holds tells whether the map has the first argument as a key of the second.
func (c *call) holds() (bool, error) {
	old, err := mapGet(c)
	if err != nil {
		return false, err
	}
	if _, ok := mapOf(c).Get(c.args[0]); !ok {
		return false, nil
	}
	return c.r.equals(old, c.args[1])
}

func mapRemovePair(c *call) (any, error) {
	ok, err := c.holds()
	if ok {
		mapOf(c).Delete(c.args[0])
	}
	return ok, err
}

func mapReplace(c *call) (any, error) {
	if err := c.r.weigh(c.args[0]); err != nil {
		return nil, err
	}
	if _, ok := mapOf(c).Get(c.args[0]); !ok {
		return nil, nil
	}
	return c.put(c.args[0], c.args[1])
}

func mapReplacePair(c *call) (any, error) {
	ok, err := c.holds()
	if !ok || err != nil {
		return ok, err
	}
	_, err = c.put(c.args[0], c.args[2])
	return true, err
}

// entryMethods are the methods of java.util.Map.Entry.
func entryMethods() []method {
	return []method{
		get("getKey", func(v any) any { return v.(*entry).key }),
		get("getValue", func(v any) any { return v.(*entry).current() }),
		{name: "setValue", params: []param{pObject}, call: func(c *call) (any, error) {
			return c.recv.(*entry).set(c.args[0]), nil
		}},
	}
}

// viewMethods are the methods of keySet(), values() and entrySet().
func viewMethods() []method {
	return append(collectionQueries(), []method{
		{name: "add", params: []param{pObject}, call: func(*call) (any, error) {
			return nil, failf("nothing can be added to a view of a map")
		}},
		{name: "addAll", params: []param{pCollection}, call: nullSafe(func(c *call) (any, error) {
			if n, _ := sizeOf(c.args[0]); n == 0 {
				return false, nil
			}
			return nil, failf("nothing can be added to a view of a map")
		})},
		{name: "remove", params: []param{pObject}, call: func(c *call) (any, error) {
			return c.removeFromView(func(item any) (bool, error) { return equalValues(item, c.args[0]), nil }, true)
		}},
		{name: "removeAll", params: []param{pCollection}, call: nullSafe(func(c *call) (any, error) {
			return c.removeFromView(func(item any) (bool, error) {
				i, err := c.position(c.args[0], item)
				return i >= 0, err
			}, false)
		})},
		{name: "retainAll", params: []param{pCollection}, call: nullSafe(func(c *call) (any, error) {
			return c.removeFromView(func(item any) (bool, error) {
				i, err := c.position(c.args[0], item)
				return i < 0, err
			}, false)
		})},
		{name: "clear", call: func(c *call) (any, error) { c.recv.(*mapView).m.Clear(); return void, nil }},
	}...)
}

// removeFromView removes the entries of the map that a view shows, the first that matches or all.
func (c *call) removeFromView(matches func(any) (bool, error), first bool) (any, error) {
	v := c.recv.(*mapView)
	if err := c.r.weigh(v); err != nil {
		return nil, err
	}
	removed := false
	for i := 0; i < v.m.Len(); {
		ok, err := matches(v.at(i))
		if err != nil {
			return nil, err
		}
		if !ok {
			i++
			continue
		}
		v.m.Delete(v.m.At(i).Key)
		removed = true
		if first {
			break
		}
	}
	return removed, nil
}

// iteratorMethods are the methods of java.util.Iterator.
func iteratorMethods() []method {
	return []method{
		{name: "hasNext", call: func(c *call) (any, error) { return c.recv.(*iterator).hasNext(), nil }},
		{name: "next", call: func(c *call) (any, error) { return c.recv.(*iterator).next() }},
		{name: "remove", call: func(c *call) (any, error) { return void, c.recv.(*iterator).remove() }},
	}
}

// scopeMethods are the methods of $foreach: facts about the loop, and those of a map.
func scopeMethods() []method {
	fact := func(name, property string) method {
		return get(name, func(v any) any { return v.(*loopScope).property(property) })
	}
	ms := []method{
		fact("getIndex", "index"), fact("getCount", "count"), fact("hasNext", "hasNext"), fact("getHasNext", "hasNext"),
		fact("isFirst", "first"), fact("getFirst", "first"), fact("isLast", "last"), fact("getLast", "last"),
		fact("getParent", "parent"), fact("getTopmost", "topmost"), fact("getReplaced", "replaced"),
		fact("getInfo", "info"),
	}
	for _, m := range mapMethods() {
		switch m.name {
		case "get":
			m.call = func(c *call) (any, error) { return c.recv.(*loopScope).get(c.args[0]), nil }
		case "clone":
			continue
		}
		ms = append(ms, m)
	}
	return ms
}

// scopeInfoMethods are the methods of $foreach.info.
func scopeInfoMethods() []method {
	var ms []method
	for _, p := range []string{"name", "type", "depth", "template", "line", "column"} {
		name := "get" + string(p[0]-'a'+'A') + p[1:]
		ms = append(ms, get(name, func(v any) any { return v.(*scopeInfo).property(p) }))
	}
	return ms
}

// classMethods are what a template may ask a class itself.
func classMethods() []method {
	return []method{
		get("getName", func(v any) any { return v.(*javaClass).name }),
		get("getClass", func(v any) any { return &javaClass{classNameOf(classClass, v), classClass} }),
	}
}
