package vtl

import (
	"math/big"

	"postern/java"
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
	classJSONArray
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
		switch v.Kind {
		case java.Array:
			return classArray
		case java.JSONArray:
			return classJSONArray
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
		return nil // $x.class.class is out of reach
	}
	if name := classNameOf(c, v); name != "" {
		return &javaClass{name, c}
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

// javaClass is what $v.class gives. Its name can be read and its static methods called: a template reaches no
// reflection.
type javaClass struct {
	name string
	// of is the class that it stands for.
	of class
}

// JavaString is Class.toString.
func (c *javaClass) JavaString() string { return "class " + c.name }

// sameClass tells whether == uses equals for two values: the class of one must extend that of the other.
func sameClass(a, b any) bool {
	c, d := classOf(a), classOf(b)
	return c == d || isList(c) && isList(d)
}

func isList(c class) bool { return c == classList || c == classJSONArray }
