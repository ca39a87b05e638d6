package lambda

import (
	"context"
	"errors"
	"io"
	"time"

	"postern/internal/gateway/integration"
	"postern/internal/gateway/message"
)

// Functions invokes Lambda functions: those that run here, or those of a Lambda endpoint elsewhere. The gateway knows no
// more of Lambda. Its methods may be called from any goroutine.
type Functions interface {
	// Invoke runs a function and waits for its answer, or for an Event only until it is queued. ctx bounds the whole.
	//
	// A function that failed is no error: its Result says so, as does a Lambda API that refused with a status of its own
	// (429, 413, 400 ...). The errors are ErrPermission and *RoleError for a caller that may not invoke, ErrNoFunction,
	// ctx's own when time ran out, and anything else for a Lambda that could not be reached.
	Invoke(ctx context.Context, in *Invocation) (Result, error)

	// InvokeStream runs a function that streams its response, and returns once the first bytes are there, or once it has
	// ended without any. Errors are those of Invoke. The caller closes the Stream's Body, which also ends with ctx.
	InvokeStream(ctx context.Context, in *Invocation) (*Stream, error)
}

// Invocation is one call of a function.
type Invocation struct {
	// FunctionARN names the function, with its qualifier if it has one:
	// "arn:aws:lambda:us-east-1:123456789012:function:pets:prod".
	FunctionARN string
	// Payload is the event. Valid until Invoke returns; for an Event, whoever queues it copies it.
	Payload []byte
	// PayloadIsJSON says that the gateway made the payload itself, so that nobody need look whether it is JSON.
	PayloadIsJSON bool
	// Type is how to invoke; empty is RequestResponse.
	Type InvocationType
	// Principal is in whose name the function is invoked.
	Principal Principal
	// SourceARN is what calls: "arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/VERB/PATH", or ".../authorizers/ID" for an
	// authorizer. A function's resource policy may demand it. SourceAccount is its account.
	SourceARN     string
	SourceAccount string
	// TraceID is the X-Amzn-Trace-Id that goes with the call; empty for none.
	TraceID string
	// ClientContext and LogType are X-Amz-Client-Context and X-Amz-Log-Type, where the integration maps them.
	ClientContext string
	LogType       string
	// StreamIdle bounds the pause between two pieces of a streamed answer; 0 for no bound.
	StreamIdle time.Duration
	// RequestID is the gateway's own request id, sent as x-amzn-lambda-integration-tag.
	RequestID string
}

// InvocationType is Lambda's X-Amz-Invocation-Type. Source: Lambda API reference, Invoke.
type InvocationType string

// The invocation types.
const (
	RequestResponse InvocationType = "RequestResponse"
	Event           InvocationType = "Event"
	DryRun          InvocationType = "DryRun"
)

// Principal is in whose name any call of AWS is made.
type Principal = integration.Principal

// RoleError is a role that could not be assumed, for any call of AWS.
type RoleError = integration.RoleError

// Result is what Lambda answered.
type Result struct {
	// Status is Lambda's own status: 200, 202 for an Event, 4xx or 5xx when it refused.
	Status int
	// FunctionError is "" or X-Amz-Function-Error: "Unhandled", "Handled". Payload then holds the error document.
	FunctionError string
	// Payload is the function's answer, or the refusal's body. It belongs to the caller.
	Payload []byte
	// RequestID is Lambda's id of the invocation.
	RequestID string
	// Header holds what else Lambda answered: Content-Type, X-Amz-Executed-Version, X-Amz-Log-Result ...
	Header message.Pairs
}

// Stream is an answer that a function streams.
type Stream struct {
	// Status, RequestID and Header are as in Result. A Status other than 200 comes with the refusal in Body.
	Status    int
	RequestID string
	Header    message.Pairs
	// ContentType is what the function said its bytes are: StreamContentType for metadata, zero bytes and payload.
	ContentType string
	// Body is what the function writes, piece by piece. A function that fails after its first bytes ends it with a
	// *FunctionError.
	Body io.ReadCloser
}

// StreamContentType is the content type of a streamed response that starts with metadata.
// Source: Lambda developer guide, "Response streaming for Lambda functions".
const StreamContentType = "application/vnd.awslambda.http-integration-response"

var (
	// ErrPermission is a principal that may not invoke the function, by its own policies or the function's.
	ErrPermission = errors.New("no permission to invoke the function")
	// ErrNoFunction is a function, or a qualifier of one, that is not there.
	ErrNoFunction = errors.New("no such function")
)

// FunctionError is a function that failed in the middle of a streamed response.
type FunctionError struct {
	// Type is "Unhandled" or the function's own; Message is errorMessage.
	Type, Message string
}

// Error implements error.
func (e *FunctionError) Error() string { return "function error " + e.Type + ": " + e.Message }
