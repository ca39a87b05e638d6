package mapping

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"postern/java"
)

const upperHex = "0123456789ABCDEF"

// appendEscapedJavaScript is StringEscapeUtils.escapeJavaScript of commons-lang 2: quotes of both kinds, backslash
// and slash get a backslash, control characters and everything beyond ASCII an escape with upper-case digits.
func appendEscapedJavaScript(dst []byte, s string) []byte {
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 0x80 {
			_, size := utf8.DecodeRuneInString(s[i:])
			if size == 1 && i+3 <= len(s) && isSurrogate(s[i:i+3]) {
				size = 3
			}
			dst = append(dst, s[start:i]...)
			for _, unit := range java.UTF16(s[i : i+size]) {
				dst = appendUnicodeEscape(dst, unit)
			}
			i += size
			start = i
			continue
		}
		if e := javaScriptEscapes[c]; e != 0 {
			dst = append(append(dst, s[start:i]...), '\\', e)
			start = i + 1
		} else if c < 0x20 {
			dst = appendUnicodeEscape(append(dst, s[start:i]...), java.Char(c))
			start = i + 1
		}
		i++
	}
	return append(dst, s[start:]...)
}

// javaScriptEscapes holds the letter after the backslash.
var javaScriptEscapes = [0x80]byte{
	'\b': 'b', '\t': 't', '\n': 'n', '\f': 'f', '\r': 'r', '"': '"', '\'': '\'', '/': '/', '\\': '\\',
}

func appendUnicodeEscape(dst []byte, c java.Char) []byte {
	return append(dst, '\\', 'u', upperHex[c>>12], upperHex[c>>8&15], upperHex[c>>4&15], upperHex[c&15])
}

// isSurrogate reports whether b is a lone surrogate as package java keeps it.
func isSurrogate(b string) bool { return b[0] == 0xED && b[1] >= 0xA0 }

// appendURLEncoded is java.net.URLEncoder.encode(s, "UTF-8").
func appendURLEncoded(dst []byte, s string) []byte {
	s = java.EncodeUTF8(s)
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '.', c == '*':
			dst = append(dst, c)
		case c == ' ':
			dst = append(dst, '+')
		default:
			dst = append(dst, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	return dst
}

// urlDecode is java.net.URLDecoder.decode(s, "UTF-8").
func urlDecode(s string) (string, error) {
	if !strings.ContainsAny(s, "%+") {
		return s, nil
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		switch s[i] {
		case '+':
			b.WriteByte(' ')
			i++
		case '%':
			octets, rest, err := percentRun(s[i:])
			if err != nil {
				return "", err
			}
			b.WriteString(decodeUTF8(octets))
			i = len(s) - len(rest)
		default:
			b.WriteByte(s[i])
			i++
		}
	}
	return b.String(), nil
}

// percentRun decodes the run of %XX that s starts with.
func percentRun(s string) (octets []byte, rest string, err error) {
	for ; s != "" && s[0] == '%'; s = s[3:] {
		if len(s) < 3 {
			return nil, "", errors.New("URLDecoder: Incomplete trailing escape (%) pattern")
		}
		high, low := hexDigit(s[1]), hexDigit(s[2])
		if s[1] == '+' { // Integer.parseInt takes a sign
			high = 0
		}
		if high < 0 || low < 0 {
			return nil, "", fmt.Errorf("URLDecoder: Illegal hex characters in escape (%%) pattern: %q", s[:3])
		}
		octets = append(octets, byte(high<<4|low))
	}
	return octets, s, nil
}

func hexDigit(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// appendBase64 is Base64.getEncoder().encodeToString(s.getBytes(UTF_8)).
func appendBase64(dst []byte, s string) []byte {
	return base64.StdEncoding.AppendEncode(dst, []byte(java.EncodeUTF8(s)))
}

// base64Decode is new String(Base64.getDecoder().decode(s), UTF_8): padding may be left out but not be wrong, line
// breaks are refused, bits beyond the last byte are ignored.
func base64Decode(s string) (string, error) {
	text := strings.TrimSuffix(strings.TrimSuffix(s, "="), "=")
	padding := len(s) - len(text)
	switch {
	case len(s) == 1, padding > 0 && len(s)%4 != 0, len(text)%4 == 1:
		return "", errors.New("Base64: wrong ending")
	case strings.ContainsAny(text, "\r\n"): // Go's decoder skips them
		return "", errors.New("Base64: illegal character")
	}
	decoded, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return "", fmt.Errorf("Base64: %w", err)
	}
	return decodeUTF8(decoded), nil
}

// decodeUTF8 is new String(b, UTF_8): each maximal piece that is not UTF-8 becomes one U+FFFD.
func decodeUTF8(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	dst := make([]byte, 0, len(b)+8)
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		if r == utf8.RuneError && size == 1 {
			size = malformedLength(b)
		}
		dst = utf8.AppendRune(dst, r)
		b = b[size:]
	}
	return string(dst)
}

// malformedLength is how many bytes of a malformed sequence Java replaces together: a lead byte and those of the
// following that could have continued it.
func malformedLength(b []byte) int {
	low, high, need := byte(0x80), byte(0xBF), 0
	switch c := b[0]; {
	case 0xC2 <= c && c <= 0xDF:
		need = 1
	case 0xE0 <= c && c <= 0xEF:
		need = 2
		if c == 0xE0 {
			low = 0xA0
		}
	case 0xF0 <= c && c <= 0xF4:
		need = 3
		if c == 0xF0 {
			low = 0x90
		}
		if c == 0xF4 {
			high = 0x8F
		}
	}
	n := 1
	for ; n <= need && n < len(b) && low <= b[n] && b[n] <= high; n++ {
		low, high = 0x80, 0xBF
	}
	// An encoded surrogate is one piece (ED A0 80): Java recognises it only after its third byte.
	return n
}
