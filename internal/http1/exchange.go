package http1

import (
	"sync"

	"postern/internal/gateway/message"
)

// bufferSize holds nearly every head with its body, so that one read and one write move a message.
const bufferSize = 16 << 10

// maxKeptBuffer and maxKeptPairs bound what an exchange keeps when it is put back, in bytes and header lines; maxUsedBuffer
// bounds what it keeps of memory that its last body has needed, in bytes.
const (
	maxKeptBuffer = 64 << 10
	maxUsedBuffer = 2 << 20
	maxKeptPairs  = 256
)

// exchange is the memory of one request and its answer. A connection has one only while there is something to do.
type exchange struct {
	// in holds what was read; in[r:w] is not consumed yet.
	in   []byte
	r, w int
	// body holds a body that in has no room for, or that was chunked.
	body []byte
	req  message.Request
	resp message.Response
	head fields
}

var exchanges = sync.Pool{New: func() any { return &exchange{in: make([]byte, bufferSize)} }}

// release hands x back. Nothing may use x, its request's body or its response afterwards.
func (x *exchange) release() {
	x.clear()
	x.r, x.w = 0, 0
	if len(x.in) > maxKeptBuffer {
		x.in = make([]byte, bufferSize)
	}
	exchanges.Put(x)
}

// keepsBody reports whether the next request may need the memory of bodies, by what this one has needed.
func (x *exchange) keepsBody() bool {
	size := cap(x.body)
	return size <= maxKeptBuffer || size <= maxUsedBuffer && len(x.body) >= size/4
}

// clear forgets the last request and answer, but not what was read beyond them.
func (x *exchange) clear() {
	if !x.keepsBody() {
		x.body = nil
	}
	x.body = x.body[:0]
	pairs := x.req.Header
	clear(pairs)
	if cap(pairs) > maxKeptPairs {
		pairs = nil
	}
	x.req = message.Request{Header: pairs[:0]}
	if cap(x.resp.Header) > maxKeptPairs {
		x.resp.Header = nil
	}
	x.resp.Reset()
}

// buffers lends memory of bufferSize for building what is written.
var buffers = sync.Pool{New: func() any { return &buffer{make([]byte, 0, bufferSize)} }}

// buffer is a slice that a sync.Pool takes without allocating.
type buffer struct{ b []byte }

func lendBuffer() *buffer { return buffers.Get().(*buffer) }

// giveBack returns a buffer; one that had to grow is left to the collector.
func giveBack(b *buffer) {
	if cap(b.b) != bufferSize {
		return
	}
	b.b = b.b[:0]
	buffers.Put(b)
}
