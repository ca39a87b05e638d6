package lambda

import (
	"encoding/base64"
	"errors"

	"postern/internal/services/lambda/runtime"
)

// InvocationType tells whether a caller waits for a function.
type InvocationType string

// The invocation types. Source: Lambda API reference, Invoke.
const (
	// RequestResponse waits for the function's answer. It is what an empty type means.
	RequestResponse InvocationType = "RequestResponse"
	// Event queues the event and answers 202 at once; the function is tried again when it fails.
	Event InvocationType = "Event"
	// DryRun answers 204 when the function could be invoked, and does not invoke it.
	DryRun InvocationType = "DryRun"
)

// Invocation is one call of a function.
type Invocation struct {
	// Function is an ARN, a partial ARN ("123456789012:function:pets") or a name, each with or without ":QUALIFIER".
	Function string
	// Qualifier is a version or an alias; empty means the one that Function ends with, else $LATEST.
	Qualifier string
	// Account and Region are where a Function that is no whole ARN is looked for.
	Account, Region string
	// Payload is the event, JSON; empty means {}. It is not used after Invoke has returned, and must not change before.
	Payload []byte
	// PayloadIsJSON says that the caller has made the payload itself: it is not looked at again.
	PayloadIsJSON bool
	// Type is empty for RequestResponse.
	Type InvocationType
	// Tail asks for the last 4 KB of the log, Result.LogResult.
	Tail bool
	// ClientContext is the X-Amz-Client-Context header: base64 of JSON, for the function's context object.
	ClientContext string
	// TraceID is the X-Amzn-Trace-Id that the function sees; empty makes one.
	TraceID string
	// RequestID is what the function sees as its request id; empty makes one.
	RequestID string
}

// Result is what came of an invocation.
type Result struct {
	// Status is 200, 202 for Event and 204 for DryRun; a function that fails is a 200 too.
	Status int
	// FunctionError is "Unhandled" when Payload is the description of an error, else empty.
	FunctionError string
	// Payload is the function's answer, JSON as the function wrote it; the caller's own.
	Payload []byte
	// ExecutedVersion is "$LATEST" or a number.
	ExecutedVersion string
	// LogResult is the last 4 KB of the log, base64, when Invocation.Tail asked for it.
	LogResult string
	// RequestID is what the function saw as its request id.
	RequestID string
}

// Stream is the answer of a function as it arrives. Read gives its bytes, at the end io.EOF, or a *FunctionError when
// the function failed. Close stops waiting; the function goes on to its end.
type Stream struct {
	// ExecutedVersion is "$LATEST" or a number.
	ExecutedVersion string
	// ContentType is what the function's runtime declared, "application/octet-stream" by default. A Node.js function that
	// answers with HttpResponseStream.from declares "application/vnd.awslambda.http-integration-response".
	ContentType string
	// RequestID is what the function saw as its request id.
	RequestID string

	stream *runtime.Stream
	// leave ends the event's count.
	leave func()
}

// Read implements io.Reader.
func (s *Stream) Read(p []byte) (int, error) {
	n, err := s.stream.Read(p)
	if failure, ok := errors.AsType[*runtime.Failure](err); ok {
		err = &FunctionError{Code: failure.Type, Details: string(failure.Payload)}
	}
	return n, err
}

// Close implements io.Closer.
func (s *Stream) Close() error {
	s.leave()
	return s.stream.Close()
}

// LogResult is the last 4 KB of the log, base64, once Read has given an error; empty when Tail did not ask for it.
func (s *Stream) LogResult() string { return base64.StdEncoding.EncodeToString(s.stream.Tail()) }

// FunctionError is what ends the stream of a function that failed.
type FunctionError struct {
	// Code is the error's type, "Sandbox.Timedout" or the name of an exception.
	Code string
	// Details is the description, the JSON that a buffered invocation has as its payload.
	Details string
}

// Error implements error.
func (e *FunctionError) Error() string { return e.Code + ": " + e.Details }
