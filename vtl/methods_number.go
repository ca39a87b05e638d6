package vtl

import (
	"math/bits"
	"strconv"
	"strings"

	"postern/java"
)

// numberMethods are the methods of java.lang.Number.
func numberMethods() []method {
	return []method{
		{name: "intValue", call: func(c *call) (any, error) { n, _ := java.IntValue(c.recv); return n, nil }},
		{name: "longValue", call: func(c *call) (any, error) { return toLong(c.recv), nil }},
		{name: "doubleValue", call: func(c *call) (any, error) { return toDouble(c.recv), nil }},
		{name: "floatValue", call: func(c *call) (any, error) { return floatValue(toDouble(c.recv)), nil }},
		{name: "shortValue", call: func(c *call) (any, error) { n, _ := java.IntValue(c.recv); return int32(int16(n)), nil }},
		{name: "byteValue", call: func(c *call) (any, error) { n, _ := java.IntValue(c.recv); return int32(int8(n)), nil }},
	}
}

// floatValue is the Double of the shortest digits that tell v from other floats.
func floatValue(v float64) float64 {
	narrow, _ := strconv.ParseFloat(strconv.FormatFloat(float64(float32(v)), 'g', -1, 32), 64)
	return narrow
}

// integerMethods are the methods of java.lang.Integer, static ones included.
func integerMethods() []method {
	return append(numberMethods(), wholeMethods(wholeClass{
		parse: "parseInt", parseUnsigned: "parseUnsignedInt", param: pInt, object: pInteger, bits: 32,
		box: func(n int64) any { return int32(n) },
	})...)
}

// longMethods are the methods of java.lang.Long, static ones included.
func longMethods() []method {
	return append(numberMethods(), wholeMethods(wholeClass{
		parse: "parseLong", parseUnsigned: "parseUnsignedLong", param: pLong, object: pLongObject, bits: 64,
		box: func(n int64) any { return n },
	})...)
}

// wholeClass tells Integer from Long.
type wholeClass struct {
	parse, parseUnsigned string
	param, object        param
	bits                 int
	box                  func(int64) any
}

func (w wholeClass) unsigned(n int64) uint64 {
	if w.bits == 32 {
		return uint64(uint32(n))
	}
	return uint64(n)
}

// parseText is parseInt or parseLong.
func (w wholeClass) parseText(s any, radix int) (any, error) {
	text, ok := s.(string)
	if !ok {
		return nil, failf("cannot parse null")
	}
	if radix < 2 || radix > 36 {
		return nil, failf("radix %d is out of range", radix)
	}
	n, err := strconv.ParseInt(asciiDigits(text), radix, w.bits)
	if err != nil || strings.Contains(text, "_") {
		return nil, failf("for input string: %q", text)
	}
	return w.box(n), nil
}

func (w wholeClass) parseUnsignedText(s string, radix int) (any, error) {
	if radix < 2 || radix > 36 {
		return nil, failf("radix %d is out of range", radix)
	}
	n, err := strconv.ParseUint(strings.TrimPrefix(asciiDigits(s), "+"), radix, w.bits)
	if err != nil {
		return nil, failf("for input string: %q", s)
	}
	return w.box(int64(n)), nil
}

// asciiDigits maps the digits of other scripts to ASCII, as Character.digit reads them.
func asciiDigits(s string) string {
	if isASCII(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if d := digitValue(r, 36); d >= 0 {
			return rune(strconv.FormatInt(int64(d), 36)[0])
		}
		return r
	}, s)
}

func wholeMethods(w wholeClass) []method {
	return append(append(wholeParsers(w), wholePrinters(w)...), wholeOperations(w)...)
}

func wholeParsers(w wholeClass) []method {
	parse := func(name string) []method {
		return []method{
			{name: name, params: []param{pString}, call: func(c *call) (any, error) { return w.parseText(c.args[0], 10) }},
			{name: name, params: []param{pString, pInt}, call: func(c *call) (any, error) {
				return w.parseText(c.args[0], c.int(1))
			}},
		}
	}
	return append(append(parse(w.parse), parse("valueOf")...), []method{
		{name: "valueOf", params: []param{w.param}, call: func(c *call) (any, error) { return w.box(c.long(0)), nil }},
		{name: "decode", params: []param{pString}, call: nullSafe(func(c *call) (any, error) { return w.decode(c.str(0)) })},
		{name: w.parseUnsigned, params: []param{pString}, call: nullSafe(func(c *call) (any, error) {
			return w.parseUnsignedText(c.str(0), 10)
		})},
		{name: w.parseUnsigned, params: []param{pString, pInt}, call: nullSafe(func(c *call) (any, error) {
			return w.parseUnsignedText(c.str(0), c.int(1))
		})},
	}...)
}

// decode reads decimal, 0x, # and octal numbers.
func (w wholeClass) decode(s string) (any, error) {
	sign, digits, radix := "", s, 10
	if digits != "" && (digits[0] == '-' || digits[0] == '+') {
		sign, digits = digits[:1], digits[1:]
	}
	switch {
	case hasPrefix(digits, "0x"), hasPrefix(digits, "0X"):
		digits, radix = digits[2:], 16
	case hasPrefix(digits, "#"):
		digits, radix = digits[1:], 16
	case hasPrefix(digits, "0") && len(digits) > 1:
		digits, radix = digits[1:], 8
	}
	if digits == "" || digits[0] == '-' || digits[0] == '+' {
		return nil, failf("for input string: %q", s)
	}
	return w.parseText(sign+digits, radix)
}

