package vtl

import (
	"math"
	"math/big"
	"strings"

	"postern/java"
)

func lowestSetBit(n *big.Int) int32 {
	if n.Sign() == 0 {
		return -1
	}
	return int32(n.TrailingZeroBits())
}

// bigIntegerMethods are the methods of java.math.BigInteger.
func bigIntegerMethods() []method {
	big1 := []param{pBigInteger}
	two := func(name string, f func(z, x, y *big.Int) *big.Int) method {
		return method{name: name, params: big1, call: nullSafe(func(c *call) (any, error) {
			return c.big(f(new(big.Int), c.recv.(*big.Int), c.args[0].(*big.Int)))
		})}
	}
	divide := func(name string, f func(z, x, y *big.Int) *big.Int) method {
		m := two(name, f)
		inner := m.call
		m.call = func(c *call) (any, error) {
			if y, ok := c.args[0].(*big.Int); ok && y.Sign() == 0 {
				return nil, failf("BigInteger divide by zero")
			}
			return inner(c)
		}
		return m
	}
	one := func(name string, f func(z, x *big.Int) *big.Int) method {
		return method{name: name, call: func(c *call) (any, error) { return c.big(f(new(big.Int), c.recv.(*big.Int))) }}
	}
	return append(numberMethods(), []method{
		two("add", (*big.Int).Add), two("subtract", (*big.Int).Sub), two("and", (*big.Int).And), two("or", (*big.Int).Or),
		two("xor", (*big.Int).Xor), two("andNot", (*big.Int).AndNot),
		two("gcd", func(z, x, y *big.Int) *big.Int { return z.GCD(nil, nil, new(big.Int).Abs(x), new(big.Int).Abs(y)) }),
		{name: "multiply", params: big1, call: nullSafe(func(c *call) (any, error) {
			return calculateBig(astMultiply, c.recv.(*big.Int), c.args[0].(*big.Int))
		})},
		divide("divide", (*big.Int).Quo), divide("remainder", (*big.Int).Rem),
		{name: "mod", params: big1, call: nullSafe(func(c *call) (any, error) {
			if c.args[0].(*big.Int).Sign() <= 0 {
				return nil, failf("the modulus is not positive")
			}
			return c.big(new(big.Int).Mod(c.recv.(*big.Int), c.args[0].(*big.Int)))
		})},
		two("min", func(_, x, y *big.Int) *big.Int {
			if x.Cmp(y) < 0 {
				return x
			}
			return y
		}),
		two("max", func(_, x, y *big.Int) *big.Int {
			if x.Cmp(y) > 0 {
				return x
			}
			return y
		}),
		one("abs", (*big.Int).Abs), one("negate", (*big.Int).Neg), one("not", (*big.Int).Not),
		{name: "sqrt", call: func(c *call) (any, error) {
			if c.recv.(*big.Int).Sign() < 0 {
				return nil, failf("negative BigInteger")
			}
			return c.big(new(big.Int).Sqrt(c.recv.(*big.Int)))
		}},
		{name: "pow", params: []param{pInt}, call: bigPow},
		{name: "shiftLeft", params: []param{pInt}, call: func(c *call) (any, error) { return bigShift(c, c.int(0)) }},
		{name: "shiftRight", params: []param{pInt}, call: func(c *call) (any, error) { return bigShift(c, -c.int(0)) }},
		{name: "testBit", params: []param{pInt}, call: func(c *call) (any, error) {
			if c.int(0) < 0 {
				return nil, failf("negative bit address")
			}
			return c.recv.(*big.Int).Bit(c.int(0)) == 1, nil
		}},
		get("signum", func(v any) any { return int32(v.(*big.Int).Sign()) }),
		get("bitLength", func(v any) any { return bigBitLength(v.(*big.Int)) }),
		get("getLowestSetBit", func(v any) any { return lowestSetBit(v.(*big.Int)) }),
		{name: "compareTo", params: big1, call: nullSafe(func(c *call) (any, error) {
			return int32(c.recv.(*big.Int).Cmp(c.args[0].(*big.Int))), nil
		})},
		{name: "valueOf", params: []param{pLong}, call: func(c *call) (any, error) { return big.NewInt(c.long(0)), nil }},
		{name: "toString", params: []param{pInt}, call: func(c *call) (any, error) {
			radix := c.int(0)
			if radix < 2 || radix > 36 {
				radix = 10
			}
			return c.result(c.recv.(*big.Int).Text(radix))
		}},
		{name: "intValueExact", call: func(c *call) (any, error) { return exact(c.recv.(*big.Int), math.MinInt32, math.MaxInt32) }},
		{name: "longValueExact", call: func(c *call) (any, error) {
			v, err := exact(c.recv.(*big.Int), math.MinInt64, math.MaxInt64)
			if n, ok := v.(int32); ok {
				return int64(n), err
			}
			return v, err
		}},
	}...)
}

