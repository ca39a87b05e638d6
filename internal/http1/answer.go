package http1

import (
	"errors"
	"io"
	"net/http"
	"strconv"

	"postern/internal/gateway/message"
)

// answer writes the response. An error means that the connection is of no more use.
func (c *conn) answer() error {
	x := c.x
	out := lendBuffer()
	defer giveBack(out)
	c.last = c.last || x.resp.Close || c.server.Ending()
	c.clock = c.server.elapsed()
	if x.resp.Stream != nil {
		return c.stream(out)
	}
	body := x.resp.Body
	out.b = c.appendHead(out.b[:0], int64(len(body)))
	if len(body) == 0 || !HasBody(x.req.Method, x.resp.Status) {
		return c.write(out.b, nil)
	}
	if len(body) <= cap(out.b)-len(out.b) {
		out.b = append(out.b, body...)
		return c.write(out.b, nil)
	}
	return c.write(out.b, body)
}

// checkStatus makes an answer of what a handler left without a status, or with one that is none.
func checkStatus(resp *message.Response) {
	if resp.Status == 0 {
		resp.Status = http.StatusOK
	}
	if resp.Status >= 200 && resp.Status <= 999 {
		return
	}
	if resp.Stream != nil {
		resp.Stream.Close()
	}
	resp.Reset()
	plain(resp, http.StatusInternalServerError)
}

// HasBody reports whether the answer to a request may have a body. RFC 9110, 6.4.1.
func HasBody(method string, status int) bool { return method != "HEAD" && !bodiless(status) }

// bodiless reports the statuses whose answers never have a body. RFC 9110, 6.4.1.
func bodiless(status int) bool { return status == 204 || status == 304 }

// chunkedLength stands for a length that is not known beforehand.
const chunkedLength = -1

// appendHead appends the status line and the header. Lines of the transport that the handler set are dropped, but
// for the Content-Length of an answer to HEAD.
func (c *conn) appendHead(b []byte, length int64) []byte {
	x := c.x
	resp := &x.resp
	b = appendStatusLine(b, resp.Status)
	b = append(b, c.server.date(c.clock)...)
	for i := range resp.Header {
		h := &resp.Header[i]
		switch kind := ofTransport(h.Name); {
		case kind == noField:
			b = appendField(b, h.Name, h.Value)
		case kind == contentLength && x.req.Method == "HEAD" && length == 0:
			if n, ok := digits(h.Value); ok {
				length = n
			}
		}
	}
	switch {
	case bodiless(resp.Status):
	case length == chunkedLength && x.req.Proto == "HTTP/1.0":
		c.last = true
	case length == chunkedLength:
		b = append(b, "Transfer-Encoding: chunked\r\n"...)
	default:
		b = append(b, "Content-Length: "...)
		b = strconv.AppendInt(b, length, 10)
		b = append(b, "\r\n"...)
	}
	if c.last {
		return append(b, "Connection: close\r\n\r\n"...)
	}
	return append(b, "Connection: keep-alive\r\n\r\n"...)
}

func appendStatusLine(b []byte, status int) []byte {
	b = append(b, "HTTP/1.1 "...)
	b = strconv.AppendInt(b, int64(status), 10)
	b = append(b, ' ')
	b = append(b, http.StatusText(status)...)
	return append(b, "\r\n"...)
}

// appendField appends a field line. What would break out of it is kept in: a control character of the value becomes a
// space, and a line whose name is no token is left out.
func appendField(b []byte, name, value string) []byte {
	if !token(name) {
		return b
	}
	b = append(b, name...)
	b = append(b, ": "...)
	at := len(b)
	b = append(b, value...)
	if !visible(b[at:]) {
		for i, v := range b[at:] {
			if v < ' ' && v != '\t' || v == 0x7f {
				b[at+i] = ' '
			}
		}
	}
	return append(b, "\r\n"...)
}

// The fields that belong to the transport.
const (
	noField = iota
	contentLength
	hopByHop
)

