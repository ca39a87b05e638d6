package java

import (
	"math"
	"math/big"
)

// Int returns n as Java's arithmetic on whole numbers keeps it: an Integer if it fits, otherwise a Long.
func Int(n int64) any {
	if n == int64(int32(n)) {
		return int32(n)
	}
	return n
}

// ToInt64 returns a whole number, Integer or Long, as int64; ok is false for everything else.
func ToInt64(v any) (n int64, ok bool) {
	switch v := v.(type) {
	case int32:
		return int64(v), true
	case int64:
		return v, true
	}
	return 0, false
}

// ToBigInt returns a whole number, Integer, Long or BigInteger, as *big.Int; ok is false for everything else. The
// caller must not change it.
func ToBigInt(v any) (n *big.Int, ok bool) {
	switch v := v.(type) {
	case int32:
		return big.NewInt(int64(v)), true
	case int64:
		return big.NewInt(v), true
	case *big.Int:
		return v, true
	}
	return nil, false
}

// ToFloat64 is Number.doubleValue; ok is false if v is not a number.
func ToFloat64(v any) (f float64, ok bool) {
	switch v := v.(type) {
	case int32:
		return float64(v), true
	case int64:
		return float64(v), true
	case float64:
		return v, true
	case *big.Int:
		f, _ = new(big.Float).SetInt(v).Float64()
		return f, true
	case *Decimal:
		return v.Float64(), true
	}
	return 0, false
}

// ToDecimal returns a number as BigDecimal, a Double through its printed form as BigDecimal.valueOf does; ok is
// false if v is not a number, is NaN or infinite.
func ToDecimal(v any) (d *Decimal, ok bool) {
	switch v := v.(type) {
	case *Decimal:
		return v, true
	case float64:
		d, err := ParseDecimal(string(AppendDouble(nil, v)))
		return d, err == nil
	}
	n, ok := ToBigInt(v)
	return &Decimal{Unscaled: n}, ok
}

// LongValue is Number.longValue: a Double is cut off and kept within the range, a larger number loses its high
// bits. ok is false if v is not a number.
func LongValue(v any) (n int64, ok bool) {
	switch v := v.(type) {
	case int32:
		return int64(v), true
	case int64:
		return v, true
	case float64:
		switch {
		case v != v:
			return 0, true
		case v >= math.MaxInt64:
			return math.MaxInt64, true
		case v <= math.MinInt64:
			return math.MinInt64, true
		}
		return int64(v), true
	case *big.Int:
		return lowBits(v), true
	case *Decimal:
		whole, ok := v.BigInt()
		if !ok { // its low 64 bits are all zero
			return 0, true
		}
		return lowBits(whole), true
	}
	return 0, false
}

// IntValue is Number.intValue; ok is false if v is not a number.
func IntValue(v any) (n int32, ok bool) {
	if f, isDouble := v.(float64); isDouble {
		switch {
		case f >= math.MaxInt32:
			return math.MaxInt32, true
		case f <= math.MinInt32:
			return math.MinInt32, true
		}
	}
	long, ok := LongValue(v)
	return int32(long), ok
}

var low64 = new(big.Int).SetUint64(math.MaxUint64)

// lowBits returns the lowest 64 bits of n in two's complement.
func lowBits(n *big.Int) int64 {
	return int64(new(big.Int).And(n, low64).Uint64())
}