// big counts a new number against the bounds.
func (c *call) big(n *big.Int) (any, error) {
	if n.BitLen() > maxBits {
		return nil, ErrValueSize
	}
	return n, c.r.grow(numberSize(n))
}

// bigBitLength is BigInteger.bitLength: without the sign bit of the two's complement.
func bigBitLength(n *big.Int) int32 {
	if n.Sign() < 0 {
		return int32(new(big.Int).Not(n).BitLen())
	}
	return int32(n.BitLen())
}

// exact returns n as Integer if max is Integer's, else as Long; it fails when n is out of range.
func exact(n *big.Int, low, high int64) (any, error) {
	if !n.IsInt64() || n.Int64() < low || n.Int64() > high {
		return nil, failf("BigInteger out of range")
	}
	if high == math.MaxInt32 {
		return int32(n.Int64()), nil
	}
	return n.Int64(), nil
}

func bigPow(c *call) (any, error) {
	x, n := c.recv.(*big.Int), c.int(0)
	if n < 0 {
		return nil, failf("negative exponent")
	}
	if x.BitLen() > 1 && n > maxBits/(x.BitLen()-1) {
		return nil, ErrValueSize
	}
	if x.BitLen() <= 1 {
		n = min(n, 2+n%2)
	}
	return c.big(new(big.Int).Exp(x, big.NewInt(int64(n)), nil))
}

func bigShift(c *call, left int) (any, error) {
	x := c.recv.(*big.Int)
	if left < 0 {
		return c.big(new(big.Int).Rsh(x, uint(-left)))
	}
	if x.Sign() != 0 && x.BitLen()+left > maxBits {
		return nil, ErrValueSize
	}
	if x.Sign() == 0 {
		return x, nil
	}
	return c.big(new(big.Int).Lsh(x, uint(left)))
}

// bigDecimalMethods are the methods of java.math.BigDecimal.
func bigDecimalMethods() []method {
	dec := []param{pBigDecimal}
	two := func(name string, f func(x, y *java.Decimal) (any, error)) method {
		return method{name: name, params: dec, call: nullSafe(func(c *call) (any, error) {
			return c.decimal(f(c.recv.(*java.Decimal), c.args[0].(*java.Decimal)))
		})}
	}
	operation := func(name string, op astKind) method {
		return two(name, func(x, y *java.Decimal) (any, error) { return calculateDecimal(op, x, y) })
	}
	mode := func(c *call, i int) (rounding, error) {
		if m := c.int(i); m >= 0 && m <= int(roundUnnecessary) {
			return rounding(m), nil
		}
		return 0, failf("invalid rounding mode")
	}
	return append(append(numberMethods(), decimalQueries()...), []method{
		operation("add", astAdd), operation("subtract", astSubtract), operation("multiply", astMultiply),
		{name: "divide", params: dec, call: nullSafe(func(c *call) (any, error) {
			return c.decimal(divideExactly(c.recv.(*java.Decimal), c.args[0].(*java.Decimal)))
		})},
		{name: "divide", params: []param{pBigDecimal, pInt}, call: nullSafe(func(c *call) (any, error) {
			m, err := mode(c, 1)
			if err != nil {
				return nil, err
			}
			x := c.recv.(*java.Decimal)
			return c.decimal(divideChecked(x, c.args[0].(*java.Decimal), x.Scale, m))
		})},
		{name: "divide", params: []param{pBigDecimal, pInt, pInt}, call: nullSafe(func(c *call) (any, error) {
			m, err := mode(c, 2)
			if err != nil {
				return nil, err
			}
			return c.decimal(divideChecked(c.recv.(*java.Decimal), c.args[0].(*java.Decimal), int32(c.int(1)), m))
		})},
		noRounding("divide", pBigDecimal, pInt, pOther), noRounding("setScale", pInt, pOther),
		two("remainder", decimalRemainder),
		{name: "setScale", params: []param{pInt}, call: func(c *call) (any, error) {
			return c.decimal(setScale(c.recv.(*java.Decimal), int32(c.int(0)), roundUnnecessary))
		}},
		{name: "setScale", params: []param{pInt, pInt}, call: func(c *call) (any, error) {
			m, err := mode(c, 1)
			if err != nil {
				return nil, err
			}
			return c.decimal(setScale(c.recv.(*java.Decimal), int32(c.int(0)), m))
		}},
		two("min", func(x, y *java.Decimal) (any, error) {
			if x.Cmp(y) <= 0 {
				return x, nil
			}
			return y, nil
		}),
		two("max", func(x, y *java.Decimal) (any, error) {
			if x.Cmp(y) >= 0 {
				return x, nil
			}
			return y, nil
		}),
		{name: "compareTo", params: dec, call: nullSafe(func(c *call) (any, error) {
			return int32(c.recv.(*java.Decimal).Cmp(c.args[0].(*java.Decimal))), nil
		})},
		{name: "valueOf", params: []param{pLong}, call: func(c *call) (any, error) {
			return &java.Decimal{Unscaled: big.NewInt(c.long(0))}, nil
		}},
		{name: "valueOf", params: []param{pLong, pInt}, call: func(c *call) (any, error) {
			return &java.Decimal{Unscaled: big.NewInt(c.long(0)), Scale: int32(c.int(1))}, nil
		}},
		{name: "valueOf", params: []param{pDouble}, call: func(c *call) (any, error) {
			d, ok := java.ToDecimal(c.double(0))
			if !ok {
				return nil, failf("%s is no decimal number", java.String(c.double(0)))
			}
			return d, nil
		}},
		{name: "pow", params: []param{pInt}, call: decimalPow},
		{name: "movePointLeft", params: []param{pInt}, call: func(c *call) (any, error) { return movePoint(c, c.int(0)) }},
		{name: "movePointRight", params: []param{pInt}, call: func(c *call) (any, error) { return movePoint(c, -c.int(0)) }},
	}...)
}

