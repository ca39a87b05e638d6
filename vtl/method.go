package vtl

import (
	"math/big"
	"sync"

	"postern/java"
)

// param is the declared type of a method's parameter.
type param uint8

const (
	pObject param = iota
	pString
	pCharSequence
	pInt
	pLong
	pDouble
	pFloat
	pChar
	pBool
	pInteger
	pLongObject
	pDoubleObject
	pBooleanObject
	pCharacter
	pNumber
	pBigInteger
	pBigDecimal
	pCollection
	pIterable
	pMap
	pObjects   // Object...
	pSequences // CharSequence...
	pCharArray // char[]
	pOther     // a class of which templates have no value: only null fits
)

// method is one overload of a method of a Java class.
type method struct {
	name   string
	params []param
	// variadic tells that the last parameter takes any number of arguments.
	variadic bool
	// call gets arguments that fit the parameters: see the functions that read them. Arguments of the variadic
	// parameter come one by one.
	call func(c *call) (any, error)
}

// call is one call of a method.
type call struct {
	r    *renderer
	recv any
	args []any
}

// void is the value of a method that returns nothing: the empty string.
var void any = ""

// candidates are the overloads of one name, by class of the receiver.
type candidates [classCount][]*method

// methodTable returns the overloads of all methods by name. It is built once and never changes.
var methodTable = sync.OnceValue(func() map[string]*candidates {
	t := map[string]*candidates{}
	for class, methods := range [classCount][]method{
		classString:     stringMethods(),
		classInteger:    integerMethods(),
		classLong:       longMethods(),
		classDouble:     doubleMethods(),
		classBigInteger: bigIntegerMethods(),
		classBigDecimal: bigDecimalMethods(),
		classBoolean:    booleanMethods(),
		classCharacter:  characterMethods(),
		classMap:        mapMethods(),
		classList:       listMethods(),
		classArray:      arrayMethods(),
		classEntry:      entryMethods(),
		classSet:        viewMethods(),
		classCollection: viewMethods(),
		classIterator:   iteratorMethods(),
		classScope:      scopeMethods(),
		classScopeInfo:  scopeInfoMethods(),
		classClass:      classMethods(),
		classBlock:      nil,
	} {
		methods = append(methods, objectMethods(classNumber(class))...)
		methods = append(methods, bridges(methods)...)
		for i := range methods {
			m := &methods[i]
			c := t[m.name]
			if c == nil {
				c = new(candidates)
				t[m.name] = c
			}
			c[class] = append(c[class], m)
		}
	}
	return t
})

// bridges are what Java adds for Comparable: compareTo(Object), which throws for what is of another class.
func bridges(methods []method) []method {
	for i := range methods {
		if m := &methods[i]; m.name == "compareTo" {
			return []method{{name: m.name, params: []param{pObject}, call: func(*call) (any, error) {
				return nil, failf("the argument of compareTo is null or of another class")
			}}}
		}
	}
	return nil
}

func classNumber(i int) class { return class(i) }

// find chooses the overload for the arguments as Velocity's MethodMap does: the one whose types are exactly the
// arguments', else the most specific of those that apply, nil if there is none or no most specific one.
func (c *candidates) find(class class, args []any) *method {
	list := c[class]
	if len(list) == 1 {
		if list[0].applies(args) {
			return list[0]
		}
		return nil
	}
	for _, m := range list {
		if m.exact(args) {
			return m
		}
	}
	return mostSpecific(list, args)
}

// mostSpecific returns the one method that all others which apply are less specific than.
func mostSpecific(list []*method, args []any) *method {
	var found *method
	var rivals []*method
	for _, m := range list {
		if !m.applies(args) {
			continue
		}
		if found == nil {
			found = m
			continue
		}
		switch compareMethods(m, found) {
		case moreSpecific:
			if len(rivals) == 0 {
				found = m
			} else {
				found, rivals = beatRivals(m, found, rivals)
			}
		case incomparable:
			rivals = append(rivals, m)
		}
	}
	if len(rivals) > 0 {
		return nil
	}
	return found
}

// beatRivals lets m, which is more specific than found, replace it if it is more specific than a rival too.
func beatRivals(m, found *method, rivals []*method) (*method, []*method) {
	for _, rival := range rivals {
		switch compareMethods(m, rival) {
		case moreSpecific:
			return m, nil
		case incomparable:
			rivals = append(rivals, m)
		}
	}
	return found, rivals
}

