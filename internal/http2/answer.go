package http2

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"postern/internal/http1"
)

// writePiece is how much is written under one write deadline, in bytes.
const writePiece = 256 << 10

// answer writes the response. After an error the stream has to be reset.
func (x *exchange) answer() error {
	if x.resp.Stream != nil {
		defer x.resp.Stream.Close()
	}
	x.writeHeader()
	if !http1.HasBody(x.req.Method, x.resp.Status) {
		return nil
	}
	if x.resp.Stream != nil {
		return x.stream()
	}
	for body := x.resp.Body; len(body) > 0; {
		piece := body[:min(len(body), writePiece)]
		if err := x.write(piece); err != nil {
			return err
		}
		body = body[len(piece):]
	}
	return nil
}

// writeHeader sends the status and the header, without the fields that belong to the transport.
func (x *exchange) writeHeader() {
	resp, header := &x.resp, x.w.Header()
	announced := ""
	for i := range resp.Header {
		h := &resp.Header[i]
		switch {
		case strings.EqualFold(h.Name, "Content-Length"):
			announced = h.Value
		case !http1.OfTransport(h.Name):
			header.Add(h.Name, visible(h.Value))
		}
	}
	if _, ok := header["Content-Type"]; !ok {
		header["Content-Type"] = nil // net/http would guess
	}
	if resp.Close || x.server.of.Ending() {
		header.Set("Connection", "close") // net/http tells the client to send no more requests
	}
	if length := x.length(announced); length >= 0 {
		header.Set("Content-Length", strconv.FormatInt(length, 10))
	}
	x.w.WriteHeader(resp.Status)
}

// length is the answer's Content-Length; -1 for none. The answer to HEAD may announce one.
func (x *exchange) length(announced string) int64 {
	resp := &x.resp
	switch {
	case resp.Status == http.StatusNoContent, resp.Status == http.StatusNotModified:
		return -1
	case resp.Stream != nil && resp.StreamLength > 0:
		return resp.StreamLength
	case resp.Stream != nil:
		return -1
	case x.req.Method == http.MethodHead && len(resp.Body) == 0:
		if n, err := strconv.ParseUint(announced, 10, 63); err == nil {
			return int64(n)
		}
	}
	return int64(len(resp.Body))
}

// visible returns a field's value with spaces for control characters, which could not be sent.
func visible(value string) string {
	control := func(c byte) bool { return c < ' ' && c != '\t' || c == 0x7f }
	for i := range len(value) {
		if !control(value[i]) {
			continue
		}
		b := []byte(value)
		for i, c := range b {
			if control(c) {
				b[i] = ' '
			}
		}
		return string(b)
	}
	return value
}

// write sends a piece of the body within the write timeout.
func (x *exchange) write(piece []byte) error {
	_ = x.control.SetWriteDeadline(time.Now().Add(x.server.of.WriteTimeout))
	_, err := x.w.Write(piece)
	return err
}

var errStreamLength = errors.New("the stream is not as long as its response says")

// stream sends the head, and then Response.Stream piece by piece as it arrives.
func (x *exchange) stream() error {
	if err := x.control.Flush(); err != nil {
		return err
	}
	piece := make([]byte, 16<<10)
	sent := int64(0)
	for {
		n, err := x.resp.Stream.Read(piece)
		sent += int64(n)
		if n > 0 {
			if err := x.write(piece[:n]); err != nil {
				return err
			}
			if err := x.control.Flush(); err != nil {
				return err
			}
			_ = x.control.SetWriteDeadline(time.Time{}) // net/http resets the stream then, also while nothing is written
		}
		switch {
		case err == io.EOF && x.resp.StreamLength > 0 && sent != x.resp.StreamLength:
			return errStreamLength
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
	}
}
