package jsonpath

import (
	"math/bits"
	"unicode/utf8"
	"unsafe"

	"postern/java"
)

// quoted reads a string in quotes. Without escapes it is a part of the source.
func (p *parser) quoted(quote byte) (string, error) {
	start := p.pos + 1
	i := indexQuote(p.src, start, quote)
	if i == len(p.src) {
		return "", p.fail("string does not end")
	}
	if p.src[i] == '\\' {
		return p.escaped(quote, i)
	}
	p.pos = i + 1
	return p.src[start:i], nil
}

// Eight bytes at a time: a byte of v is zero where (v-ones)&^v has its high bit set; the lowest such bit is exact.
const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// indexQuote returns the position, from i on, of the first quote or backslash, len(s) if there is none.
func indexQuote(s string, i int, quote byte) int {
	quotes := ones * uint64(quote)
	for ; i+8 <= len(s); i += 8 {
		w := load(s[i : i+8])
		q, b := w^quotes, w^(ones*'\\')
		if found := ((q-ones)&^q | (b-ones)&^b) & highs; found != 0 {
			return i + bits.TrailingZeros64(found)/8
		}
	}
	for i < len(s) && s[i] != quote && s[i] != '\\' {
		i++
	}
	return i
}

// load returns the first eight bytes of s; the compiler makes one instruction of it.
func load(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// escaped reads a string whose first backslash is at the position given: escapes are replaced, an unknown one is
// dropped, and so are the control characters of the whole string.
func (p *parser) escaped(quote byte, backslash int) (string, error) {
	free := p.bytes.free()
	dst, inPlace := free[:0], true
	start, i := p.pos+1, backslash
	for {
		if inPlace && len(dst)+i-start+utf8.UTFMax > len(free) {
			dst, inPlace = append(p.text[:0], dst...), false
		}
		var ok bool
		if dst, ok = appendPrintable(dst, p.src[start:i]); !ok || i == len(p.src) {
			return "", p.fail("string does not end")
		}
		p.pos = i
		if p.src[i] == quote {
			break
		}
		var err error
		if dst, err = p.escape(dst); err != nil {
			return "", err
		}
		start = p.pos
		i = indexQuote(p.src, start, quote)
	}
	p.pos++
	if !inPlace {
		p.text = dst
		free = p.bytes.take(len(dst), p)
		copy(free, dst)
	} else {
		p.bytes.take(len(dst), p)
	}
	return unsafe.String(unsafe.SliceData(free), len(dst)), nil
}

// printable reports whether s has nothing but ASCII without control characters. Where it has no such character, none
// of the eight differences and sums reaches the high bit.
func printable(s string) bool {
	for ; len(s) >= 8; s = s[8:] {
		if w := load(s); (w|(w+ones)|(w-ones*' '))&highs != 0 {
			return false
		}
	}
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7F {
			return false
		}
	}
	return true
}

// appendPrintable appends s without control characters; ok is false if it has the one that ends the input.
func appendPrintable(dst []byte, s string) (appended []byte, ok bool) {
	if printable(s) {
		return append(dst, s...), true
	}
	start := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= ' ' && c != 0x7F && c != 0xED:
		case c == endOfInput:
			return dst, false
		case c == 0xED && i == start && i+2 < len(s) && s[i+1] >= 0xB0 && s[i+2] >= 0x80:
			// A low surrogate, whose other half may have been escaped.
			dst = java.AppendText(dst, s[i:i+3])
			i += 2
			start = i + 1
		case c == 0xED:
		default:
			dst = append(dst, s[start:i]...)
			start = i + 1
		}
	}
	return append(dst, s[start:]...), true
}

// escape reads a backslash and what belongs to it.
func (p *parser) escape(dst []byte) ([]byte, error) {
	p.pos++
	c := p.char()
	if p.pos < len(p.src) {
		p.pos++
	}
	switch c {
	case '"', '\'', '/', '\\':
		return append(dst, c), nil
	case 'b':
		return append(dst, '\b'), nil
	case 'f':
		return append(dst, '\f'), nil
	case 'n':
		return append(dst, '\n'), nil
	case 'r':
		return append(dst, '\r'), nil
	case 't':
		return append(dst, '\t'), nil
	case 'u':
		return p.hex(dst, 4)
	case 'x':
		return p.hex(dst, 2)
	}
	if c < utf8.RuneSelf {
		return dst, nil
	}
	// One UTF-16 code unit is dropped: of a character beyond U+FFFF its low surrogate stays.
	if r, size := utf8.DecodeRuneInString(p.src[p.pos-1:]); size == 4 {
		dst = java.AppendChar(dst, java.Char(0xDC00+(r-0x10000)&0x3FF))
	}
	for p.pos < len(p.src) && p.src[p.pos]&0xC0 == 0x80 {
		p.pos++
	}
	return dst, nil
}

// hex reads a UTF-16 code unit in as many hexadecimal digits.
func (p *parser) hex(dst []byte, digits int) ([]byte, error) {
	var unit java.Char
	for range digits {
		c := p.char()
		switch {
		case c >= '0' && c <= '9':
			unit = unit<<4 | java.Char(c-'0')
		case c >= 'A' && c <= 'F':
			unit = unit<<4 | java.Char(c-'A'+10)
		case c >= 'a' && c <= 'f':
			unit = unit<<4 | java.Char(c-'a'+10)
		default:
			return dst, p.fail("malformed escape")
		}
		p.pos++
	}
	return java.AppendChar(dst, unit), nil
}

// unquoted reads the text from start to the next character that ends a value (or, before a colon, a key) there,
// without the blanks around it.
func (p *parser) unquoted(start int, closer byte) string {
	for p.pos < len(p.src) && !ends(p.src[p.pos], closer) {
		p.pos++
	}
	return trim(p.src[start:p.pos])
}

// ends reports whether c ends an unquoted text: in an object or array its bracket or a comma, in a key a colon.
func ends(c, closer byte) bool {
	switch c {
	case endOfInput:
		return true
	case ',':
		return closer == ']' || closer == '}'
	}
	return c == closer && closer != 0
}

// word reads an unquoted text that may be null, true, false or NaN.
func (p *parser) word(closer byte) any {
	switch s := p.unquoted(p.pos, closer); s {
	case "null":
		return nil
	case "true":
		return true
	case "false":
		return false
	case "NaN":
		return nan
	default:
		return p.boxString(s)
	}
}

// trim is Java's String.trim: it takes away blanks and control characters.
func trim(s string) string {
	for len(s) > 0 && s[0] <= ' ' {
		s = s[1:]
	}
	for len(s) > 0 && s[len(s)-1] <= ' ' {
		s = s[:len(s)-1]
	}
	return s
}