func (m *method) exact(args []any) bool {
	if len(args) != len(m.params) {
		return false
	}
	for i, p := range m.params {
		if !p.is(args[i]) {
			return false
		}
	}
	return true
}

func (m *method) applies(args []any) bool {
	n := len(m.params)
	if n == 0 {
		return true // Velocity checks no further, and the call fails if there are arguments
	}
	if !m.variadic {
		if len(args) != n {
			return false
		}
		for i, p := range m.params {
			if !p.accepts(args[i]) {
				return false
			}
		}
		return true
	}
	if len(args) < n-1 {
		return false
	}
	for i, p := range m.params[:n-1] {
		if !p.accepts(args[i]) {
			return false
		}
	}
	rest := args[n-1:]
	if len(rest) == 1 {
		if l, ok := rest[0].(*java.List); ok && l.Kind == java.Array || rest[0] == nil {
			return m.params[n-1].acceptsArray(rest[0])
		}
	}
	for _, a := range rest {
		if !m.params[n-1].element().accepts(a) {
			return false
		}
	}
	return true
}

func (m *method) invoke(r *renderer, recv any, args []any) (any, error) {
	if len(m.params) == 0 && len(args) > 0 {
		return nil, failf("wrong number of arguments")
	}
	if m.variadic && len(args) == len(m.params) {
		last := len(args) - 1
		if l, ok := args[last].(*java.List); ok && l.Kind == java.Array {
			args = append(append([]any(nil), args[:last]...), l.Items...)
		}
	}
	outer := r.current
	r.current = call{r, recv, args}
	v, err := m.call(&r.current)
	r.current = outer
	return v, err
}

// is tells whether v is of exactly this type, a primitive counting as its class.
func (p param) is(v any) bool {
	switch p {
	case pObject:
		return v == nil
	case pString:
		_, ok := v.(string)
		return ok
	case pInt, pInteger:
		_, ok := v.(int32)
		return ok
	case pLong, pLongObject:
		_, ok := v.(int64)
		return ok
	case pDouble, pDoubleObject:
		_, ok := v.(float64)
		return ok
	case pChar, pCharacter:
		_, ok := v.(java.Char)
		return ok
	case pBool, pBooleanObject:
		_, ok := v.(bool)
		return ok
	case pBigInteger:
		_, ok := v.(*big.Int)
		return ok
	case pBigDecimal:
		_, ok := v.(*java.Decimal)
		return ok
	}
	return false
}

// accepts tells whether an argument can be passed: a primitive takes what widens to it, but no null.
func (p param) accepts(v any) bool {
	if v == nil {
		return !p.primitive()
	}
	switch p {
	case pObject:
		return true
	case pCharSequence:
		_, ok := v.(string)
		return ok
	case pLong:
		switch v.(type) {
		case int32, int64:
			return true
		}
		return false
	case pDouble, pFloat:
		switch v.(type) {
		case float64:
			return p == pDouble
		case int32, int64:
			return true
		}
		return false
	case pNumber:
		return java.IsNumber(v)
	case pCollection, pIterable:
		switch v := v.(type) {
		case *java.List:
			return v.Kind != java.Array
		case *mapView:
			return true
		}
		return false
	case pMap:
		switch v.(type) {
		case *java.Map, *loopScope:
			return true
		}
		return false
	case pObjects, pSequences, pCharArray, pOther:
		return p.acceptsArray(v)
	}
	return p.is(v)
}

func (p param) primitive() bool { return p >= pInt && p <= pBool }

// acceptsArray tells whether an array can be passed for the parameter.
func (p param) acceptsArray(v any) bool {
	if v == nil {
		return true
	}
	l, ok := v.(*java.List)
	if !ok || l.Kind != java.Array {
		return false
	}
	switch p {
	case pCharArray:
		return arrayType(l) == arrayOfChars
	case pObjects, pSequences:
		return arrayType(l) == arrayOfStrings
	}
	return false
}

// element is the type of an array's elements.
func (p param) element() param {
	switch p {
	case pSequences:
		return pCharSequence
	case pCharArray:
		return pChar
	}
	return pObject
}

type specificity uint8

