package runtime

import (
	"bytes"
	"encoding/base64"
	"io"
	"strconv"
)

// body reads a request's body as it arrives. It is part of its connection.
type body struct {
	conn    *conn
	chunked bool
	// left is how much of the body, or of the chunk, is still to come.
	left int64
	// inside is true once a chunk has begun, whose data ends with CRLF; last once the chunk of no length was read.
	inside, last, done bool
	// errorType and errorBody are what a streaming runtime reports in the trailers.
	errorType, errorBody string
}

func (b *body) reset(c *conn, length int64) {
	*b = body{conn: c, left: length}
	if length < 0 {
		b.left, b.chunked = 0, true
	}
	b.done = length == 0
}

// Read implements io.Reader; io.EOF is the body's end.
func (b *body) Read(p []byte) (int, error) {
	if b.chunked && b.left == 0 && !b.done {
		if err := b.nextChunk(); err != nil {
			return 0, err
		}
	}
	if b.done {
		return 0, io.EOF
	}
	if int64(len(p)) > b.left {
		p = p[:b.left]
	}
	n, err := b.conn.read(p)
	b.left -= int64(n)
	if b.left == 0 && !b.chunked {
		b.done = true
	}
	if n > 0 {
		return n, nil
	}
	return 0, noEOF(err)
}

// noEOF tells an end in the middle of a body from the body's own end.
func noEOF(err error) error {
	if err == io.EOF { //nolint:errorlint // a net.Conn gives it bare
		return io.ErrUnexpectedEOF
	}
	return err
}

// nextChunk reads the line before a chunk; the last one's trailers too. It goes on where a timeout has stopped it.
func (b *body) nextChunk() error {
	if b.inside {
		if line, err := b.line(); err != nil || len(line) > 0 {
			return orMalformed(err)
		}
		b.inside = false
	}
	if !b.last {
		line, err := b.line()
		if err != nil {
			return err
		}
		line, _, _ = bytes.Cut(line, []byte(";"))
		size, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 16, 63)
		if err != nil || size < 0 {
			return errMalformed
		}
		if size > 0 {
			b.left, b.inside = size, true
			return nil
		}
		b.last = true
	}
	if err := b.trailers(); err != nil {
		return err
	}
	b.done = true
	return nil
}

func orMalformed(err error) error {
	if err != nil {
		return err
	}
	return errMalformed
}

// trailers reads the lines after the last chunk. A runtime that fails while it streams reports there.
// Source: Lambda developer guide, "Response streaming" for custom runtimes.
func (b *body) trailers() error {
	for total := 0; ; {
		line, err := b.line()
		if err != nil || len(line) == 0 {
			return err
		}
		if total += len(line); total > maxTrailers {
			return errHeadLarge
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimSpace(value)
		switch {
		case equalFold(name, "lambda-runtime-function-error-type"):
			b.errorType = string(value)
		case equalFold(name, "lambda-runtime-function-error-body"):
			if text, err := base64.StdEncoding.DecodeString(string(value)); err == nil {
				b.errorBody = string(text)
			}
		}
	}
}

// maxTrailers is how long trailers may be together, in bytes: the error's description is among them.
const maxTrailers = 1 << 20

// line reads up to a line's end, without it. A timeout in the middle loses nothing.
func (b *body) line() ([]byte, error) {
	c := b.conn
	for {
		if i := bytes.IndexByte(c.buf[c.r:c.w], '\n'); i >= 0 {
			line := bytes.TrimSuffix(c.buf[c.r:c.r+i], []byte("\r"))
			c.r += i + 1
			return line, nil
		}
		if c.w-c.r > maxTrailers {
			return nil, errHeadLarge
		}
		if err := c.fill(); err != nil {
			return nil, noEOF(err)
		}
	}
}
