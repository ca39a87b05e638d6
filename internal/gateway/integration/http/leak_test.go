package http_test

import (
	"io"
	"net"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"postern/internal/apidef"
	"postern/internal/gateway/integration"
	"postern/internal/gateway/integration/http"
	"postern/internal/gateway/message"
	"postern/internal/http1"
)

// faulty is an upstream that goes wrong in one way after the other, and counts its open connections.
type faulty struct {
	net.Listener
	open atomic.Int64
	next atomic.Int64
}

// The ways in which an upstream goes wrong; a request was read before.
var faults = []func(c net.Conn, hold chan struct{}){
	func(c net.Conn, _ chan struct{}) { _ = c.(*net.TCPConn).SetLinger(0) }, // reset
	func(net.Conn, chan struct{}) {},                                        // closed without a word
	func(_ net.Conn, hold chan struct{}) { <-hold },                         // slow head
	func(c net.Conn, hold chan struct{}) { // slow body
		writes("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")(c)
		<-hold
	},
	func(c net.Conn, _ chan struct{}) { writes("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")(c) }, // cut body
	func(c net.Conn, _ chan struct{}) { // half-closed: the answer is whole, nothing more can come
		writes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")(c)
		_ = c.(*net.TCPConn).CloseWrite()
	},
	func(c net.Conn, _ chan struct{}) { writes("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n")(c) }, // too large
	func(c net.Conn, _ chan struct{}) { writes("garbage\r\n\r\n")(c) },
}

func startFaulty(t *testing.T) (*faulty, chan struct{}) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f, hold := &faulty{Listener: l}, make(chan struct{})
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			f.open.Add(1)
			go func() {
				defer f.open.Add(-1)
				defer c.Close()
				if _, err := c.Read(make([]byte, 4096)); err == nil {
					faults[int(f.next.Add(1)-1)%len(faults)](c, hold)
				}
			}()
		}
	}()
	return f, hold
}

// Whatever goes wrong, buffered or streamed, no goroutine and no connection stays behind.
func TestFaultsLeaveNothingBehind(t *testing.T) {
	for _, mode := range []string{apidef.Buffered, apidef.Stream} {
		t.Run(mode, func(t *testing.T) {
			before := runtime.NumGoroutine()
			f, hold := startFaulty(t)
			transport := &http1.Transport{}
			in := &apidef.Integration{Type: apidef.HTTPProxy, HTTPMethod: "POST", URI: "http://" + f.Addr().String(), TimeoutInMillis: 60, ResponseTransferMode: mode}
			b, err := http.New(&apidef.Method{Integration: in}, &integration.Environment{}, &http.Options{Transport: transport, TLS: http.NewTLSSettings()})
			if err != nil {
				t.Fatal(err)
			}
			body := []byte(strings.Repeat("x", 100<<10)) // more than is written in one go
			for i := range 2 * len(faults) {
				x := &message.Exchange{Request: &message.Request{Method: "POST", Body: body[:len(body)*(i/len(faults))]}, Response: &message.Response{}}
				if err := b.Run(t.Context(), x); err == nil && x.Response.Stream != nil {
					_, _ = io.Copy(io.Discard, x.Response.Stream)
					_ = x.Response.Stream.Close()
				}
			}
			close(hold)
			transport.Close()
			_ = f.Close()
			for end := time.Now().Add(10 * time.Second); f.open.Load() > 0 || runtime.NumGoroutine() > before; {
				if time.Now().After(end) {
					t.Fatalf("%d connections, %d goroutines more than before", f.open.Load(), runtime.NumGoroutine()-before)
				}
				time.Sleep(5 * time.Millisecond)
			}
		})
	}
}

// A request that is not idempotent is sent once, however it fails.
func TestUnsafeRequestsAreSentOnce(t *testing.T) {
	var got atomic.Int64
	uri := rawServer(t, func(c net.Conn) { // answers once, then hangs up on the next request
		writes("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")(c)
		if n, _ := c.Read(make([]byte, 4096)); n > 0 {
			got.Add(1)
		}
	})
	transport := realTransport(t)
	in := &apidef.Integration{Type: apidef.HTTPProxy, HTTPMethod: "POST", URI: uri}
	b, err := http.New(&apidef.Method{Integration: in}, &integration.Environment{}, &http.Options{Transport: transport, TLS: http.NewTLSSettings()})
	if err != nil {
		t.Fatal(err)
	}
	run := func() error {
		return b.Run(t.Context(), &message.Exchange{Request: &message.Request{Method: "POST", Body: []byte("{}")}, Response: &message.Response{}})
	}
	if err := run(); err != nil {
		t.Fatal(err)
	}
	if err := run(); err == nil || got.Load() != 1 {
		t.Errorf("sent %d times after the connection was made, ended with %v; want once, and an error", got.Load(), err)
	}
}
