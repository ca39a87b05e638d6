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
	c.handle()
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

// handle runs the handler. A panic becomes a 500 and a log line.
func (c *conn) handle() {
	defer c.recover()
	c.server.Handler.ServeHTTP1(&c.x.req, &c.x.resp)
}

// recover turns a handler's panic into an answer.
func (c *conn) recover() {
	reason := recover()
	if reason == nil {
		return
	}
	c.logPanic(reason)
	x := c.x
	if x.resp.Stream != nil {
		x.resp.Stream.Close()
	}
	x.resp.Reset()
	plain(&x.resp, http.StatusInternalServerError)
	c.last = true
}

// abort ends the connection after a panic in what a handler left behind: Response.Stream, or Server.MaxBody.
func (c *conn) abort() {
	if reason := recover(); reason != nil {
		c.logPanic(reason)
		c.last = true
	}
}

func (c *conn) logPanic(reason any) {
	x := c.x
	c.server.Log.LogAttrs(context.Background(), slog.LevelError, "panic in an exchange",
		slog.String("panic", fmt.Sprint(reason)), slog.String("httpMethod", x.req.Method),
		slog.String("path", x.req.Path), slog.String("stack", string(debug.Stack())))
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
	x.resp.Status = why.Status()
	if c.server.Refuse != nil {
		c.refuseBy(why.Refusal)
	} else {
		plain(&x.resp, why.Status())
	}
	if c.answer() == nil {
		c.linger()
	}
}

func (c *conn) refuseBy(why Refusal) {
	defer c.recover()
	c.server.Refuse(&c.x.req, &c.x.resp, why)
}

// plain fills resp with a status and its text.
func plain(resp *message.Response, status int) {
	resp.Status = status
	resp.Header.Add("Content-Type", "text/plain; charset=utf-8")
	resp.Body = append(resp.Memory(), http.StatusText(status)...)
	resp.SetMemory(resp.Body)
}
