package http1

import (
	"bytes"
	"errors"
	"strconv"
	"syscall"
	"time"

	"postern/internal/eventloop"
	"postern/internal/gateway/message"
)

// inlineRequest is how large a request may be to be written before the answer is looked at, in bytes: so much fits
// into the socket's buffers whether the upstream reads or not.
const inlineRequest = 64 << 10

// maxInterim bounds the 1xx answers before the final one.
const maxInterim = 16

// roundTrip sends req, whose head is given, on c and reads the answer. Afterwards c is in the pool, closed, or
// resp.Stream's.
func (c *upstreamConn) roundTrip(req *UpstreamRequest, head []byte, deadline time.Time, resp *message.Response) error {
	u := c.upstream
	a := answerReader{conn: c, method: req.Method, limit: req.MaxBody, resp: resp, buf: resp.Memory()}
	if a.limit <= 0 {
		a.limit = DefaultMaxResponseBody
	}
	c.bind(req.Task)
	c.SetDeadline(deadline)
	writing, err := a.send(req, head)
	if err == nil || !timedOut(err) {
		// After a failed write there may still be an answer that says why.
		switch readErr := a.readHead(); {
		case err == nil:
			err = readErr
		case readErr == nil:
			err, a.close = nil, true
		}
	}
	if err == nil && req.Stream && a.framing != noBody {
		return a.stream(req, deadline, writing)
	}
	if err == nil {
		err = a.readBody()
	}
	if writing != nil && !writing.end(c, err == nil && !a.close && resp.Status < 300) {
		a.close = true
	}
	if err != nil {
		u.drop(c)
		resp.Reset()
		return u.classify(err)
	}
	if a.close {
		u.drop(c)
	} else {
		u.put(c)
	}
	return nil
}

// classify makes an UpstreamError of what went wrong after connecting.
func (u *upstream) classify(err error) error {
	var bad *refused
	switch {
	case errors.As(err, &bad):
		return u.fail(ErrMalformed, errors.New(bad.reason))
	case errors.Is(err, errChunk), errors.Is(err, errChunkExcess):
		return u.fail(ErrMalformed, err)
	case errors.Is(err, ErrTooLarge):
		return u.fail(ErrTooLarge, nil)
	default:
		return u.fail(networkKind(err), err)
	}
}

// mayRepeat reports whether a request that failed on a kept connection may be sent again. RFC 9110, 9.2.2.
func (c *upstreamConn) mayRepeat(req *UpstreamRequest, err error) bool {
	if !c.silent || !errors.Is(err, ErrClosed) && !errors.Is(err, ErrReset) {
		return false
	}
	return c.unsent || idempotent(req.Method)
}

func idempotent(method string) bool {
	switch method {
	case "GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE":
		return true
	default:
		return false
	}
}

// send writes the request, in one system call where it is not long; a long one is still being written afterwards.
func (a *answerReader) send(req *UpstreamRequest, head []byte) (*writing, error) {
	c := a.conn
	c.silent, c.unsent = true, true
	n, err := 0, error(nil)
	switch fits := len(req.Body) <= cap(head)-len(head); {
	case fits:
		n, err = c.ask(append(head, req.Body...))
	case len(head)+len(req.Body) <= inlineRequest:
		n, err = c.writeBoth(head, req.Body)
	default:
		return a.sendLong(head, req.Body, req.Task)
	}
	c.unsent = n == 0
	return nil, err
}

// sendLong writes what the socket's buffers take at once, which often is all, and leaves the rest to a goroutine.
func (a *answerReader) sendLong(head, body []byte, t *eventloop.Task) (*writing, error) {
	c, n := a.conn, 0
	if c.plain() {
		var err error
		n, err = c.socket.TryWriteBoth(head, body)
		if c.unsent = n == 0; err != nil || n == len(head)+len(body) {
			return nil, err
		}
	}
	c.unsent = false
	h := min(n, len(head))
	return c.sendAside(bytes.Clone(head[h:]), body[n-h:], t), nil
}

// writing is a request that a goroutine of its own writes.
type writing struct {
	done chan struct{}
	err  error
	// task is the one that reads meanwhile.
	task *eventloop.Task
}

// sendAside writes a long request while the caller reads the answer.
func (c *upstreamConn) sendAside(head, body []byte, t *eventloop.Task) *writing {
	w := &writing{done: make(chan struct{}), task: t}
	c.bindWriter(nil)
	go func() {
		defer close(w.done)
		if _, w.err = c.Write(head); w.err == nil {
			_, w.err = c.Write(body)
		}
		if w.err != nil {
			// What the upstream answered before it stopped reading may still be in the socket: it is left to the
			// reader, which otherwise sees the connection's end.
			if errors.Is(w.err, syscall.EPIPE) || errors.Is(w.err, syscall.ECONNRESET) {
				return
			}
			c.SetReadDeadline(past)
		}
	}()
	return w
}

// end ends the writing, and reports whether all has been written. An upstream that answers early may still read; patient
// lets it, up to the deadline. One that refused, or will close, is not sent the rest. RFC 9112, 9.5.
func (w *writing) end(c *upstreamConn, patient bool) bool {
	select {
	case <-w.done:
	default:
		if !patient {
			c.SetWriteDeadline(past)
		}
		w.task.Block()
		<-w.done
	}
	c.bindWriter(w.task)
	return w.err == nil
}

var (
	errMethod = errors.New("the method is no token")
	errTarget = errors.New("the target is empty or holds a space or control character")
	errHost   = errors.New("the host is invalid")
	errField  = errors.New("a header line's name is no token, or its value holds a control character")
)

// appendRequest appends the request's head. RFC 9112, 3 and 5.
func appendRequest(b []byte, req *UpstreamRequest, host string) ([]byte, error) {
	if req.Host != "" {
		host = req.Host
	}
	switch {
	case !token(req.Method):
		return b, errMethod
	case !validTarget(req.Target):
		return b, errTarget
	case !hostChars.all(host):
		return b, errHost
	}
	b = append(b, req.Method...)
	b = append(b, ' ')
	b = append(b, req.Target...)
	b = append(b, " HTTP/1.1\r\nHost: "...)
	b = append(b, host...)
	b = append(b, "\r\n"...)
	for i := range req.Header {
		h := &req.Header[i]
		if ofRequest(h.Name) {
			continue
		}
		if !token(h.Name) {
			return b, errField
		}
		b = append(b, h.Name...)
		b = append(b, ": "...)
		at := len(b)
		b = append(b, h.Value...)
		if !visible(b[at:]) {
			return b, errField
		}
		b = append(b, "\r\n"...)
	}
	b = append(b, "Content-Length: "...)
	b = strconv.AppendInt(b, int64(len(req.Body)), 10)
	return append(b, "\r\n\r\n"...), nil
}

// ofRequest tells the fields of a request that the transport sets itself, or that end with the client's connection.
func ofRequest(name string) bool {
	switch len(name) {
	case len("Host"): // and Date, which may be the client's own
		return message.EqualFold(name, "Host")
	case len("TE"):
		return message.EqualFold(name, "TE")
	case len("Expect"):
		return message.EqualFold(name, "Expect")
	case len("Upgrade"): // and Trailer: a caller may name them, as API Gateway lets a mapping do
		return false
	default:
		return ofTransport(name) != noField
	}
}
