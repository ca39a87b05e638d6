package java

import (
	"math"
	"math/big"
)

// Equal is Java's a.equals(b), and true for two nulls.
//
// Numbers are equal only within one class: the Integer 1 is not the Long 1, and the BigDecimal 1.0 is not 1.00.
// A list equals another list of either kind with equal items in the same order, but a Java array only itself.
// A value of the embedder's is compared with Go's ==, and is equal to nothing if its type cannot be compared.
// Where Java would overflow its stack on values that contain themselves, the answer is false.
func Equal(a, b any) bool {
	switch a := a.(type) {
	case string:
		b, ok := b.(string)
		return ok && a == b
	case int32:
		b, ok := b.(int32)
		return ok && a == b
	}
	c := comparison{steps: maxSteps}
	return c.equal(a, b, 0)
}

// maxSteps bounds the work on values that contain themselves or one another many times over.
const maxSteps = 1 << 24

// maxDepth bounds the recursion into nested values.
const maxDepth = 5000

type comparison struct{ steps int }

func (c *comparison) equal(a, b any, depth int) bool {
	if c.steps--; c.steps < 0 || depth > maxDepth {
		return false
	}
	switch a := a.(type) {
	case nil:
		return b == nil
	case bool:
		b, ok := b.(bool)
		return ok && a == b
	case string:
		b, ok := b.(string)
		return ok && a == b
	case Char:
		b, ok := b.(Char)
		return ok && a == b
	case int32:
		b, ok := b.(int32)
		return ok && a == b
	case int64:
		b, ok := b.(int64)
		return ok && a == b
	case float64:
		b, ok := b.(float64)
		return ok && (math.Float64bits(a) == math.Float64bits(b) || a != a && b != b)
	case *big.Int:
		b, ok := b.(*big.Int)
		return ok && a.Cmp(b) == 0
	case *Decimal:
		b, ok := b.(*Decimal)
		return ok && a.Scale == b.Scale && a.Unscaled.Cmp(b.Unscaled) == 0
	case *Map:
		b, ok := b.(*Map)
		return ok && c.equalMaps(a, b, depth)
	case *List:
		b, ok := b.(*List)
		return ok && c.equalLists(a, b, depth)
	}
	return equalOther(a, b)
}

func (c *comparison) equalMaps(a, b *Map, depth int) bool {
	if a == b {
		return true
	}
	if a.Len() != b.Len() {
		return false
	}
	for k, v := range a.All() {
		w, ok := b.Get(k)
		if !ok || !c.equal(v, w, depth+1) {
			return false
		}
	}
	return true
}

func (c *comparison) equalLists(a, b *List, depth int) bool {
	if a == b {
		return true
	}
	if a.Kind == Array || b.Kind == Array || len(a.Items) != len(b.Items) {
		return false
	}
	for i := range a.Items {
		if !c.equal(a.Items[i], b.Items[i], depth+1) {
			return false
		}
	}
	return true
}

// equalOther compares values of the embedder's types.
func equalOther(a, b any) (equal bool) {
	defer func() {
		if recover() != nil { // the type has no ==
			equal = false
		}
	}()
	return a == b
}
