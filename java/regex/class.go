package regex

import (
	"unicode"
	"unicode/utf8"

	"postern/java"
)

// class is a set of characters.
type class struct {
	ascii  [2]uint64 // the characters below 128
	has    func(r rune) bool
	single rune // the only character, -1 if there may be others
}

func newClass(has func(r rune) bool) *class {
	c := &class{has: has, single: -1}
	for r := range rune(128) {
		if has(r) {
			c.ascii[r>>6] |= 1 << (r & 63)
		}
	}
	return c
}

func (c *class) matches(r rune) bool {
	if r < 128 {
		return r >= 0 && c.ascii[r>>6]&(1<<(r&63)) != 0
	}
	return c.has(r)
}

// literal returns the class of one character, and of its other cases if the flags ask for them.
func literal(r rune, flags Flags) *class {
	if flags&CaseInsensitive != 0 && hasCase(r, flags) {
		return newClass(func(x rune) bool { return equalFold(r, x, flags) })
	}
	c := &class{has: func(x rune) bool { return x == r }, single: r}
	if r < 128 {
		c.ascii[r>>6] = 1 << (r & 63)
	}
	return c
}

func hasCase(r rune, flags Flags) bool {
	return isLetter(r) || flags&UnicodeCase != 0 && unicode.SimpleFold(r) != r
}

// equalFold compares two characters without regard to case, of ASCII alone or of Unicode.
func equalFold(a, b rune, flags Flags) bool {
	if a == b {
		return true
	}
	if flags&UnicodeCase == 0 {
		return isLetter(a) && isLetter(b) && a|0x20 == b|0x20
	}
	ua, ub := unicode.ToUpper(a), unicode.ToUpper(b)
	return ua == ub || unicode.ToLower(ua) == unicode.ToLower(ub)
}

// span returns the characters from low to high, and their other cases if the flags ask for them.
func span(low, high rune, flags Flags) func(rune) bool {
	in := func(r rune) bool { return low <= r && r <= high }
	switch {
	case flags&CaseInsensitive == 0:
		return in
	case flags&UnicodeCase != 0:
		return func(r rune) bool {
			u := unicode.ToUpper(r)
			return in(r) || in(u) || in(unicode.ToLower(u))
		}
	}
	return func(r rune) bool { return in(r) || isLetter(r) && in(r^0x20) }
}

func isLetter(r rune) bool { return 'a' <= r|0x20 && r|0x20 <= 'z' && r < 128 }
func isDigit(r rune) bool  { return '0' <= r && r <= '9' }
func isWord(r rune) bool   { return isLetter(r) || isDigit(r) || r == '_' }
func isSpace(r rune) bool  { return r == ' ' || '\t' <= r && r <= '\r' }

func isUnicodeWord(r rune) bool {
	return unicode.In(r, unicode.L, unicode.Other_Alphabetic, unicode.Nl, unicode.M, unicode.Nd, unicode.Pc, unicode.Join_Control)
}

// isHorizontal is \h.
func isHorizontal(r rune) bool {
	switch r {
	case ' ', '\t', 0xA0, 0x1680, 0x180E, 0x202F, 0x205F, 0x3000:
		return true
	}
	return 0x2000 <= r && r <= 0x200A
}

// isVertical is \v.
func isVertical(r rune) bool {
	return '\n' <= r && r <= '\r' || r == 0x85 || r == 0x2028 || r == 0x2029
}

// isLineEnd is what . does not match and lines end with, unless only \n does.
func isLineEnd(r rune) bool {
	return r == '\n' || r == '\r' || r == 0x85 || r == 0x2028 || r == 0x2029
}

func not(has func(rune) bool) func(rune) bool {
	return func(r rune) bool { return !has(r) }
}

// decode returns the character at a byte offset and its length, -1 and 0 at the end.
func decode(s string, i int) (rune, int) {
	if i >= len(s) {
		return -1, 0
	}
	if c := s[i]; c < utf8.RuneSelf {
		return rune(c), 1
	}
	return java.DecodeRune(s[i:])
}

// decodeLast returns the character before a byte offset and its length, -1 and 0 at the front.
func decodeLast(s string, i int) (rune, int) {
	if i == 0 {
		return -1, 0
	}
	if c := s[i-1]; c < utf8.RuneSelf {
		return rune(c), 1
	}
	if i >= 3 {
		if r, size := java.DecodeRune(s[i-3 : i]); size == 3 {
			return r, 3
		}
	}
	return utf8.DecodeLastRuneInString(s[:i])
}

// appendRune appends a character; a surrogate as its three bytes.
func appendRune(dst []byte, r rune) []byte {
	if r < 0x10000 {
		return java.AppendChar(dst, java.Char(r))
	}
	return utf8.AppendRune(dst, r)
}
