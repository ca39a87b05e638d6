package http1

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"testing"
	"time"

	"postern/internal/gateway/message"
)

func newLog(w io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(w, nil)) }

// TestShutdown: idle connections close at once, a running request is answered, nothing new is accepted.
func TestShutdown(t *testing.T) {
	leakCheck(t)
	running, finish := make(chan struct{}), make(chan struct{})
	s := &Server{Handler: HandlerFunc(func(req *message.Request, _ *message.Response) {
		if req.Path == "/slow" {
			close(running)
			<-finish
		}
	})}
	addr := start(t, s)
	fresh, kept, busy := dial(t, addr), dial(t, addr), dial(t, addr)
	kept.send(get)
	kept.answer("GET")
	busy.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
	<-running
	done := make(chan error, 1)
	go func() { done <- s.Shutdown(context.Background()) }()
	fresh.closed()
	kept.closed()
	if c, err := net.Dial("tcp", addr); err == nil {
		c.Close()
		t.Error("a connection is still accepted")
	}
	select {
	case err := <-done:
		t.Fatalf("Shutdown did not wait: %v", err)
	default:
	}
	close(finish)
	if resp, _ := busy.answer("GET"); resp.StatusCode != 200 || !resp.Close {
		t.Errorf("status %d, close %t", resp.StatusCode, resp.Close)
	}
	busy.closed()
	if err := <-done; err != nil {
		t.Errorf("Shutdown: %v", err)
	}
}

// TestShutdownIsBounded: when the time is over, what is left is closed.
func TestShutdownIsBounded(t *testing.T) {
	leakCheck(t)
	running, finish := make(chan struct{}), make(chan struct{})
	s := &Server{Handler: HandlerFunc(func(*message.Request, *message.Response) { close(running); <-finish })}
	d := dial(t, start(t, s))
	defer close(finish)
	d.send(get)
	<-running
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if err := s.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Shutdown: %v", err)
	}
	d.closed()
}

// TestTLS serves the same over TLS: one request after another, a body, and an idle wait between them.
func TestTLS(t *testing.T) {
	leakCheck(t)
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	certificate, roots := selfSigned(t, "localhost")
	s := &Server{Handler: HandlerFunc(func(req *message.Request, resp *message.Response) {
		if req.TLS == nil || req.TLS.NegotiatedProtocol != "http/1.1" {
			resp.Status = 500
		}
		resp.Body = req.Body
	})}
	startOn(t, s, tls.NewListener(listenerOf(t, inner), &tls.Config{Certificates: []tls.Certificate{certificate}, NextProtos: []string{"http/1.1"}}))
	tr := Transport{Loop: loopOf(t)}
	defer tr.Close()
	a := addressOf(inner.Addr())
	a.Scheme, a.Host, a.TLS = "https", "localhost", &tls.Config{RootCAs: roots}
	for _, size := range []int{0, 10, 40_000, 1 << 20} {
		var resp message.Response
		req := UpstreamRequest{Address: a, Method: "POST", Target: "/", Body: make([]byte, size)}
		if err := tr.Do(&req, soon(), &resp); err != nil || resp.Status != 200 || len(resp.Body) != size {
			t.Fatalf("%d bytes: status %d, %d bytes, %v", size, resp.Status, len(resp.Body), err)
		}
	}
	if n := s.open(); n != 1 {
		t.Errorf("%d connections were used", n)
	}
	// A handshake that does not come is not waited for.
	plain := dial(t, inner.Addr().String())
	plain.send("GET / HTTP/1.1\r\n\r\n")
	io.ReadAll(plain.r)
	// The kept connection is idle, and one more is in its handshake: both end at once.
	dial(t, inner.Addr().String())
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := s.Shutdown(ctx); err != nil {
		t.Errorf("Shutdown: %v", err)
	}
}

func (s *Server) open() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.conns)
}
