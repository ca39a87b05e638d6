package message

import "strings"

// HeaderValue makes value fit for a header line: CR, LF and NUL, which could end the line and start another, become
// blanks. Source: RFC 9110, section 5.5.
func HeaderValue(value string) string {
	if strings.IndexByte(value, '\r') < 0 && strings.IndexByte(value, '\n') < 0 && strings.IndexByte(value, 0) < 0 {
		return value
	}
	return strings.Map(func(r rune) rune {
		if r == '\r' || r == '\n' || r == 0 {
			return ' '
		}
		return r
	}, value)
}
