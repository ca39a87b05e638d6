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
				n = newNumber(a)
			}
			if n == nil {
				return 0, false, errCompareNumber
			}
			return n.compare(b)
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

// number is a text that is compared with numbers.
type number struct {
	exact   *java.Decimal
	nearest float64 // the double nearest to it
	whole   bool
	long    int64 // if it is whole
}

// newNumber returns nil if text is not a number.
func newNumber(text string) *number {
	d, err := java.ParseDecimal(text)
	if err != nil {
		return nil
	}
	n := &number{exact: d, nearest: d.Float64()}
	if d.Scale == 0 && d.Unscaled.IsInt64() {
		n.whole, n.long = true, d.Unscaled.Int64()
	}
	return n
}

// compare orders the number and b: by value, where b is a double by its printed form. As both are next to the
// doubles they were rounded to, these decide unless they are the same.
func (n *number) compare(b any) (order int, ok bool, err error) {
	if f, ok := b.(float64); ok && f != n.nearest && f-f == 0 {
		return cmp.Compare(n.nearest, f), true, nil
	}
	if long, ok := java.ToInt64(b); ok && n.whole {
		return cmp.Compare(n.long, long), true, nil
	}
	return compareNumbers(n.exact, b)
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
