package vtl

import (
	"cmp"
	"math/big"
	"slices"

	"postern/java"
)

// listSort is List.sort(null): by the natural order of the items. No template has another Comparator to give. Items
// without an order, of several classes or null make Java throw, unless there is nothing to compare.
func listSort(c *call) (any, error) {
	items := list(c).Items
	if len(items) < 2 {
		return void, nil
	}
	compare := naturalOrder(classOf(items[0]))
	for _, item := range items {
		if compare == nil || item == nil || classOf(item) != classOf(items[0]) {
			return nil, failf("the items cannot be compared with each other")
		}
	}
	if c.r.steps -= len(items); c.r.steps < 0 {
		return nil, ErrSteps
	}
	if err := c.r.weigh(c.recv); err != nil {
		return nil, err
	}
	slices.SortStableFunc(items, compare)
	return void, nil
}

// naturalOrder is the compareTo of a class, nil for one that is not Comparable.
func naturalOrder(of class) func(a, b any) int {
	switch of {
	case classString:
		return func(a, b any) int { return int(compareUTF16(a.(string), b.(string))) }
	case classInteger, classLong:
		return func(a, b any) int { return cmp.Compare(toLong(a), toLong(b)) }
	case classDouble:
		return func(a, b any) int { return compareDoubles(a.(float64), b.(float64)) }
	case classCharacter:
		return func(a, b any) int { return cmp.Compare(a.(java.Char), b.(java.Char)) }
	case classBigInteger:
		return func(a, b any) int { return a.(*big.Int).Cmp(b.(*big.Int)) }
	case classBigDecimal:
		return func(a, b any) int { return a.(*java.Decimal).Cmp(b.(*java.Decimal)) }
	case classBoolean:
		return func(a, b any) int { return compareBools(a.(bool), b.(bool)) }
	}
	return nil
}
