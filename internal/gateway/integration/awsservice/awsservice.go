package awsservice

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"postern/internal/apidef"
	"postern/internal/aws/arn"
	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/integration"
	"postern/internal/gateway/message"
	"postern/internal/gateway/observe"
)

// Backend is one method's integration, compiled.
type Backend struct {
	services  Services
	request   *integration.Request
	responses *integration.Responses
	timeout   time.Duration

	// call holds what is the same for every call.
	call     Call
	method   string // "ANY" means the client's own
	uri      *integration.URI
	action   string // for X-Amz-Target, "" without one
	target   target
	asCaller bool
	// broken is what every call answers.
	broken error
}

// New compiles the integration of m. What AWS accepts but cannot run is answered when it is called.
func New(m *apidef.Method, env *integration.Environment, services Services) (*Backend, error) {
	in := m.Integration
	request, err := integration.CompileRequest(in, env.Binary)
	if err != nil {
		return nil, fmt.Errorf("compile the integration request: %w", err)
	}
	b := &Backend{
		services: services, request: request, responses: integration.CompileResponses(m, env.Binary),
		timeout: time.Duration(integration.Timeout(in)) * time.Millisecond, method: in.HTTPMethod,
	}
	b.compileCall(in, env)
	uri, err := arn.ParseIntegration(integration.FillStageVariables(in.URI, env.Variables))
	switch {
	case err != nil:
		b.broken = gatewayresponse.Configuration("Invalid endpoint address")
	case services == nil:
		b.broken = gatewayresponse.Configuration("No AWS service can be called")
	default:
		b.compileURI(uri)
	}
	return b, nil
}

// compileCall fills in whose call it is.
func (b *Backend) compileCall(in *apidef.Integration, env *integration.Environment) {
	credentials := integration.FillStageVariables(in.Credentials, env.Variables)
	if b.asCaller = credentials == integration.CallerCredentials; !b.asCaller {
		b.call.Principal.Role = credentials
	}
	b.call.Header = message.Pairs{
		{Name: "Accept", Value: "application/json"},
		{Name: "User-Agent", Value: "AmazonAPIGateway_" + env.APIID},
		{Name: "x-amzn-apigateway-api-id", Value: env.APIID},
	}
}

// compileURI fills in the endpoint, and makes a URI of the path or the action.
func (b *Backend) compileURI(uri arn.Integration) {
	b.call.Partition, b.call.Region = uri.Partition, uri.Region
	b.call.Subdomain, b.call.Service = uri.Subdomain, uri.Service
	path := "/" + strings.TrimPrefix(uri.Rest, "/")
	if uri.ByAction {
		path = actionPath(uri)
		service := uri.Service
		if uri.Subdomain == "streams" {
			service = "streams." + service
		}
		if t, ok := targets[service]; ok {
			action, _, _ := strings.Cut(uri.Rest, "&")
			b.action, b.target = action, t
		}
	}
	b.uri = integration.CompileURI("https://aws"+path, nil)
}

// actionPath is what action/Name&A=b calls: the query Action=Name&A=b on the path /. S3 has no such protocol: there the
// parameters Bucket and Key are the path.
// Source: API Gateway API reference, Integration, uri; recorded AWS answers.
func actionPath(uri arn.Integration) string {
	if uri.Service != "s3" {
		return "/?Action=" + uri.Rest
	}
	var bucket, key string
	var rest []string
	parameters := strings.Split(uri.Rest, "&")[1:]
	for _, p := range parameters {
		switch name, value, _ := strings.Cut(p, "="); name {
		case "Bucket":
			bucket = "/" + value
		case "Key":
			key = "/" + value
		default:
			rest = append(rest, p)
		}
	}
	path := bucket + key
	if path == "" {
		path = "/"
	}
	if len(rest) > 0 {
		path += "?" + strings.Join(rest, "&")
	}
	return path
}

// Run is the step that calls the service and answers.
func (b *Backend) Run(ctx context.Context, x *message.Exchange) error {
	if err := b.Call(ctx, x); err != nil {
		return err
	}
	return b.Answer(ctx, x)
}

// Call calls the service. x.IntegrationResponse then holds what it answered: an error of the service is an answer like
// any other, chosen by its status.
func (b *Backend) Call(ctx context.Context, x *message.Exchange) error {
	if err := b.request.Apply(x); err != nil {
		return err
	}
	if err := integration.RefuseMapped(x.IntegrationRequest.Header); err != nil {
		return err
	}
	if b.broken != nil {
		return b.broken
	}
	call := b.prepare(x)
	if b.asCaller {
		call.Principal.Caller = &x.Identity
	}
	if x.Trace.On() {
		call.Signed = func(url string, header message.Pairs) { observe.Sending(x, url, header, call.Body) }
	}
	call.Deadline = observe.CallStarted(x).Add(b.timeout)
	if err := b.services.Do(ctx, &call, x.Response); err != nil {
		observe.CallEnded(x, 0)
		x.Trace.Notef("%v", err)
		return integration.UpstreamFailure(x, err)
	}
	b.received(x)
	return nil
}

// Answer makes the response of what the service answered.
func (b *Backend) Answer(_ context.Context, x *message.Exchange) error { return b.responses.Apply(x) }

// received moves the service's answer out of the response, where the client's own is made. The two header lists change
// places, so that each keeps its memory.
func (b *Backend) received(x *message.Exchange) {
	in, out := &x.IntegrationResponse, x.Response
	latency := observe.CallEnded(x, out.Status)
	if x.Trace.On() {
		observe.Received(x, out.Status, out.Header, out.Body, latency)
	}
	in.Status, in.Selection = out.Status, strconv.Itoa(out.Status)
	in.Header, out.Header = out.Header, in.Header[:0]
	in.Body, out.Body = out.Body, nil
	for _, name := range [...]string{"x-amzn-RequestId", "x-amz-request-id"} {
		if id, ok := in.Header.GetFold(name); ok {
			x.AWSEndpointRequestID = id
			break
		}
	}
}
