package mapping

import (
	"slices"

	"postern/java"
)

// readable is a map-like object of this package.
type readable interface {
	keys() []any
	get(name string) any
}

// callMap calls a method of java.util.Map that only reads.
func callMap(m readable, method string, args []any) (any, bool, error) {
	switch {
	case method == "get" && len(args) == 1:
		name, _ := args[0].(string)
		return m.get(name), true, nil
	case method == "containsKey" && len(args) == 1:
		for _, k := range m.keys() {
			if java.Equal(k, args[0]) {
				return true, true, nil
			}
		}
		return false, true, nil
	}
	if len(args) != 0 && slices.Contains(contextMethods, method) {
		return nil, true, errArguments
	}
	switch method {
	case "entrySet":
		return java.ArrayListOf(entriesOf(m)...), true, nil
	case "keySet":
		return java.ArrayListOf(m.keys()...), true, nil
	case "values":
		return java.ArrayListOf(valuesOf(m)...), true, nil
	case "size":
		return int32(len(m.keys())), true, nil
	case "isEmpty":
		return len(m.keys()) == 0, true, nil
	}
	return nil, false, nil
}

func valuesOf(m readable) []any {
	values := m.keys()
	for i, k := range values {
		values[i] = m.get(k.(string))
	}
	return values
}

func entriesOf(m readable) []any {
	entries := m.keys()
	for i, k := range entries {
		entries[i] = &entryObject{k.(string), m.get(k.(string))}
	}
	return entries
}

// entryObject is a key with its value, java.util.Map.Entry.
type entryObject struct {
	key   string
	value any
}

// Property implements vtl.Object.
func (e *entryObject) Property(name string) (any, bool) {
	switch name {
	case "key":
		return e.key, true
	case "value":
		return e.value, e.value != nil
	}
	return nil, false
}

// Call implements vtl.Object.
func (e *entryObject) Call(method string, args []any) (any, bool, error) {
	switch {
	case len(args) != 0:
		return nil, false, nil
	case method == "getKey":
		return e.key, true, nil
	case method == "getValue":
		return e.value, e.value != nil, nil
	}
	return nil, false, nil
}

// JavaString implements java.Stringer.
func (e *entryObject) JavaString() string { return e.key + "=" + java.String(e.value) }
