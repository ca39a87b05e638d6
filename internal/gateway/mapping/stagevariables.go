package mapping

import (
	"maps"
	"slices"

	"postern/java"
)

// stageVariablesObject is $stageVariables. It behaves as a map whose keys are sorted.
type stageVariablesObject map[string]string

// Property implements vtl.Object.
func (s stageVariablesObject) Property(name string) (any, bool) {
	v, ok := s[name]
	return v, ok
}

// Index implements vtl.Indexer.
func (s stageVariablesObject) Index(key any) (any, bool, error) {
	name, _ := key.(string)
	v, ok := s[name]
	return v, ok, nil
}

// Call implements vtl.Object.
func (s stageVariablesObject) Call(method string, args []any) (any, bool, error) {
	return callMap(s, method, args)
}

// Values implements vtl.Iterable.
func (s stageVariablesObject) Values() []any { return valuesOf(s) }

// AppendText implements vtl.TextAppender.
func (s stageVariablesObject) AppendText(dst []byte) ([]byte, error) {
	return java.AppendString(dst, s.asMap()), nil
}

// JavaString implements java.Stringer.
func (s stageVariablesObject) JavaString() string { return java.String(s.asMap()) }

func (s stageVariablesObject) asMap() *java.Map {
	m := java.NewMap(len(s))
	for _, name := range s.keys() {
		m.Put(name, s[name.(string)])
	}
	return m
}

func (s stageVariablesObject) keys() []any {
	keys := make([]any, 0, len(s))
	for _, name := range slices.Sorted(maps.Keys(s)) {
		keys = append(keys, name)
	}
	return keys
}

func (s stageVariablesObject) get(name string) any {
	if v, ok := s[name]; ok {
		return v
	}
	return nil
}
