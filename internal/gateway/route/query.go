package route

import (
	"strings"

	"postern/internal/gateway/message"
)

// AppendQuery decodes a raw query as a form and appends its parameters to dst, in order, names repeated as sent.
//
// "+" is a space, %2B a plus; "&" and ";" both end a parameter; an escape that is none stays as it is; a name without
// "=" has the empty value. Strings without escapes are parts of raw, so nothing is allocated for them.
// Sources: recorded AWS answers (query string handling); developer guide, "Amazon API Gateway important notes" for ";".
func AppendQuery(dst message.Pairs, raw string) message.Pairs {
	for raw != "" {
		end := 0
		for end < len(raw) && raw[end] != '&' && raw[end] != ';' {
			end++
		}
		piece := raw[:end]
		raw = raw[min(end+1, len(raw)):]
		if piece == "" {
			continue
		}
		name, value, _ := strings.Cut(piece, "=")
		dst = append(dst, message.Pair{Name: decodeForm(name), Value: decodeForm(value)})
	}
	return dst
}

func decodeForm(s string) string {
	if strings.IndexByte(s, '%') < 0 && strings.IndexByte(s, '+') < 0 {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '+':
			out = append(out, ' ')
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			out = append(out, unhex(s[i+1])<<4|unhex(s[i+2]))
			i += 2
		default:
			out = append(out, c)
		}
	}
	return string(out)
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c <= 'F':
		return c - 'A' + 10
	}
	return c - 'a' + 10
}
