package java

import (
	"errors"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// ErrNumber says that a text is not a number as java.math reads it, or that the number is out of its range.
var ErrNumber = errors.New("not a number")

// MaxDigits is the longest number, in digits, that ParseInteger and ParseDecimal read; Java has no such limit.
// It keeps a text of megabytes of digits from costing minutes.
const MaxDigits = 100_000

// ParseDecimal reads text as new BigDecimal(text) does: digits, at most one point, an exponent. The error is
// ErrNumber.
func ParseDecimal(text string) (*Decimal, error) {
	mantissa, exponent := text, int64(0)
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		e := text[i+1:]
		if len(e) > 0 && e[0] == '+' && len(e) > 1 && e[1] != '-' && e[1] != '+' {
			e = e[1:]
		}
		n, err := strconv.ParseInt(e, 10, 32)
		if err != nil || e[0] == '+' {
			return nil, ErrNumber
		}
		mantissa, exponent = text[:i], n
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := whole + fraction
	unscaled, err := ParseInteger(digits)
	if err != nil || fraction != "" && (fraction[0] == '+' || fraction[0] == '-') {
		return nil, ErrNumber
	}
	scale := int64(len(fraction)) - exponent
	if scale < math.MinInt32 || scale > math.MaxInt32 {
		return nil, ErrNumber
	}
	return &Decimal{Unscaled: unscaled, Scale: int32(scale)}, nil
}

// ParseInteger reads text as new BigInteger(text) does: an optional sign and decimal digits. The error is
// ErrNumber.
func ParseInteger(text string) (*big.Int, error) {
	digits := strings.TrimLeft(text, "+-")
	if len(text)-len(digits) > 1 || digits == "" || len(digits) > MaxDigits {
		return nil, ErrNumber
	}
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return nil, ErrNumber
		}
	}
	n, _ := new(big.Int).SetString(text, 10)
	return n, nil
}

// AppendDecimal appends what BigDecimal.toString prints: plainly if the scale is not negative and the first
// digit not after the sixth place, otherwise with an exponent: "12.50", "1E+3", "1.5E-10".
func AppendDecimal(dst []byte, d *Decimal) []byte {
	if d.Scale == 0 {
		return d.Unscaled.Append(dst, 10)
	}
	if d.Unscaled.Sign() < 0 {
		dst = append(dst, '-')
	}
	digits := new(big.Int).Abs(d.Unscaled).Append(make([]byte, 0, 32), 10)
	scale := int64(d.Scale)
	adjusted := int64(len(digits)) - 1 - scale
	if scale > 0 && adjusted >= -6 {
		return appendPoint(dst, digits, int(scale))
	}
	dst = append(dst, digits[0])
	if len(digits) > 1 {
		dst = append(append(dst, '.'), digits[1:]...)
	}
	if adjusted == 0 {
		return dst
	}
	dst = append(dst, 'E')
	if adjusted > 0 {
		dst = append(dst, '+')
	}
	return strconv.AppendInt(dst, adjusted, 10)
}

// appendPoint appends digits with a point before the last scale of them.
func appendPoint(dst, digits []byte, scale int) []byte {
	if n := len(digits) - scale; n > 0 {
		dst = append(append(dst, digits[:n]...), '.')
		return append(dst, digits[n:]...)
	}
	dst = append(dst, "0."...)
	for range scale - len(digits) {
		dst = append(dst, '0')
	}
	return append(dst, digits...)
}

// Cmp compares the numbers, whatever their scales, as BigDecimal.compareTo does: -1, 0 or 1.
func (d *Decimal) Cmp(e *Decimal) int {
	if s, t := d.Unscaled.Sign(), e.Unscaled.Sign(); s != t || s == 0 {
		return sign(s - t)
	}
	// The places of the highest digits decide nearly always, and spare a power of ten that may not fit in memory.
	if p, q := d.place(), e.place(); p > q+1 || q > p+1 {
		return sign(int(p-q)) * d.Unscaled.Sign()
	}
	a, b := d.Unscaled, e.Unscaled
	switch diff := int64(d.Scale) - int64(e.Scale); {
	case diff < 0:
		a = new(big.Int).Mul(a, pow10(-diff))
	case diff > 0:
		b = new(big.Int).Mul(b, pow10(diff))
	}
	return a.Cmp(b)
}

// place is about the power of ten of the highest digit, one off at most.
func (d *Decimal) place() int64 {
	return int64(float64(d.Unscaled.BitLen())*math.Log10(2)) - int64(d.Scale)
}

// Float64 is BigDecimal.doubleValue.
func (d *Decimal) Float64() float64 {
	f, _ := strconv.ParseFloat(string(AppendDecimal(nil, d)), 64)
	return f
}

// BigInt is BigDecimal.toBigInteger: what stands after the point is dropped. ok is false if the number has more
// than MaxDigits digits.
func (d *Decimal) BigInt() (n *big.Int, ok bool) {
	switch place := d.place(); {
	case d.Unscaled.Sign() == 0 || place < -1:
		return new(big.Int), true
	case place > MaxDigits:
		return nil, false
	case d.Scale < 0:
		return new(big.Int).Mul(d.Unscaled, pow10(-int64(d.Scale))), true
	}
	return new(big.Int).Quo(d.Unscaled, pow10(int64(d.Scale))), true
}

func pow10(n int64) *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(n), nil)
}

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}
