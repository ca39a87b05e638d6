package runtime

import (
	"bytes"
	"errors"
	"strconv"
)

// request is the head of a request to the Runtime API. Its slices point into the connection's buffer and hold until the
// next read.
type request struct {
	method, path []byte
	// length is the body's length, -1 for a chunked one.
	length int64
	// close is true when the client closes the connection afterwards.
	close bool
	// expects is true when the client waits for 100 Continue.
	expects bool
	// streams is true for a response that is to be passed on piece by piece.
	streams bool
	// errorType and contentType are headers of a response or error.
	errorType, contentType string
}

var (
	errMalformed = errors.New("malformed request to the Runtime API")
	errHeadLarge = errors.New("the head of a request to the Runtime API is too large")
)

// maxHead is how long a request's head may be, in bytes.
const maxHead = 64 << 10

// parse reads the head that ends before the empty line; head has no final CRLF CRLF.
func (r *request) parse(head []byte) error {
	*r = request{}
	line, rest := cutLine(head)
	method, line, ok := bytes.Cut(line, []byte(" "))
	path, proto, ok2 := bytes.Cut(line, []byte(" "))
	if !ok || !ok2 || len(method) == 0 || len(path) == 0 || !bytes.HasPrefix(proto, []byte("HTTP/1.")) {
		return errMalformed
	}
	r.method, r.path = method, path
	r.close = proto[len(proto)-1] == '0'
	seen := false
	for len(rest) > 0 {
		line, rest = cutLine(rest)
		name, value, ok := bytes.Cut(line, []byte(":"))
		if !ok || len(name) == 0 {
			return errMalformed
		}
		if err := r.header(name, bytes.Trim(value, " \t"), &seen); err != nil {
			return err
		}
	}
	return nil
}

func cutLine(b []byte) (line, rest []byte) {
	line, rest, _ = bytes.Cut(b, []byte("\n"))
	return bytes.TrimSuffix(line, []byte("\r")), rest
}

// header notes one header line; framed tells whether one has said how long the body is.
func (r *request) header(name, value []byte, framed *bool) error {
	switch len(name) {
	case len("Content-Length"):
		if equalFold(name, "content-length") {
			n, err := strconv.ParseInt(string(value), 10, 64)
			if err != nil || n < 0 || *framed {
				return errMalformed
			}
			r.length, *framed = n, true
		}
	case len("Transfer-Encoding"):
		if equalFold(name, "transfer-encoding") {
			if !equalFold(value, "chunked") || *framed {
				return errMalformed
			}
			r.length, *framed = -1, true
		}
	case len("Connection"):
		if equalFold(name, "connection") {
			r.close = equalFold(value, "close") || r.close && !equalFold(value, "keep-alive")
		}
	case len("Expect"):
		r.expects = r.expects || equalFold(name, "expect") && equalFold(value, "100-continue")
	case len("Content-Type"):
		if equalFold(name, "content-type") {
			r.contentType = string(value)
		}
	case len("Lambda-Runtime-Function-Error-Type"):
		if equalFold(name, "lambda-runtime-function-error-type") {
			r.errorType = string(value)
		}
	case len("Lambda-Runtime-Function-Response-Mode"):
		r.streams = r.streams || equalFold(name, "lambda-runtime-function-response-mode") && equalFold(value, "streaming")
	}
	return nil
}

// equalFold compares with a text in lower case, without regard to ASCII case.
func equalFold(b []byte, lower string) bool {
	if len(b) != len(lower) {
		return false
	}
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

// The paths of the Runtime API. Source: Lambda developer guide, "Using the Lambda runtime API for custom runtimes".
const (
	pathInvocation = "/2018-06-01/runtime/invocation/"
	pathNext       = pathInvocation + "next"
	pathInitError  = "/2018-06-01/runtime/init/error"
)

// answers tells whether the request is a function's answer, for which request, and whether it is an error.
func (r *request) answers() (id []byte, isError, ok bool) {
	rest, ok := bytes.CutPrefix(r.path, []byte(pathInvocation))
	if !ok || string(r.method) != "POST" {
		return nil, false, false
	}
	id, what, _ := bytes.Cut(rest, []byte("/"))
	switch string(what) {
	case "response":
		return id, false, true
	case "error":
		return id, true, true
	}
	return nil, false, false
}
