package lambda

import (
	"context"
	"strings"
	"time"

	"postern/internal/apidef"
	"postern/internal/aws/arn"
	"postern/internal/eventloop"
	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/integration"
	"postern/internal/gateway/message"
	"postern/internal/gateway/observe"
)

// function is what an integration invokes, compiled.
type function struct {
	functions Functions
	// arn is the function's, with its qualifier if it has one.
	arn string
	// region is that of the Lambda that is called.
	region string
	// streaming tells that the uri is that of a streaming invocation.
	streaming bool
	role      string
	asCaller  bool
	timeout   time.Duration
	userAgent string
	apiID     string
}

// compileFunction compiles the uri and the credentials of an integration. ok is false when the uri is another one than
// that of an invocation.
func compileFunction(in *apidef.Integration, env *integration.Environment, functions Functions) (f function, ok bool) {
	uri, err := arn.ParseIntegration(integration.FillStageVariables(in.URI, env.Variables))
	if err != nil {
		return f, false
	}
	name, streaming, ok := uri.Function()
	credentials := integration.FillStageVariables(in.Credentials, env.Variables)
	f = function{
		functions: functions, arn: compileARN(name, uri.Region, env.AccountID), region: uri.Region, streaming: streaming,
		asCaller: credentials == integration.CallerCredentials, apiID: env.APIID, userAgent: "AmazonAPIGateway_" + env.APIID,
		timeout: time.Duration(integration.Timeout(in)) * time.Millisecond,
	}
	if !f.asCaller {
		f.role = credentials
	}
	return f, ok && functions != nil
}

// Invokes reports whether the uri of an integration of type AWS, with the stage's variables filled in, is the invocation
// of a function.
func Invokes(uri string) bool {
	parsed, err := arn.ParseIntegration(uri)
	if err != nil {
		return false
	}
	_, _, ok := parsed.Function()
	return ok
}

// invocation is the call of the function for x. The trace id that it carries is the one that the client is answered.
func (f *function) invocation(x *message.Exchange, payload []byte) Invocation {
	in := Invocation{
		FunctionARN: f.arn, Payload: payload, Principal: Principal{Role: f.role},
		SourceARN: SourceARN(x), SourceAccount: x.AccountID, TraceID: callTrace(x.TraceID), RequestID: x.RequestID,
	}
	x.TraceID = in.TraceID
	if f.asCaller {
		in.Principal.Caller = &x.Identity
	}
	return in
}

// compileARN is a function's ARN. A name without one is that of a function of the API's account in the uri's region.
func compileARN(name, region, account string) string {
	if strings.HasPrefix(name, "arn:") {
		return name
	}
	if before, after, ok := strings.Cut(name, "function:"); ok {
		name = after
		if before != "" {
			account = strings.TrimSuffix(before, ":")
		}
	}
	return arn.ARN{
		Partition: arn.Partition(region), Service: "lambda", Region: region, Account: account, Resource: "function:" + name,
	}.String()
}

// SourceARN is what a function's resource policy sees as aws:SourceArn: the method, by the verb of the request and the
// template of the resource's path.
// Source: developer guide, "API Gateway Amazon Resource Name (ARN) reference".
func SourceARN(x *message.Exchange) string {
	return "arn:" + arn.Partition(x.Region) + ":execute-api:" + x.Region + ":" + x.AccountID + ":" +
		x.APIID + "/" + x.Stage + "/" + x.Request.Method + x.ResourcePath
}

// caller is the check that credentials of the caller can be used at all: the method must know who calls.
func (f *function) caller(x *message.Exchange) error {
	if f.asCaller && x.Identity.AccessKey == "" {
		return gatewayresponse.Configuration("API Gateway does not have permission to assume the provided role " + integration.CallerCredentials)
	}
	return nil
}

// invoke invokes the function within the integration's timeout.
func (f *function) invoke(ctx context.Context, x *message.Exchange, in *Invocation) (Result, error) {
	if err := f.caller(x); err != nil {
		return Result{}, err
	}
	f.sending(x, in)
	start := observe.CallStarted(x)
	ctx, cancel := context.WithDeadline(ctx, start.Add(f.timeout))
	defer cancel()
	eventloop.Of(ctx).Block()
	result, err := f.functions.Invoke(ctx, in)
	if err != nil {
		observe.CallEnded(x, 0)
		return result, f.failure(x, err)
	}
	latency := observe.CallEnded(x, result.Status)
	x.AWSEndpointRequestID = result.RequestID
	f.received(x, &result, latency)
	return result, nil
}
