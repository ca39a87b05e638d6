package lambda

import (
	"errors"
	"slices"
	"unicode/utf16"
	"unicode/utf8"
)

// errJSON is text that is no JSON.
var errJSON = errors.New("not JSON")

// maxDepth bounds how deep what a function answers may nest.
const maxDepth = 512

// scanner walks over JSON text without copying it. Values are handed out as the part of the text that holds them. Once
// it has failed it stays at the end.
type scanner struct {
	text []byte
	at   int
	err  error
}

func (s *scanner) fail() {
	s.err = errJSON
	s.at = len(s.text)
}

// next skips blanks and returns the byte that follows without taking it; 0 at the end.
func (s *scanner) next() byte {
	for s.at < len(s.text) {
		switch c := s.text[s.at]; c {
		case ' ', '\t', '\n', '\r':
			s.at++
		default:
			return c
		}
	}
	return 0
}

// take skips blanks and takes the byte c, or fails.
func (s *scanner) take(c byte) {
	if s.next() != c || s.err != nil {
		s.fail()
		return
	}
	s.at++
}

// first takes what opens an object or an array, and tells whether anything stands in it. To walk over one:
//
//	for more := s.first('{', '}'); more; more = s.another('}') {
//		name, value := s.member()
//	}
//
// Where the text is no JSON the walk ends, and what was handed out last may be empty.
func (s *scanner) first(open, end byte) bool {
	s.take(open)
	if s.next() == end && s.err == nil {
		s.at++
		return false
	}
	return s.err == nil
}

// another takes a comma, or what ends the object or the array.
func (s *scanner) another(end byte) bool {
	if s.err == nil && s.next() == ',' {
		s.at++
		return true
	}
	s.take(end)
	return false
}

// member takes one member of an object: its name in quotes, and its value.
func (s *scanner) member() (name, value []byte) {
	return s.memberAt(1)
}

func (s *scanner) memberAt(depth int) (name, value []byte) {
	s.next()
	name = s.string()
	s.take(':')
	return name, s.value(depth)
}

// value takes the value that comes next and returns its text.
func (s *scanner) value(depth int) []byte {
	c := s.next()
	from := s.at
	switch {
	case depth > maxDepth:
		s.fail()
	case c == '"':
		s.string()
	case c == '{':
		for more := s.first('{', '}'); more; more = s.another('}') {
			s.memberAt(depth + 1)
		}
	case c == '[':
		for more := s.first('[', ']'); more; more = s.another(']') {
			s.value(depth + 1)
		}
	default:
		s.word()
	}
	if s.err != nil {
		return nil
	}
	return s.text[from:s.at]
}

// string takes a string and returns it with its quotes.
func (s *scanner) string() []byte {
	from := s.at
	if from == len(s.text) || s.text[from] != '"' {
		s.fail()
		return nil
	}
	for i := from + 1; i < len(s.text); i++ {
		switch c := s.text[i]; {
		case c == '"':
			s.at = i + 1
			return s.text[from:s.at]
		case c == '\\':
			n := escapeLen(s.text[i:])
			if n == 0 {
				s.fail()
				return nil
			}
			i += n - 1
		case c < ' ':
			s.fail()
			return nil
		}
	}
	s.fail()
	return nil
}

// escapeLen is the length of the escape that b starts with, 0 for none.
func escapeLen(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if _, ok := hex4(b); ok {
			return 6
		}
	}
	return 0
}

// hex4 reads \uXXXX.
func hex4(b []byte) (rune, bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range b[2:6] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// word takes true, false, null or a number.
func (s *scanner) word() {
	from := s.at
	for s.at < len(s.text) {
		switch c := s.text[s.at]; {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-', c == '+', c == '.', c == 'E':
			s.at++
			continue
		}
		break
	}
	if w := s.text[from:s.at]; !isWord(w) {
		s.fail()
	}
}

func isWord(w []byte) bool {
	switch string(w) {
	case "true", "false", "null":
		return true
	}
	return isNumber(w)
}

// isNumber reports whether w is a number as JSON writes it. Source: RFC 8259, section 6.
func isNumber(w []byte) bool {
	if len(w) > 0 && w[0] == '-' {
		w = w[1:]
	}
	n := digits(w)
	if n == 0 || n > 1 && w[0] == '0' {
		return false
	}
	if w = w[n:]; len(w) > 0 && w[0] == '.' {
		if n = digits(w[1:]); n == 0 {
			return false
		}
		w = w[1+n:]
	}
	if len(w) == 0 {
		return true
	}
	if w[0] != 'e' && w[0] != 'E' {
		return false
	}
	if w = w[1:]; len(w) > 0 && (w[0] == '+' || w[0] == '-') {
		w = w[1:]
	}
	return len(w) > 0 && digits(w) == len(w)
}

func digits(w []byte) int {
	n := 0
	for n < len(w) && '0' <= w[n] && w[n] <= '9' {
		n++
	}
	return n
}

// appendUnquoted appends what a string, given with its quotes, says. Half a surrogate pair becomes U+FFFD.
func appendUnquoted(dst, quoted []byte) []byte {
	in := quoted[1 : len(quoted)-1]
	for i := 0; i < len(in); {
		c := in[i]
		if c != '\\' {
			from := i
			for i < len(in) && in[i] != '\\' {
				i++
			}
			dst = append(dst, in[from:i]...)
			continue
		}
		switch e := in[i+1]; e {
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'u':
			r, _ := hex4(in[i:])
			if low, ok := hex4(in[i+6:]); ok && utf16.IsSurrogate(r) {
				if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
					r = pair
					i += 6
				}
			}
			dst = utf8.AppendRune(dst, r)
			i += 4
		default:
			dst = append(dst, e)
		}
		i += 2
	}
	return dst
}

// unquoted is what a string, given with its quotes, says.
func unquoted(quoted []byte) string {
	if slices.Contains(quoted, '\\') {
		return string(appendUnquoted(nil, quoted))
	}
	return string(quoted[1 : len(quoted)-1])
}

// plain are the bytes that stand in a string as they are.
var plain = func() (is [256]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		is[c] = c != '"' && c != '\\'
	}
	return is
}()

// appendQuoted appends a string with no more escapes than JSON demands; what is no UTF-8 becomes U+FFFD.
func appendQuoted[T string | []byte](dst []byte, text T) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(text); {
		c := text[i]
		if plain[c] {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			size := runeLen(text[i:])
			if size > 0 {
				i += size
				continue
			}
		}
		dst = append(dst, text[start:i]...)
		dst = appendEscape(dst, c)
		i++
		start = i
	}
	dst = append(dst, text[start:]...)
	return append(dst, '"')
}

// runeLen is the length of the character that text starts with, 0 when it is none.
func runeLen[T string | []byte](text T) int {
	var head [utf8.UTFMax]byte
	n := copy(head[:], text)
	r, size := utf8.DecodeRune(head[:n])
	if r == utf8.RuneError && size <= 1 {
		return 0
	}
	return size
}

func appendEscape(dst []byte, c byte) []byte {
	const hex = "0123456789ABCDEF"
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	case '\b':
		return append(dst, '\\', 'b')
	case '\f':
		return append(dst, '\\', 'f')
	}
	if c >= utf8.RuneSelf {
		return append(dst, "\uFFFD"...)
	}
	return append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
}
