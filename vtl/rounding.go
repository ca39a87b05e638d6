package vtl

import (
	"math/big"

	"postern/java"
)

// rounding is a java.math rounding mode.
type rounding uint8

const (
	roundUp rounding = iota
	roundDown
	roundCeiling
	roundFloor
	roundHalfUp
	roundHalfDown
	roundHalfEven
	roundUnnecessary
)

// divideDecimal is x.divide(y, scale, mode); y is not zero.
func divideDecimal(x, y *java.Decimal, scale int32, mode rounding) (any, error) {
	// x / y = (ux / uy) * 10^(sy - sx); at the wanted scale that is ux * 10^(scale + sy - sx) / uy.
	shift := int64(scale) + int64(y.Scale) - int64(x.Scale)
	n, d := x.Unscaled, y.Unscaled
	if x.Unscaled.Sign() == 0 {
		return &java.Decimal{Unscaled: new(big.Int), Scale: scale}, nil
	}
	f, err := powerOfTen(max(shift, -shift))
	if err != nil {
		return nil, err
	}
	if shift >= 0 {
		n = f.Mul(f, n)
	} else {
		d = f.Mul(f, d)
	}
	q, err := divideRounded(n, d, mode)
	if err != nil {
		return nil, err
	}
	return &java.Decimal{Unscaled: q, Scale: scale}, nil
}

// divideRounded is n / d, rounded to a whole number.
func divideRounded(n, d *big.Int, mode rounding) (*big.Int, error) {
	q, rest := new(big.Int).QuoRem(n, d, new(big.Int))
	if rest.Sign() == 0 {
		return q, nil
	}
	negative := n.Sign() != d.Sign()
	half := rest.Abs(rest).Lsh(rest, 1).CmpAbs(d)
	var away bool
	switch mode {
	case roundUp:
		away = true
	case roundDown:
	case roundCeiling:
		away = !negative
	case roundFloor:
		away = negative
	case roundHalfUp:
		away = half >= 0
	case roundHalfDown:
		away = half > 0
	case roundHalfEven:
		away = half > 0 || half == 0 && q.Bit(0) == 1
	default:
		return nil, failf("rounding necessary")
	}
	if away {
		one := big.NewInt(1)
		if negative {
			one.Neg(one)
		}
		q.Add(q, one)
	}
	return q, nil
}
