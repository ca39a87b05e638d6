package vtl

import (
	"math/big"

	"postern/java"
)

// Sizes that values count against Limits.ValueSize. Unit: bytes.
const (
	itemSize  = 16
	entrySize = 64
)

// class is the Java class of a value, as far as methods differ.
type class uint8

const (
	classOther class = iota
	classString
	classInteger
	classLong
	classDouble
	classBigInteger
	classBigDecimal
	classBoolean
	classCharacter
	classMap
	classList
	classArray
	classEntry
	classSet
	classCollection
	classIterator
	classScope
	classScopeInfo
	classClass
	classBlock
	classCount
)

func classOf(v any) class {
	switch v := v.(type) {
	case string:
		return classString
	case int32:
		return classInteger
	case *java.Map:
		return classMap
	case *java.List:
		if v.Kind == java.Array {
			return classArray
		}
		return classList
	case bool:
		return classBoolean
	case int64:
		return classLong
	case float64:
		return classDouble
	case *big.Int:
		return classBigInteger
	case *java.Decimal:
		return classBigDecimal
	case java.Char:
		return classCharacter
	case *entry:
		return classEntry
	case *mapView:
		if v.kind == viewValues {
			return classCollection
		}
		return classSet
	case *iterator:
		return classIterator
	case *loopScope:
		return classScope
	case *scopeInfo:
		return classScopeInfo
	case *javaClass:
		return classClass
	case *blockValue:
		return classBlock
	}
	return classOther
}

// object returns the class of v as a value.
func (c class) object(v any) any {
	if c == classClass {
		return nil // what a class is made of is out of reach
	}
	if name := classNameOf(c, v); name != "" {
		return &javaClass{name}
	}
	return nil
}

func classNameOf(c class, v any) string {
	switch c {
	case classEntry:
		return "java.util.LinkedHashMap$Entry"
	case classSet:
		if v.(*mapView).kind == viewEntries {
			return "java.util.LinkedHashMap$LinkedEntrySet"
		}
		return "java.util.LinkedHashMap$LinkedKeySet"
	case classCollection:
		return "java.util.LinkedHashMap$LinkedValues"
	case classIterator:
		return v.(*iterator).className()
	case classScope:
		return "org.apache.velocity.runtime.directive.ForeachScope"
	case classScopeInfo:
		return "org.apache.velocity.runtime.directive.Scope$Info"
	case classClass:
		return "java.lang.Class"
	case classBlock:
		return "org.apache.velocity.runtime.directive.Block$Reference"
	}
	return java.ClassName(v)
}

// javaClass is what $v.class gives. Only its name can be read: a template reaches no reflection.
type javaClass struct{ name string }

// JavaString is Class.toString.
func (c *javaClass) JavaString() string { return "class " + c.name }

// entry is a Map.Entry that writes through to its map.
type entry struct {
	m   *java.Map
	key any
	v   any
}

// current is the value, also if the map has changed since.
func (e *entry) current() any {
	if v, ok := e.m.Get(e.key); ok {
		e.v = v
	}
	return e.v
}

func (e *entry) set(v any) (old any) {
	old = e.current()
	e.v = v
	if _, ok := e.m.Get(e.key); ok {
		e.m.Put(e.key, v)
	}
	return old
}

// JavaString is Map.Entry.toString.
func (e *entry) JavaString() string { return nestedText(e.key) + "=" + nestedText(e.current()) }

// nestedText is the text of a value inside another; one that is too long is cut, as the whole would be too long.
func nestedText(v any) string {
	const longest = 10 << 20
	out, _ := java.PrintString(nil, v, longest)
	return string(out)
}

// viewKind tells which view of a map a mapView is.
type viewKind uint8

const (
	viewKeys viewKind = iota
	viewValues
	viewEntries
)

// mapView is keySet(), values() or entrySet() of a map; it shows what the map holds now.
type mapView struct {
	kind viewKind
	m    *java.Map
}

