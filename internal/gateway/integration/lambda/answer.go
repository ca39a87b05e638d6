package lambda

import (
	"bytes"
	"encoding/base64"
	"strconv"

	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/message"
)

// contract is what a function of an AWS_PROXY integration may answer: an object with no other members than these. The
// members are parts of the answer's text, nil when they are absent or null.
//
// Sources: recorded AWS answers (AWS_PROXY integrations); developer guide, "Lambda proxy integrations in API Gateway",
// "Output format of a Lambda function for proxy integration".
type contract struct {
	status            []byte
	headers           []byte
	multiValueHeaders []byte
	cookies           []byte // of streamed answers only
	body              []byte // of all others, as base64
	base64            bool
	// streamed says that it is the metadata of a streamed answer.
	streamed bool
	wrong    bool
}

// parseContract reads an answer. Zero bytes end it: a function that streams and is not invoked so answers its metadata,
// eight of them, and a body that is lost (developer guide, "Set up a Lambda proxy integration with payload response
// streaming in API Gateway"). It is false for what breaks the contract.
func parseContract(text []byte) (contract, bool) {
	var c contract
	s := scanner{text: text}
	c.read(&s)
	if s.next() != 0 || s.err != nil {
		return c, false
	}
	return c, !c.wrong
}

// read notes the members of the object that comes next.
func (c *contract) read(s *scanner) {
	for more := s.first('{', '}'); more; more = s.another('}') {
		if name, value := s.member(); s.err == nil {
			c.member(name, value)
		}
	}
}

// member notes one member.
func (c *contract) member(name, value []byte) {
	isNull := string(value) == "null"
	if isNull {
		value = nil
	}
	switch string(name) {
	case `"statusCode"`:
		c.status = value
	case `"headers"`:
		c.headers = value
		c.wrong = c.wrong || !isNull && value[0] != '{'
	case `"multiValueHeaders"`:
		c.multiValueHeaders = value
		c.wrong = c.wrong || !isNull && value[0] != '{'
	case `"cookies"`:
		c.cookies = value
		c.wrong = c.wrong || !c.streamed || !isNull && value[0] != '['
	case `"body"`:
		c.body = value
		c.wrong = c.wrong || c.streamed || !isNull && value[0] != '"'
	case `"isBase64Encoded"`:
		c.base64 = string(value) == "true"
		c.wrong = c.wrong || c.streamed || !isNull && !c.base64 && string(value) != "false"
	default:
		c.wrong = true
	}
}

// statusCode is the status: 200 when it is absent, a number or a number in quotes otherwise. Only what can end an
// exchange in HTTP counts (inferred).
func (c *contract) statusCode() (int, bool) {
	if c.status == nil {
		return 200, true
	}
	text := c.status
	if text[0] == '"' {
		text = text[1 : len(text)-1]
	}
	if len(text) != 3 || digits(text) != 3 {
		f, err := strconv.ParseFloat(string(text), 64)
		if err != nil || f != float64(int(f)) {
			return 0, false
		}
		text = strconv.AppendInt(nil, int64(f), 10)
	}
	n, err := strconv.Atoi(string(text))
	return n, err == nil && 200 <= n && n <= 599
}

// appendHeader appends the headers: those of multiValueHeaders first, then those of headers, each under the name that
// multiValueHeaders has for it. It is false when a name or a value cannot be a header's.
// Source: recorded AWS answer (headers and multiValueHeaders merged).
func (c *contract) appendHeader(list message.Pairs) (message.Pairs, bool) {
	ok := true
	s := scanner{text: c.multiValueHeaders}
	for more := len(s.text) > 0 && s.first('{', '}'); more; more = s.another('}') {
		quotedName, values := s.member()
		if string(values) == "null" {
			continue
		}
		name := headerName(quotedName)
		v := scanner{text: values}
		for more := v.first('[', ']'); more; more = v.another(']') {
			list, ok = appendHeaderValue(list, name, v.value(1), ok)
		}
		ok = ok && v.err == nil
	}
	multi := list
	s = scanner{text: c.headers}
	for more := len(s.text) > 0 && s.first('{', '}'); more; more = s.another('}') {
		quotedName, value := s.member()
		name := headerName(quotedName)
		for i := range multi {
			if message.EqualFold(multi[i].Name, name) {
				name = multi[i].Name
				break
			}
		}
		list, ok = appendHeaderValue(list, name, value, ok)
	}
	return list, ok
}

// appendHeaderValue appends a header whose value is text, a number or a Boolean; null is none (inferred).
func appendHeaderValue(list message.Pairs, name string, value []byte, ok bool) (message.Pairs, bool) {
	switch c := value[0]; {
	case c == '{' || c == '[' || !isToken(name):
		return list, false
	case string(value) == "null":
		return list, ok
	case c == '"':
		return append(list, message.Pair{Name: name, Value: headerValue(value)}), ok
	}
	return append(list, message.Pair{Name: name, Value: string(value)}), ok
}

// headerName is a name, given with its quotes. The usual ones are constants, so that they cost no memory.
func headerName(quoted []byte) string {
	switch string(quoted) {
	case `"Content-Type"`:
		return "Content-Type"
	case `"content-type"`:
		return "content-type"
	}
	return unquoted(quoted)
}

func headerValue(quoted []byte) string {
	if string(quoted) == `"application/json"` {
		return "application/json"
	}
	return message.HeaderValue(unquoted(quoted))
}

// isToken reports whether name can be a header's. Source: RFC 9110, section 5.6.2.
func isToken(name string) bool {
	for i := range len(name) {
		switch c := name[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case c > ' ' && c < 0x7F && c != '"' && c != '(' && c != ')' && c != ',' && c != '/' && c != ':' && c != ';' && c != '<' &&
			c != '=' && c != '>' && c != '?' && c != '@' && c != '[' && c != '\\' && c != ']' && c != '{' && c != '}':
		default:
			return false
		}
	}
	return name != ""
}

// appendBody appends the body. decode tells that the client takes bytes: Base64 is then decoded, and anything else cannot
// be answered. Source: recorded AWS answers (binary responses of AWS_PROXY).
func (c *contract) appendBody(dst []byte, decode bool) ([]byte, error) {
	if c.body == nil {
		return dst, nil
	}
	if !c.base64 || !decode {
		return appendUnquoted(dst, c.body), nil
	}
	coded := c.body[1 : len(c.body)-1]
	if bytes.IndexByte(coded, '\\') >= 0 {
		coded = appendUnquoted(nil, c.body)
	}
	dst, err := base64.StdEncoding.AppendDecode(dst, coded)
	if err != nil {
		return dst, gatewayresponse.Configuration("Unable to base64 decode the body.")
	}
	return dst, nil
}
