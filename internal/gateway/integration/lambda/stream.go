package lambda

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strconv"
	"time"

	"postern/internal/eventloop"
	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/integration"
	"postern/internal/gateway/message"
	"postern/internal/gateway/observe"
)

// maxMetadata is within how many bytes of its answer a function that streams ends its metadata, the zero bytes included.
// Source: developer guide, "Set up a Lambda proxy integration with payload response streaming in API Gateway".
const maxMetadata = 16 << 10

// endOfMetadata stands between the metadata and the payload. Source: as maxMetadata.
var endOfMetadata = [8]byte{}

// stream invokes a function that streams. x.Response then holds its status and its headers, and what it writes from there
// on as a stream. The integration's timeout bounds the whole, and idle the pause between two pieces.
func (p *Proxy) stream(ctx context.Context, x *message.Exchange, in *Invocation) error {
	f := &p.function
	if err := f.caller(x); err != nil {
		return err
	}
	f.sending(x, in)
	x.Observed.Streamed = true
	start := observe.CallStarted(x)
	ctx, cancel := context.WithDeadline(ctx, start.Add(f.timeout))
	eventloop.Of(ctx).Block()
	s, err := f.functions.InvokeStream(ctx, in)
	if err != nil {
		cancel()
		observe.CallEnded(x, 0)
		return f.failure(x, err)
	}
	body := &streamed{body: s.Body, cancel: cancel, idle: p.idle}
	if err := p.begin(x, s, body); err != nil {
		_ = body.Close()
		return err
	}
	x.Response.Stream = integration.Paced(body, p.rate)
	return nil
}

// begin reads the metadata of a streamed answer and makes the response's head of it.
func (p *Proxy) begin(x *message.Exchange, s *Stream, body *streamed) error {
	if s.Status != 200 {
		payload, _ := io.ReadAll(io.LimitReader(body, maxMetadata))
		result := Result{Status: s.Status, Payload: payload, RequestID: s.RequestID, Header: s.Header}
		p.function.received(x, &result, observe.CallEnded(x, s.Status))
		return refused(x, &result)
	}
	metadata, err := body.readMetadata()
	latency := observe.CallEnded(x, s.Status)
	x.AWSEndpointRequestID = s.RequestID
	result := Result{Status: s.Status, Payload: metadata, RequestID: s.RequestID, Header: s.Header}
	p.function.received(x, &result, latency)
	if err != nil {
		return p.unstreamable(x, err, &result)
	}
	c := contract{streamed: true}
	text := scanner{text: metadata}
	c.read(&text)
	if text.next() != 0 || text.err != nil || c.wrong {
		return malformedStream()
	}
	return p.streamHead(x, &c)
}

func malformedStream() error { return misconfigured(500, malformedResponse) }

// unstreamable is the answer to a stream whose metadata did not come.
func (p *Proxy) unstreamable(x *message.Exchange, err error, result *Result) error {
	function, isFunction := errors.AsType[*FunctionError](err)
	switch {
	case isFunction:
		x.Observed.IntegrationError = customerError(function.Message)
		result.Payload = append(append([]byte(`{"errorMessage":`), appendQuoted(nil, function.Message)...), '}')
		return failed(result)
	case errors.Is(err, errNoMetadata):
		return malformedStream()
	case errors.Is(err, context.Canceled): // by the pause
		return gatewayresponse.IntegrationTimeout
	}
	return p.function.failure(x, err)
}

// streamHead fills the status and the headers. Without a Content-Length the response goes out in chunks.
func (p *Proxy) streamHead(x *message.Exchange, c *contract) error {
	s := scanner{text: c.cookies}
	for more := len(s.text) > 0 && s.first('[', ']'); more; more = s.another(']') {
		value := s.value(1)
		if value[0] != '"' {
			return malformedStream()
		}
		x.Response.Header.Add("Set-Cookie", headerValue(value))
	}
	cookies := len(x.Response.Header)
	var ok bool
	if x.Response.Header, ok = c.appendHeader(x.Response.Header); !ok {
		return malformedStream()
	}
	if value, ok := x.Response.Header[cookies:].GetFold("Content-Length"); ok {
		if n, err := strconv.ParseInt(value, 10, 64); err == nil && n > 0 {
			x.Response.StreamLength = n
			x.Response.Header.DelFold("Content-Length")
		}
	}
	status, ok := c.statusCode()
	if !ok {
		return malformedStream()
	}
	x.Observed.FunctionStatus = status
	x.Response.Status = status
	integration.RemapProxied(&x.Response.Header)
	x.Response.Header.SetFold("X-Amzn-Trace-Id", x.TraceID)
	if _, ok := x.Response.Header.GetFold("Content-Type"); !ok {
		x.Response.Header.Add("Content-Type", "application/json")
	}
	return nil
}

// streamed is what a function writes, from the first byte after its metadata on.
type streamed struct {
	body   io.ReadCloser
	rest   []byte // what came with the metadata
	cancel context.CancelFunc
	idle   time.Duration
	timer  *time.Timer
}

// errNoMetadata is an answer without metadata where they should end.
var errNoMetadata = errors.New("no metadata")

// readMetadata reads up to the zero bytes and returns what stands before them.
func (s *streamed) readMetadata() ([]byte, error) {
	buffer := make([]byte, 0, 4096)
	for {
		if len(buffer) == cap(buffer) {
			buffer = append(buffer, make([]byte, cap(buffer))...)[:len(buffer)]
		}
		n, err := s.Read(buffer[len(buffer):cap(buffer)])
		seen := max(0, len(buffer)-len(endOfMetadata))
		buffer = buffer[:len(buffer)+n]
		if i := bytes.Index(buffer[seen:], endOfMetadata[:]); i >= 0 && seen+i+len(endOfMetadata) <= maxMetadata {
			s.rest = buffer[seen+i+len(endOfMetadata):]
			return buffer[:seen+i], nil
		}
		switch {
		case errors.Is(err, io.EOF), len(buffer) >= maxMetadata:
			return buffer, errNoMetadata
		case err != nil:
			return buffer, err
		}
	}
}

// Read implements io.Reader. A pause that is too long ends the stream.
func (s *streamed) Read(p []byte) (int, error) {
	if len(s.rest) > 0 {
		n := copy(p, s.rest)
		s.rest = s.rest[n:]
		return n, nil
	}
	if s.timer == nil {
		s.timer = time.AfterFunc(s.idle, s.cancel)
	} else {
		s.timer.Reset(s.idle)
	}
	n, err := s.body.Read(p)
	s.timer.Stop()
	return n, err
}

// Close implements io.Closer.
func (s *streamed) Close() error {
	if s.timer != nil {
		s.timer.Stop()
	}
	s.cancel()
	return s.body.Close()
}
