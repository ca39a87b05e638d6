package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"

	"postern/internal/gateway/integration/lambda"
	"postern/internal/gateway/message"
)

// InvokeStream implements lambda.Functions.
func (f *Functions) InvokeStream(ctx context.Context, in *lambda.Invocation) (*lambda.Stream, error) {
	var resp message.Response
	if err := f.call(ctx, in, "2021-11-15", "/response-streaming-invocations", true, &resp); err != nil {
		return nil, err
	}
	s := &lambda.Stream{Status: resp.Status, Header: resp.Header, Body: resp.Stream}
	s.RequestID, _ = resp.Header.GetFold("x-amzn-RequestId")
	s.ContentType, _ = resp.Header.GetFold("X-Amz-Stream-Content-Type")
	if s.Body == nil {
		s.Body = io.NopCloser(strings.NewReader(string(resp.Body)))
	}
	if resp.Status == 200 {
		s.Body = &events{from: s.Body, decoder: eventstream.NewDecoder()}
	}
	return s, nil
}

// events reads what a function writes out of Lambda's stream of events.
// Source: Lambda API reference, InvokeWithResponseStream.
type events struct {
	from    io.ReadCloser
	decoder *eventstream.Decoder
	memory  []byte
	piece   []byte
	err     error
}

// Read implements io.Reader.
func (e *events) Read(p []byte) (int, error) {
	for len(e.piece) == 0 {
		if e.err != nil {
			return 0, e.err
		}
		e.next()
	}
	n := copy(p, e.piece)
	e.piece = e.piece[n:]
	return n, nil
}

// next reads one event.
func (e *events) next() {
	m, err := e.decoder.Decode(e.from, e.memory[:0])
	if err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF // InvokeComplete is missing
		}
		e.err = fmt.Errorf("read the function's stream: %w", err)
		return
	}
	e.memory = m.Payload
	kind, _ := m.Headers.Get(":event-type").(eventstream.StringValue)
	message, _ := m.Headers.Get(":message-type").(eventstream.StringValue)
	switch {
	case message == "exception" || message == "error":
		e.err = fmt.Errorf("lambda ended the stream: %s", m.Payload)
	case kind == "PayloadChunk":
		e.piece = m.Payload
	case kind == "InvokeComplete":
		e.err = completion(m.Payload)
	}
}

// completion is how a function ended.
func completion(payload []byte) error {
	var end struct{ ErrorCode, ErrorDetails string }
	if err := json.Unmarshal(payload, &end); err != nil || end.ErrorCode == "" {
		return io.EOF
	}
	var details struct {
		ErrorMessage string `json:"errorMessage"`
	}
	if err := json.Unmarshal([]byte(end.ErrorDetails), &details); err != nil || details.ErrorMessage == "" {
		details.ErrorMessage = end.ErrorDetails
	}
	return &lambda.FunctionError{Type: end.ErrorCode, Message: details.ErrorMessage}
}

// Close implements io.Closer.
func (e *events) Close() error { return e.from.Close() }
