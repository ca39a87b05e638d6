package mapping

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"postern/internal/gateway/message"
)

// ErrInvalidRequestBody is what RequestParameters.Apply returns when a mapping reads the body and the body is not
// JSON. Its text is the message of the 400 that the client gets.
var ErrInvalidRequestBody = errors.New("Invalid JSON in request body") //nolint:staticcheck // AWS's words

// RequestParameters is a compiled requestParameters map of an integration.
type RequestParameters struct{ targets []requestTarget }

// requestLocation is the part of the integration request that a mapping fills.
type requestLocation uint8

const (
	inPath requestLocation = iota
	inQuery
	inHeader
)

type requestTarget struct {
	in     requestLocation
	name   string
	source source
}

// CompileRequestParameters compiles the requestParameters of an integration: from integration.request.{path,
// querystring,header}.NAME to method.request.{path,querystring,header,multivaluequerystring,multivalueheader}.NAME,
// method.request.body[.JSONPATH], context.NAME, stageVariables.NAME or 'text'. A nil or empty map compiles to nil.
func CompileRequestParameters(m map[string]string) (*RequestParameters, error) {
	if len(m) == 0 {
		return nil, nil //nolint:nilnil // a nil *RequestParameters maps nothing
	}
	p := &RequestParameters{targets: make([]requestTarget, 0, len(m))}
	for _, key := range slices.Sorted(maps.Keys(m)) {
		t, err := compileRequestTarget(key, m[key])
		if err != nil {
			return nil, err
		}
		p.targets = append(p.targets, t)
	}
	return p, nil
}

func compileRequestTarget(key, expr string) (requestTarget, error) {
	for prefix, in := range map[string]requestLocation{
		"integration.request.path.":        inPath,
		"integration.request.querystring.": inQuery,
		"integration.request.header.":      inHeader,
	} {
		name, ok := strings.CutPrefix(key, prefix)
		if !ok || name == "" {
			continue
		}
		s, err := compileSource(expr, requestSources)
		if err != nil {
			return requestTarget{}, fmt.Errorf("request parameter %s: %w", key, err)
		}
		return requestTarget{in, name, s}, nil
	}
	return requestTarget{}, fmt.Errorf("request parameter %s: no integration request parameter", key)
}

// Apply adds the mapped parameters to x.IntegrationRequest. A source without a value adds nothing (recorded AWS
// answer: no empty parameter). The error is ErrInvalidRequestBody. A nil p adds nothing.
func (p *RequestParameters) Apply(x *message.Exchange) error {
	if p == nil {
		return nil
	}
	doc := document{body: x.Request.Body}
	for i := range p.targets {
		t := &p.targets[i]
		v, err := t.source.value(x, &doc)
		if err != nil {
			return ErrInvalidRequestBody
		}
		if v.ok {
			t.put(&x.IntegrationRequest, v)
		}
	}
	return nil
}

// put adds v: a list repeats a query parameter, and is joined with commas everywhere else (both observed by an
// emulator's authors). A path parameter stays as it was sent in the path, and is decoded elsewhere.
func (t *requestTarget) put(r *message.IntegrationRequest, v value) {
	if t.source.kind == requestPath && t.in != inPath {
		v.text = decodedPath(v.text)
	}
	switch t.in {
	case inPath:
		r.Path.Add(t.name, v.joined())
	case inHeader:
		r.Header.Add(t.name, message.HeaderValue(v.joined()))
	case inQuery:
		if v.list == nil {
			r.Query.Add(t.name, v.text)
		}
		for _, text := range v.list {
			r.Query.Add(t.name, text)
		}
	}
}
