package http

import (
	"strings"
	"sync"

	"postern/internal/gateway/integration"
	"postern/internal/gateway/message"
	"postern/internal/http1"
)

// call is one call's memory, used again by the next.
type call struct {
	req      http1.UpstreamRequest
	endpoint integration.Endpoint // what the uri names
	target   []byte
}

var calls = sync.Pool{New: func() any { return new(call) }}

func newCall() *call { return calls.Get().(*call) } // the pool holds nothing else

func (c *call) release() {
	header := c.req.Header
	header.Reset()
	c.req = http1.UpstreamRequest{Header: header}
	calls.Put(c)
}

// prepare makes the upstream request: address, request line, headers and body.
func (b *Backend) prepare(c *call, x *message.Exchange) error {
	in := &x.IntegrationRequest
	r := &c.req
	r.Task = x.Request.Task
	c.endpoint, r.Address = b.endpoint, b.address
	if !b.fixed {
		endpoint, err := b.uri.Endpoint(in.Path)
		if err != nil {
			return err
		}
		c.endpoint, r.Address = endpoint, b.addressOf(endpoint)
	}
	r.Method = b.method
	if r.Method == "ANY" || r.Method == "" {
		r.Method = x.Request.Method
	}
	r.Target = b.targetOf(c, x)
	r.Body = in.Body
	if b.responses == nil {
		b.proxyHeader(r, x)
	} else {
		b.mappedHeader(r, x)
	}
	return nil
}

// targetOf assembles the request target: the uri's path and query, what was mapped to the query, and for HTTP_PROXY the
// client's query as it was sent. Of a parameter that comes from several, that is the order of the values.
// Source: recorded AWS answer (HTTP_PROXY with mapped query parameters).
func (b *Backend) targetOf(c *call, x *message.Exchange) string {
	mapped := x.IntegrationRequest.Query
	passed := ""
	if b.responses == nil {
		passed = x.Request.RawQuery
	}
	if b.target != "" && len(mapped) == 0 && passed == "" {
		return b.target
	}
	t := b.uri.AppendPath(b.appendStage(c.target[:0], x), x.IntegrationRequest.Path)
	next := byte('?')
	if b.uri.HasQuery() {
		t = b.uri.AppendQuery(append(t, next), x.IntegrationRequest.Path)
		next = '&'
	}
	for i := range mapped {
		t = append(t, next)
		t = integration.AppendQueryValue(t, mapped[i].Name)
		t = append(t, '=')
		t = integration.AppendQueryValue(t, mapped[i].Value)
		next = '&'
	}
	if passed = strings.TrimLeft(passed, "&"); passed != "" {
		t = append(t, next)
		t = append(t, passed...)
	}
	c.target = t
	return string(t)
}

// proxyHeader lists the client's headers that pass, then those mapped, which take the place of the client's.
// Source: recorded AWS answer (HTTP_PROXY).
func (b *Backend) proxyHeader(r *http1.UpstreamRequest, x *message.Exchange) {
	mapped := x.IntegrationRequest.Header
	for i := range x.Request.Header {
		p := &x.Request.Header[i]
		if !integration.PassesToBackend(p.Name, p.Value) {
			continue
		}
		if len(mapped) > 0 && has(mapped, p.Name) {
			continue
		}
		r.Header = append(r.Header, *p)
	}
	b.addMapped(r, mapped)
	b.addOwn(r, x)
}

// mappedHeader lists the mapped headers and AWS's defaults: the client's Content-Type with a body, and an Accept and a
// User-Agent of the gateway's. Source: recorded AWS answer (HTTP).
func (b *Backend) mappedHeader(r *http1.UpstreamRequest, x *message.Exchange) {
	mapped := x.IntegrationRequest.Header
	b.addMapped(r, mapped)
	if !has(mapped, "Accept") {
		r.Header.Add("Accept", "application/json")
	}
	if !has(mapped, "User-Agent") {
		r.Header.Add("User-Agent", b.userAgent)
	}
	if len(r.Body) > 0 && !has(mapped, "Content-Type") {
		contentType := integration.ContentType(x)
		if contentType == "" {
			contentType = "application/json" // as what an absent header counts when templates are chosen (inferred)
		}
		r.Header.Add("Content-Type", contentType)
	}
	b.addOwn(r, x)
}

// addMapped adds mapped headers. A mapped Host is what the backend sees (recorded AWS answer).
func (b *Backend) addMapped(r *http1.UpstreamRequest, mapped message.Pairs) {
	for i := range mapped {
		if message.EqualFold(mapped[i].Name, "Host") {
			r.Host = mapped[i].Value
			continue
		}
		r.Header = append(r.Header, mapped[i])
	}
}

func (b *Backend) addOwn(r *http1.UpstreamRequest, x *message.Exchange) {
	r.Header.Add("X-Amzn-Apigateway-Api-Id", b.apiID)
	r.Header.Add("X-Amzn-Trace-Id", x.TraceID)
}

func has(p message.Pairs, name string) bool {
	_, ok := p.GetFold(name)
	return ok
}
