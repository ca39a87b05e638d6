package vtl

import (
	"math/big"

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
