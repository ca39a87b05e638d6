package http1

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"postern/internal/eventloop"
	"postern/internal/gateway/message"
)

// Handler answers one request. It runs on the connection's goroutine, or task, and may take as long as it needs: before it
// waits for anything but the Transport it should call req.Task.Block.
//
// req and resp, their header lists and bodies are used again after ServeHTTP1 has returned (and Response.Stream has
// been copied); the strings in them may be kept. resp is empty; a status of 0 is sent as 200. Header lines must be
// appended to resp.Header, never assigned as a shared slice. A panic ends the exchange with 500.
type Handler interface {
	ServeHTTP1(req *message.Request, resp *message.Response)
}

// HandlerFunc is a function as a Handler.
type HandlerFunc func(req *message.Request, resp *message.Response)

// ServeHTTP1 calls f.
func (f HandlerFunc) ServeHTTP1(req *message.Request, resp *message.Response) { f(req, resp) }

// The defaults of a Server.
const (
	DefaultMaxTarget      = 10240
	DefaultMaxHeader      = 10240
	DefaultMaxBody        = 10 << 20
	DefaultMaxConnections = 16384
	DefaultHeadTimeout    = 10 * time.Second
	DefaultBodyTimeout    = 20 * time.Second
	DefaultMinBodyRate    = 512
	DefaultIdleTimeout    = 310 * time.Second
	DefaultWriteTimeout   = 60 * time.Second
)

// Server serves HTTP/1.1 and HTTP/1.0 on any number of listeners. Its fields must not change once it serves.
type Server struct {
	// Handler answers the requests. Required.
	Handler Handler
	// Refuse answers what is refused before Handler sees it; the connection closes afterwards. req holds what could
	// be read: for Malformed and Slow possibly nothing, nor for TargetTooLong if the head has not all arrived. resp has the
	// refusal's status. Default: the status with a short plain text.
	Refuse func(req *message.Request, resp *message.Response, why Refusal)
	// MaxBody is asked, once the head has been read, how many bytes the body may have. Default: DefaultMaxBody for
	// every request. More is refused as BodyTooLarge.
	MaxBody func(req *message.Request) int64
	// HTTP2 serves a connection whose TLS handshake has agreed on HTTP/2 ("h2"), and returns when it has ended. state is
	// what its requests carry, completed by Handshaken. It must tell rests when no request is under way, and when one is
	// again. Default: such a connection is closed.
	HTTP2 func(nc *tls.Conn, state *tls.ConnectionState, rests func(bool))
	// Handshaken may complete what is known of a TLS connection, once its handshake is over. Default: nothing.
	Handshaken func(state *tls.ConnectionState)
	// Log gets panics and failures to accept. Default: nowhere.
	Log *slog.Logger

	// MaxTarget bounds the request target, in bytes. Default: DefaultMaxTarget.
	MaxTarget int
	// MaxHeader bounds all field lines together with their line ends, in bytes. Default: DefaultMaxHeader.
	MaxHeader int
	// MaxConnections bounds the open connections. At the bound, a new connection takes the place of an idle one; with
	// none idle, it waits until one ends, and others in the listener's queue with it. Default: DefaultMaxConnections.
	MaxConnections int
	// HeadTimeout bounds the time from a request's first byte to the end of its head, and a TLS handshake. Default:
	// DefaultHeadTimeout.
	HeadTimeout time.Duration
	// BodyTimeout and MinBodyRate bound a body's arrival: BodyTimeout, and a second more for every MinBodyRate bytes
	// that arrived. Defaults: DefaultBodyTimeout, DefaultMinBodyRate bytes a second.
	BodyTimeout time.Duration
	MinBodyRate int
	// IdleTimeout bounds the wait for the next request, with a tolerance of an eighth, at most 5 seconds. Default:
	// DefaultIdleTimeout.
	IdleTimeout time.Duration
	// WriteTimeout bounds how long a client may take to accept a quarter MiB of the answer, with the same tolerance.
	// Default: DefaultWriteTimeout.
	WriteTimeout time.Duration

	once    sync.Once
	started time.Time
	dates   atomic.Pointer[dateLine]

	closing atomic.Bool
	// full counts the connections that wait for room.
	full      atomic.Int32
	mu        sync.Mutex
	listeners map[net.Listener]struct{}
	conns     map[*conn]struct{}
	// room is signalled when a connection has ended.
	room *sync.Cond
}

