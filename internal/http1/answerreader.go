package http1

import (
	"errors"
	"io"
	"math"

	"postern/internal/gateway/message"
)

// maxResponseHeader bounds an answer's status line and header lines, in bytes.
const maxResponseHeader = 64 << 10

// answerReader reads one answer into a response and its memory. A connection has no buffer of its own, so an idle one
// costs nothing.
type answerReader struct {
	conn    *upstreamConn
	method  string
	limit   int64
	resp    *message.Response
	framing framing
	length  int64
	// close says that the connection cannot be used again.
	close bool
	// buf holds what was read; buf[at:] is not consumed yet.
	buf []byte
	at  int
}

// readHead reads up to the end of the final answer's head.
func (a *answerReader) readHead() error {
	var f fields
	for range maxInterim {
		version10, err := a.readOneHead(&f)
		if err != nil {
			return err
		}
		if a.resp.Status >= 200 {
			a.length = f.length
			a.framing, err = frame(a.method, a.resp.Status, &f)
			a.conn.keep(f.idle)
			a.close = f.close || version10 && !f.keepAlive || a.framing == byClose
			return err
		}
		if a.resp.Status == 101 {
			return malformed("the upstream switches protocols unasked")
		}
	}
	return malformed("the upstream sends interim answers without end")
}

func (a *answerReader) readOneHead(f *fields) (version10 bool, err error) {
	seen := 0
	for {
		if b := a.buf[a.at:]; len(b) > seen {
			clear(a.resp.Header)
			a.resp.Header = a.resp.Header[:0]
			size, version10, err := parseResponse(b, seen, a.resp, f)
			if size > maxResponseHeader {
				return false, ErrTooLarge
			}
			if err == nil {
				a.at += size
				return version10, nil
			}
			if !errors.Is(err, errIncomplete) {
				return false, err
			}
			seen = len(b)
			if seen > maxResponseHeader {
				return false, ErrTooLarge
			}
		}
		if err := a.more(math.MaxInt); err != nil {
			return false, err
		}
	}
}

// more reads once behind buf, growing it up to limit bytes.
func (a *answerReader) more(limit int) error {
	a.buf = grow(a.buf, limit)
	n, err := a.conn.Read(a.buf[len(a.buf):cap(a.buf)])
	a.buf = a.buf[:len(a.buf)+n]
	if n > 0 {
		a.conn.silent = false
		return nil
	}
	if err == nil {
		err = io.ErrNoProgress
	}
	return err
}

// readBody reads the whole body into the response's memory.
func (a *answerReader) readBody() (err error) {
	switch a.framing {
	case byLength:
		err = a.readLength()
	case byChunks:
		err = a.readChunks()
	case byClose:
		err = a.readToClose()
	default:
		a.resp.Body = nil
	}
	if a.at < len(a.buf) {
		a.close = true // bytes that belong to no answer
	}
	a.resp.SetMemory(a.buf)
	return err
}

// trusted is the length that memory is reserved for because an upstream announces it, in bytes. Beyond it, memory grows
// with what arrives.
const trusted = 1 << 20

// spare is room behind a body, in which bytes that belong to no answer show.
const spare = 512

func (a *answerReader) readLength() error {
	if a.length > a.limit {
		return ErrTooLarge
	}
	end := a.at + int(a.length)
	if end > cap(a.buf) && end <= trusted {
		a.buf = append(make([]byte, 0, end+spare), a.buf...)
	}
	for len(a.buf) < end {
		if err := a.more(end + spare); err != nil {
			return err
		}
	}
	a.resp.Body = a.buf[a.at:end:end]
	a.at = end
	return nil
}

func (a *answerReader) readToClose() error {
	for {
		if int64(len(a.buf)-a.at) > a.limit {
			return ErrTooLarge
		}
		switch err := a.more(math.MaxInt); {
		case err == nil:
		case errors.Is(err, io.EOF):
			a.resp.Body = a.buf[a.at:]
			a.at = len(a.buf)
			return nil
		default:
			return err
		}
	}
}

// readChunks decodes in place: decoded bytes never overtake coded ones.
func (a *answerReader) readChunks() error {
	var coding chunked
	start, end := a.at, a.at // the decoded body
	for {
		body, n, err := coding.decode(a.buf[start:end], a.buf[a.at:])
		if err != nil {
			return err
		}
		end = start + len(body)
		a.at += n
		if int64(end-start)+coding.left > a.limit {
			return ErrTooLarge
		}
		if coding.done() {
			a.resp.Body = a.buf[start:end:end]
			return nil
		}
		// All was consumed: what comes next goes where the body ends.
		a.buf, a.at = a.buf[:end], end
		if err := a.more(math.MaxInt); err != nil {
			return err
		}
	}
}
