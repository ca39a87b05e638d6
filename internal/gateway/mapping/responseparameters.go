package mapping

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"postern/internal/gateway/message"
)

// ResponseParameters is a compiled responseParameters map of an integration response.
type ResponseParameters struct{ targets []responseTarget }

type responseTarget struct {
	header string
	source source
}

// CompileResponseParameters compiles the responseParameters of an integration response: from
// method.response.header.NAME to integration.response.{header,multivalueheader}.NAME,
// integration.response.body[.JSONPATH], context.NAME, stageVariables.NAME or 'text'. A nil or empty map compiles to
// nil.
func CompileResponseParameters(m map[string]string) (*ResponseParameters, error) {
	if len(m) == 0 {
		return nil, nil //nolint:nilnil // a nil *ResponseParameters maps nothing
	}
	p := &ResponseParameters{targets: make([]responseTarget, 0, len(m))}
	for _, key := range slices.Sorted(maps.Keys(m)) {
		name, ok := strings.CutPrefix(key, "method.response.header.")
		if !ok || name == "" {
			return nil, fmt.Errorf("response parameter %s: no method response header", key)
		}
		s, err := compileSource(m[key], responseSources)
		if err != nil {
			return nil, fmt.Errorf("response parameter %s: %w", key, err)
		}
		p.targets = append(p.targets, responseTarget{name, s})
	}
	return p, nil
}

// Apply adds the mapped headers to x.Response.Header, under the names as configured: what AWS remaps or drops is not
// decided here. A source without a value adds nothing. A mapping that reads a body that starts as JSON and is not
// gives an error, which the client sees as 500. A nil p adds nothing.
func (p *ResponseParameters) Apply(x *message.Exchange) error {
	if p == nil {
		return nil
	}
	doc := document{body: x.IntegrationResponse.Body, functionError: x.IntegrationResponse.FunctionError}
	for i := range p.targets {
		t := &p.targets[i]
		v, err := t.source.value(x, &doc)
		if err != nil {
			return fmt.Errorf("map response header %s: %w", t.header, err)
		}
		if !v.ok {
			continue
		}
		if v.list == nil {
			x.Response.Header.Add(t.header, message.HeaderValue(v.text))
		}
		for _, text := range v.list {
			x.Response.Header.Add(t.header, message.HeaderValue(text))
		}
	}
	return nil
}
