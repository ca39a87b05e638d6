package gateway

import (
	"context"
	"strings"

	"postern/internal/apidef"
	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/integration"
	"postern/internal/gateway/integration/awsservice"
	"postern/internal/gateway/integration/connection"
	"postern/internal/gateway/integration/http"
	"postern/internal/gateway/integration/lambda"
	"postern/internal/gateway/integration/mock"
	"postern/internal/gateway/message"
	"postern/internal/gateway/program"
)

// Backends is what integrations call.
type Backends struct {
	// Transport calls HTTP backends. Required.
	Transport http.Transport
	// Functions invokes Lambda functions, for integrations and for authorizers. Nil: no function can be invoked.
	Functions lambda.Functions
	// Services calls the other AWS services. Nil: none can be called.
	Services awsservice.Services
	// Links knows VPC links and the load balancers behind them. Nil: calls through a link fail.
	Links connection.Links
	// StreamRate bounds a streamed response beyond its first 10 MB, in bytes a second. Default 0: no bound.
	StreamRate int
}

// http are the options of HTTP integrations.
func (b *Backends) http() *http.Options {
	return &http.Options{Transport: b.Transport, TLS: http.NewTLSSettings(), Links: b.Links, StreamRate: b.StreamRate}
}

// lambda are the options of integrations with functions.
func (b *Backends) lambda() *lambda.Options {
	return &lambda.Options{Functions: b.Functions, StreamRate: b.StreamRate}
}

// notRun names what an integration needs and Postern cannot do yet.
func notRun(d *program.Definition) string {
	in := d.Method.Integration
	switch {
	case in.Type == apidef.AWSProxy && strings.Contains(in.URI, ":firehose:"):
		return "integrations of type AWS_PROXY with Firehose streams"
	case in.ResponseTransferMode == apidef.Stream && in.Type != apidef.HTTPProxy && in.Type != apidef.AWSProxy:
		return "integrations of type " + in.Type + " that stream their response"
	}
	return ""
}

// integration is step 9, which runs the method's integration. The error is what a method that cannot be compiled answers
// when it is called.
func (p *pipeline) integration(d *program.Definition) (backend, error) {
	m := d.Method
	if m.Integration == nil {
		return nil, gatewayresponse.Configuration("No integration defined for method")
	}
	if what := notRun(d); what != "" {
		return nil, gatewayresponse.NotRun(what)
	}
	switch m.Integration.Type {
	case apidef.HTTP, apidef.HTTPProxy:
		b, err := http.New(m, d.Environment, p.http)
		return compiled(b, err)
	case apidef.AWSProxy:
		b, err := lambda.NewProxy(m, d.Environment, p.backends.lambda())
		return compiled(b, err)
	case apidef.AWS:
		if lambda.Invokes(integration.FillStageVariables(m.Integration.URI, d.Environment.Variables)) {
			b, err := lambda.NewCustom(m, d.Environment, p.backends.lambda())
			return compiled(b, err)
		}
		b, err := awsservice.New(m, d.Environment, p.backends.Services)
		return compiled(b, err)
	case apidef.Mock:
		b, err := mock.New(m, d.Environment)
		return compiled(b, err)
	}
	return nil, gatewayresponse.Configuration("Unknown integration type " + m.Integration.Type)
}

// backend is a compiled integration of any type: Run is Call, then Answer. The stage cache stands between the two.
type backend interface {
	Run(ctx context.Context, x *message.Exchange) error
	// Call makes the integration request, sends it, and leaves what came back in x.IntegrationResponse.
	Call(ctx context.Context, x *message.Exchange) error
	// Answer makes x.Response of x.IntegrationResponse, which may also be one that was kept. It never changes the bytes
	// of its body.
	Answer(ctx context.Context, x *message.Exchange) error
}

// compiled turns a fault of the definition into what calling the method answers.
func compiled(b backend, err error) (backend, error) {
	if err != nil {
		return nil, gatewayresponse.Configuration(err.Error())
	}
	return b, nil
}
