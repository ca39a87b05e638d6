package policy

import (
	"slices"
	"strings"
)

// spelling is a method's ARN with the path spelled another way.
type spelling struct {
	arn string
	// binding spellings must be allowed as well: the path as sent names one resource, and this spelling, to a backend that
	// normalizes what it reads, another.
	binding bool
}

// plain tells whether a path has no other spelling.
func plain(path string) bool {
	for i := 1; i < len(path); i++ {
		switch path[i] {
		case '%', '\\':
			return false
		case '/':
			if path[i-1] == '/' || i == len(path)-1 {
				return false
			}
		case '.':
			if path[i-1] == '/' {
				return false
			}
		}
	}
	return true
}

// spellings lists what else a path may mean to whoever reads it behind the gateway:
//
//   - normal: escapes of characters that need none decoded, dot segments removed (RFC 3986, section 6.2.2). It binds: AWS
//     would take /public/../admin for a path below /public, and a backend would not.
//   - decoded: every escape decoded, so that %2F parts segments, and then dot and empty segments removed. It binds if
//     decoding brought dot segments to light.
//   - each without the slash at its end, which routing ignores.
//
// What does not bind can still be denied. Inferred: which form AWS compares is not documented.
func spellings(prefix, path string) []spelling {
	var list []spelling
	add := func(path string, binding bool) {
		path = prefix + path
		i := slices.IndexFunc(list, func(s spelling) bool { return s.arn == path })
		if i < 0 {
			list = append(list, spelling{path, binding})
		} else {
			list[i].binding = list[i].binding || binding
		}
	}
	unescaped, needless := unescape(path, unreserved)
	normal, dots := withoutDots(unescaped, false)
	if normal != path {
		add(normal, needless || dots)
	}
	everything, _ := unescape(path, func(byte) bool { return true })
	decoded, hidden := withoutDots(strings.ReplaceAll(everything, `\`, "/"), true)
	if decoded != path {
		add(decoded, hidden)
	}
	for _, p := range []string{path, normal, decoded} {
		if cut := strings.TrimRight(p, "/"); cut != p && cut != "" {
			add(cut, false)
		}
	}
	return list
}

// withoutDots removes dot segments, and empty ones too if asked to; a slash at the end stays. dots tells whether there
// were any dot segments.
func withoutDots(path string, empty bool) (shortest string, dots bool) {
	segments := strings.Split(path[min(1, len(path)):], "/")
	var kept []string
	for i, s := range segments {
		last := i == len(segments)-1
		switch {
		case s == "." || s == "..":
			dots = true
			if s == ".." {
				kept = kept[:max(0, len(kept)-1)]
			}
			if last {
				kept = append(kept, "")
			}
		case s == "" && empty && !last:
		default:
			kept = append(kept, s)
		}
	}
	return "/" + strings.Join(kept, "/"), dots
}

// unescape decodes the escapes of the characters that want says, once; others stay, with their digits in upper case.
// decoded tells whether there was anything to decode.
func unescape(path string, want func(byte) bool) (out string, decoded bool) {
	if strings.IndexByte(path, '%') < 0 {
		return path, false
	}
	text := make([]byte, 0, len(path))
	for i := 0; i < len(path); i++ {
		if path[i] != '%' || i+2 >= len(path) || digit(path[i+1]) > 15 || digit(path[i+2]) > 15 {
			text = append(text, path[i])
			continue
		}
		const upper = "0123456789ABCDEF"
		high, low := digit(path[i+1]), digit(path[i+2])
		if c := high<<4 | low; want(c) {
			text, decoded = append(text, c), true
		} else {
			text = append(text, '%', upper[high], upper[low])
		}
		i += 2
	}
	return string(text), decoded
}

// unreserved are the characters that never need an escape. Source: RFC 3986, section 2.3.
func unreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~'
}

// digit is the value of a hexadecimal digit, 255 for what is none.
func digit(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return 255
}
