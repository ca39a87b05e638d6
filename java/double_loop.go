package java

import (
	"cmp"
	"math/big"
)

// digitLoop yields one decimal digit after the other. low says that what is left is less than half a unit in the
// last place, so that the digits may be cut off here; high, that rounding the digit up is as good.
type digitLoop interface {
	next() (digit byte, low, high bool)
	// nearer compares what is left with half of the digit's unit: -1, 0 or 1.
	nearer() int
}

func runLoop(buf []byte, loop digitLoop, exp10 int) ([]byte, int) {
	digits := buf
	digit, low, high := loop.next()
	if digit == 0 && !high {
		exp10--
	} else {
		digits = append(digits, '0'+digit)
	}
	if exp10 < -3 || exp10 >= 8 { // there is an exponent, so there must be a digit after the point
		low, high = false, false
	}
	for !low && !high {
		digit, low, high = loop.next()
		digits = append(digits, '0'+digit)
	}
	up := high
	if low && high {
		c := loop.nearer()
		up = c > 0 || c == 0 && digits[len(digits)-1]&1 != 0
	}
	if up {
		digits, exp10 = roundUp(digits, exp10)
	}
	return digits, exp10 + 1
}

// nativeLoop works in Java's int (narrow) or long. Sums may overflow there, and a few numbers print differently
// for it: 2.2000000000000005E25 ends in 4.
type nativeLoop struct {
	rest, scale, half int64
	narrow            bool
}

func (l *nativeLoop) next() (digit byte, low, high bool) {
	q := l.rest / l.scale
	l.rest = l.wrap(10 * (l.rest % l.scale))
	l.half = l.wrap(l.half * 10)
	if l.half <= 0 {
		return byte(q), true, true
	}
	return byte(q), l.rest < l.half, l.wrap(l.rest+l.half) > l.wrap(l.scale*10)
}

func (l *nativeLoop) nearer() int {
	return cmp.Compare(l.wrap(l.rest<<1-l.scale*10), 0)
}

func (l *nativeLoop) wrap(n int64) int64 {
	if l.narrow {
		return int64(int32(n))
	}
	return n
}

// bigLoop works in whole numbers of any size; unlike nativeLoop it takes a tie for high.
type bigLoop struct {
	rest, scale, tenScale, half *big.Int
	quotient, sum               big.Int
}

func newBigLoop(fraction uint64, rest, scale, half *big.Int) *bigLoop {
	return &bigLoop{
		rest:     rest.Mul(rest, new(big.Int).SetUint64(fraction)),
		scale:    scale,
		tenScale: new(big.Int).Mul(scale, ten),
		half:     half,
	}
}

func (l *bigLoop) next() (digit byte, low, high bool) {
	l.quotient.QuoRem(l.rest, l.scale, l.rest)
	l.rest.Mul(l.rest, ten)
	l.half.Mul(l.half, ten)
	high = l.sum.Add(l.rest, l.half).Cmp(l.tenScale) >= 0
	return byte(l.quotient.Uint64()), l.rest.Cmp(l.half) < 0, high
}

func (l *bigLoop) nearer() int {
	return l.rest.Lsh(l.rest, 1).Cmp(l.tenScale)
}

var ten = big.NewInt(10)

func roundUp(digits []byte, exp10 int) ([]byte, int) {
	i := len(digits) - 1
	for ; i > 0 && digits[i] == '9'; i-- {
		digits[i] = '0'
	}
	if digits[i] == '9' {
		digits[0] = '1'
		return digits, exp10 + 1
	}
	digits[i]++
	return digits, exp10
}
