package runtime

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strconv"
	"time"
)

// conn is a runtime's connection to its Runtime API. One goroutine owns it at a time: its own (run), or that of the
// invocation which it was handed to.
type conn struct {
	process *process
	net     net.Conn
	// buf[r:w] is what was read and not used yet.
	buf  []byte
	r, w int
	// request is the one that was read last.
	request request
	body    body
	// owed is an answer that was not written yet, since the next event may follow in the same write.
	owed []byte
	out  []byte
}

// firstBuffer is what a connection reads into at first, in bytes; it grows with the heads only.
const firstBuffer = 8 << 10

func newConn(p *process, c net.Conn) *conn {
	return &conn{process: p, net: c, buf: make([]byte, firstBuffer)}
}

// run answers requests until the connection ends or is handed to an invocation.
func (c *conn) run() {
	for {
		if err := c.readRequest(); err != nil {
			c.refuse(err)
			return
		}
		if !c.process.dispatch(c) {
			return
		}
	}
}

// refuse closes the connection, after saying what was wrong with the request if anything was.
func (c *conn) refuse(err error) {
	switch {
	case errors.Is(err, errMalformed):
		_ = c.answer(400, `{"errorMessage":"Bad Request","errorType":"BadRequest"}`)
	case errors.Is(err, errHeadLarge):
		_ = c.answer(431, `{"errorMessage":"Request Header Fields Too Large","errorType":"BadRequest"}`)
	}
	c.close()
}

func (c *conn) close() {
	c.process.forget(c)
	c.net.Close()
}

// readRequest reads the head of the next request. After a timeout it may be called again and goes on where it was.
func (c *conn) readRequest() error {
	for seen := c.r; ; {
		if i := bytes.Index(c.buf[max(c.r, seen-3):c.w], []byte("\r\n\r\n")); i >= 0 {
			end := max(c.r, seen-3) + i
			head := c.buf[c.r:end]
			c.r = end + 4
			err := c.request.parse(head)
			c.body.reset(c, c.request.length)
			return err
		}
		if c.w-c.r > maxHead {
			return errHeadLarge
		}
		offset := c.w - c.r
		if err := c.fill(); err != nil {
			return err
		}
		seen = c.r + offset
	}
}

// buffered tells whether a whole head has been read already.
func (c *conn) buffered() bool { return bytes.Contains(c.buf[c.r:c.w], []byte("\r\n\r\n")) }

// fill reads more behind what is there, at least one byte.
func (c *conn) fill() error {
	if c.r == c.w {
		c.r, c.w = 0, 0
	}
	if c.w == len(c.buf) {
		if c.r > 0 {
			c.w = copy(c.buf, c.buf[c.r:c.w])
			c.r = 0
		} else {
			c.buf = append(c.buf, make([]byte, len(c.buf))...)
		}
	}
	n, err := c.net.Read(c.buf[c.w:])
	c.w += n
	if n > 0 {
		return nil
	}
	if err == nil {
		err = io.ErrNoProgress
	}
	return err
}

// read gives bytes from the buffer first, then from the socket.
func (c *conn) read(p []byte) (int, error) {
	if c.r < c.w {
		n := copy(p, c.buf[c.r:c.w])
		c.r += n
		return n, nil
	}
	return c.net.Read(p)
}

// accepted is the answer to whatever a runtime reports.
const accepted = "HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{\"status\":\"OK\"}\n"

// accept answers a report, at once or with the next event when the runtime has asked for one already.
func (c *conn) accept() error {
	if c.buffered() {
		c.owed = append(c.owed, accepted...)
		return nil
	}
	_, err := c.net.Write([]byte(accepted))
	return err
}

// answer writes a whole answer, JSON.
func (c *conn) answer(status int, text string) error {
	b := append(c.out[:0], c.owed...)
	c.owed = c.owed[:0]
	b = append(b, "HTTP/1.1 "...)
	b = strconv.AppendInt(b, int64(status), 10)
	b = append(b, ' ')
	b = append(b, reason(status)...)
	b = append(b, "\r\nContent-Type: application/json\r\nContent-Length: "...)
	b = strconv.AppendInt(b, int64(len(text)), 10)
	b = append(b, "\r\n\r\n"...)
	b = append(b, text...)
	c.out = b
	_, err := c.net.Write(b)
	return err
}

func reason(status int) string {
	switch status {
	case 400:
		return "Bad Request"
	case 403:
		return "Forbidden"
	case 404:
		return "Not Found"
	case 413:
		return "Request Entity Too Large"
	case 431:
		return "Request Header Fields Too Large"
	}
	return "Accepted"
}

// smallEvent is the longest event that is copied behind its head, so that both go out in one write.
const smallEvent = 16 << 10

// writeEvent answers a runtime's wait for the next invocation.
func (c *conn) writeEvent(in *Event, deadline time.Time) error {
	b := append(c.out[:0], c.owed...)
	c.owed = c.owed[:0]
	b = in.appendHead(b, deadline)
	if len(in.Payload) <= smallEvent {
		b = append(b, in.Payload...)
		c.out = b
		_, err := c.net.Write(b)
		return err
	}
	c.out = b
	if err := c.net.SetWriteDeadline(deadline); err != nil {
		return err
	}
	buffers := net.Buffers{b, in.Payload}
	_, err := buffers.WriteTo(c.net)
	return errors.Join(err, c.net.SetWriteDeadline(time.Time{}))
}
