package runtime

import (
	"context"
	"errors"
	"io"
	"sync"
)

// Stream is a function's answer as it arrives. One goroutine reads; any may close.
type Stream struct {
	// ContentType is what the runtime declared, empty for nothing.
	ContentType string

	v *invocation
	// reading is held while a Read runs; what follows is guarded by it.
	reading sync.Mutex
	end     error
	tail    []byte

	mu     sync.Mutex
	closed bool
}

// Stream runs an event and gives the function's answer once it begins. Errors are as with Invoke; a function that fails
// later ends the stream with a *Failure. The caller closes the stream.
func (p *Pool) Stream(ctx context.Context, in *Event) (*Stream, error) {
	v, err := p.begin(ctx, in)
	if err != nil {
		return nil, err
	}
	s := &Stream{v: v}
	end := v.await(ctx)
	switch {
	case end != nil && end == ctx.Err(): //nolint:errorlint // await returns it as it is
		v.abandon()
		return nil, end
	case end != nil:
		s.finish(end)
		return s, nil
	case v.isError:
		_, end = v.readAnswer()
		s.finish(end)
		return s, nil
	}
	c := v.answer
	s.ContentType = c.request.contentType
	v.process.attending(c)
	if c.net.SetReadDeadline(v.deadline) != nil || c.proceedWithBody() != nil {
		s.finish(v.lost())
	}
	return s, nil
}

// Read implements io.Reader. After the answer's end it gives io.EOF, or the function's *Failure.
func (s *Stream) Read(b []byte) (int, error) {
	s.reading.Lock()
	defer s.reading.Unlock()
	if s.end != nil {
		return 0, s.end
	}
	if s.isClosed() {
		return 0, io.ErrClosedPipe
	}
	n, err := s.v.readUnless(b, s.isClosed)
	if err == nil {
		return n, nil
	}
	if !errors.Is(err, io.ErrClosedPipe) {
		s.finish(err)
		err = s.end
	}
	return n, err
}

// finish ends the invocation; the caller holds reading, or is alone.
func (s *Stream) finish(end error) {
	if errors.Is(end, io.EOF) {
		end = nil
		if b := &s.v.answer.body; b.errorType != "" {
			end = &Failure{Type: b.errorType, Payload: []byte(b.errorBody)}
		}
	}
	tail, err := s.v.finish(end)
	s.tail, s.end = tail, err
	if err == nil {
		s.end = io.EOF
	}
}

func (s *Stream) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// Close stops the reading. The function goes on to its end.
func (s *Stream) Close() error {
	s.mu.Lock()
	again := s.closed
	s.closed = true
	s.mu.Unlock()
	if again {
		return nil
	}
	if s.v == nil {
		return nil
	}
	s.v.process.wake() // a Read that waits returns
	s.reading.Lock()
	defer s.reading.Unlock()
	if s.end != nil {
		return nil
	}
	s.end = io.ErrClosedPipe
	rest := func() {
		err := s.v.skip()
		if errors.Is(err, errTooLarge) { // the whole answer was read
			err = nil
		}
		_, _ = s.v.finish(err)
	}
	if !s.v.process.spawn(rest) {
		rest()
	}
	return nil
}

// Tail is the end of the log when the event asked for it, once Read has given an error.
func (s *Stream) Tail() []byte {
	s.reading.Lock()
	defer s.reading.Unlock()
	return s.tail
}

// FailedStream is the stream of a function that failed before its process could answer.
func FailedStream(f *Failure) *Stream { return &Stream{end: f} }
