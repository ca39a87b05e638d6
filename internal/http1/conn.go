package http1

import (
	"context"
	"crypto/tls"
	"net"
	"net/netip"
	"runtime"
	"sync/atomic"
	"time"

	"postern/internal/eventloop"
)

// The states of a connection. Only fresh and idle connections are evicted.
const (
	fresh int32 = iota // nothing has arrived yet
	idle               // between two requests
	active
	evicting
	evicted
)

// slack is how much longer than asked for an idle or write timeout may be, so that its deadline need not be set anew
// for every request.
func slack(timeout time.Duration) time.Duration { return min(timeout/8, 5*time.Second) }

// conn is one client's connection, served by one task, or goroutine.
type conn struct {
	link
	server *Server
	remote netip.AddrPort
	tls    *tls.ConnectionState
	state  atomic.Int32
	// task serves the connection; nil is a goroutine.
	task *eventloop.Task
	one  [1]byte

	// x is nil while the connection is idle.
	x *exchange
	// readBy and writeBy are the deadlines that are set, as server time; 0 when not known.
	readBy, writeBy time.Duration
	// now is when the current request began to arrive, as server time.
	now time.Duration
	// clock is when the last answer was begun, as server time: good enough for what is measured in seconds.
	clock time.Duration
	// last says that no other request will be served.
	last bool
}

func newConn(s *Server, nc net.Conn) *conn {
	c := &conn{link: newLink(nc), server: s, clock: s.elapsed()}
	if a, ok := nc.RemoteAddr().(*net.TCPAddr); ok {
		c.remote = netip.AddrPortFrom(a.AddrPort().Addr().Unmap(), a.AddrPort().Port())
	}
	return c
}

// start serves the connection: as a task of the loop that waits for its socket, if there is one. by is the task that has
// accepted it.
func (c *conn) start(by *eventloop.Task) {
	if c.socket == nil {
		go c.serve(nil)
		return
	}
	c.socket.Loop().GoAfter(by, c.serve)
}

// serve runs until the connection ends.
func (c *conn) serve(t *eventloop.Task) {
	defer c.end()
	c.task = t
	c.bind(t)
	if nc, ok := c.Conn.(*tls.Conn); ok {
		switch {
		case !c.handshake(nc):
			return
		case c.tls.NegotiatedProtocol == "h2":
			c.serveHTTP2(nc)
			return
		}
	}
	for !c.last && c.await() {
		c.exchange()
	}
}

func (c *conn) end() {
	if c.x != nil {
		c.x.release()
		c.x = nil
	}
	c.Close()
	c.server.dismiss(c)
}

func (c *conn) handshake(nc *tls.Conn) bool {
	// Its cryptography takes a millisecond, so that it is left to a goroutine throughout.
	c.task.Block()
	c.bind(nil)
	defer c.bind(c.task)
	c.SetDeadline(time.Now().Add(c.server.HeadTimeout))
	if c.server.closing.Load() || nc.HandshakeContext(context.Background()) != nil {
		return false
	}
	c.SetDeadline(time.Time{})
	state := nc.ConnectionState()
	if c.server.Handshaken != nil {
		c.server.Handshaken(&state)
	}
	c.tls = &state
	return true
}

// await returns with an exchange that holds the next request's first bytes, or false when there will be none.
func (c *conn) await() bool {
	if c.x != nil {
		if c.x.r < c.x.w {
			c.x.clear()
			c.now = c.server.elapsed()
			return true
		}
		c.x.release()
		c.x = nil
	}
	n, err := c.idle()
	if err != nil || n == 0 {
		return false
	}
	c.x.r, c.x.w = 0, n
	c.now = c.server.elapsed()
	return true
}

// idle waits for the next request's first bytes.
func (c *conn) idle() (int, error) {
	s := c.server
	// The state is set before the deadline, and the server's wishes are read afterwards: whoever evicts does it the
	// other way round, so that one of the two sees the other.
	waiting := fresh
	if c.state.CompareAndSwap(active, idle) {
		waiting = idle
	}
	c.readWithin(s.IdleTimeout)
	if s.closing.Load() || waiting == idle && s.full.Load() > 0 || c.state.Load() != waiting {
		return 0, errGone
	}
	n, err := c.firstRead()
	if !c.state.CompareAndSwap(waiting, active) {
		// Evicted; but a request that has just come is answered, as the last.
		c.last = true
		for c.state.Load() == evicting {
			runtime.Gosched()
		}
		c.readBy = 0
	}
	return n, err
}

// firstRead reads once into a new exchange, which it takes when there is something to read.
func (c *conn) firstRead() (int, error) {
	if c.plain() {
		return c.firstReadPlain()
	}
	if _, ok := c.Conn.(*tls.Conn); !ok {
		c.x = exchanges.Get().(*exchange)
		return c.Read(c.x.in)
	}
	// TLS has no socket to ask: wait with one byte, and take the rest of its record, which is there, afterwards.
	if n, err := c.Read(c.one[:]); n == 0 {
		return 0, err
	}
	c.x = exchanges.Get().(*exchange)
	c.x.in[0] = c.one[0]
	n, err := c.Read(c.x.in[1:])
	return 1 + n, err
}

// firstReadPlain takes the exchange only when something has come.
func (c *conn) firstReadPlain() (int, error) {
	for {
		if err := c.socket.AwaitRead(); err != nil {
			return 0, err
		}
		c.x = exchanges.Get().(*exchange)
		n, err := c.socket.TryRead(c.x.in)
		if n > 0 {
			return n, nil
		}
		exchanges.Put(c.x)
		c.x = nil
		if err != nil {
			return 0, err
		}
	}
}

// evict wakes the connection up, to end, if it is in a state: fresh or idle.
func (c *conn) evict(in int32) bool {
	if !c.state.CompareAndSwap(in, evicting) {
		return false
	}
	c.SetReadDeadline(past)
	c.state.Store(evicted)
	return true
}

// readWithin sees to a read deadline at a timeout from now, or slightly later.
func (c *conn) readWithin(timeout time.Duration) {
	at, late := c.clock+timeout, slack(timeout)
	if c.readBy < at || c.readBy > at+late {
		c.setReadBy(at + late)
	}
}

func (c *conn) setReadBy(at time.Duration) {
	if c.readBy != at {
		c.readBy = at
		c.SetReadDeadline(c.server.started.Add(at))
	}
}

// writeWithin sees to a write deadline at a timeout from now, or slightly later.
func (c *conn) writeWithin(timeout time.Duration) {
	if at := c.clock + timeout; c.writeBy < at {
		c.writeBy = at + slack(timeout)
		c.SetWriteDeadline(c.server.started.Add(c.writeBy))
	}
}
