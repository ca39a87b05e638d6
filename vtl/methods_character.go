package vtl

import (
	"unicode"

	"postern/java"
)

// characterMethods are the methods of java.lang.Character, static ones included. Those about one character take it as
// Character or as code point.
func characterMethods() []method {
	ms := []method{
		get("charValue", func(v any) any { return v }),
		{name: "valueOf", params: []param{pChar}, call: func(c *call) (any, error) { return c.args[0], nil }},
		{name: "toString", params: []param{pChar}, call: func(c *call) (any, error) {
			return charText(c.args[0].(java.Char)), nil
		}},
		{name: "toString", params: []param{pInt}, call: func(c *call) (any, error) {
			if n := c.int(0); n < 0 || n > unicode.MaxRune {
				return nil, failf("code point %d is not valid", n)
			}
			return codePoint(c.int(0)), nil
		}},
		{name: "hashCode", params: []param{pChar}, call: func(c *call) (any, error) { return int32(c.int(0)), nil }},
		{name: "compareTo", params: []param{pCharacter}, call: nullSafe(func(c *call) (any, error) {
			return int32(c.recv.(java.Char)) - int32(c.int(0)), nil
		})},
		{name: "compare", params: []param{pChar, pChar}, call: func(c *call) (any, error) {
			return int32(c.int(0) - c.int(1)), nil
		}},
		{name: "charCount", params: []param{pInt}, call: func(c *call) (any, error) {
			if c.int(0) >= 0x10000 {
				return int32(2), nil
			}
			return int32(1), nil
		}},
		{name: "isHighSurrogate", params: []param{pChar}, call: func(c *call) (any, error) { return c.int(0)>>10 == 0x36, nil }},
		{name: "isLowSurrogate", params: []param{pChar}, call: func(c *call) (any, error) { return c.int(0)>>10 == 0x37, nil }},
		{name: "isSurrogate", params: []param{pChar}, call: func(c *call) (any, error) { return c.int(0)>>11 == 0x1B, nil }},
		{name: "isAlphabetic", params: []param{pInt}, call: func(c *call) (any, error) {
			return unicode.In(rune(c.int(0)), unicode.L, unicode.Nl, unicode.Other_Alphabetic), nil
		}},
		{name: "forDigit", params: []param{pInt, pInt}, call: characterForDigit},
	}
	for _, p := range []param{pChar, pInt} {
		ms = append(ms, characterTests(p)...)
		ms = append(ms, characterChanges(p)...)
	}
	return ms
}

func characterTests(p param) []method {
	test := func(name string, f func(rune) bool) method {
		return method{name: name, params: []param{p}, call: func(c *call) (any, error) { return f(rune(c.int(0))), nil }}
	}
	return []method{
		test("isLetter", unicode.IsLetter),
		test("isDigit", unicode.IsDigit),
		test("isLetterOrDigit", func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }),
		test("isUpperCase", func(r rune) bool { return unicode.In(r, unicode.Lu, unicode.Other_Uppercase) }),
		test("isLowerCase", func(r rune) bool { return unicode.In(r, unicode.Ll, unicode.Other_Lowercase) }),
		test("isTitleCase", unicode.IsTitle),
		test("isWhitespace", isJavaSpace),
		test("isSpaceChar", func(r rune) bool { return unicode.In(r, unicode.Z) }),
		test("isISOControl", func(r rune) bool { return r >= 0 && r <= 0x1F || r >= 0x7F && r <= 0x9F }),
	}
}

func characterChanges(p param) []method {
	box := func(r rune) any {
		if p == pChar {
			return java.Char(r)
		}
		return r
	}
	change := func(name string, f func(rune) rune) method {
		return method{name: name, params: []param{p}, call: func(c *call) (any, error) { return box(f(rune(c.int(0)))), nil }}
	}
	return []method{
		change("toUpperCase", unicode.ToUpper),
		change("toLowerCase", unicode.ToLower),
		change("toTitleCase", unicode.ToTitle),
		{name: "digit", params: []param{p, pInt}, call: func(c *call) (any, error) {
			return int32(digitValue(rune(c.int(0)), c.int(1))), nil
		}},
		{name: "getNumericValue", params: []param{p}, call: func(c *call) (any, error) {
			return int32(digitValue(rune(c.int(0)), 36)), nil
		}},
	}
}

// digitValue is Character.digit: -1 for what is no digit in the radix.
func digitValue(r rune, radix int) int {
	if radix < 2 || radix > 36 {
		return -1
	}
	d := -1
	switch {
	case '0' <= r && r <= '9':
		d = int(r - '0')
	case 'a' <= r && r <= 'z':
		d = int(r-'a') + 10
	case 'A' <= r && r <= 'Z':
		d = int(r-'A') + 10
	case 'ａ' <= r && r <= 'ｚ':
		d = int(r-'ａ') + 10
	case 'Ａ' <= r && r <= 'Ｚ':
		d = int(r-'Ａ') + 10
	case r > 0x7F && unicode.IsDigit(r):
		// The decimal digits of a script are ten in a row that starts where counting back leaves them.
		zero := r
		for zero > 0 && unicode.IsDigit(zero-1) && r-zero < 9 {
			zero--
		}
		d = int(r - zero)
	}
	if d >= radix {
		return -1
	}
	return d
}

func characterForDigit(c *call) (any, error) {
	d, radix := c.int(0), c.int(1)
	if radix < 2 || radix > 36 || d < 0 || d >= radix {
		return java.Char(0), nil
	}
	return java.Char("0123456789abcdefghijklmnopqrstuvwxyz"[d]), nil
}
