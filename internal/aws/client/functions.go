package client

import (
	"context"
	"strings"
	"time"

	"postern/internal/aws/arn"
	"postern/internal/gateway/integration/awsservice"
	"postern/internal/gateway/integration/lambda"
	"postern/internal/gateway/message"
)

// Functions invokes functions by Lambda's API. It implements lambda.Functions.
type Functions struct{ client *Client }

// Functions gives the functions that the client reaches.
func (c *Client) Functions() *Functions { return &Functions{c} }

// longestInvocation bounds an invocation whose context has no deadline. Source: Lambda quotas, function timeout.
const longestInvocation = 15 * time.Minute

// Invoke implements lambda.Functions.
func (f *Functions) Invoke(ctx context.Context, in *lambda.Invocation) (lambda.Result, error) {
	var resp message.Response
	if err := f.call(ctx, in, "2015-03-31", "/invocations", false, &resp); err != nil {
		return lambda.Result{}, err
	}
	return resultOf(&resp), nil
}

// resultOf reads Lambda's answer. Source: Lambda API reference, Invoke.
func resultOf(resp *message.Response) lambda.Result {
	r := lambda.Result{Status: resp.Status, Payload: resp.Body}
	r.FunctionError, _ = resp.Header.GetFold("X-Amz-Function-Error")
	r.RequestID, _ = resp.Header.GetFold("x-amzn-RequestId")
	r.Header = resp.Header
	return r
}

// call sends the call of one of Lambda's two operations.
func (f *Functions) call(ctx context.Context, in *lambda.Invocation, version, operation string, stream bool, resp *message.Response) error {
	function, err := arn.Parse(in.FunctionARN)
	if err != nil {
		return lambda.ErrNoFunction
	}
	deadline, ok := ctx.Deadline()
	if !ok {
		deadline = f.client.options.Now().Add(longestInvocation)
	}
	call := &awsservice.Call{
		Partition: function.Partition, Region: function.Region, Service: "lambda", Method: "POST",
		Path:   "/" + version + "/functions/" + strings.ReplaceAll(in.FunctionARN, ":", "%3A") + operation,
		Header: invocationHeader(in), Body: in.Payload, Principal: in.Principal, Deadline: deadline,
		Stream: stream, StreamIdle: in.StreamIdle,
	}
	endpoint, named := f.client.options.Endpoints.OfFunction(functionName(function.Resource))
	p, err := f.client.prepare(ctx, call, endpoint, named)
	if err != nil {
		return err
	}
	return f.client.send(ctx, call, p, resp)
}

// functionName is the name in "function:NAME:QUALIFIER".
func functionName(resource string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(resource, "function:"), ":")
	return name
}

// invocationHeader lists the headers of an invocation. Source: Lambda API reference, Invoke; recorded AWS answer
// (TestInvokeMethod) for what API Gateway adds.
func invocationHeader(in *lambda.Invocation) message.Pairs {
	header := message.Pairs{{Name: "Content-Type", Value: "application/json"}, {Name: "Accept", Value: "application/json"}}
	for _, h := range [...]message.Pair{
		{Name: "x-amzn-lambda-integration-tag", Value: in.RequestID},
		{Name: "X-Amz-Invocation-Type", Value: string(in.Type)},
		{Name: "X-Amz-Client-Context", Value: in.ClientContext},
		{Name: "X-Amz-Log-Type", Value: in.LogType},
		{Name: "X-Amz-Source-Arn", Value: in.SourceARN},
		{Name: "X-Amz-Source-Account", Value: in.SourceAccount},
		{Name: "X-Amzn-Trace-Id", Value: in.TraceID},
	} {
		if h.Value != "" {
			header = append(header, h)
		}
	}
	return header
}