func (v *mapView) at(i int) any {
	e := v.m.At(i)
	switch v.kind {
	case viewKeys:
		return e.Key
	case viewValues:
		return e.Value
	}
	return &entry{v.m, e.Key, e.Value}
}

func (v *mapView) items() []any {
	out := make([]any, v.m.Len())
	for i := range out {
		out[i] = v.at(i)
	}
	return out
}

// JavaString prints the view like a list.
func (v *mapView) JavaString() string { return nestedText(java.ArrayListOf(v.items()...)) }

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

// comparable tells whether == uses equals for two values: the class of one must extend that of the other.
func comparable(a, b any) bool {
	c, d := classOf(a), classOf(b)
	if c != d {
		return false
	}
	x, ok := a.(*java.List)
	if !ok {
		return true
	}
	y := b.(*java.List)
	return (x.Kind == java.Array) == (y.Kind == java.Array)
}

// equals is a.equals(b), bounded: values may contain one value many times.
func (r *renderer) equals(a, b any) (bool, error) {
	if err := r.weigh(a); err != nil {
		return false, err
	}
	if err := r.weigh(b); err != nil {
		return false, err
	}
	return equalValues(a, b), nil
}

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

// equals compares two sets; two value collections are equal only if they are one.
func (v *mapView) equals(w *mapView) bool {
	if v == w || v.m == w.m && v.kind == w.kind {
		return true
	}
	if v.kind == viewValues || w.kind == viewValues || v.m.Len() != w.m.Len() {
		return false
	}
	for i := range v.m.Len() {
		if !w.contains(v.at(i)) {
			return false
		}
	}
	return true
}

func (v *mapView) contains(item any) bool {
	switch v.kind {
	case viewKeys:
		_, ok := v.m.Get(item)
		return ok
	case viewEntries:
		e, ok := item.(*entry)
		if !ok {
			return false
		}
		value, ok := v.m.Get(e.key)
		return ok && equalValues(value, e.current())
	}
	for i := range v.m.Len() {
		if equalValues(v.m.At(i).Value, item) {
			return true
		}
	}
	return false
}

// weigh counts the parts of a value as steps before something walks over all of them. A template can make a list
// that contains another twice, that one another twice, and so on. A value that contains itself is an error, as Java
// overflows its stack.
func (r *renderer) weigh(v any) error { return r.weighFor(v, false) }

// weighText is weigh for a value that is printed: Java prints one that contains itself directly.
func (r *renderer) weighText(v any) error { return r.weighFor(v, true) }

func (r *renderer) weighFor(v any, text bool) error {
	switch v.(type) {
	case *java.Map, *java.List, *mapView, *entry:
		w := weigher{r, text}
		return w.parts(v, nil, 0)
	}
	return nil
}

// maxDepth is how deep values may contain each other.
const maxDepth = 3000

type weigher struct {
	r    *renderer
	text bool
}

func (w *weigher) parts(v, parent any, depth int) error {
	if depth > maxDepth {
		return ErrNesting
	}
	switch v := v.(type) {
	case *java.List:
		if w.text && parent == any(v) {
			return nil
		}
		if w.r.steps -= len(v.Items); w.r.steps < 0 {
			return ErrSteps
		}
		for _, item := range v.Items {
			if err := w.parts(item, v, depth+1); err != nil {
				return err
			}
		}
	case *java.Map:
		if w.text && parent == any(v) {
			return nil
		}
		for _, e := range v.Entries() {
			if err := w.entry(e.Key, e.Value, v, depth+1); err != nil {
				return err
			}
		}
	case *mapView:
		return w.parts(v.m, nil, depth+1)
	case *entry:
		return w.entry(v.key, v.current(), nil, depth+1)
	}
	return nil
}

func (w *weigher) entry(key, value, parent any, depth int) error {
	if err := w.r.step(); err != nil {
		return err
	}
	if err := w.parts(key, parent, depth); err != nil {
		return err
	}
	return w.parts(value, parent, depth)
}
