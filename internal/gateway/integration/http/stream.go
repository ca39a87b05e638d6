package http

import (
	"io"
	"time"

	"postern/internal/apidef"
	"postern/internal/gateway/integration"
	"postern/internal/gateway/message"
)

// The bounds of a streamed response: how long it may pause, how much of it passes at full speed, and how fast what comes
// behind that passes. Source: developer guide, "Stream the integration response for your proxy integrations in API Gateway".
const (
	streamIdle     = 5 * time.Minute
	streamIdleEdge = 30 * time.Second
	streamUnpaced  = 10 << 20
	// DefaultStreamRate is in bytes a second.
	DefaultStreamRate = 2 << 20
)

// streaming is responseTransferMode STREAM: what the backend sends goes on as it comes, in no other encoding, whatever the
// API's binaryMediaTypes.
type streaming struct {
	idle time.Duration
	rate int
}

// newStreaming compiles the transfer mode; nil is BUFFERED.
func newStreaming(in *apidef.Integration, env *integration.Environment, rate int) *streaming {
	if in.ResponseTransferMode != apidef.Stream || in.Type != apidef.HTTPProxy {
		return nil
	}
	s := &streaming{idle: streamIdle, rate: rate}
	if env.EdgeOptimized {
		s.idle = streamIdleEdge
	}
	return s
}

// begin makes ready a response whose stream has begun. A backend's Content-Length stays the response's own: the transport
// sends it, or codes the stream in chunks.
func (s *streaming) begin(out *message.Response) {
	out.Header.DelFold("Content-Length")
	if s.rate > 0 {
		out.Stream = &paced{ReadCloser: out.Stream, rate: s.rate}
	}
}

// paced slows a stream down once it is long.
type paced struct {
	io.ReadCloser
	rate  int
	read  int64
	since time.Time // when the unpaced part was over
}

// pacedPieces is how many pieces a second a paced stream is read in.
const pacedPieces = 20

// Read waits until the rate allows for more.
func (p *paced) Read(b []byte) (int, error) {
	if over := p.read - streamUnpaced; over >= 0 {
		if p.since.IsZero() {
			p.since = time.Now()
		}
		time.Sleep(time.Until(p.since.Add(time.Duration(over) * time.Second / time.Duration(p.rate))))
		b = b[:min(len(b), max(p.rate/pacedPieces, 1))]
	}
	n, err := p.ReadCloser.Read(b)
	p.read += int64(n)
	return n, err
}