func wholePrinters(w wholeClass) []method {
	unsigned := func(name string, radix int) method {
		return method{name: name, params: []param{w.param}, call: func(c *call) (any, error) {
			return strconv.FormatUint(w.unsigned(c.long(0)), radix), nil
		}}
	}
	base := func(radix int) int {
		if radix < 2 || radix > 36 {
			return 10
		}
		return radix
	}
	return []method{
		unsigned("toHexString", 16), unsigned("toOctalString", 8), unsigned("toBinaryString", 2),
		unsigned("toUnsignedString", 10),
		{name: "toUnsignedString", params: []param{w.param, pInt}, call: func(c *call) (any, error) {
			return strconv.FormatUint(w.unsigned(c.long(0)), base(c.int(1))), nil
		}},
		{name: "toString", params: []param{w.param}, call: func(c *call) (any, error) {
			return strconv.FormatInt(c.long(0), 10), nil
		}},
		{name: "toString", params: []param{w.param, pInt}, call: func(c *call) (any, error) {
			return strconv.FormatInt(c.long(0), base(c.int(1))), nil
		}},
		{name: "hashCode", params: []param{w.param}, call: func(c *call) (any, error) {
			return java.HashCode(w.box(c.long(0))), nil
		}},
	}
}

func wholeOperations(w wholeClass) []method {
	one := func(name string, f func(n int64) any) method {
		return method{name: name, params: []param{w.param}, call: func(c *call) (any, error) { return f(c.long(0)), nil }}
	}
	two := func(name string, f func(a, b int64) any) method {
		return method{name: name, params: []param{w.param, w.param}, call: func(c *call) (any, error) {
			return f(c.long(0), c.long(1)), nil
		}}
	}
	compare := func(a, b int64) any { return int32(compareOrdered(a, b)) }
	rotate := func(name string, sign int) method {
		return method{name: name, params: []param{w.param, pInt}, call: func(c *call) (any, error) {
			if w.bits == 32 {
				return int32(bits.RotateLeft32(uint32(c.long(0)), sign*c.int(1))), nil
			}
			return int64(bits.RotateLeft64(uint64(c.long(0)), sign*c.int(1))), nil
		}}
	}
	ms := []method{
		{name: "compareTo", params: []param{w.object}, call: nullSafe(func(c *call) (any, error) {
			return compare(toLong(c.recv), toLong(c.args[0])), nil
		})},
		two("compare", compare),
		two("compareUnsigned", func(a, b int64) any { return compareUnsigned(w.unsigned(a), w.unsigned(b)) }),
		two("sum", func(a, b int64) any { return w.box(a + b) }),
		two("max", func(a, b int64) any { return w.box(max(a, b)) }),
		two("min", func(a, b int64) any { return w.box(min(a, b)) }),
		one("signum", func(n int64) any { return int32(compareOrdered(n, 0)) }),
		one("bitCount", func(n int64) any { return int32(bits.OnesCount64(w.unsigned(n))) }),
		one("reverse", func(n int64) any { return w.box(int64(bits.Reverse64(uint64(n)) >> (64 - w.bits))) }),
		one("reverseBytes", func(n int64) any { return w.box(int64(bits.ReverseBytes64(uint64(n)) >> (64 - w.bits))) }),
		one("numberOfLeadingZeros", func(n int64) any { return int32(bits.LeadingZeros64(w.unsigned(n)) - 64 + w.bits) }),
		one("numberOfTrailingZeros", func(n int64) any { return int32(min(bits.TrailingZeros64(w.unsigned(n)), w.bits)) }),
		one("highestOneBit", func(n int64) any {
			if u := w.unsigned(n); u != 0 {
				return w.box(int64(uint64(1) << (bits.Len64(u) - 1)))
			}
			return w.box(0)
		}),
		one("lowestOneBit", func(n int64) any { return w.box(n & -n) }),
		rotate("rotateLeft", 1), rotate("rotateRight", -1),
		w.divideUnsigned("divideUnsigned", func(a, b uint64) uint64 { return a / b }),
		w.divideUnsigned("remainderUnsigned", func(a, b uint64) uint64 { return a % b }),
	}
	if w.bits == 32 {
		ms = append(ms, one("toUnsignedLong", func(n int64) any { return int64(w.unsigned(n)) }))
	}
	return ms
}

func (w wholeClass) divideUnsigned(name string, f func(a, b uint64) uint64) method {
	return method{name: name, params: []param{w.param, w.param}, call: func(c *call) (any, error) {
		b := w.unsigned(c.long(1))
		if b == 0 {
			return nil, failf("/ by zero")
		}
		return w.box(int64(f(w.unsigned(c.long(0)), b))), nil
	}}
}

func compareUnsigned(a, b uint64) any {
	switch {
	case a < b:
		return int32(-1)
	case a > b:
		return int32(1)
	}
	return int32(0)
}
