package eventloop

import (
	"container/heap"
	"math"
	"sync"
	"time"
)

// timers are the deadlines of all connections. Most deadlines are put off before they pass, so that a connection's place
// is looked at anew only when the time of its place has come: putting off costs nothing.
type timers struct {
	loop *Loop

	mu     sync.Mutex
	places places
	timer  *time.Timer
	// next is when timer fires, on the loop's clock.
	next int64
}

const (
	// nowhere is the place of a connection that is not among the timers.
	nowhere = -1
	// unset is when it is due.
	unset = math.MaxInt64
)

// see sees to it that c's deadline at a time is looked at.
func (t *timers) see(c *Conn, at int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if at >= c.due.Load() || c.closed.Load() {
		return
	}
	c.due.Store(at)
	if c.timer == nowhere {
		heap.Push(&t.places, c)
	} else {
		heap.Fix(&t.places, c.timer)
	}
	t.arm()
}

// forget takes c's place away.
func (t *timers) forget(c *Conn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if c.timer != nowhere {
		heap.Remove(&t.places, c.timer)
	}
}

// arm sets the timer to the first place. The caller holds t.mu.
func (t *timers) arm() {
	if len(t.places) == 0 {
		return
	}
	first := t.places[0].due.Load()
	switch {
	case t.timer == nil:
		t.timer = time.AfterFunc(t.wait(first), t.fire)
	case first < t.next || t.next == 0:
		t.timer.Reset(t.wait(first))
	default:
		return
	}
	t.next = first
}

func (t *timers) wait(at int64) time.Duration { return time.Duration(at) - t.loop.now() }

// fire looks at the connections whose time has come.
func (t *timers) fire() {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.loop.now()
	for len(t.places) > 0 && t.places[0].due.Load() <= int64(now) {
		c := heap.Pop(&t.places).(*Conn)
		if at := c.expire(now); at < c.due.Load() {
			c.due.Store(at)
			heap.Push(&t.places, c)
		}
	}
	t.next = 0
	t.arm()
}

func (t *timers) stop() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.timer != nil {
		t.timer.Stop()
	}
}

// places is a heap of connections by when they are due.
type places []*Conn

func (p places) Len() int           { return len(p) }
func (p places) Less(i, j int) bool { return p[i].due.Load() < p[j].due.Load() }
func (p places) Swap(i, j int) {
	p[i], p[j] = p[j], p[i]
	p[i].timer, p[j].timer = i, j
}

func (p *places) Push(c any) {
	conn := c.(*Conn)
	conn.timer = len(*p)
	*p = append(*p, conn)
}

// Pop takes the last away, which is due no more.
func (p *places) Pop() any {
	last := len(*p) - 1
	c := (*p)[last]
	(*p)[last] = nil
	*p = (*p)[:last]
	c.timer = nowhere
	c.due.Store(unset)
	return c
}
