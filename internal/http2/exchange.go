package http2

import (
	"errors"
	"net/http"
	"sync"
	"time"

	"postern/internal/gateway/message"
)

// exchange is the memory of one request and its answer.
type exchange struct {
	server *Server
	w      http.ResponseWriter
	r      *http.Request
	// control sets deadlines of the stream.
	control *http.ResponseController
	begun   time.Time

	body []byte
	req  message.Request
	resp message.Response
}

var exchanges = sync.Pool{New: func() any { return &exchange{} }}

// What an exchange keeps when it is put back, in bytes and header lines.
const (
	maxKeptBody  = 64 << 10
	maxKeptPairs = 256
)

// serve answers one request.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	c := r.Context().Value(connKey{}).(*conn)
	if !c.enter() {
		panic(http.ErrAbortHandler)
	}
	defer c.leave()
	x := exchanges.Get().(*exchange)
	defer x.release()
	defer x.abort()
	x.req.TLS = c.tls
	x.server, x.w, x.r, x.control, x.begun = s, w, r, http.NewResponseController(w), time.Now()
	why, err := x.read()
	switch {
	case err != nil:
		panic(http.ErrAbortHandler) // nobody to answer
	case why != 0:
		s.of.AnswerRefused(&x.req, &x.resp, why)
	default:
		s.of.Answer(&x.req, &x.resp)
	}
	if err := x.answer(); err != nil {
		panic(http.ErrAbortHandler) // so that the client does not take what it got for the whole
	}
}

// abort notes a panic in what a handler left behind, Response.Stream, and has the stream reset.
func (x *exchange) abort() {
	reason := recover()
	if reason == nil {
		return
	}
	if err, ok := reason.(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
		x.server.of.LogPanic(&x.req, reason)
	}
	panic(http.ErrAbortHandler)
}

// release hands x back. Nothing may use it, its request's body or its response afterwards.
func (x *exchange) release() {
	pairs, body := x.req.Header, x.body[:0]
	clear(pairs)
	if cap(pairs) > maxKeptPairs {
		pairs = nil
	}
	if cap(body) > maxKeptBody {
		body = nil
	}
	if cap(x.resp.Header) > maxKeptPairs {
		x.resp.Header = nil
	}
	x.resp.Reset()
	*x = exchange{body: body, req: message.Request{Header: pairs[:0]}, resp: x.resp}
	exchanges.Put(x)
}
