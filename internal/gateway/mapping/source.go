package mapping

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"postern/internal/gateway/message"
	"postern/java"
	"postern/jsonpath"
)

// sourceKind tells where a mapped parameter's value comes from.
type sourceKind uint8

const (
	literal sourceKind = iota
	contextVariable
	stageVariable
	requestPath
	requestQuery
	requestQueryValues
	requestHeader
	requestHeaderValues
	responseHeader
	responseHeaderValues
	wholeBody
	bodyPath
)

// A source is the right side of a parameter mapping.
type source struct {
	kind sourceKind
	// name is the parameter or variable, or the literal's text.
	name string
	// path is set for bodyPath.
	path *compiledPath
}

// A sourceForm is one way to write a source: what starts it, and what it reads.
type sourceForm struct {
	prefix string
	kind   sourceKind
}

// Source: API Gateway developer guide, "Parameter mapping examples for REST APIs" and "API request and response data
// mapping reference".
var (
	requestSources = []sourceForm{
		{"method.request.path.", requestPath},
		{"method.request.querystring.", requestQuery},
		{"method.request.multivaluequerystring.", requestQueryValues},
		{"method.request.header.", requestHeader},
		{"method.request.multivalueheader.", requestHeaderValues},
		{"method.request.body", bodyPath},
		{"context.", contextVariable},
		{"stageVariables.", stageVariable},
	}
	responseSources = []sourceForm{
		{"integration.response.header.", responseHeader},
		{"integration.response.multivalueheader.", responseHeaderValues},
		{"integration.response.body", bodyPath},
		{"context.", contextVariable},
		{"stageVariables.", stageVariable},
	}
)

// compileSource reads the right side of a mapping, which has one of forms or is a literal in single quotes.
func compileSource(expr string, forms []sourceForm) (source, error) {
	if len(expr) >= 2 && expr[0] == '\'' && expr[len(expr)-1] == '\'' {
		return source{kind: literal, name: expr[1 : len(expr)-1]}, nil
	}
	for _, f := range forms {
		rest, ok := strings.CutPrefix(expr, f.prefix)
		switch {
		case !ok:
		case f.kind == bodyPath && rest == "":
			return source{kind: wholeBody}, nil
		case f.kind == bodyPath && (rest[0] == '.' || rest[0] == '['):
			path := compilePath("$" + rest)
			return source{kind: bodyPath, path: path}, path.err
		case f.kind != bodyPath && rest != "":
			return source{kind: f.kind, name: rest}, nil
		}
	}
	return source{}, fmt.Errorf("invalid mapping expression: %s", expr)
}

// A value is what a source gave: one text, or a list of them.
type value struct {
	text string
	list []string
	// ok is false when the source has no value; then list is empty too.
	ok bool
}

// joined is the value as one text.
func (v value) joined() string {
	if v.list != nil {
		return strings.Join(v.list, ",")
	}
	return v.text
}

func one(text string, ok bool) value { return value{text: text, ok: ok} }

func many(list []string) value { return value{list: list, ok: len(list) > 0} }

// value reads the source. doc is the body that the mapping may read.
func (s *source) value(x *message.Exchange, doc *document) (value, error) {
	switch s.kind {
	case literal:
		return one(s.name, true), nil
	case contextVariable:
		return one(ContextVariable(x, s.name)), nil
	case stageVariable:
		text, ok := x.StageVariables[s.name]
		return one(text, ok), nil
	case requestPath:
		return one(x.PathParameters.Get(s.name)), nil
	case requestQuery:
		return one(x.Query.Get(s.name)), nil
	case requestQueryValues:
		return many(x.Query.Values(s.name)), nil
	case requestHeader:
		if HiddenHeader(s.name) {
			return value{}, nil
		}
		return one(x.Request.Header.Get(s.name)), nil
	case requestHeaderValues:
		if HiddenHeader(s.name) {
			return value{}, nil
		}
		return one(strings.Join(x.Request.Header.Values(s.name), ","), true).orNothing(), nil
	case responseHeader:
		return one(x.IntegrationResponse.Header.GetFold(s.name)), nil
	case responseHeaderValues:
		return many(x.IntegrationResponse.Header.ValuesFold(s.name)), nil
	case wholeBody:
		return one(doc.text(), true), nil
	case bodyPath:
		return s.fromBody(doc)
	}
	return value{}, fmt.Errorf("unknown mapping source %d", s.kind)
}

// orNothing turns an empty text into no value.
func (v value) orNothing() value {
	v.ok = v.text != ""
	return v
}

// fromBody reads a part of the body. Only a body that looks like JSON is parsed, in any other nothing is found; nor is
// it where the path does not fit what the body holds, an index on an object for one (inferred: observed by an emulator's
// authors).
func (s *source) fromBody(doc *document) (value, error) {
	if !strings.ContainsRune("{[\"'", rune(doc.text()[0])) {
		return value{}, nil
	}
	v, err := doc.read(s.path)
	switch {
	case doc.err != nil || errors.Is(err, jsonpath.ErrLimit):
		return value{}, err
	case err != nil || v == nil:
		return value{}, nil //nolint:nilerr // JSON all the same
	}
	switch v.(type) {
	case *java.Map, *java.List:
		return one(string(java.AppendJSON(nil, v)), true), nil
	}
	return one(java.String(v), true), nil
}

// HiddenHeader reports whether templates and mappings never see the client's header called name: it reads as absent.
// Recorded AWS answer: $input.params of every header of RFC 2616 in a request template.
func HiddenHeader(name string) bool {
	for _, h := range [...]string{
		"Connection", "Content-Length", "Content-MD5", "Expect", "Max-Forwards", "Proxy-Authenticate", "Server", "TE",
		"Trailer", "Transfer-Encoding", "Upgrade", "WWW-Authenticate",
	} {
		if message.EqualFold(h, name) {
			return true
		}
	}
	return false
}

// decodedPath is a path parameter as it leaves the gateway outside of a path: percent-decoded, "+" kept. What is no
// percent-encoding stays as it was sent.
// Source: API Gateway developer guide, "Amazon API Gateway important notes": REST APIs decode URL-encoded request
// parameters before passing them to backend integrations.
func decodedPath(sent string) string {
	decoded, err := url.PathUnescape(sent)
	if err != nil {
		return sent
	}
	return decoded
}
