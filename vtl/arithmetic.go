package vtl

import (
	"math"
	"math/big"

	"postern/java"
)

// numberBase is what a calculation with two numbers is done in.
type numberBase uint8

const (
	baseLong numberBase = iota
	baseDouble
	baseBigInteger
	baseBigDecimal
)

// maxBits is the longest whole number that arithmetic makes: some 120,000 digits.
const maxBits = 400_000

// isWhole tells whether v is an Integer, a Long or a BigInteger.
func isWhole(v any) bool {
	switch v.(type) {
	case int32, int64, *big.Int:
		return true
	}
	return false
}

func isBig(v any) bool {
	_, ok := v.(*big.Int)
	return ok
}

// baseOf chooses as Velocity's MathUtils does: a BigDecimal makes all BigDecimal, and so does a BigInteger beside a
// Double.
func baseOf(a, b any) numberBase {
	_, decimal := a.(*java.Decimal)
	_, decimal2 := b.(*java.Decimal)
	whole := isWhole(a) && isWhole(b)
	switch {
	case decimal || decimal2:
		return baseBigDecimal
	case isBig(a) || isBig(b):
		if whole {
			return baseBigInteger
		}
		return baseBigDecimal
	case whole:
		return baseLong
	}
	return baseDouble
}

// toDecimal is what MathUtils makes of a number: Integer, Long and Double go through the exact value of a double.
func toDecimal(v any) (*java.Decimal, error) {
	switch v := v.(type) {
	case *java.Decimal:
		return v, nil
	case *big.Int:
		return &java.Decimal{Unscaled: v}, nil
	}
	f, _ := java.ToFloat64(v)
	return exactDecimal(f)
}

// exactDecimal is new BigDecimal(f).
func exactDecimal(f float64) (*java.Decimal, error) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil, failf("%s is no decimal number", java.String(f))
	}
	fraction, exp := math.Frexp(f)
	n := big.NewInt(int64(fraction * (1 << 53)))
	exp -= 53
	if n.Sign() == 0 {
		return &java.Decimal{Unscaled: n}, nil
	}
	zeros := int(n.TrailingZeroBits())
	n.Rsh(n, uint(zeros))
	exp += zeros
	if exp >= 0 {
		return &java.Decimal{Unscaled: n.Lsh(n, uint(exp))}, nil
	}
	five := new(big.Int).Exp(big.NewInt(5), big.NewInt(int64(-exp)), nil)
	return &java.Decimal{Unscaled: n.Mul(n, five), Scale: int32(-exp)}, nil
}

func toBig(v any) *big.Int {
	n, _ := java.ToBigInt(v)
	return n
}

func toLong(v any) int64 {
	n, _ := java.LongValue(v)
	return n
}

func toDouble(v any) float64 {
	f, _ := java.ToFloat64(v)
	return f
}

// whole returns n in the wider of the classes of a and b, or the next wider one that holds it.
func whole(n int64, a, b any) any {
	_, narrow := a.(int32)
	_, narrow2 := b.(int32)
	if narrow && narrow2 && n == int64(int32(n)) {
		return boxInt(int32(n))
	}
	return n
}

// calculate applies an operator to two numbers. The result is null when a number is divided by zero.
func calculate(op astKind, a, b any) (any, error) {
	if (op == astDivide || op == astModulo) && isZero(b) {
		return nil, nil
	}
	switch baseOf(a, b) {
	case baseLong:
		return calculateLong(op, a, b), nil
	case baseDouble:
		return calculateDouble(op, toDouble(a), toDouble(b)), nil
	case baseBigInteger:
		return calculateBig(op, toBig(a), toBig(b))
	}
	x, err := toDecimal(a)
	if err != nil {
		return nil, err
	}
	y, err := toDecimal(b)
	if err != nil {
		return nil, err
	}
	return calculateDecimal(op, x, y)
}

func isZero(v any) bool {
	switch v := v.(type) {
	case *big.Int:
		return v.Sign() == 0
	case *java.Decimal:
		return v.Unscaled.Sign() == 0
	}
	return toDouble(v) == 0
}

