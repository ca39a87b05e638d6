package awsservice

import (
	"slices"

	"postern/internal/gateway/integration"
	"postern/internal/gateway/message"
)

// prepare makes the call for x.
func (b *Backend) prepare(x *message.Exchange) Call {
	in := &x.IntegrationRequest
	call := b.call
	call.Method, call.Body = b.method, in.Body
	if call.Method == "ANY" || call.Method == "" {
		call.Method = x.Request.Method
	}
	call.Path = string(b.uri.AppendPath(nil, in.Path))
	call.RawQuery = string(b.query(in))
	call.Header = b.header(x, call.Body)
	return call
}

// query assembles the query: the uri's own, then what was mapped.
func (b *Backend) query(in *message.IntegrationRequest) []byte {
	var q []byte
	if b.uri.HasQuery() {
		q = b.uri.AppendQuery(q, in.Path)
	}
	for i := range in.Query {
		if len(q) > 0 {
			q = append(q, '&')
		}
		q = integration.AppendQueryValue(q, in.Query[i].Name)
		q = append(q, '=')
		q = integration.AppendQueryValue(q, in.Query[i].Value)
	}
	return q
}

// header lists AWS's defaults, as far as nothing is mapped in their place, what the service's protocol wants, the client's
// Content-Type with a body, and what was mapped.
// Source: recorded AWS answer (TestInvokeMethod, AWS integrations).
func (b *Backend) header(x *message.Exchange, body []byte) message.Pairs {
	mapped := x.IntegrationRequest.Header
	list := make(message.Pairs, 0, len(b.call.Header)+len(mapped)+3)
	add := func(name, value string) {
		if _, ok := mapped.GetFold(name); !ok {
			list.Add(name, value)
		}
	}
	for i := range b.call.Header {
		add(b.call.Header[i].Name, b.call.Header[i].Value)
	}
	if b.action != "" {
		add("X-Amz-Target", b.target.prefix+"."+b.action)
		add("Content-Type", b.target.contentType)
	} else if len(body) > 0 {
		contentType := integration.ContentType(x)
		if contentType == "" {
			contentType = "application/json" // as what an absent header counts when templates are chosen (inferred)
		}
		add("Content-Type", contentType)
	}
	list = append(list, mapped...)
	return append(slices.Clip(list), message.Pair{Name: "X-Amzn-Trace-Id", Value: x.TraceID})
}
