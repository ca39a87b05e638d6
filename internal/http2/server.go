package http2

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"

	"postern/internal/http1"
)

// maxStreams is how many requests a client may have under way on one connection.
const maxStreams = 128

// Server serves HTTP/2 for an http1.Server, whose HTTP2 is its ServeConn.
type Server struct {
	of    *http1.Server
	inner http.Server
	once  sync.Once
	// handed are the connections on their way to inner; closed is closed when there are no more.
	handed chan net.Conn
	closed chan struct{}
	close  sync.Once

	mu    sync.Mutex
	conns map[net.Conn]*conn
}

// conn is a connection that is served.
type conn struct {
	tls   *tls.ConnectionState
	rests func(bool)

	mu sync.Mutex
	// running counts the requests under way, which may outlive the connection: gone says that it has ended. ended is closed
	// once both have.
	running int
	gone    bool
	ended   chan struct{}
}

// enter reports whether a request may be handled, which then must leave.
func (c *conn) enter() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gone {
		return false
	}
	c.running++
	return true
}

func (c *conn) leave() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running--; c.gone && c.running == 0 {
		close(c.ended)
	}
}

// end notes that the connection has ended.
func (c *conn) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gone = true; c.running == 0 {
		close(c.ended)
	}
}

// connKey is the key of a conn in the context of its requests.
type connKey struct{}

// New returns a server for of, whose fields it reads once it serves.
func New(of *http1.Server) *Server {
	return &Server{of: of, handed: make(chan net.Conn), closed: make(chan struct{}), conns: map[net.Conn]*conn{}}
}

// ServeConn serves a connection, whose requests get state, until it and all of them have ended. It tells rests when no
// request is under way on it, and when one is again.
func (s *Server) ServeConn(nc *tls.Conn, state *tls.ConnectionState, rests func(bool)) {
	s.once.Do(s.start)
	c := &conn{tls: state, rests: rests, ended: make(chan struct{})}
	s.mu.Lock()
	s.conns[nc] = c
	s.mu.Unlock()
	defer s.forget(nc)
	select {
	case s.handed <- nc:
		<-c.ended
	case <-s.closed:
	}
}

func (s *Server) conn(nc net.Conn) *conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conns[nc]
}

func (s *Server) forget(nc net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, nc)
}

// start lets net/http take connections.
func (s *Server) start() {
	var protocols http.Protocols
	protocols.SetHTTP2(true)
	s.inner = http.Server{
		Handler: http.HandlerFunc(s.serve), ConnState: s.state, ConnContext: s.connContext, Protocols: &protocols,
		IdleTimeout: s.of.IdleTimeout, DisableGeneralOptionsHandler: true,
		// Within it, a header that is too large is answered as the API's stage answers it.
		MaxHeaderBytes: 2 * (s.of.MaxTarget + s.of.MaxHeader),
		HTTP2:          &http.HTTP2Config{MaxConcurrentStreams: maxStreams, WriteByteTimeout: s.of.WriteTimeout},
		ErrorLog:       slog.NewLogLogger(slog.DiscardHandler, 0), // what clients do wrong
	}
	go func() {
		if err := s.inner.Serve(&handover{s}); !errors.Is(err, http.ErrServerClosed) {
			s.of.Log.LogAttrs(context.Background(), slog.LevelError, "HTTP/2 is not served any more", slog.String("error", err.Error()))
		}
	}()
}

// connContext lets requests know their connection.
func (s *Server) connContext(ctx context.Context, nc net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, s.conn(nc))
}

// state hears of connections from net/http.
func (s *Server) state(nc net.Conn, state http.ConnState) {
	c := s.conn(nc)
	switch state {
	case http.StateActive:
		c.rests(false)
	case http.StateIdle:
		c.rests(true)
	case http.StateClosed:
		c.end()
	case http.StateNew, http.StateHijacked:
	}
}

// Shutdown tells the clients to send no more requests, and waits until those under way have been answered, or ctx ends.
func (s *Server) Shutdown(ctx context.Context) error {
	s.once.Do(func() {}) // what has not begun begins no more
	defer s.end()
	return s.inner.Shutdown(ctx)
}

func (s *Server) end() { s.close.Do(func() { close(s.closed) }) }

// handover is the listener that net/http takes connections from.
type handover struct{ *Server }

func (h *handover) Accept() (net.Conn, error) {
	select {
	case nc := <-h.handed:
		return nc, nil
	case <-h.closed:
		return nil, net.ErrClosed
	}
}

func (h *handover) Close() error {
	h.end()
	return nil
}

// Addr is no address: the connections come from many listeners.
func (h *handover) Addr() net.Addr { return &net.TCPAddr{} }