// noRounding is an overload that takes a RoundingMode, which in a template can only be null.
func noRounding(name string, params ...param) method {
	return method{name: name, params: params, call: func(*call) (any, error) {
		return nil, failf("the rounding mode is null")
	}}
}

// decimalQueries are methods without arguments.
func decimalQueries() []method {
	one := func(name string, f func(x *java.Decimal) any) method {
		return get(name, func(v any) any { return f(v.(*java.Decimal)) })
	}
	return []method{
		one("abs", func(x *java.Decimal) any {
			return &java.Decimal{Unscaled: new(big.Int).Abs(x.Unscaled), Scale: x.Scale}
		}),
		one("negate", func(x *java.Decimal) any {
			return &java.Decimal{Unscaled: new(big.Int).Neg(x.Unscaled), Scale: x.Scale}
		}),
		one("plus", func(x *java.Decimal) any { return x }),
		one("signum", func(x *java.Decimal) any { return int32(x.Unscaled.Sign()) }),
		one("scale", func(x *java.Decimal) any { return x.Scale }),
		one("precision", func(x *java.Decimal) any { return int32(precision(x)) }),
		one("unscaledValue", func(x *java.Decimal) any { return x.Unscaled }),
		{name: "stripTrailingZeros", call: func(c *call) (any, error) { return stripZeros(c.recv.(*java.Decimal), math.MinInt32), nil }},
		{name: "toPlainString", call: decimalPlain},
		{name: "toBigInteger", call: func(c *call) (any, error) {
			n, ok := c.recv.(*java.Decimal).BigInt()
			if !ok {
				return nil, ErrValueSize
			}
			return n, nil
		}},
		{name: "toEngineeringString", call: unsupported("toEngineeringString")},
	}
}

func (c *call) decimal(v any, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return v, c.r.grow(numberSize(v))
}

func precision(x *java.Decimal) int {
	if x.Unscaled.Sign() == 0 {
		return 1
	}
	return len(new(big.Int).Abs(x.Unscaled).String())
}

func divideChecked(x, y *java.Decimal, scale int32, mode rounding) (any, error) {
	if y.Unscaled.Sign() == 0 {
		return nil, failf("/ by zero")
	}
	return divideDecimal(x, y, scale, mode)
}

// divideExactly is divide without rounding: the quotient with as few digits as hold it, at the scale that the
// difference of the scales prefers. One that never ends is an error.
func divideExactly(x, y *java.Decimal) (any, error) {
	if y.Unscaled.Sign() == 0 {
		return nil, failf("division by zero")
	}
	preferred := x.Scale - y.Scale
	if x.Unscaled.Sign() == 0 {
		return &java.Decimal{Unscaled: new(big.Int), Scale: preferred}, nil
	}
	digits := int32(precision(x) + int(math.Ceil(10*float64(precision(y))/3)))
	v, err := divideDecimal(x, y, max(preferred, 0)+digits+int32(precision(y)), roundUnnecessary)
	if err != nil {
		return nil, failf("the quotient has no exact decimal representation")
	}
	return stripZeros(v.(*java.Decimal), preferred), nil
}

