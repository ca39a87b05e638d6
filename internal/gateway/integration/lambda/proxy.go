package lambda

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"postern/internal/apidef"
	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/integration"
	"postern/internal/gateway/message"
)

// maxBody is the largest body that a client is answered, in bytes.
// Source: developer guide, "Quotas for configuring and running a REST API in API Gateway".
const maxBody = 10485760

// Options are what integrations of a gateway share.
type Options struct {
	// Functions invokes functions. Nil: none can be invoked.
	Functions Functions
	// StreamRate bounds a streamed response beyond its first 10 MB, in bytes a second; 0 is no bound. AWS's bound is
	// integration.DefaultStreamRate.
	StreamRate int
}

// Proxy is one method's integration of type AWS_PROXY, compiled.
type Proxy struct {
	function function
	request  *integration.Request
	event    event
	binary   integration.BinaryMediaTypes
	streams  bool
	// idle is how long a stream may pause.
	idle time.Duration
	// rate bounds a long stream, in bytes a second; 0 is no bound.
	rate int
	// broken is what every call answers.
	broken error
}

// NewProxy compiles the integration of m. What AWS accepts but cannot run is answered when it is called.
func NewProxy(m *apidef.Method, env *integration.Environment, o *Options) (*Proxy, error) {
	in := m.Integration
	request, err := integration.CompileRequest(in, env.Binary)
	if err != nil {
		return nil, fmt.Errorf("compile the integration request: %w", err)
	}
	f, ok := compileFunction(in, env, o.Functions)
	p := &Proxy{
		function: f, request: request, event: compileEvent(env.Variables), binary: env.Binary,
		streams: in.ResponseTransferMode == apidef.Stream, idle: env.StreamIdle(), rate: o.StreamRate,
	}
	switch {
	case !ok:
		p.broken = gatewayresponse.Configuration("Invalid Lambda function URI: " + integration.FillStageVariables(in.URI, env.Variables))
	case in.HTTPMethod != "POST":
		p.broken = gatewayresponse.NotPOST
	case p.streams != f.streaming:
		p.broken = gatewayresponse.Configuration("The responseTransferMode of the integration does not fit its URI")
	}
	return p, nil
}

// Run is the step that invokes the function and answers.
func (p *Proxy) Run(ctx context.Context, x *message.Exchange) error {
	if err := p.Call(ctx, x); err != nil {
		return err
	}
	return p.Answer(ctx, x)
}

// Call invokes the function. x.IntegrationResponse then holds what it answered; of a function that streams, x.Response
// does.
func (p *Proxy) Call(ctx context.Context, x *message.Exchange) error {
	if err := p.mapped(x); err != nil {
		return err
	}
	if p.broken != nil {
		x.Called = true // AWS does call Lambda, which refuses
		return p.broken
	}
	contentType, _ := x.Request.Header.GetFold("Content-Type")
	out := &x.IntegrationRequest
	out.Buffer = p.event.append(out.Buffer[:0], x, !x.Test && p.binary.Match(contentType))
	out.Body = out.Buffer
	x.Observed.Function = true
	in := p.function.invocation(x, out.Body)
	in.PayloadIsJSON = true
	if p.streams {
		in.StreamIdle = p.idle
		return p.stream(ctx, x, &in)
	}
	result, err := p.function.invoke(ctx, x, &in)
	switch {
	case err != nil:
		return err
	case result.Status != 200:
		return refused(x, &result)
	case result.FunctionError != "":
		x.Observed.IntegrationError = customerError(errorText(result.Payload))
		return failed(&result)
	}
	x.IntegrationResponse.Status, x.IntegrationResponse.Body = result.Status, result.Payload
	return nil
}

// mapped applies parameter mappings, which change nothing in the event, but fail a call that sets a header that only the
// gateway sets. Source: recorded AWS answers (AWS_PROXY with requestParameters).
func (p *Proxy) mapped(x *message.Exchange) error {
	if err := p.request.Map(x); err != nil {
		return err
	}
	err := integration.RefuseMapped(x.IntegrationRequest.Header)
	x.IntegrationRequest.Header.Reset()
	return err
}

// Answer makes the response of what the function answered.
func (p *Proxy) Answer(_ context.Context, x *message.Exchange) error {
	if p.streams {
		return nil
	}
	c, ok := parseContract(x.IntegrationResponse.Body)
	if !ok {
		return malformed()
	}
	if err := p.head(x, &c); err != nil {
		return err
	}
	accept, _ := x.Request.Header.GetFold("Accept")
	body, err := c.appendBody(x.Response.Memory(), !x.Test && p.binary.Match(accept))
	if err != nil {
		return err
	}
	x.Response.SetBody(body)
	if len(body) > maxBody {
		return gatewayresponse.Configuration("Integration response is larger than allowed maximum of " + strconv.Itoa(maxBody) + " bytes.")
	}
	return nil
}

// head fills the status and the headers of the response.
func (p *Proxy) head(x *message.Exchange, c *contract) error {
	status, ok := c.statusCode()
	if !ok {
		return malformed()
	}
	x.Observed.FunctionStatus = status
	out := x.Response
	out.Status = status
	if out.Header, ok = c.appendHeader(out.Header); !ok {
		return malformed()
	}
	integration.RemapProxied(&out.Header)
	if x.Called {
		out.Header.SetFold("X-Amzn-Trace-Id", x.TraceID)
	}
	if _, ok := out.Header.GetFold("Content-Type"); !ok {
		out.Header.Add("Content-Type", "application/json")
	}
	return nil
}
