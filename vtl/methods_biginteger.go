package vtl

import (
	"math"
	"math/big"
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
