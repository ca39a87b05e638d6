package http1

import (
	"crypto/tls"
	"sync"
	"time"
)

// settle is how long a connection of HTTP/2 must have rested to make room for others: the last answer may still be on its
// way when its request is no longer under way.
const settle = time.Second

// serveHTTP2 leaves the connection to HTTP2 until it has ended.
func (c *conn) serveHTTP2(nc *tls.Conn) {
	if c.server.HTTP2 == nil {
		return
	}
	c.bind(nil)
	if !c.state.CompareAndSwap(fresh, active) {
		return // it was evicted
	}
	r := &rest{conn: c}
	r.timer = time.AfterFunc(settle, r.settled)
	defer r.note(false)
	c.server.HTTP2(nc, c.tls, r.note)
}

// rest makes a connection idle that has rested for long enough.
type rest struct {
	conn  *conn
	mu    sync.Mutex
	timer *time.Timer
	rests bool
}

// note tells whether the connection rests.
func (r *rest) note(rests bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.rests = rests; rests {
		r.timer.Reset(settle)
		return
	}
	r.timer.Stop()
	r.conn.state.CompareAndSwap(idle, active)
}

func (r *rest) settled() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.rests || !r.conn.state.CompareAndSwap(active, idle) {
		return
	}
	if r.conn.server.Ending() {
		r.conn.evict(idle) // a request that is on its way now is lost, as where a connection breaks
	}
}
