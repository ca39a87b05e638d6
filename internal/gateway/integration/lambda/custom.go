package lambda

import (
	"context"
	"fmt"

	"postern/internal/apidef"
	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/integration"
	"postern/internal/gateway/message"
	"postern/internal/gateway/route"
)

// Custom is one method's integration of type AWS that invokes a function, compiled.
type Custom struct {
	function  function
	request   *integration.Request
	responses *integration.Responses
	// method is the verb of the call; ANY is the client's. Lambda knows POST only.
	method string
	// broken is what every call answers.
	broken error
}

// NewCustom compiles the integration of m, whose uri Invokes a function. What AWS accepts but cannot run is answered
// when it is called.
func NewCustom(m *apidef.Method, env *integration.Environment, o *Options) (*Custom, error) {
	request, err := integration.CompileRequest(m.Integration, env.Binary)
	if err != nil {
		return nil, fmt.Errorf("compile the integration request: %w", err)
	}
	f, ok := compileFunction(m.Integration, env, o.Functions)
	c := &Custom{function: f, request: request, responses: integration.CompileResponses(m, env.Binary), method: m.Integration.HTTPMethod}
	if !ok {
		c.broken = gatewayresponse.Configuration("Invalid Lambda function URI")
	}
	return c, nil
}

// Run is the step that invokes the function and answers.
func (c *Custom) Run(ctx context.Context, x *message.Exchange) error {
	if err := c.Call(ctx, x); err != nil {
		return err
	}
	return c.Answer(ctx, x)
}

// Call invokes the function with what the request template made, {} for nothing. x.IntegrationResponse then holds what it
// answered: a function's error is an answer too, chosen by its errorMessage, while every other answer chooses by the
// empty text.
// Sources: recorded AWS answers (AWS integrations with Lambda); developer guide, "Handle Lambda errors in API Gateway".
func (c *Custom) Call(ctx context.Context, x *message.Exchange) error {
	if err := c.request.Apply(x); err != nil {
		return err
	}
	if err := integration.RefuseMapped(x.IntegrationRequest.Header); err != nil {
		return err
	}
	if c.broken != nil {
		return c.broken
	}
	if c.method != "POST" && (c.method != route.Any || x.Request.Method != "POST") {
		x.Called = true // AWS does call Lambda, which refuses
		return gatewayresponse.NotPOST
	}
	in := c.invocation(x)
	result, err := c.function.invoke(ctx, x, &in)
	if err != nil {
		return err
	}
	switch {
	case result.Status == 403, result.Status == 404, result.Status == 429, result.Status >= 500:
		return refused(x, &result)
	case result.FunctionError != "":
		x.IntegrationResponse.Selection = errorText(result.Payload)
		x.IntegrationResponse.FunctionError = true
		x.Observed.IntegrationError = customerError(x.IntegrationResponse.Selection)
	}
	received(x, &result)
	return nil
}

// invocation is the call, with the headers that mean something to Lambda where they are mapped.
// Source: Lambda API reference, Invoke; developer guide, "Set up asynchronous invocation of the backend Lambda function".
func (c *Custom) invocation(x *message.Exchange) Invocation {
	body := x.IntegrationRequest.Body
	if len(body) == 0 {
		body = []byte("{}") // recorded AWS answer
	}
	in := c.function.invocation(x, body)
	for _, h := range x.IntegrationRequest.Header {
		switch {
		case message.EqualFold(h.Name, "X-Amz-Invocation-Type"):
			in.Type = InvocationType(h.Value)
		case message.EqualFold(h.Name, "X-Amz-Client-Context"):
			in.ClientContext = h.Value
		case message.EqualFold(h.Name, "X-Amz-Log-Type"):
			in.LogType = h.Value
		}
	}
	if qualifier, ok := x.IntegrationRequest.Query.Get("Qualifier"); ok {
		in.FunctionARN += ":" + qualifier
	}
	return in
}

// received fills x.IntegrationResponse.
func received(x *message.Exchange, r *Result) {
	out := &x.IntegrationResponse
	out.Status, out.Body = r.Status, r.Payload
	out.Header = append(out.Header, r.Header...)
	for _, h := range [...]message.Pair{
		{Name: "Content-Type", Value: "application/json"},
		{Name: "x-amzn-RequestId", Value: r.RequestID},
		{Name: "X-Amz-Function-Error", Value: r.FunctionError},
	} {
		if _, ok := out.Header.GetFold(h.Name); !ok && h.Value != "" {
			out.Header = append(out.Header, h)
		}
	}
}

// Answer makes the response of what the function answered.
func (c *Custom) Answer(_ context.Context, x *message.Exchange) error { return c.responses.Apply(x) }
