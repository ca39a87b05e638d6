package integration

import (
	"strings"

	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/message"
)

// URI is the compiled uri of an HTTP or HTTP_PROXY integration. Stage variables are filled in when the stage is
// compiled, since they change only with the stage; what is left are placeholders such as {proxy}.
// Sources: developer guide, "Use API Gateway stage variables"; recorded AWS answers for placeholders in the query.
type URI struct {
	endpoint Endpoint
	// where renders scheme and authority of a uri that has a placeholder there, nil otherwise.
	where []uriPart
	path  []uriPart
	query []uriPart
	// broken is the answer to every call of a uri without a usable host.
	broken error
}

// uriPart is literal text, or the name of a placeholder.
type uriPart struct {
	text        string
	placeholder bool
}

// errAddress is what a uri without a usable host answers. Source: recorded AWS answer (failed test invocation).
var errAddress = gatewayresponse.Configuration("Invalid endpoint address")

// CompileURI compiles uri with the variables of a stage; a variable that is not set is empty.
func CompileURI(uri string, variables map[string]string) *URI {
	uri = FillStageVariables(uri, variables)
	uri, _, _ = strings.Cut(uri, "#")
	rest, query, hasQuery := strings.Cut(uri, "?")
	u := &URI{}
	if hasQuery {
		u.query = uriParts(query)
	}
	where, path := splitAuthority(rest)
	if path == "" {
		path = "/"
	}
	u.path = uriParts(path)
	if parts := uriParts(where); len(parts) != 1 || parts[0].placeholder {
		u.where = parts
		return u
	}
	var ok bool
	if u.endpoint, ok = parseEndpoint(where); !ok {
		u.broken = errAddress
	}
	return u
}

// FillStageVariables replaces ${stageVariables.name}; any other ${...} stays.
func FillStageVariables(s string, variables map[string]string) string {
	const open = "${stageVariables."
	var b strings.Builder
	for {
		i := strings.Index(s, open)
		if i < 0 {
			break
		}
		name, rest, ok := strings.Cut(s[i+len(open):], "}")
		if !ok {
			break
		}
		b.WriteString(s[:i])
		b.WriteString(variables[name])
		s = rest
	}
	b.WriteString(s)
	return b.String()
}

// splitAuthority splits a uri before its path; the authority may hold placeholders.
func splitAuthority(uri string) (where, path string) {
	from := 0
	if i := strings.Index(uri, "://"); i >= 0 {
		from = i + 3
	}
	if i := strings.IndexByte(uri[from:], '/'); i >= 0 {
		return uri[:from+i], uri[from+i:]
	}
	return uri, ""
}

// uriParts splits text at its placeholders. "${x}" is none.
func uriParts(text string) []uriPart {
	var parts []uriPart
	start := 0
	for i := 0; i < len(text); i++ {
		if text[i] != '{' || i > 0 && text[i-1] == '$' {
			continue
		}
		n := strings.IndexByte(text[i:], '}')
		if n <= 1 {
			continue
		}
		if i > start {
			parts = append(parts, uriPart{text: text[start:i]})
		}
		parts = append(parts, uriPart{text: text[i+1 : i+n], placeholder: true})
		i += n
		start = i + 1
	}
	if start < len(text) {
		parts = append(parts, uriPart{text: text[start:]})
	}
	return parts
}

// Fixed returns the URI's endpoint if it has no placeholder, which spares looking it up for each call.
func (u *URI) Fixed() (Endpoint, bool) { return u.endpoint, u.where == nil && u.broken == nil }

// Target returns the request target of a URI without any placeholder, false if it has one.
func (u *URI) Target() (string, bool) {
	for _, parts := range [][]uriPart{u.path, u.query} {
		for i := range parts {
			if parts[i].placeholder {
				return "", false
			}
		}
	}
	target := string(u.AppendPath(nil, nil))
	if u.HasQuery() {
		target += "?" + string(u.AppendQuery(nil, nil))
	}
	return target, true
}

// Endpoint is where a call with these path parameters goes. The error is a uri without a usable host.
func (u *URI) Endpoint(params message.Pairs) (Endpoint, error) {
	if u.where == nil {
		return u.endpoint, u.broken
	}
	if e, ok := parseEndpoint(string(appendParts(nil, u.where, params, keepAll))); ok {
		return e, nil
	}
	return Endpoint{}, errAddress
}

// AppendPath appends the path with its placeholders filled in, as their values are: a value that came percent-encoded
// stays so. What cannot stand in a path is percent-encoded.
func (u *URI) AppendPath(dst []byte, params message.Pairs) []byte {
	return appendParts(dst, u.path, params, inPath)
}

// HasQuery reports whether the uri has a query of its own.
func (u *URI) HasQuery() bool { return len(u.query) > 0 }

// AppendQuery appends the uri's own query, "" if it has none.
func (u *URI) AppendQuery(dst []byte, params message.Pairs) []byte {
	return appendParts(dst, u.query, params, inQuery)
}

// appendParts fills placeholders; one without a value stays as it is (observed by an emulator's authors).
func appendParts(dst []byte, parts []uriPart, params message.Pairs, allowed func(c byte) bool) []byte {
	for i := range parts {
		p := &parts[i]
		if !p.placeholder {
			dst = append(dst, p.text...)
			continue
		}
		value, ok := params.Get(p.text)
		if !ok {
			dst = append(dst, '{')
			dst = append(dst, p.text...)
			dst = append(dst, '}')
			continue
		}
		dst = appendEscaped(dst, value, allowed)
	}
	return dst
}

// appendEscaped percent-encodes the bytes of s that are not allowed.
func appendEscaped(dst []byte, s string, allowed func(c byte) bool) []byte {
	const hex = "0123456789ABCDEF"
	for i := range len(s) {
		c := s[i]
		if allowed(c) {
			dst = append(dst, c)
		} else {
			dst = append(dst, '%', hex[c>>4], hex[c&15])
		}
	}
	return dst
}

// AppendQueryValue appends a name or a value of a query parameter, percent-encoded.
func AppendQueryValue(dst []byte, s string) []byte {
	return appendEscaped(dst, s, unreserved)
}

func keepAll(byte) bool { return true }

// inPath lets through what a client may have sent in its path, "%" included.
func inPath(c byte) bool { return c > ' ' && c < 0x7f && c != '?' && c != '#' }

func inQuery(c byte) bool { return c > ' ' && c < 0x7f && c != '#' && c != '&' && c != '+' }

// unreserved are the characters that never need encoding, RFC 3986 section 2.3.
func unreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~'
}