// OfTransport reports whether a field of an answer belongs to the transport, so that what a handler says of it is not sent.
func OfTransport(name string) bool { return ofTransport(name) != noField }

// ofTransport tells the fields that a connection's ends settle between themselves. RFC 9110, 7.6.1.
func ofTransport(name string) int {
	switch len(name) {
	case len("Date"):
		return hopIf(name, "Date")
	case len("Upgrade"): // and Trailer
		return hopIf(name, "Upgrade") | hopIf(name, "Trailer")
	case len("Connection"): // and Keep-Alive
		return hopIf(name, "Connection") | hopIf(name, "Keep-Alive")
	case len("Content-Length"):
		if message.EqualFold(name, "Content-Length") {
			return contentLength
		}
	case len("Proxy-Connection"):
		return hopIf(name, "Proxy-Connection")
	case len("Transfer-Encoding"):
		return hopIf(name, "Transfer-Encoding")
	}
	return noField
}

func hopIf(name, want string) int {
	if message.EqualFold(name, want) {
		return hopByHop
	}
	return noField
}

// writePiece is how much is written under one write deadline, in bytes.
const writePiece = 256 << 10

// write sends head and body, in one system call where they are not long.
func (c *conn) write(head, body []byte) error {
	c.writeWithin(c.server.WriteTimeout)
	if len(body) == 0 {
		_, err := c.Write(head)
		return err
	}
	first := body[:min(len(body), writePiece)]
	if _, err := c.writeBoth(head, first); err != nil {
		return err
	}
	for body = body[len(first):]; len(body) > 0; body = body[len(first):] {
		c.clock = c.server.elapsed()
		c.writeWithin(c.server.WriteTimeout)
		first = body[:min(len(body), writePiece)]
		if _, err := c.Write(first); err != nil {
			return err
		}
	}
	return nil
}

var errStreamLength = errors.New("the stream is not as long as its response says")

// stream sends Response.Stream piece by piece as it arrives. A stream that breaks off takes the connection with it, so that
// the client cannot take what it got for the whole.
func (c *conn) stream(out *buffer) error {
	x := c.x
	stream := x.resp.Stream
	defer stream.Close()
	length := x.resp.StreamLength
	if length <= 0 {
		length = chunkedLength
	}
	chunks := length == chunkedLength && x.req.Proto != "HTTP/1.0"
	if err := c.write(c.appendHead(out.b[:0], length), nil); err != nil {
		return err
	}
	if !HasBody(x.req.Method, x.resp.Status) {
		return nil
	}
	const room = len("1000\r\n") // in front of a piece, for the size of a chunk
	piece := out.b[:bufferSize]
	sent := int64(0)
	_, own := stream.(*bodyStream)
	for {
		if !own {
			c.task.Block()
		}
		n, err := stream.Read(piece[room : bufferSize-len("\r\n")])
		if sent += int64(n); length > 0 && sent > length {
			return errStreamLength
		}
		if n > 0 {
			b := piece[room : room+n]
			if chunks {
				b = frameChunk(piece, room, n)
			}
			c.clock = c.server.elapsed()
			if err := c.write(b, nil); err != nil {
				return err
			}
		}
		switch {
		case err == io.EOF && chunks:
			c.clock = c.server.elapsed()
			return c.write(lastChunk, nil)
		case err == io.EOF && length > 0:
			if sent < length {
				return errStreamLength
			}
			return nil
		case err != nil:
			return err // also io.EOF, which ends an HTTP/1.0 answer with its connection
		}
	}
}

var lastChunk = []byte("0\r\n\r\n")

// frameChunk puts a chunk's size in front of the n bytes at piece[room:] and CRLF behind them.
func frameChunk(piece []byte, room, n int) []byte {
	const hex = "0123456789abcdef"
	end := append(piece[:room+n], '\r', '\n')
	at := room - 2
	piece[at], piece[at+1] = '\r', '\n'
	for size := n; size > 0; size >>= 4 {
		at--
		piece[at] = hex[size&15]
	}
	return end[at:]
}
