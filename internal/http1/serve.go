package http1

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"

	"postern/internal/gateway/message"
)

// exchange reads one request and answers it.
func (c *conn) exchange() {
	x := c.x
	defer c.abort()
	if err := c.readRequest(); err != nil {
		c.last = true
		c.refuse(err)
		return
	}
	c.last = c.last || !keepAlive(x)
	c.last = !c.server.Answer(&x.req, &x.resp) || c.last
	if err := c.answer(); err != nil {
		c.last = true
		return
	}
	if c.last && x.r < x.w {
		c.linger()
	}
}

// keepAlive reports whether the client wants to send another request. RFC 9112, 9.3.
func keepAlive(x *exchange) bool {
	if x.req.Proto == "HTTP/1.0" {
		return x.head.keepAlive && !x.head.close
	}
	return !x.head.close
}

// Answer lets the handler answer. A panic becomes a 500 and a log line; then it returns false, and the connection had better
// end.
func (s *Server) Answer(req *message.Request, resp *message.Response) (ok bool) {
	defer s.recovered(req, resp, &ok)
	s.Handler.ServeHTTP1(req, resp)
	checkStatus(resp)
	return true
}

// AnswerRefused is Answer for a request that is refused.
func (s *Server) AnswerRefused(req *message.Request, resp *message.Response, why Refusal) (ok bool) {
	resp.Status = why.Status()
	if s.Refuse == nil {
		plain(resp, why.Status())
		return true
	}
	defer s.recovered(req, resp, &ok)
	s.Refuse(req, resp, why)
	checkStatus(resp)
	return true
}

// recovered turns a handler's panic into an answer.
func (s *Server) recovered(req *message.Request, resp *message.Response, ok *bool) {
	reason := recover()
	if reason == nil {
		return
	}
	s.LogPanic(req, reason)
	if resp.Stream != nil {
		resp.Stream.Close()
	}
	resp.Reset()
	plain(resp, http.StatusInternalServerError)
	*ok = false
}

// abort ends the connection after a panic in what a handler left behind: Response.Stream, or Server.MaxBody.
func (c *conn) abort() {
	if reason := recover(); reason != nil {
		c.server.LogPanic(&c.x.req, reason)
		c.last = true
	}
}

// LogPanic notes what an exchange has panicked with.
func (s *Server) LogPanic(req *message.Request, reason any) {
	s.Log.LogAttrs(context.Background(), slog.LevelError, "panic in an exchange",
		slog.String("panic", fmt.Sprint(reason)), slog.String("httpMethod", req.Method),
		slog.String("path", req.Path), slog.String("stack", string(debug.Stack())))
}

// refuse answers a request that cannot be served, and lets the client read the answer although it may still be
// sending.
func (c *conn) refuse(err error) {
	var why *refused
	if !errors.As(err, &why) {
		return
	}
	x := c.x
	x.req.RemoteAddr, x.req.TLS, x.req.Task = c.remote, c.tls, c.task
	c.server.AnswerRefused(&x.req, &x.resp, why.Refusal)
	if c.answer() == nil {
		c.linger()
	}
}

// plain fills resp with a status and its text.
func plain(resp *message.Response, status int) {
	resp.Status = status
	resp.Header.Add("Content-Type", "text/plain; charset=utf-8")
	resp.Body = append(resp.Memory(), http.StatusText(status)...)
	resp.SetMemory(resp.Body)
}
