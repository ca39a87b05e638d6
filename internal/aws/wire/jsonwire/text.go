package jsonwire

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// quoted reads a string, the next byte being its opening quote.
func (r *Reader) quoted() string {
	r.pos++
	start := r.pos
	for i := start; i < len(r.text); i++ {
		switch c := r.text[i]; {
		case c == '"':
			r.pos = i + 1
			return strings.ToValidUTF8(r.text[start:i], "\uFFFD")
		case c == '\\':
			return r.escaped(start, i)
		case c < ' ':
			r.pos = i
			r.malformed("control character in a string")
			return ""
		}
	}
	r.pos = len(r.text)
	r.malformed("string without end")
	return ""
}

// escaped reads the rest of a string that starts at start and has its first backslash at i.
func (r *Reader) escaped(start, i int) string {
	b := append(make([]byte, 0, len(r.text[start:i])+32), r.text[start:i]...)
	for r.pos = i; r.pos < len(r.text); {
		switch c := r.text[r.pos]; {
		case c == '"':
			r.pos++
			return strings.ToValidUTF8(string(b), "\uFFFD")
		case c == '\\':
			r.pos++
			b = r.escape(b)
		case c < ' ':
			r.malformed("control character in a string")
		default:
			b = append(b, c)
			r.pos++
		}
		if r.err != nil {
			return ""
		}
	}
	r.malformed("string without end")
	return ""
}

func (r *Reader) escape(b []byte) []byte {
	if r.pos == len(r.text) {
		r.malformed("string without end")
		return b
	}
	c := r.text[r.pos]
	r.pos++
	switch c {
	case '"', '\\', '/':
		return append(b, c)
	case 'b':
		return append(b, '\b')
	case 'f':
		return append(b, '\f')
	case 'n':
		return append(b, '\n')
	case 'r':
		return append(b, '\r')
	case 't':
		return append(b, '\t')
	case 'u':
		return utf8.AppendRune(b, r.unicode())
	}
	r.pos--
	r.malformed("unknown escape")
	return b
}

// unicode reads the four digits after \u, and a second \u when the two make one character. A lone half of a pair is
// U+FFFD.
func (r *Reader) unicode() rune {
	c := r.hex4()
	if !utf16.IsSurrogate(c) || !strings.HasPrefix(r.text[r.pos:], `\u`) {
		return c
	}
	back := r.pos
	r.pos += 2
	if pair := utf16.DecodeRune(c, r.hex4()); pair != utf8.RuneError {
		return pair
	}
	r.pos = back
	return utf8.RuneError
}

func (r *Reader) hex4() rune {
	var c rune
	for range 4 {
		if r.pos == len(r.text) {
			r.malformed("string without end")
			return utf8.RuneError
		}
		d := r.text[r.pos]
		switch {
		case '0' <= d && d <= '9':
			d -= '0'
		case 'a' <= d && d <= 'f':
			d -= 'a' - 10
		case 'A' <= d && d <= 'F':
			d -= 'A' - 10
		default:
			r.malformed("expected four hexadecimal digits")
			return utf8.RuneError
		}
		c = c<<4 | rune(d)
		r.pos++
	}
	return c
}
