package integration

import (
	"io"
	"time"
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

// StreamIdle is how long a streamed response may pause.
func (e *Environment) StreamIdle() time.Duration {
	if e.EdgeOptimized {
		return streamIdleEdge
	}
	return streamIdle
}

// Paced slows a stream down once it is long: what comes behind its first 10 MB passes at rate, in bytes a second. A rate
// of 0 leaves it as it is.
func Paced(stream io.ReadCloser, rate int) io.ReadCloser {
	if rate <= 0 {
		return stream
	}
	return &paced{ReadCloser: stream, rate: rate}
}

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
