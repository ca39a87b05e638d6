package http1

import (
	"bytes"

	"postern/internal/gateway/message"
)

// parseResponse reads the head at the start of b into resp and f and returns its length. The first seen bytes were
// tried before. version10 tells an HTTP/1.0 answer. It returns errIncomplete, or an error that says what is wrong.
func parseResponse(b []byte, seen int, resp *message.Response, f *fields) (size int, version10 bool, err error) {
	size = headEnd(b, seen)
	if size == 0 {
		return 0, false, partialResponse(b)
	}
	head := b[:size]
	text := string(head)
	line := bytes.IndexByte(head, '\n') + 1
	if line < 2 || head[line-2] != '\r' {
		return 0, false, malformed("a line of the head ends without CR")
	}
	if resp.Status, version10, err = statusLine(head[:line-2]); err != nil {
		return 0, false, err
	}
	resp.Header, err = scanFields(head, text, line, resp.Header, f, true)
	return size, version10, err
}

// partialResponse judges a head that has not all arrived, so that nonsense is not waited for.
func partialResponse(b []byte) error {
	const start = "HTTP/1."
	if n := min(len(b), len(start)); string(b[:n]) != start[:n] {
		return malformed("the answer does not begin with HTTP/1")
	}
	if bareLF(b) {
		return malformed("a line of the head ends without CR")
	}
	return errIncomplete
}

// statusLine reads "HTTP/1.1 200 OK"; the reason may be missing. RFC 9112, 4.
func statusLine(line []byte) (status int, version10 bool, err error) {
	const shortest = len("HTTP/1.1 200")
	if len(line) < shortest || string(line[:7]) != "HTTP/1." || !digit(line[7]) || line[8] != ' ' ||
		len(line) > shortest && line[shortest] != ' ' || !visible(line[shortest:]) {
		return 0, false, malformed("the status line is invalid")
	}
	for _, c := range line[9:shortest] {
		if !digit(c) {
			return 0, false, malformed("the status is no number")
		}
		status = status*10 + int(c-'0')
	}
	if status < 100 {
		return 0, false, malformed("the status is below 100")
	}
	return status, line[7] == '0', nil
}

// framing is how the end of a body is known.
type framing int

const (
	noBody framing = iota
	byLength
	byChunks
	byClose
)

// frame tells how the answer's body is framed. RFC 9112, 6.3.
func frame(method string, status int, f *fields) (framing, error) {
	if f.codings > 0 && f.lengths > 0 {
		return noBody, malformed("Transfer-Encoding together with Content-Length")
	}
	switch {
	case method == "HEAD" || bodiless(status):
		return noBody, nil
	case f.codings > 1 || f.codings == 1 && !message.EqualFold(f.coding, "chunked"):
		return noBody, malformed("the transfer coding is not chunked")
	case f.codings == 1:
		return byChunks, nil
	case f.length == 0:
		return noBody, nil
	case f.length > 0:
		return byLength, nil
	default:
		return byClose, nil
	}
}
