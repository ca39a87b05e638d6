package http1

import (
	"errors"
	"io"
	"math"
	"os"
	"time"
)

// errGone says that the client has left, or sent half a request: nobody to answer.
var errGone = errors.New("the client is gone")

// readRequest reads the next request into x. It returns errGone or a *refused.
func (c *conn) readRequest() error {
	x := c.x
	if err := c.readHead(); err != nil {
		return err
	}
	x.req.RemoteAddr, x.req.TLS, x.req.Task = c.remote, c.tls, c.task
	switch {
	case x.head.codings > 0:
		return c.readChunked()
	case x.head.length > 0:
		return c.readLength(x.head.length)
	default:
		return nil
	}
}

func (c *conn) readHead() error {
	x, s := c.x, c.server
	limits := requestLimits{target: s.MaxTarget, header: s.MaxHeader}
	seen := 0
	for {
		// An empty line before the request line is skipped. RFC 9112, 2.2.
		for seen == 0 && x.w-x.r >= 2 && x.in[x.r] == '\r' && x.in[x.r+1] == '\n' {
			x.r += 2
		}
		b := x.in[x.r:x.w]
		if len(b) != 1 || b[0] != '\r' {
			n, err := parseRequest(b, seen, limits, &x.req, &x.head)
			if err == nil {
				x.r += n
				return nil
			}
			if !errors.Is(err, errIncomplete) {
				return err
			}
			seen = len(b)
		}
		c.setReadBy(c.now + s.HeadTimeout)
		if err := c.more(); err != nil {
			return err
		}
	}
}

// more reads once behind x.w, making room before.
func (c *conn) more() error {
	x := c.x
	if x.r > 0 {
		copy(x.in, x.in[x.r:x.w])
		x.r, x.w = 0, x.w-x.r
	}
	if x.w == len(x.in) {
		x.in = append(x.in, make([]byte, len(x.in))...)
	}
	n, err := c.read(x.in[x.w:])
	x.w += n
	return err
}

// read reads once; an error means that nothing was read.
func (c *conn) read(p []byte) (int, error) {
	n, err := c.Read(p)
	switch {
	case n > 0:
		return n, nil
	case errors.Is(err, os.ErrDeadlineExceeded):
		return 0, &refused{Slow, "the request arrives too slowly"}
	default:
		return 0, errGone
	}
}

// maxBody asks how long the body may be.
func (c *conn) maxBody() int64 {
	if c.server.MaxBody == nil {
		return DefaultMaxBody
	}
	return c.server.MaxBody(&c.x.req)
}

var errBodyTooLarge = &refused{BodyTooLarge, "the body is too large"}

// goAhead sends the interim answer that a client with "Expect: 100-continue" waits for, unless it did not wait.
// RFC 9110, 10.1.1.
func (c *conn) goAhead() error {
	x := c.x
	if x.head.expect == "" || x.req.Proto != "HTTP/1.1" || x.r < x.w {
		return nil
	}
	c.clock = c.server.elapsed()
	c.writeWithin(c.server.WriteTimeout)
	if _, err := io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\n"); err != nil {
		return errGone
	}
	return nil
}

// pace sets the deadline of a body of which received bytes are there.
func (c *conn) pace(received int64) {
	s := c.server
	c.setReadBy(c.now + s.BodyTimeout + time.Duration(received/int64(s.MinBodyRate))*time.Second)
}

// readLength reads a body of a known length. One that fits into the input buffer stays there.
func (c *conn) readLength(length int64) error {
	x := c.x
	if length > c.maxBody() {
		return errBodyTooLarge
	}
	if err := c.goAhead(); err != nil {
		return err
	}
	if length > int64(len(x.in)) {
		return c.readLong(length)
	}
	for int64(x.w-x.r) < length {
		c.pace(int64(x.w - x.r))
		if err := c.more(); err != nil {
			return err
		}
	}
	x.req.Body = x.in[x.r : x.r+int(length) : x.r+int(length)]
	x.r += int(length)
	return nil
}

// readLong reads a long body into memory that grows with what arrives, not with what was announced.
func (c *conn) readLong(length int64) error {
	x := c.x
	body := append(x.body[:0], x.in[x.r:x.w]...)
	x.r, x.w = 0, 0
	for int64(len(body)) < length {
		c.pace(int64(len(body)))
		body = grow(body, int(length))
		n, err := c.read(body[len(body):min(cap(body), int(length))])
		if err != nil {
			return err
		}
		body = body[:len(body)+n]
	}
	x.body, x.req.Body = body, body
	return nil
}

// grow returns b with room to append, doubling it up to limit.
func grow(b []byte, limit int) []byte {
	if len(b) < cap(b) {
		return b
	}
	next := make([]byte, len(b), max(min(2*cap(b), limit), bufferSize))
	copy(next, b)
	return next
}

// readChunked reads a body in the chunked coding.
func (c *conn) readChunked() error {
	x := c.x
	limit := c.maxBody()
	if err := c.goAhead(); err != nil {
		return err
	}
	var coding chunked
	received := int64(0)
	body := x.body[:0]
	for {
		for x.r < x.w && !coding.done() {
			body = grow(body, math.MaxInt)
			next, n, err := coding.decode(body, x.in[x.r:x.w])
			body = next
			x.r += n
			received += int64(n)
			if err != nil {
				return malformed(err.Error())
			}
			if int64(len(body))+coding.left > limit {
				return errBodyTooLarge
			}
		}
		if coding.done() {
			x.body, x.req.Body = body, body
			return nil
		}
		c.pace(received)
		if err := c.more(); err != nil {
			return err
		}
	}
}
