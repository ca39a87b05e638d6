// Package http runs integrations of the types HTTP and HTTP_PROXY.
//
// What comes in: an exchange whose request has been authorized and validated. What goes out: for HTTP the mapped answer of
// the backend, for HTTP_PROXY the backend's answer with some headers renamed; or a *gatewayresponse.Error. Redirects are
// not followed. It keeps no connections: they belong to the Transport.
//
// Sources: developer guide, "Set up HTTP integrations in API Gateway"; recorded AWS answers (HTTP and HTTP_PROXY
// integrations, header remapping); captured replies for timeouts and network errors.
package http

import (
	"context"
	"strconv"
	"time"

	"postern/internal/apidef"
	"postern/internal/gateway/integration"
	"postern/internal/gateway/integration/connection"
	"postern/internal/gateway/message"
	"postern/internal/gateway/observe"
	"postern/internal/http1"
)

// Transport is the one thing that an HTTP integration needs of an HTTP client. *http1.Transport is one.
type Transport interface {
	// Do sends req and fills resp with the answer, every header line as received, or fails with an
	// *http1.UpstreamError.
	Do(req *http1.UpstreamRequest, deadline time.Time, resp *message.Response) error
}

// Options are what the integrations of a gateway share.
type Options struct {
	// Transport calls backends. Required.
	Transport Transport
	// TLS makes the settings of stages. Required.
	TLS *TLSSettings
	// Links knows VPC links; nil knows none.
	Links connection.Links
	// StreamRate bounds a streamed response beyond its first 10 MB, in bytes a second; 0 is no bound. AWS's is
	// integration.DefaultStreamRate.
	StreamRate int
}

// Backend is one method's integration of type HTTP or HTTP_PROXY, compiled.
type Backend struct {
	transport Transport
	// private is the way through a VPC link; nil is the internet.
	private *connection.Connection
	// stream is nil for an integration that waits for the whole answer.
	stream  *streaming
	request *integration.Request
	// responses is nil for HTTP_PROXY.
	responses *integration.Responses
	payload   integration.ProxyPayload
	timeout   time.Duration

	method    string // "ANY" means the client's own
	uri       *integration.URI
	endpoint  integration.Endpoint // of a uri whose host is constant
	address   http1.Address        // of that endpoint
	fixed     bool
	target    string // of a uri that is constant
	tls       TLS
	check     bool // false: unknown authorities are accepted
	apiID     string
	userAgent string
}

// New compiles the integration of m.
func New(m *apidef.Method, env *integration.Environment, o *Options) (*Backend, error) {
	in := m.Integration
	tls, err := o.TLS.Of(env)
	if err != nil {
		return nil, err
	}
	request, err := integration.CompileRequest(in, env.Binary)
	if err != nil {
		return nil, err
	}
	b := &Backend{
		transport: o.Transport,
		private:   connection.New(in, env, o.Links),
		stream:    newStreaming(in, env, o.StreamRate),
		request:   request,
		payload:   integration.ProxyPayload{Binary: env.Binary},
		timeout:   time.Duration(integration.Timeout(in)) * time.Millisecond,
		method:    in.HTTPMethod,
		uri:       integration.CompileURI(in.URI, env.Variables),
		tls:       tls,
		check:     in.TLSConfig == nil || !in.TLSConfig.InsecureSkipVerification,
		apiID:     env.APIID,
		userAgent: "AmazonAPIGateway_" + env.APIID,
	}
	if in.Type == apidef.HTTP {
		b.responses = integration.CompileResponses(m, env.Binary)
	}
	if endpoint, ok := b.uri.Fixed(); ok {
		b.endpoint, b.address, b.fixed = endpoint, b.addressOf(endpoint), true
	}
	if b.private == nil || !b.private.KeepsStage() {
		b.target, _ = b.uri.Target()
	}
	return b, nil
}

func (b *Backend) addressOf(e integration.Endpoint) http1.Address {
	a := http1.Address{Scheme: e.Scheme, Host: e.Host, Port: e.Port}
	switch {
	case e.Scheme != "https":
	case b.check:
		a.TLS = b.tls.Known
	default:
		a.TLS = b.tls.AnyAuthority
	}
	return a
}

// Run is the step that calls the backend and answers.
func (b *Backend) Run(ctx context.Context, x *message.Exchange) error {
	if err := b.Call(ctx, x); err != nil {
		return err
	}
	return b.Answer(ctx, x)
}

// Call calls the backend. x.IntegrationResponse then holds what it answered.
func (b *Backend) Call(_ context.Context, x *message.Exchange) error {
	if err := b.request.Apply(x); err != nil {
		return err
	}
	if err := integration.FilterMapped(&x.IntegrationRequest.Header); err != nil {
		return err
	}
	c := newCall()
	defer c.release()
	if err := b.prepare(c, x); err != nil {
		return err
	}
	if err := b.send(c, x); err != nil {
		return err
	}
	received(x)
	return nil
}

// Answer makes the response of what the backend answered.
func (b *Backend) Answer(_ context.Context, x *message.Exchange) error {
	if b.responses == nil {
		return b.proxied(x)
	}
	return b.responses.Apply(x)
}

// send performs the call. x.Response then holds what the backend answered.
func (b *Backend) send(c *call, x *message.Exchange) error {
	if x.Trace.On() {
		observe.Sending(x, c.req.Address.String()+c.req.Target, c.req.Header, c.req.Body)
	}
	x.Observed.Streamed = b.stream != nil
	start := observe.CallStarted(x)
	if err := b.do(c, x, start.Add(b.timeout)); err != nil {
		observe.CallEnded(x, 0)
		x.Trace.Notef("%v", err)
		if b.private != nil {
			return privateFailure(x, err)
		}
		return integration.UpstreamFailure(x, err)
	}
	latency := observe.CallEnded(x, x.Response.Status)
	if x.Trace.On() {
		observe.Received(x, x.Response.Status, x.Response.Header, x.Response.Body, latency)
	}
	return nil
}

// proxied answers the client what the backend answered. The header lists change places again, see received.
func (b *Backend) proxied(x *message.Exchange) error {
	in, out := &x.IntegrationResponse, x.Response
	out.Status = in.Status
	out.Header, in.Header = in.Header, out.Header[:0]
	out.Body, in.Body = in.Body, nil
	if out.Stream != nil {
		b.stream.begin(out)
	} else if err := b.payload.Convert(x); err != nil {
		return err
	}
	integration.RemapProxied(&out.Header)
	return nil
}

// do sends the request, over the internet or through the VPC link.
func (b *Backend) do(c *call, x *message.Exchange, deadline time.Time) error {
	if b.stream != nil && !x.Test { // a test invocation shows the whole answer
		c.req.Stream, c.req.StreamIdle = true, b.stream.idle
	}
	if b.private != nil {
		return b.doPrivate(c, x, deadline)
	}
	return b.transport.Do(&c.req, deadline, x.Response)
}

// received moves what the backend answered out of the response. The two header lists change places, so that each keeps
// its memory; the body stays in the response's memory.
func received(x *message.Exchange) {
	in, out := &x.IntegrationResponse, x.Response
	in.Status, in.Selection = out.Status, statusText(out.Status)
	in.Header, out.Header = out.Header, in.Header[:0]
	in.Body, out.Body = out.Body, nil
}

func statusText(status int) string {
	if status == 200 {
		return "200"
	}
	return strconv.Itoa(status)
}
