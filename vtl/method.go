package vtl

import (
	"sync"

	"postern/java"
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

// isStatic tells whether a method of a class needs no value of it.
func (m *method) isStatic(of class) bool {
	switch of {
	case classString:
		return m.name == "format" || m.name == "join" || m.name == "valueOf" || m.name == "copyValueOf"
	case classInteger, classLong, classDouble, classBoolean, classCharacter: // their own methods take no arguments
		return len(m.params) > 0 && m.name != "compareTo" && m.name != "equals"
	case classBigInteger, classBigDecimal:
		return m.name == "valueOf"
	}
	return false
}

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
		classJSONArray:  jsonArrayMethods(),
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
		if classNumber(class) != classClass {
			methods = append(methods, objectMethods(classNumber(class))...)
		}
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
	if err := r.charge(recv); err != nil {
		return nil, err
	}
	if r.parts != nil {
		if err := r.fresh(recv); err != nil {
			return nil, err
		}
	}
	outer := r.current
	r.current = call{r: r, recv: recv, args: args}
	if m.variadic && len(args) == len(m.params) && args[len(args)-1] == nil {
		r.current.nullRest = true
	}
	v, err := m.call(&r.current)
	r.current = outer
	if r.parts != nil && err == nil {
		err = r.settle(recv)
	}
	return v, err
}

// The functions below read arguments that are known to fit.

func (c *call) str(i int) string {
	s, _ := c.args[i].(string)
	return s
}
