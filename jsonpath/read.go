package jsonpath

import "postern/java"

// readDefinite follows steps that lead to one value at most. With every, ['a','b'] leads nowhere unless both exist.
func readDefinite(steps []step, v any, every bool) (any, error) {
	for i := range steps {
		s := &steps[i]
		switch s.op {
		case opRoot:
		case opProperty:
			m, ok := v.(*java.Map)
			if !ok {
				return nil, ErrNotFound
			}
			if v, ok = m.GetString(s.name); !ok {
				return nil, ErrNotFound
			}
		case opProperties:
			m, ok := v.(*java.Map)
			switch {
			case !ok:
				return nil, ErrNotFound
			case i < len(steps)-1:
				return nil, errMultiNotLeaf
			}
			if every && !hasAll(m, s.names) {
				return nil, ErrNotFound
			}
			v = pick(m, s.names)
		default:
			items, err := arrayOf(v)
			if err != nil {
				return nil, err
			}
			index := int(s.ints[0])
			if s.op == opFromEnd {
				index += len(items)
			}
			if index < 0 || index >= len(items) {
				return nil, ErrNotFound
			}
			v = items[index]
		}
	}
	return v, nil
}

// arrayOf returns the items of an array. Of null nothing is found; an index on anything else is an error.
func arrayOf(v any) ([]any, error) {
	switch v := v.(type) {
	case *java.List:
		return v.Items, nil
	case nil:
		return nil, ErrNotFound
	}
	return nil, errNotArray
}

// pick returns a new map of the members that m has.
func pick(m *java.Map, names []string) *java.Map {
	picked := java.NewMap(len(names))
	for _, name := range names {
		if v, ok := m.GetString(name); ok {
			picked.Put(name, v)
		}
	}
	return picked
}

func hasAll(m *java.Map, names []string) bool {
	for _, name := range names {
		if _, ok := m.GetString(name); !ok {
			return false
		}
	}
	return true
}
