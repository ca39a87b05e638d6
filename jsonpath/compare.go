package jsonpath

import (
	"cmp"
	"strings"
	"unsafe"

	"postern/java"
)

// compare orders two values as Jayway does, the right operand first: -1, 0 or 1. ok is false for values that
// cannot be compared; a text against a number must be a number.
func (c *comparison) compare(a, b any) (order int, ok bool, err error) {
	if identical(a, b) {
		return 0, true, nil
	}
	nullA, nullB := isNullish(a), isNullish(b)
	switch {
	case nullA && nullB:
		return 0, true, nil
	case nullA:
		return -1, true, nil
	case nullB:
		return 1, true, nil
	}
	switch a := a.(type) {
	case string:
		switch b := b.(type) {
		case string:
			return java.CompareText(strings.ReplaceAll(a, `\'`, `'`), b), true, nil
		case bool:
			return compareBools(strings.EqualFold(a, "true"), b), true, nil
		}
		if java.IsNumber(b) {
			n := c.right.number
			if c.right.steps != nil {
				n, _ = java.ParseDecimal(a)
			}
			if n == nil {
				return 0, false, errCompareNumber
			}
			return compareNumbers(n, b)
		}
	case bool:
		if b, ok := b.(bool); ok {
			return compareBools(a, b), true, nil
		}
	default:
		if java.IsNumber(a) && java.IsNumber(b) {
			return compareNumbers(a, b)
		}
	}
	return 0, false, nil
}

// identical reports whether two values are one object to Java, which is then equal to itself whatever it holds.
func identical(a, b any) bool {
	switch a := a.(type) {
	case nil:
		return b == nil
	case *java.Map:
		b, ok := b.(*java.Map)
		return ok && a == b
	case *java.List:
		b, ok := b.(*java.List)
		return ok && a == b
	case string:
		b, ok := b.(string)
		return ok && len(a) == len(b) && unsafe.StringData(a) == unsafe.StringData(b)
	}
	return false
}

// isNullish reports whether v is null, or the text that says so.
func isNullish(v any) bool {
	return v == nil || v == any("null")
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// compareNumbers compares two numbers by their printed forms.
func compareNumbers(a, b any) (order int, ok bool, err error) {
	if x, ok := java.ToInt64(a); ok {
		if y, ok := java.ToInt64(b); ok {
			return cmp.Compare(x, y), true, nil
		}
	}
	if x, ok := a.(float64); ok {
		if y, ok := b.(float64); ok && x-x == 0 && y-y == 0 {
			return cmp.Compare(x, y), true, nil
		}
	}
	x, ok := java.ToDecimal(a)
	if !ok {
		return 0, false, errCompareNumber
	}
	y, ok := java.ToDecimal(b)
	if !ok {
		return 0, false, errCompareNumber
	}
	return x.Cmp(y), true, nil
}
