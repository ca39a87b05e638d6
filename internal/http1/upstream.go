package http1

import (
	"crypto/tls"
	"sync"
	"syscall"
	"time"

	"postern/internal/eventloop"
)

// upstream is the pool of connections to one Address.
type upstream struct {
	transport *Transport
	address   Address // with its port
	name      string  // for errors
	host      string  // the default Host header
	tls       *tls.Config
	// slots holds one token for each request under way, where they are bounded. Since an upstream is dialled only
	// when no connection is idle, that bounds the connections too.
	slots chan struct{}

	mu     sync.Mutex
	idle   []*upstreamConn // the last put back is the first taken
	active int             // connections and dials under way
	// retired pools take no connection back: they were forgotten, or their transport closed.
	retired bool
}

// upstreamConn is one connection to an upstream. Only one request uses it at a time.
type upstreamConn struct {
	link
	upstream *upstream
	// raw is the socket below, also under TLS, where package net waits for it.
	raw syscall.RawConn
	// used says that a request was answered on it before.
	used bool
	// since is when its last request was begun; until is when the upstream said that it closes it, zero when it did not.
	since, until time.Time
	// silent says that the last round trip failed before any byte of an answer; unsent, before any byte was sent.
	silent, unsent bool
}

func (u *upstream) fail(kind, cause error) error {
	return &UpstreamError{Upstream: u.name, Kind: kind, Err: cause}
}

// restful is how long ago a connection may have been used to be taken for an idempotent request without asking whether
// the upstream has closed it. A request that could not be repeated always asks, which is one system call.
const restful = 5 * time.Millisecond

// take returns the connection that was used last, or a new one, at the moment now. Who takes one must put or drop it.
func (u *upstream) take(req *UpstreamRequest, now, deadline time.Time) (*upstreamConn, error) {
	if err := u.acquire(req.Task, deadline); err != nil {
		return nil, err
	}
	for {
		c := u.pop()
		if c == nil {
			return u.fresh(req.Task, deadline)
		}
		rested, late := now.Sub(c.since), !c.until.IsZero() && now.After(c.until)
		c.since = now
		if late {
			u.discard(c)
			continue
		}
		if idempotent(req.Method) && rested < restful || !c.stale() {
			return c, nil
		}
		u.discard(c)
	}
}

// keep notes how long the upstream said that it keeps the connection, in seconds. A request sent at the very end of that
// time would be lost, so a second is taken off.
func (c *upstreamConn) keep(seconds int64) {
	if c.until = (time.Time{}); seconds > 0 && seconds < 3600 {
		c.until = c.since.Add(time.Duration(seconds-1) * time.Second)
	}
}

// pop takes an idle connection off the pool; nil when there is none.
func (u *upstream) pop() *upstreamConn {
	u.mu.Lock()
	defer u.mu.Unlock()
	n := len(u.idle)
	if n == 0 {
		return nil
	}
	c := u.idle[n-1]
	u.idle[n-1] = nil
	u.idle = u.idle[:n-1]
	u.active++
	return c
}

// fresh dials while holding a slot, which it frees when it fails.
func (u *upstream) fresh(t *eventloop.Task, deadline time.Time) (*upstreamConn, error) {
	u.mu.Lock()
	u.active++
	u.mu.Unlock()
	c, err := u.dial(t, deadline)
	if err != nil {
		u.mu.Lock()
		u.active--
		u.mu.Unlock()
		u.free()
		return nil, err
	}
	return c, nil
}

// put makes c idle, for the next request.
func (u *upstream) put(c *upstreamConn) {
	defer u.free()
	c.used = true
	u.mu.Lock()
	u.active--
	keep := !u.retired && len(u.idle) < u.transport.MaxIdlePerUpstream
	if keep {
		// Who takes or closes it next is another task, or none: TLS may have to wait even to close.
		c.bind(nil)
		u.idle = append(u.idle, c)
	}
	u.mu.Unlock()
	if !keep {
		c.Close()
	}
}

// drop closes c.
func (u *upstream) drop(c *upstreamConn) {
	u.discard(c)
	u.free()
}

func (u *upstream) discard(c *upstreamConn) {
	c.Close()
	u.mu.Lock()
	defer u.mu.Unlock()
	u.active--
}

// acquire waits for a slot, where they are bounded.
func (u *upstream) acquire(t *eventloop.Task, deadline time.Time) error {
	if u.slots == nil {
		return nil
	}
	select {
	case u.slots <- struct{}{}:
		return nil
	default:
	}
	t.Block()
	timer := time.NewTimer(time.Until(deadline))
	defer timer.Stop()
	select {
	case u.slots <- struct{}{}:
		return nil
	case <-timer.C:
		return u.fail(ErrTimeout, nil)
	}
}

func (u *upstream) free() {
	if u.slots != nil {
		<-u.slots
	}
}

// sweep closes what became idle before a moment, and retires a pool that is left with nothing.
func (u *upstream) sweep(before time.Time) (retired bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	old := 0
	for old < len(u.idle) && u.idle[old].since.Before(before) {
		u.idle[old].Close()
		old++
	}
	rest := copy(u.idle, u.idle[old:])
	clear(u.idle[rest:])
	u.idle = u.idle[:rest]
	u.retired = len(u.idle) == 0 && u.active == 0
	return u.retired
}

// retire closes the idle connections, now and in future.
func (u *upstream) retire() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.retired = true
	for _, c := range u.idle {
		c.Close()
	}
	u.idle = nil
}
