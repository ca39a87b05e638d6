package vtl

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"postern/java"
)

// doubleMethods are the methods of java.lang.Double, static ones included.
func doubleMethods() []method {
	one := func(name string, f func(v float64) any) method {
		return method{name: name, params: []param{pDouble}, call: func(c *call) (any, error) { return f(c.double(0)), nil }}
	}
	two := func(name string, f func(a, b float64) any) method {
		return method{name: name, params: []param{pDouble, pDouble}, call: func(c *call) (any, error) {
			return f(c.double(0), c.double(1)), nil
		}}
	}
	compare := func(a, b float64) any { return int32(compareDoubles(a, b)) }
	return append(numberMethods(), []method{
		{name: "parseDouble", params: []param{pString}, call: parseDouble},
		{name: "valueOf", params: []param{pString}, call: parseDouble},
		one("valueOf", func(v float64) any { return v }),
		one("toString", func(v float64) any { return java.String(v) }),
		one("toHexString", func(v float64) any { return doubleToHex(v) }),
		get("isNaN", func(v any) any { return math.IsNaN(v.(float64)) }),
		get("isInfinite", func(v any) any { return math.IsInf(v.(float64), 0) }),
		one("isNaN", func(v float64) any { return math.IsNaN(v) }),
		one("isInfinite", func(v float64) any { return math.IsInf(v, 0) }),
		one("isFinite", func(v float64) any { return !math.IsInf(v, 0) && !math.IsNaN(v) }),
		{name: "compareTo", params: []param{pDoubleObject}, call: nullSafe(func(c *call) (any, error) {
			return compare(c.recv.(float64), c.double(0)), nil
		})},
		two("compare", compare),
		two("sum", func(a, b float64) any { return a + b }),
		two("max", func(a, b float64) any { return math.Max(a, b) }),
		two("min", func(a, b float64) any { return math.Min(a, b) }),
		one("hashCode", func(v float64) any { return java.HashCode(v) }),
		one("doubleToLongBits", func(v float64) any { return doubleBits(v) }),
		one("doubleToRawLongBits", func(v float64) any { return doubleBits(v) }),
		{name: "longBitsToDouble", params: []param{pLong}, call: func(c *call) (any, error) {
			return math.Float64frombits(uint64(c.long(0))), nil
		}},
	}...)
}

// doubleToHex is Double.toHexString: "0x1.8p1".
func doubleToHex(v float64) string {
	if v-v != 0 {
		return java.String(v)
	}
	sign, bits := "", math.Float64bits(v)
	if math.Signbit(v) {
		sign = "-"
	}
	fraction, exponent := bits&(1<<52-1), int(bits>>52&0x7FF)
	if exponent == 0 && fraction == 0 {
		return sign + "0x0.0p0"
	}
	whole := "1"
	if exponent == 0 {
		whole, exponent = "0", 1
	}
	digits := strings.TrimRight(fmt.Sprintf("%013x", fraction), "0")
	if digits == "" {
		digits = "0"
	}
	return fmt.Sprintf("%s0x%s.%sp%d", sign, whole, digits, exponent-1023)
}

func doubleBits(v float64) int64 {
	if math.IsNaN(v) {
		return 0x7ff8000000000000
	}
	return int64(math.Float64bits(v))
}

// compareDoubles is Double.compare: -0.0 is less than 0.0, NaN is greater than all.
func compareDoubles(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return compareOrdered(doubleBits(a), doubleBits(b))
}

// parseDouble is Double.parseDouble: blanks around the number and a final d or f are fine.
func parseDouble(c *call) (any, error) {
	text, ok := c.args[0].(string)
	if !ok {
		return nil, failf("cannot parse null")
	}
	s := strings.TrimFunc(text, func(r rune) bool { return r <= ' ' })
	bare := s
	if n := len(s); n > 1 && strings.ContainsRune("dDfF", rune(s[n-1])) && !isHex(s) {
		bare = s[:n-1]
	}
	switch strings.TrimLeft(bare, "+-") {
	case "NaN", "Infinity":
		if bare != s || len(s) > len("-Infinity") {
			return nil, failf("for input string: %q", text)
		}
	default:
		if strings.ContainsAny(bare, "_iInN") {
			return nil, failf("for input string: %q", text)
		}
	}
	v, err := strconv.ParseFloat(bare, 64)
	if err != nil && !strings.Contains(err.Error(), "out of range") {
		if strings.TrimLeft(bare, "+-") == "NaN" {
			return math.NaN(), nil
		}
		return nil, failf("for input string: %q", text)
	}
	return v, nil
}

func isHex(s string) bool {
	s = strings.TrimLeft(s, "+-")
	return hasPrefix(s, "0x") || hasPrefix(s, "0X")
}
