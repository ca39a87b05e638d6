package vtl

import (
	"math"
	"math/big"
	"strings"

	"postern/java"
)

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
