package sigv4

import "strings"

const upperHex = "0123456789ABCDEF"

// appendEscaped escapes every byte but those that RFC 3986 reserves for nothing, with upper-case digits.
// Source: IAM user guide, "Create a signed AWS API request", UriEncode.
func appendEscaped(out []byte, text string, keepSlash bool) []byte {
	for i := range len(text) {
		if c := text[i]; unreserved(c) || keepSlash && c == '/' {
			out = append(out, c)
		} else {
			out = append(out, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	return out
}

func escaped(text string) string {
	for i := range len(text) {
		if !unreserved(text[i]) {
			return string(appendEscaped(make([]byte, 0, 2*len(text)), text, false))
		}
	}
	return text
}

func unreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_' || c == '.' || c == '~'
}

// unescape decodes a query's name or value. A plus is a blank, since that is how the parameter will be read; a percent
// sign that starts no escape stands for itself.
func unescape(text string) string {
	if !strings.ContainsAny(text, "%+") {
		return text
	}
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '+':
			c = ' '
		case c == '%' && i+2 < len(text) && fromHex(text[i+1]) < 16 && fromHex(text[i+2]) < 16:
			c = fromHex(text[i+1])<<4 | fromHex(text[i+2])
			i += 2
		}
		out = append(out, c)
	}
	return string(out)
}

// fromHex gives a digit's value, 16 for what is none.
func fromHex(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return 16
}

// shortestPath removes empty and dot segments; a slash at the end stays.
// Source: RFC 3986, 5.2.4; IAM user guide, "Create a signed AWS API request", canonical URI.
func shortestPath(path string) string {
	if !strings.Contains(path, "//") && !strings.Contains(path, "/.") {
		return path
	}
	var kept []string
	segments := strings.Split(path, "/")
	for _, s := range segments {
		switch s {
		case "", ".":
		case "..":
			kept = kept[:max(0, len(kept)-1)]
		default:
			kept = append(kept, s)
		}
	}
	shortest := "/" + strings.Join(kept, "/")
	if last := segments[len(segments)-1]; len(kept) > 0 && (last == "" || last == "." || last == "..") {
		shortest += "/"
	}
	return shortest
}
