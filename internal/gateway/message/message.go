// Package message holds what travels through the data plane: Request, Response and the Exchange that joins them.
//
// What comes in: a request as a front end (a listener) read it. What goes out: a response as a back end (an upstream
// client) or a gateway response gave it. No type here knows an HTTP library; front and back ends adapt to them.
package message

import (
	"crypto/tls"
	"io"
	"net/netip"

	"postern/internal/eventloop"
)

// Request is one HTTP request as it arrived.
type Request struct {
	Method string
	// SentMethod is the verb of the request line where Method is another one, by X-HTTP-Method-Override; else empty.
	SentMethod string
	// Target is the request target as sent, path and query, percent-encoding untouched.
	Target string
	// Path is Target up to the first '?', never decoded.
	Path string
	// RawQuery is what follows the first '?', never decoded.
	RawQuery string
	// Proto is "HTTP/1.1", "HTTP/1.0" or "HTTP/2.0".
	Proto string
	// Host is the Host header's value (or :authority).
	Host string
	// Header lists the header lines in order, names in the sender's letters, duplicates kept.
	Header Pairs
	// Body is the whole body. It shares the connection's buffer: valid until the exchange ends, to be copied by
	// whoever keeps it longer.
	Body []byte
	// SentBody is the body as it arrived where Body is what a content coding was decoded to; else nil. Signatures cover it.
	SentBody []byte
	// RemoteAddr is the peer's address.
	RemoteAddr netip.AddrPort
	// TLS is nil on plain connections.
	TLS *tls.ConnectionState
	// Task is the task of an event loop that answers the request; nil where a goroutine does.
	Task *eventloop.Task
}

// Response is the answer to one Request.
type Response struct {
	Status int
	// Header lists the header lines to send, without Content-Length, Transfer-Encoding, Connection and Date, which
	// belong to the transport.
	Header Pairs
	// Body is the whole body when Stream is nil.
	Body []byte
	// Stream, when not nil, is copied to the client piece by piece as it arrives, and closed.
	Stream io.ReadCloser
	// StreamLength is how long Stream is, in bytes; 0 when that is not known, and the transport then codes it in chunks.
	StreamLength int64
	// Close asks the front end to close the connection after this answer.
	Close bool

	memory []byte
}

// What Reset keeps for the next exchange, in bytes; what is larger is left to the collector.
const (
	// maxKeptMemory is kept whatever this exchange has needed.
	maxKeptMemory = 64 << 10
	// maxUsedMemory is kept while bodies need a good part of it: to allocate and clear it for each costs more than to fill it.
	maxUsedMemory = 2 << 20
)

// Reset empties r and keeps the header list and r's memory, but never what Body was set to, which may be somebody's
// constant.
func (r *Response) Reset() {
	clear(r.Header)
	if !r.keepsMemory() {
		r.memory = nil
	}
	*r = Response{Header: r.Header[:0], memory: r.memory}
}

// keepsMemory reports whether the next exchange may need r's memory, by what this one has needed. One without a body tells
// nothing.
func (r *Response) keepsMemory() bool {
	switch size := cap(r.memory); {
	case size <= maxKeptMemory:
		return true
	case size > maxUsedMemory:
		return false
	default:
		return r.Body == nil || len(r.Body) >= size/4
	}
}

// Memory returns r's own memory, of length zero, for a back end to build Body in. It is used again after Reset.
func (r *Response) Memory() []byte { return r.memory[:0] }

// SetMemory gives memory that had to grow back to r. Nothing else may use it afterwards, but for Body.
func (r *Response) SetMemory(memory []byte) { r.memory = memory }