const (
	incomparable specificity = iota
	moreSpecific
	lessSpecific
)

// compareMethods tells which of two overloads is the more specific: the one with more parameters, else the one with
// narrower ones.
func compareMethods(a, b *method) specificity {
	if len(a.params) != len(b.params) {
		if len(a.params) > len(b.params) {
			return moreSpecific
		}
		return lessSpecific
	}
	aMore, bMore := false, false
	for i := range a.params {
		if a.params[i] != b.params[i] {
			aMore = aMore || a.params[i].widensTo(b.params[i])
			bMore = bMore || b.params[i].widensTo(a.params[i])
		}
	}
	switch {
	case aMore && bMore && a.variadic != b.variadic:
		if b.variadic {
			return moreSpecific
		}
		return lessSpecific
	case aMore && !bMore:
		return moreSpecific
	case bMore && !aMore:
		return lessSpecific
	}
	return incomparable
}

// widensTo tells whether every value of type p can be passed for a q.
func (p param) widensTo(q param) bool {
	switch q {
	case pObject:
		return true
	case pCharSequence:
		return p == pString
	case pLong:
		return p == pInt
	case pFloat:
		return p == pInt || p == pLong
	case pDouble:
		return p == pInt || p == pLong || p == pFloat
	case pNumber:
		return p == pInteger || p == pLongObject || p == pDoubleObject || p == pBigInteger || p == pBigDecimal
	case pIterable:
		return p == pCollection
	case pObjects:
		return !p.primitive()
	case pSequences:
		return p == pString || p == pCharSequence
	}
	return false
}

// The functions below read arguments that are known to fit.

func (c *call) str(i int) string {
	s, _ := c.args[i].(string)
	return s
}

func (c *call) int(i int) int {
	switch v := c.args[i].(type) {
	case int32:
		return int(v)
	case java.Char:
		return int(v)
	}
	return 0
}

func (c *call) long(i int) int64 { return toLong(c.args[i]) }

func (c *call) double(i int) float64 { return toDouble(c.args[i]) }

// strOr reads a string that must not be null.
func (c *call) notNull(i int) error {
	if c.args[i] == nil {
		return failf("an argument is null")
	}
	return nil
}

// text is String.valueOf of an argument.
func (c *call) text(i int) (string, error) {
	if c.args[i] == nil {
		return "null", nil
	}
	s, ok, err := c.r.toString(c.args[i])
	if err == nil && !ok {
		return "null", nil
	}
	return s, err
}

// result counts a new string against the bounds.
func (c *call) result(s string) (any, error) {
	if err := c.r.grow(len(s)); err != nil {
		return nil, err
	}
	return s, nil
}

// get is a method without arguments that cannot fail.
func get(name string, f func(recv any) any) method {
	return method{name: name, call: func(c *call) (any, error) { return f(c.recv), nil }}
}

// objectMethods are the methods that every value has.
func objectMethods(class class) []method {
	return []method{
		{name: "toString", call: func(c *call) (any, error) {
			if class == classString {
				return c.recv, nil
			}
			s, ok, err := c.r.toString(c.recv)
			if err != nil || !ok {
				return nil, err
			}
			return s, nil
		}},
		{name: "equals", params: []param{pObject}, call: func(c *call) (any, error) {
			return c.r.equalsResult(c.recv, c.args[0])
		}},
		{name: "hashCode", call: func(c *call) (any, error) { return c.r.hashCode(c.recv) }},
		{name: "getClass", call: func(c *call) (any, error) { return class.object(c.recv), nil }},
	}
}

func (r *renderer) equalsResult(a, b any) (any, error) {
	ok, err := r.equals(a, b)
	return ok, err
}

func (r *renderer) hashCode(v any) (any, error) {
	if err := r.weigh(v); err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case *entry:
		return java.HashCode(v.key) ^ java.HashCode(v.current()), nil
	case *loopScope:
		return java.HashCode(&v.values), nil
	case *mapView:
		sum := int32(0)
		if v.kind == viewValues {
			return int32(1), nil
		}
		for i := range v.m.Len() {
			h, err := r.hashCode(v.at(i))
			if err != nil {
				return nil, err
			}
			sum += h.(int32)
		}
		return sum, nil
	}
	return java.HashCode(v), nil
}
