package java

import (
	"math"
	"math/big"
	"math/bits"
	"strconv"
)

// AppendDouble appends what Java 17's Double.toString prints: "1.0", "1.0E10", "1.234E-5", "NaN", "-Infinity".
//
// Java before 19 does not always print the shortest digits that read back as the same number: 2.0E-3 is fine, but
// 2^60 is 1.15292150460684698E18. The digits come from its own loop, which stops at the first digit where cutting
// off or rounding up lands within half a unit in the last place of the binary number.
func AppendDouble(dst []byte, v float64) []byte {
	switch {
	case v != v:
		return append(dst, "NaN"...)
	case math.IsInf(v, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(v, -1):
		return append(dst, "-Infinity"...)
	}
	if math.Signbit(v) {
		dst = append(dst, '-')
		v = -v
	}
	if v == 0 {
		return append(dst, "0.0"...)
	}
	if text, ok := appendPlain(dst, v); ok {
		return text
	}
	var buf [32]byte
	digits, exp := shortDigits(buf[:0], v)
	if digits == nil {
		digits, exp = javaDigits(buf[:0], v)
	}
	return layOut(dst, digits, exp)
}

// appendPlain appends a number of up to four places after the point, as most are; ok is false for another. A decimal
// of 15 digits or fewer that is nearest to the number is the only one.
func appendPlain(dst []byte, v float64) (text []byte, ok bool) {
	if v < 1e-3 || v >= 1e7 {
		return dst, false
	}
	scale := int64(1)
	for places := 0; places <= 4; places++ {
		n := int64(v*float64(scale) + 0.5)
		if float64(n)/float64(scale) != v {
			scale *= 10
			continue
		}
		dst = strconv.AppendInt(dst, n/scale, 10)
		dst = append(dst, '.')
		if places == 0 {
			return append(dst, '0'), true
		}
		for rest := n % scale; scale > 1; rest %= scale {
			scale /= 10
			dst = append(dst, '0'+byte(rest/scale))
		}
		return dst, true
	}
	return dst, false
}

// layOut writes 0.digits × 10^exp as Java does: plainly from 10^-3 to below 10^7, otherwise with an exponent.
func layOut(dst, digits []byte, exp int) []byte {
	switch {
	case exp > 0 && exp < 8:
		n := min(len(digits), exp)
		dst = append(dst, digits[:n]...)
		for range exp - n {
			dst = append(dst, '0')
		}
		dst = append(dst, '.')
		if n == len(digits) {
			return append(dst, '0')
		}
		return append(dst, digits[n:]...)
	case exp <= 0 && exp > -3:
		dst = append(dst, "0."...)
		for range -exp {
			dst = append(dst, '0')
		}
		return append(dst, digits...)
	}
	dst = append(dst, digits[0], '.')
	if len(digits) == 1 {
		dst = append(dst, '0')
	} else {
		dst = append(dst, digits[1:]...)
	}
	dst = append(dst, 'E')
	return strconv.AppendInt(dst, int64(exp-1), 10)
}

// shortDigits returns the shortest digits where Java's are known to be the same, otherwise nil. They are when
// there are 15 or fewer: then no shorter decimal lies within half a unit in the last place, and this one lies
// well within it. Left out are subnormal numbers, powers of two (their lower neighbour is nearer, and Java takes
// that distance for both), and integers from 2^53 up, for which Java prints all digits it deems significant.
func shortDigits(buf []byte, v float64) ([]byte, int) {
	if v >= 1<<53 || v < 1e-290 {
		return nil, 0
	}
	if math.Float64bits(v)<<12 == 0 && v < 1e-6 {
		return nil, 0
	}
	text := strconv.AppendFloat(buf, v, 'e', -1, 64)
	e := len(text) - 1
	for text[e] != 'e' {
		e--
	}
	if e > 16 { // a digit, a point and 14 more
		return nil, 0
	}
	exp, _ := strconv.Atoi(string(text[e+1:]))
	if e > 1 {
		copy(text[1:], text[2:e])
		e--
	}
	return text[:e], exp + 1
}

// javaDigits runs Java's loop and returns digits and exponent, the number being 0.digits × 10^exp.
func javaDigits(buf []byte, v float64) ([]byte, int) {
	word := math.Float64bits(v)
	fraction, exp2 := word&(1<<52-1), int(word>>52)
	if exp2 == 0 { // subnormal: as many bits as there are
		shift := bits.LeadingZeros64(fraction) - 11
		fraction <<= shift
		exp2 = 1 - shift
	} else {
		fraction |= 1 << 52
	}
	exp2 -= 1023 // v = fraction / 2^52 × 2^exp2
	significant := 53
	if word>>52 == 0 {
		significant = bits.Len64(word & (1<<52 - 1))
	}
	trailing := bits.TrailingZeros64(fraction)
	used := 53 - trailing
	if fractional := max(0, used-exp2-1); exp2 >= 0 && exp2 <= 62 && fractional == 0 {
		return wholeDigits(buf, v, exp2, significant)
	}
	return fractionDigits(buf, fraction, exp2, significant)
}

// wholeDigits prints a whole number below 2^63. Digits beyond what 53 bits tell apart are rounded off, one of
// them being kept to be safe.
func wholeDigits(buf []byte, v float64, exp2, significant int) ([]byte, int) {
	n := uint64(v)
	cut := 0
	if exp2 > significant {
		// How many decimal digits the bits below the last significant one cannot decide.
		cut = int(float64(exp2-significant-1) * math.Log10(2))
	}
	if cut > 0 {
		pow := uint64(math.Pow10(cut))
		rest := n % pow
		n /= pow
		if rest >= pow/2 {
			n++
		}
	}
	digits := strconv.AppendUint(buf, n, 10)
	exp := len(digits) + cut
	for len(digits) > 1 && digits[len(digits)-1] == '0' {
		digits = digits[:len(digits)-1]
	}
	return digits, exp
}

// fractionDigits prepares the loop: rest/scale is what is left of the number in units of the next digit, half is
// half a unit in the last place on the same scale.
func fractionDigits(buf []byte, fraction uint64, exp2, significant int) ([]byte, int) {
	trailing := bits.TrailingZeros64(fraction)
	fraction >>= trailing
	used := 53 - trailing
	tiny := max(0, used-exp2-1)
	exp10 := estimateExp10(fraction<<trailing, exp2)

	rest5 := max(0, -exp10)
	rest2 := rest5 + tiny + exp2
	scale5 := max(0, exp10)
	scale2 := scale5 + tiny
	half2 := rest2 - significant
	rest2 -= used - 1
	common := min(rest2, scale2)
	rest2, scale2, half2 = rest2-common, scale2-common, half2-common
	if used == 1 { // a power of two: half as far to the number below
		half2--
	}
	if half2 < 0 {
		rest2, scale2, half2 = rest2-half2, scale2-half2, 0
	}
	restBits := used + rest2 + bitsOfPow5(rest5)
	tenScaleBits := scale2 + 1 + bitsOfPow5(scale5+1)
	var loop digitLoop
	if restBits < 64 && tenScaleBits < 64 {
		loop = &nativeLoop{
			rest:   int64(fraction) * pow5(rest5) << rest2,
			scale:  pow5(scale5) << scale2,
			half:   pow5(rest5) << half2,
			narrow: restBits < 32 && tenScaleBits < 32,
		}
	} else {
		loop = newBigLoop(fraction, shifted(rest5, rest2), shifted(scale5, scale2), shifted(rest5, half2))
	}
	return runLoop(buf, loop, exp10)
}

// estimateExp10 guesses floor(log10(v)) from a straight line through log10 at 1.5; it may be one too high.
func estimateExp10(fraction uint64, exp2 int) int {
	m := math.Float64frombits(1023<<52 | fraction<<bits.LeadingZeros64(fraction)>>11&(1<<52-1))
	return int(math.Floor((m-1.5)*0.289529654 + 0.176091259 + float64(exp2)*0.301029995663981))
}

// bitsOfPow5 is the length of 5^n in bits as Java reckons it: exact to 26 (with none for 5^0), then 3n.
func bitsOfPow5(n int) int {
	switch {
	case n == 0:
		return 0
	case n < 27:
		return int(float64(n)*math.Log2(5)) + 1
	}
	return 3 * n
}

func pow5(n int) int64 {
	p := int64(1)
	for range n {
		p *= 5
	}
	return p
}

// shifted returns 5^five × 2^two.
func shifted(five, two int) *big.Int {
	v := big.NewInt(5)
	v.Exp(v, big.NewInt(int64(five)), nil)
	return v.Lsh(v, uint(two))
}