// ErrServerClosed is what Serve returns after Shutdown or Close.
var ErrServerClosed = errors.New("http1: the server is closed")

// prepare sets the defaults.
func (s *Server) prepare() {
	s.once.Do(func() {
		setDefault(&s.MaxTarget, DefaultMaxTarget)
		setDefault(&s.MaxHeader, DefaultMaxHeader)
		setDefault(&s.MaxConnections, DefaultMaxConnections)
		setDefault(&s.HeadTimeout, DefaultHeadTimeout)
		setDefault(&s.BodyTimeout, DefaultBodyTimeout)
		setDefault(&s.MinBodyRate, DefaultMinBodyRate)
		setDefault(&s.IdleTimeout, DefaultIdleTimeout)
		setDefault(&s.WriteTimeout, DefaultWriteTimeout)
		if s.Log == nil {
			s.Log = slog.New(slog.DiscardHandler)
		}
		s.started = time.Now()
		s.mu.Lock()
		s.listeners = map[net.Listener]struct{}{}
		s.conns = map[*conn]struct{}{}
		s.room = sync.NewCond(&s.mu)
		s.mu.Unlock()
	})
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// Ending reports whether connections are to end after their answer, because the server closes or others wait for room.
func (s *Server) Ending() bool { return s.closing.Load() || s.full.Load() > 0 }

// elapsed is the monotonic time since the server started: a cheaper clock than time.Now.
func (s *Server) elapsed() time.Duration { return time.Since(s.started) }

// Serve accepts connections from l until Shutdown or Close, and returns ErrServerClosed then. l may be an
// eventloop.Listener, whose connections become tasks of its loop, or a TLS listener above one; it is closed in the end.
func (s *Server) Serve(l net.Listener) error {
	s.prepare()
	defer l.Close()
	if !s.track(l) {
		return ErrServerClosed
	}
	defer s.untrack(l)
	waiting, ok := l.(*eventloop.Listener)
	if !ok {
		return s.accept(l, nil)
	}
	ended := make(chan error)
	waiting.Go(func(t *eventloop.Task) { ended <- s.accept(l, t) })
	return <-ended
}

// accept accepts connections, on a task or a goroutine.
func (s *Server) accept(l net.Listener, t *eventloop.Task) error {
	var delay time.Duration
	for {
		nc, err := l.Accept()
		switch {
		case err == nil:
			delay = 0
			if c := s.admit(nc, t); c != nil {
				c.start(t)
			}
		case s.closing.Load():
			return ErrServerClosed
		case temporary(err):
			delay = min(max(2*delay, 5*time.Millisecond), time.Second)
			s.Log.LogAttrs(context.Background(), slog.LevelWarn, "cannot accept a connection",
				slog.String("error", err.Error()), slog.Duration("retryIn", delay))
			t.Block()
			time.Sleep(delay)
		default:
			return err
		}
	}
}

// ServeConn serves one connection that somebody else accepted, and returns when it has ended and is closed.
func (s *Server) ServeConn(nc net.Conn) {
	s.prepare()
	if c := s.admit(nc, nil); c != nil {
		c.serve(nil)
	}
}

// temporary reports a failure to accept that may pass: out of file descriptors, or a client already gone.
func temporary(err error) bool {
	var t interface{ Temporary() bool }
	return errors.As(err, &t) && t.Temporary()
}

func (s *Server) track(l net.Listener) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing.Load() {
		return false
	}
	s.listeners[l] = struct{}{}
	return true
}

func (s *Server) untrack(l net.Listener) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.listeners, l)
}

// admit registers a connection, once there is room for it; nil when the server closes.
func (s *Server) admit(nc net.Conn, t *eventloop.Task) *conn {
	c := newConn(s, nc)
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.conns) >= s.MaxConnections && !s.closing.Load() {
		t.Block()
		s.full.Add(1)
		s.makeRoom()
		s.room.Wait()
		s.full.Add(-1)
	}
	if s.closing.Load() {
		nc.Close()
		return nil
	}
	s.conns[c] = struct{}{}
	return c
}

// makeRoom evicts an idle connection, or one that has not sent anything yet. While the server is full, those that run
// end after their answer. The caller holds s.mu.
func (s *Server) makeRoom() {
	for _, state := range [...]int32{idle, fresh} {
		for c := range s.conns {
			if c.evict(state) {
				return
			}
		}
	}
}

// dismiss forgets a connection that has ended.
func (s *Server) dismiss(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
	s.room.Broadcast()
}
