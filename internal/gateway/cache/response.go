package cache

import (
	"fmt"
	"strings"

	"postern/internal/gateway/message"
	"postern/java"
	"postern/jsonpath"
)

// MaxBody is the largest body that is kept, in bytes; larger answers pass uncached.
// Source: developer guide, "Cache settings for REST APIs in API Gateway".
const MaxBody = 1048576

// Response is an integration response as it is kept. It is never changed.
type Response struct {
	Status    int
	Selection string
	// FunctionError is that of message.IntegrationResponse.
	FunctionError bool
	Header        message.Pairs
	Body          []byte
	// RequestOverride and ResponseOverride are what the request template left in $context, as JSON; "" for nothing.
	RequestOverride, ResponseOverride string
}

// Keep copies what the integration answered; nil when that cannot be kept: it is too large, or streamed.
func Keep(x *message.Exchange) *Response {
	in := &x.IntegrationResponse
	if len(in.Body) > MaxBody || x.Response.Stream != nil {
		return nil
	}
	return &Response{
		Status: in.Status, Selection: strings.Clone(in.Selection), FunctionError: in.FunctionError,
		Header: cloned(in.Header), Body: append([]byte(nil), in.Body...),
		RequestOverride: overrideText(x.RequestOverride), ResponseOverride: overrideText(x.ResponseOverride),
	}
}

// cloned copies a header list into one string of its own: what it came in may be much larger.
func cloned(header message.Pairs) message.Pairs {
	if len(header) == 0 {
		return nil
	}
	var text strings.Builder
	for i := range header {
		text.WriteString(header[i].Name)
		text.WriteString(header[i].Value)
	}
	rest := text.String()
	out := make(message.Pairs, len(header))
	for i := range header {
		name, value := len(header[i].Name), len(header[i].Value)
		out[i] = message.Pair{Name: rest[:name], Value: rest[name : name+value]}
		rest = rest[name+value:]
	}
	return out
}

func overrideText(m *java.Map) string {
	if m == nil {
		return ""
	}
	return string(java.AppendJSON(nil, m))
}

// Restore makes x.IntegrationResponse of the response, as if the integration had just answered it.
func (r *Response) Restore(x *message.Exchange) error {
	in := &x.IntegrationResponse
	in.Status, in.Selection, in.FunctionError, in.Body = r.Status, r.Selection, r.FunctionError, r.Body
	in.Header = append(in.Header[:0], r.Header...)
	var err error
	if x.RequestOverride, err = overrideMap(r.RequestOverride); err != nil {
		return err
	}
	x.ResponseOverride, err = overrideMap(r.ResponseOverride)
	return err
}

func overrideMap(text string) (*java.Map, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // nothing was overridden
	}
	v, err := jsonpath.Parse(text)
	m, ok := v.(*java.Map)
	if err != nil || !ok {
		return nil, fmt.Errorf("read a cached override: %w", err)
	}
	return m, nil
}

// weight is what the response takes of memory, in bytes, roughly.
func (r *Response) weight() uint32 {
	const perEntry, perHeader = 256, 32
	n := perEntry + len(r.Selection) + len(r.Body) + len(r.RequestOverride) + len(r.ResponseOverride)
	for i := range r.Header {
		n += perHeader + len(r.Header[i].Name) + len(r.Header[i].Value)
	}
	return uint32(n) //nolint:gosec // bodies have at most MaxBody
}