// stripZeros removes zeros at the end as long as the scale stays at least at.
func stripZeros(x *java.Decimal, at int32) *java.Decimal {
	if x.Unscaled.Sign() == 0 {
		if at == math.MinInt32 {
			return &java.Decimal{Unscaled: new(big.Int)}
		}
		return x
	}
	n, scale := new(big.Int).Set(x.Unscaled), x.Scale
	ten, rest := big.NewInt(10), new(big.Int)
	for scale > at {
		q, _ := new(big.Int).QuoRem(n, ten, rest)
		if rest.Sign() != 0 {
			break
		}
		n, scale = q, scale-1
	}
	return &java.Decimal{Unscaled: n, Scale: scale}
}

func decimalRemainder(x, y *java.Decimal) (any, error) {
	if y.Unscaled.Sign() == 0 {
		return nil, failf("division by zero")
	}
	a, b, scale, err := align(x, y)
	if err != nil {
		return nil, err
	}
	q, rest := new(big.Int).QuoRem(a, b, new(big.Int))
	// The scale is that of x minus q times y, q having as few zeros at its end as the difference of the scales allows.
	if preferred := x.Scale - y.Scale; preferred < 0 {
		least := preferred
		if q.Sign() != 0 {
			least = stripZeros(&java.Decimal{Unscaled: q}, preferred).Scale
		}
		scale = least + y.Scale
	}
	return setScale(&java.Decimal{Unscaled: rest, Scale: max(x.Scale, y.Scale)}, scale, roundUnnecessary)
}

func setScale(x *java.Decimal, scale int32, mode rounding) (any, error) {
	if scale >= x.Scale {
		n, err := rescale(x, scale)
		if err != nil {
			return nil, err
		}
		return &java.Decimal{Unscaled: n, Scale: scale}, nil
	}
	f, err := powerOfTen(int64(x.Scale) - int64(scale))
	if err != nil {
		return nil, err
	}
	n, err := divideRounded(x.Unscaled, f, mode)
	if err != nil {
		return nil, err
	}
	return &java.Decimal{Unscaled: n, Scale: scale}, nil
}

func decimalPow(c *call) (any, error) {
	x, n := c.recv.(*java.Decimal), c.int(0)
	if n < 0 || n > 999999999 {
		return nil, failf("invalid operation")
	}
	if x.Unscaled.BitLen() > 1 && n > maxBits/(x.Unscaled.BitLen()-1) {
		return nil, ErrValueSize
	}
	scale := int64(x.Scale) * int64(n)
	if scale != int64(int32(scale)) {
		return nil, failf("the scale is out of range")
	}
	exp := big.NewInt(int64(n))
	if x.Unscaled.BitLen() <= 1 {
		exp.SetInt64(int64(min(n, 2+n%2)))
	}
	return &java.Decimal{Unscaled: new(big.Int).Exp(x.Unscaled, exp, nil), Scale: int32(scale)}, nil
}

func movePoint(c *call, left int) (any, error) {
	x := c.recv.(*java.Decimal)
	if left == 0 {
		return x, nil
	}
	scale := int64(x.Scale) + int64(left)
	if scale != int64(int32(scale)) {
		return nil, failf("the scale is out of range")
	}
	d := &java.Decimal{Unscaled: x.Unscaled, Scale: int32(scale)}
	if d.Scale < 0 {
		return c.decimal(setScale(d, 0, roundUnnecessary))
	}
	return d, nil
}

func decimalPlain(c *call) (any, error) {
	x := c.recv.(*java.Decimal)
	if x.Scale <= 0 {
		n, err := rescale(x, 0)
		if err != nil {
			return nil, err
		}
		return c.result(n.String())
	}
	digits := new(big.Int).Abs(x.Unscaled).String()
	if int(x.Scale) > c.r.size {
		return nil, ErrValueSize
	}
	if missing := int(x.Scale) + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	point := len(digits) - int(x.Scale)
	s := digits[:point] + "." + digits[point:]
	if x.Unscaled.Sign() < 0 {
		s = "-" + s
	}
	return c.result(s)
}