// calculateLong calculates in 64 bits; what overflows becomes a BigInteger.
func calculateLong(op astKind, a, b any) any {
	x, y := toLong(a), toLong(b)
	switch op {
	case astAdd:
		if n := x + y; (n^x) >= 0 || (n^y) >= 0 {
			return whole(n, a, b)
		}
		return new(big.Int).Add(big.NewInt(x), big.NewInt(y))
	case astSubtract:
		if n := x - y; (n^x) >= 0 || (n^^y) >= 0 {
			return whole(n, a, b)
		}
		return new(big.Int).Sub(big.NewInt(x), big.NewInt(y))
	case astMultiply:
		if n := x * y; y == 0 || n/y == x {
			return whole(n, a, b)
		}
		return new(big.Int).Mul(big.NewInt(x), big.NewInt(y))
	case astDivide:
		return whole(x/y, a, b)
	}
	return whole(x%y, a, b)
}

func calculateDouble(op astKind, x, y float64) any {
	switch op {
	case astAdd:
		return x + y
	case astSubtract:
		return x - y
	case astMultiply:
		return x * y
	case astDivide:
		return x / y
	}
	return math.Mod(x, y)
}

func calculateBig(op astKind, x, y *big.Int) (any, error) {
	n := new(big.Int)
	switch op {
	case astAdd:
		n.Add(x, y)
	case astSubtract:
		n.Sub(x, y)
	case astMultiply:
		if x.BitLen()+y.BitLen() > maxBits {
			return nil, ErrValueSize
		}
		n.Mul(x, y)
	case astDivide:
		n.Quo(x, y)
	default:
		if y.Sign() < 0 {
			return nil, failf("the modulus %s is negative", y)
		}
		n.Mod(x, y)
	}
	if n.BitLen() > maxBits {
		return nil, ErrValueSize
	}
	return n, nil
}

func calculateDecimal(op astKind, x, y *java.Decimal) (any, error) {
	switch op {
	case astAdd, astSubtract:
		a, b, scale, err := align(x, y)
		if err != nil {
			return nil, err
		}
		n := new(big.Int)
		if op == astAdd {
			n.Add(a, b)
		} else {
			n.Sub(a, b)
		}
		return &java.Decimal{Unscaled: n, Scale: scale}, nil
	case astMultiply:
		if x.Unscaled.BitLen()+y.Unscaled.BitLen() > maxBits {
			return nil, ErrValueSize
		}
		scale := int64(x.Scale) + int64(y.Scale)
		if scale != int64(int32(scale)) {
			return nil, failf("the scale of the product is out of range")
		}
		return &java.Decimal{Unscaled: new(big.Int).Mul(x.Unscaled, y.Unscaled), Scale: int32(scale)}, nil
	case astDivide:
		return divideDecimal(x, y, x.Scale, roundHalfDown)
	}
	return nil, failf("the modulo of decimal numbers cannot be calculated")
}

// align brings two numbers to the larger of their scales.
func align(x, y *java.Decimal) (a, b *big.Int, scale int32, err error) {
	scale = max(x.Scale, y.Scale)
	if a, err = rescale(x, scale); err != nil {
		return nil, nil, 0, err
	}
	b, err = rescale(y, scale)
	return a, b, scale, err
}

// rescale returns the unscaled value of x at a scale that is not smaller than its own.
func rescale(x *java.Decimal, scale int32) (*big.Int, error) {
	n := int64(scale) - int64(x.Scale)
	if n == 0 || x.Unscaled.Sign() == 0 {
		return x.Unscaled, nil
	}
	f, err := powerOfTen(n)
	if err != nil {
		return nil, err
	}
	return f.Mul(f, x.Unscaled), nil
}

func powerOfTen(n int64) (*big.Int, error) {
	if n > maxBits/4 {
		return nil, ErrValueSize
	}
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(n), nil), nil
}

// compareNumbers is MathUtils.compare: NaN equals everything.
func compareNumbers(a, b any) (int, error) {
	switch baseOf(a, b) {
	case baseLong:
		return compareOrdered(toLong(a), toLong(b)), nil
	case baseDouble:
		return compareOrdered(toDouble(a), toDouble(b)), nil
	case baseBigInteger:
		return toBig(a).Cmp(toBig(b)), nil
	}
	x, err := toDecimal(a)
	if err != nil {
		return 0, err
	}
	y, err := toDecimal(b)
	if err != nil {
		return 0, err
	}
	return x.Cmp(y), nil
}

func compareOrdered[T int64 | float64](x, y T) int {
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

// numberSize is what a number counts against Limits.ValueSize.
func numberSize(v any) int {
	switch v := v.(type) {
	case *big.Int:
		return 32 + v.BitLen()/8
	case *java.Decimal:
		return 40 + v.Unscaled.BitLen()/8
	}
	return 0
}
