package http1

import (
	"errors"
	"io"
	"time"
)

// bodyStream is an answer's body as it arrives. It owns the connection until it is closed.
type bodyStream struct {
	answerReader
	coding   chunked
	left     int64 // by length: bytes to come
	writing  *writing
	deadline time.Time
	idle     time.Duration
	err      error // what the next Read returns
	total    int64
	limited  bool
}

// stream gives resp the body as a stream.
func (a *answerReader) stream(req *UpstreamRequest, deadline time.Time, w *writing) error {
	s := &bodyStream{answerReader: *a, left: a.length, writing: w, deadline: deadline, idle: req.StreamIdle}
	s.limited = req.MaxBody > 0
	// The memory that holds the first bytes goes with the stream: the response may be reset before it is closed.
	s.resp.SetMemory(nil)
	a.resp.Stream = s
	if a.framing == byLength {
		a.resp.StreamLength = a.length
	}
	s.resp = nil
	return nil
}

// Read returns what has arrived. Its errors are io.EOF and *UpstreamError.
func (s *bodyStream) Read(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	for {
		n, err := s.next(p)
		if s.total += int64(n); s.limited && s.total > s.limit {
			n, err = 0, ErrTooLarge
		}
		switch {
		case errors.Is(err, io.EOF):
			s.finish(nil)
		case err != nil:
			s.finish(err)
		}
		if n > 0 || s.err != nil || len(p) == 0 {
			return n, s.err
		}
	}
}

// next reads once at most. io.EOF is the body's end as its framing tells it.
func (s *bodyStream) next(p []byte) (int, error) {
	if s.framing == byLength && int64(len(p)) > s.left {
		p = p[:s.left]
	}
	if s.at == len(s.buf) {
		s.buf, s.at = s.buf[:0], 0
		if err := s.await(); err != nil {
			if errors.Is(err, io.EOF) && s.framing != byClose {
				err = io.ErrUnexpectedEOF
			}
			return 0, err
		}
	}
	if s.framing == byChunks {
		body, used, err := s.coding.decode(p[:0:len(p)], s.buf[s.at:])
		s.at += used
		if err == nil && s.coding.done() {
			err = io.EOF
		}
		return len(body), err
	}
	n := copy(p, s.buf[s.at:])
	s.at += n
	if s.framing == byLength {
		if s.left -= int64(n); s.left == 0 {
			return n, io.EOF
		}
	}
	return n, nil
}

func (s *bodyStream) await() error {
	if s.idle > 0 {
		by := time.Now().Add(s.idle)
		if by.After(s.deadline) {
			by = s.deadline
		}
		s.conn.SetReadDeadline(by)
	}
	return s.more(bufferSize)
}

// finish ends the body: with nil at its end, with an error before. The connection goes back, or is closed.
func (s *bodyStream) finish(err error) {
	c, u := s.conn, s.conn.upstream
	whole := err == nil && !s.close && s.at == len(s.buf)
	if s.writing != nil && !s.writing.end(c, whole) {
		whole = false
	}
	s.err = io.EOF
	if err != nil {
		s.err = u.classify(err)
	}
	s.buf, s.at = nil, 0
	if whole {
		u.put(c)
	} else {
		u.drop(c)
	}
}

// Close ends the stream. A body that was not read to its end costs the connection.
func (s *bodyStream) Close() error {
	if s.err == nil {
		s.finish(io.ErrUnexpectedEOF)
	}
	return nil
}
