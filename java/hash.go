package java

import (
	"math"
	"math/big"
)

// HashCode is Java's v.hashCode(), and 0 for null. Equal values have equal hash codes. A Java array and a value of
// the embedder's, whose hash code in Java is their identity's, have 1.
func HashCode(v any) int32 {
	h := hashing{steps: maxSteps}
	return h.of(v, 0)
}

type hashing struct{ steps int }

func (h *hashing) of(v any, depth int) int32 {
	if h.steps--; h.steps < 0 || depth > maxDepth {
		return 0
	}
	switch v := v.(type) {
	case nil:
		return 0
	case bool:
		if v {
			return 1231
		}
		return 1237
	case string:
		return hashString(v)
	case Char:
		return int32(v)
	case int32:
		return v
	case int64:
		return int32(v ^ int64(uint64(v)>>32))
	case float64:
		return hashDouble(v)
	case *big.Int:
		return hashBigInteger(v)
	case *Decimal:
		return 31*hashBigInteger(v.Unscaled) + v.Scale
	case *Map:
		var sum int32
		for key, value := range v.All() {
			sum += h.of(key, depth+1) ^ h.of(value, depth+1)
		}
		return sum
	case *List:
		if v.Kind == Array {
			return 1
		}
		sum := int32(1)
		for _, item := range v.Items {
			sum = 31*sum + h.of(item, depth+1)
		}
		return sum
	}
	return 1
}

func hashString(s string) int32 {
	var h int32
	for _, c := range UTF16(s) {
		h = 31*h + int32(c)
	}
	return h
}

func hashDouble(v float64) int32 {
	bits := math.Float64bits(v)
	if v != v {
		bits = 0x7ff8000000000000 // Java has one NaN
	}
	return int32(bits ^ bits>>32)
}

// hashBigInteger adds up the magnitude's 32-bit digits, the highest first, and gives the sum the number's sign.
func hashBigInteger(v *big.Int) int32 {
	var h int32
	digits := v.Bytes() // big endian
	for len(digits)%4 != 0 {
		digits = append([]byte{0}, digits...)
	}
	for ; len(digits) > 0; digits = digits[4:] {
		h = 31*h + int32(uint32(digits[0])<<24|uint32(digits[1])<<16|uint32(digits[2])<<8|uint32(digits[3]))
	}
	return h * int32(v.Sign())
}
