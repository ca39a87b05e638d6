package xmlwire

import (
	"maps"
	"slices"
)

// Optional writes one member, or nothing when it is absent.
func Optional[T any](w *Writer, name string, value *T, write func(*Writer, *T)) {
	if value == nil {
		return
	}
	w.Open(name)
	write(w, value)
	w.Close(name)
}

// List writes a member that is a list, each element under the name element; nothing when it is nil, <name/> when it is
// empty.
func List[T any](w *Writer, name, element string, list []T, write func(*Writer, *T)) {
	if list == nil {
		return
	}
	w.Open(name)
	for i := range list {
		w.Open(element)
		write(w, &list[i])
		w.Close(element)
	}
	w.Close(name)
}

// Map writes a member that is a map, sorted by key; nothing when it is nil.
func Map[T any](w *Writer, name string, values map[string]T, write func(*Writer, *T)) {
	if values == nil {
		return
	}
	w.Open(name)
	for _, key := range slices.Sorted(maps.Keys(values)) {
		w.Open("entry")
		w.Element("key", key)
		value := values[key]
		w.Open("value")
		write(w, &value)
		w.Close("value")
		w.Close("entry")
	}
	w.Close(name)
}
