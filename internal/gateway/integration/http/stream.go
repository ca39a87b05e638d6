package http

import (
	"time"

	"postern/internal/apidef"
	"postern/internal/gateway/integration"
	"postern/internal/gateway/message"
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
	return &streaming{idle: env.StreamIdle(), rate: rate}
}

// begin makes ready a response whose stream has begun. A backend's Content-Length stays the response's own: the transport
// sends it, or codes the stream in chunks.
func (s *streaming) begin(out *message.Response) {
	out.Header.DelFold("Content-Length")
	out.Stream = integration.Paced(out.Stream, s.rate)
}
