package mapping

import (
	"fmt"
	"slices"

	"postern/java"
)

// The two maps of $context that templates write.
const (
	requestOverride  = "requestOverride"
	responseOverride = "responseOverride"
)

// overrideObject is $context.requestOverride, $context.responseOverride or a map below them. What a template writes
// goes into the exchange, so that the response template of a MOCK integration reads what its request template wrote
// (recorded AWS answer). It prints nothing, like every map of $context.
type overrideObject struct {
	m *java.Map
	// written are the targets that the template has set; nil when it may not write here.
	written *writtenTargets
}

// writtenTargets are what a template has overridden. A target can be set once; setting it again fails the template.
// Source: API Gateway developer guide, "Override your API's request and response parameters and status codes for
// REST APIs in API Gateway".
type writtenTargets []writtenTarget

type writtenTarget struct {
	m   *java.Map
	key string
}

// object returns the object for *m, which it makes with empty maps under names when it is nil.
func (w *writtenTargets) object(m **java.Map, names ...string) *overrideObject {
	if *m == nil {
		*m = emptyOverrides(names...)
	}
	return &overrideObject{*m, w}
}

func emptyOverrides(names ...string) *java.Map {
	m := java.NewMap(len(names))
	for _, name := range names {
		m.Put(name, &java.Map{})
	}
	return m
}

// Property implements vtl.Object.
func (o *overrideObject) Property(name string) (any, bool) {
	v := o.get(name)
	return v, v != nil
}

// Index implements vtl.Indexer.
func (o *overrideObject) Index(key any) (any, bool, error) {
	v, ok := o.Property(java.String(key))
	return v, ok, nil
}

// SetProperty implements vtl.PropertySetter.
func (o *overrideObject) SetProperty(name string, v any) (bool, error) {
	if o.written == nil {
		return false, nil
	}
	target := writtenTarget{o.m, name}
	if slices.Contains(*o.written, target) {
		return false, fmt.Errorf("%s is overridden twice", name)
	}
	*o.written = append(*o.written, target)
	o.m.Put(name, v)
	return true, nil
}

// Call implements vtl.Object.
func (o *overrideObject) Call(method string, args []any) (any, bool, error) {
	switch {
	case o.written == nil:
	case method == "put" && len(args) == 2:
		name := java.String(args[0])
		old := o.get(name)
		_, err := o.SetProperty(name, args[1])
		return old, true, err
	case method == "putAll" && len(args) == 1:
		return o.putAll(args[0])
	}
	return callMap(o, method, args)
}

func (o *overrideObject) putAll(from any) (any, bool, error) {
	m, ok := from.(*java.Map)
	if !ok {
		return nil, false, nil
	}
	for k, v := range m.All() {
		if _, err := o.SetProperty(java.String(k), v); err != nil {
			return nil, true, err
		}
	}
	return nil, true, nil
}

// Values implements vtl.Iterable.
func (o *overrideObject) Values() []any { return valuesOf(o) }

// JavaString implements java.Stringer.
func (o *overrideObject) JavaString() string { return "" }

func (o *overrideObject) keys() []any { return o.m.Keys() }

func (o *overrideObject) get(name string) any {
	v, _ := o.m.GetString(name)
	if below, ok := v.(*java.Map); ok {
		return &overrideObject{below, o.written}
	}
	return v
}
