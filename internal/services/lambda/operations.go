package lambda

import (
	"context"
	"encoding/json"
	"errors"
	"io"

	"postern/internal/aws/wire"
	model "postern/internal/aws/wire/lambda"
)

// Invoke is the operation of that name.
func (l *Lambda) Invoke(ctx context.Context, call *wire.Call, in *model.InvocationRequest) (*model.InvocationResponse, error) {
	if in.TenantID != nil || in.DurableExecutionName != nil {
		return nil, model.InvalidParameterValueException.Errorf("The function is neither durable nor does it isolate tenants.")
	}
	at, err := target(call, in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	result, err := l.functions.Invoke(ctx, l.invocation(call, at, in.Payload, in.InvocationType, in.LogType, in.ClientContext))
	if err != nil {
		return nil, err
	}
	out := &model.InvocationResponse{
		StatusCode: &result.Status, FunctionError: optional(result.FunctionError), LogResult: optional(result.LogResult),
		Payload: result.Payload,
	}
	if result.Status == 200 {
		out.ExecutedVersion = &result.ExecutedVersion
	}
	return out, nil
}

// invocation is a call of the wire as Functions takes it.
func (l *Lambda) invocation(call *wire.Call, at ref, payload []byte, kind, logType, clientContext *string) *Invocation {
	in := &Invocation{
		Function: at.name, Qualifier: at.qualifier, Account: at.scope.Account, Region: at.scope.Region, Payload: payload,
		Type: InvocationType(valueOr(kind, "")), Tail: valueOr(logType, "None") == "Tail",
		ClientContext: valueOr(clientContext, ""), RequestID: call.RequestID,
	}
	if call.Request != nil {
		in.TraceID, _ = call.Request.Header.GetFold("X-Amzn-Trace-Id")
	}
	if in.Type == Event || in.Type == DryRun {
		in.Tail = false
	}
	return in
}

// InvokeAsync is the old way to queue an event.
func (l *Lambda) InvokeAsync(ctx context.Context, call *wire.Call, in *model.InvokeAsyncRequest) (*model.InvokeAsyncResponse, error) {
	at, err := target(call, in.FunctionName, nil)
	if err != nil {
		return nil, err
	}
	kind := string(Event)
	if _, err := l.functions.Invoke(ctx, l.invocation(call, at, in.InvokeArgs, &kind, nil, nil)); err != nil {
		return nil, err
	}
	return &model.InvokeAsyncResponse{Status: new(202)}, nil
}

// InvokeWithResponseStream is the operation of that name.
func (l *Lambda) InvokeWithResponseStream(ctx context.Context, call *wire.Call, in *model.InvokeWithResponseStreamRequest) (*model.InvokeWithResponseStreamResponse, error) {
	if in.TenantID != nil {
		return nil, model.InvalidParameterValueException.Errorf("The function does not isolate tenants.")
	}
	at, err := target(call, in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	what := l.invocation(call, at, in.Payload, in.InvocationType, in.LogType, in.ClientContext)
	if what.Type == DryRun {
		result, err := l.functions.Invoke(ctx, what)
		if err != nil {
			return nil, err
		}
		return &model.InvokeWithResponseStreamResponse{StatusCode: &result.Status}, nil
	}
	stream, err := l.functions.InvokeStream(ctx, what)
	if err != nil {
		return nil, err
	}
	return &model.InvokeWithResponseStreamResponse{
		StatusCode: new(200), ExecutedVersion: &stream.ExecutedVersion, EventStream: &frames{stream: stream, tail: what.Tail},
		ResponseStreamContentType: new("application/vnd.amazon.eventstream"),
	}, nil
}

// frames writes a function's answer as a stream of events. One goroutine reads and closes.
// Source: Lambda API reference, InvokeWithResponseStream.
type frames struct {
	stream *Stream
	tail   bool
	// out[at:] is what is still to be read.
	out   []byte
	at    int
	piece [32 << 10]byte
	done  bool
}

// Read implements io.Reader.
func (f *frames) Read(p []byte) (int, error) {
	for f.at == len(f.out) {
		if f.done {
			return 0, io.EOF
		}
		f.out, f.at = f.out[:0], 0
		n, err := f.stream.Read(f.piece[:])
		if n > 0 {
			f.out = appendFrame(f.out, "PayloadChunk", "application/octet-stream", f.piece[:n])
		}
		if err != nil {
			f.done = true
			if f.out, err = f.appendEnd(f.out, err); err != nil {
				return 0, err
			}
		}
	}
	n := copy(p, f.out[f.at:])
	f.at += n
	return n, nil
}

// appendEnd writes the last event: whether and how the function has failed.
func (f *frames) appendEnd(b []byte, end error) ([]byte, error) {
	var last struct {
		ErrorCode, ErrorDetails, LogResult string `json:",omitempty"`
	}
	if failure, ok := errors.AsType[*FunctionError](end); ok {
		last.ErrorCode, last.ErrorDetails = failure.Code, failure.Details
	} else if !errors.Is(end, io.EOF) {
		return b, end
	}
	if f.tail {
		last.LogResult = f.stream.LogResult()
	}
	payload, err := json.Marshal(last)
	if err != nil {
		return b, err
	}
	return appendFrame(b, "InvokeComplete", "application/json", payload), nil
}

// Close implements io.Closer.
func (f *frames) Close() error { return f.stream.Close() }
