package lambda

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"
	sdk "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/smithy-go"

	"postern/internal/aws/wire"
	"postern/internal/aws/wire/wiretest"
)

// Noted and Fill make the recorder a wiretest.Recorder.
func (r *recorder) Noted() (operation string, input any) { return r.operation, r.input }
func (r *recorder) Fill(fill func(output any))           { r.fill = fill }

// client is AWS's own client of a service that h answers.
func client(t *testing.T, h Handler) *sdk.Client {
	t.Helper()
	return sdk.NewFromConfig(wiretest.Config(wiretest.Serve(t, NewService(h, slog.New(slog.DiscardHandler))), wiretest.Region))
}

// Every member of every operation goes there and comes back.
func TestSDKForGo(t *testing.T) {
	handler := new(recorder)
	wiretest.RoundTrip(t, "../model/lambda-2015-03-31.json", client(t, handler), handler, "InvokeWithResponseStream")
}

// streaming answers InvokeWithResponseStream with what it has: a stream that is written as it comes.
// Source: Lambda API reference, InvokeWithResponseStream; the framing is that of vnd.amazon.eventstream.
type streaming struct {
	Unimplemented
	stream io.ReadCloser
}

func (s streaming) InvokeWithResponseStream(_ context.Context, _ *wire.Call, in *InvokeWithResponseStreamRequest) (*InvokeWithResponseStreamResponse, error) {
	if in.FunctionName != "f" || string(in.Payload) != `{"a":1}` {
		return nil, InvalidParameterValueException.Errorf("%s %s", in.FunctionName, in.Payload)
	}
	return &InvokeWithResponseStreamResponse{
		StatusCode: new(200), ExecutedVersion: new("$LATEST"), EventStream: s.stream,
		ResponseStreamContentType: new("application/vnd.amazon.eventstream"),
	}, nil
}

// The SDK reads the events of a stream that the handler gives.
func TestResponseStream(t *testing.T) {
	var frames bytes.Buffer
	encoder := eventstream.NewEncoder()
	for _, event := range []struct{ kind, payload string }{{"PayloadChunk", "hello "}, {"PayloadChunk", "world"}, {"InvokeComplete", "{}"}} {
		message := eventstream.Message{Payload: []byte(event.payload)}
		message.Headers.Set(":message-type", eventstream.StringValue("event"))
		message.Headers.Set(":event-type", eventstream.StringValue(event.kind))
		if err := encoder.Encode(&frames, message); err != nil {
			t.Fatal(err)
		}
	}
	c := client(t, streaming{stream: io.NopCloser(&frames)})
	out, err := c.InvokeWithResponseStream(t.Context(), &sdk.InvokeWithResponseStreamInput{FunctionName: aws.String("f"), Payload: []byte(`{"a":1}`)})
	if err != nil {
		t.Fatal(err)
	}
	defer out.GetStream().Close()
	var got string
	for event := range out.GetStream().Events() {
		if chunk, ok := event.(*types.InvokeWithResponseStreamResponseEventMemberPayloadChunk); ok {
			got += string(chunk.Value.Payload)
		}
	}
	if got != "hello world" || *out.ExecutedVersion != "$LATEST" {
		t.Errorf("%q %v", got, out.ExecutedVersion)
	}
}

// refusing answers each operation with an error.
type refusing struct {
	Unimplemented
	err error
}

func (r refusing) GetFunction(context.Context, *wire.Call, *GetFunctionRequest) (*GetFunctionResponse, error) {
	return nil, r.err
}

// Errors are what the SDK knows them as, with their members.
func TestErrors(t *testing.T) {
	in := &sdk.GetFunctionInput{FunctionName: aws.String("f")}
	_, err := client(t, refusing{err: ResourceNotFoundException.Errorf("Function not found: f")}).GetFunction(t.Context(), in)
	var missing *types.ResourceNotFoundException
	if !errors.As(err, &missing) || *missing.Message != "Function not found: f" || *missing.Type != "User" {
		t.Errorf("%v", err)
	}
	throttle := TooManyRequestsException.Errorf("Rate Exceeded.").RetryAfter(1)
	throttle.Reason = ThrottleReasonReservedFunctionConcurrentInvocationLimitExceeded
	_, err = client(t, refusing{err: throttle}).GetFunction(t.Context(), in)
	var tooMany *types.TooManyRequestsException
	if !errors.As(err, &tooMany) || *tooMany.Message != "Rate Exceeded." || *tooMany.RetryAfterSeconds != "1" ||
		tooMany.Reason != types.ThrottleReasonReservedFunctionConcurrentInvocationLimitExceeded {
		t.Errorf("%v", err)
	}
	_, err = client(t, Unimplemented{}).GetFunction(t.Context(), in)
	var unknown smithy.APIError
	if !errors.As(err, &unknown) || unknown.ErrorCode() != "UnknownOperationException" || unknown.ErrorMessage() != "Postern does not implement GetFunction yet." {
		t.Errorf("%v", err)
	}
}
