package eventloop

import (
	"slices"
	"sync"
	"sync/atomic"
)

// poller is one goroutine that waits for events and runs the tasks that waited for them, one after the other.
type poller struct {
	loop *Loop
	// replaced says that another poller is there in this one's place, or none is needed any more: it ends with its batch.
	replaced atomic.Bool
	// turn is odd while a task runs, and grows.
	turn atomic.Uint64
	// from is the batch that is being worked through.
	from atomic.Pointer[batch]
	own  batch
}

// batch holds events to be handled, and tasks to be begun. What is left of it can be taken by another poller.
type batch struct {
	mu     sync.Mutex
	events [batchSize]event
	next   int
	n      int
	begin  []*Task
}

// batchSize is how many events a poller takes at once.
const batchSize = 128

// event is what happened on one socket.
type event struct {
	fd                int
	read, write, ends bool
}

// fill puts new events into an empty batch.
func (b *batch) fill(events []event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.next, b.n = 0, copy(b.events[:], events)
}

// add puts a task into the batch.
func (b *batch) add(t *Task) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.begin = append(b.begin, t)
}

// take takes one event out, or one task.
func (b *batch) take() (e event, t *Task, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if last := len(b.begin) - 1; last >= 0 {
		t, b.begin[last] = b.begin[last], nil
		b.begin = b.begin[:last]
		return e, t, true
	}
	if b.next == b.n {
		return e, nil, false
	}
	e = b.events[b.next]
	b.next++
	return e, nil, true
}

// poll works until the poller is replaced; first through what another one has left.
func (p *poller) poll(left *batch) {
	ended := false
	// A task that ends its goroutine ends this one, which no other poller knows.
	defer func() {
		if !ended {
			p.loop.replace(p)
		}
	}()
	if left != nil {
		p.drain(left)
	}
	var found [batchSize]event
	for !p.replaced.Load() && !p.loop.closed.Load() {
		n := p.loop.queue.wait(found[:])
		p.own.fill(found[:n])
		p.drain(&p.own)
	}
	ended = true
	p.loop.remove(p)
}

// drain works through a batch, as far as nobody else does.
func (p *poller) drain(b *batch) {
	p.from.Store(b)
	for e, t, ok := b.take(); ok; e, t, ok = b.take() {
		p.turn.Add(1)
		p.loop.rouseMonitor()
		if t != nil {
			t.run(p)
		} else {
			p.handle(e)
		}
		p.turn.Add(1)
	}
}

func (p *poller) handle(e event) {
	c := p.loop.conns.get(e.fd)
	if c == nil {
		return
	}
	if e.ends {
		c.ends.Add(1)
	}
	if e.read {
		if t := c.r.notify(); t != nil {
			t.wake(p)
		}
	}
	if e.write {
		if t := c.w.notify(); t != nil {
			t.wake(p)
		}
	}
}

// add starts another poller.
func (l *Loop) add() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.start(nil)
}

// start starts a poller. The caller holds l.mu.
func (l *Loop) start(left *batch) {
	p := &poller{loop: l}
	l.pollers = append(l.pollers, p)
	go p.poll(left)
}

// replace starts a poller in the place of p, which is held up; once.
func (l *Loop) replace(p *poller) {
	if !p.replaced.CompareAndSwap(false, true) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.forget(p)
	l.start(p.from.Load())
}

// retire lets p end; once.
func (l *Loop) retire(p *poller) {
	if !p.replaced.CompareAndSwap(false, true) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.forget(p)
}

// remove forgets a poller that has ended. The last one of a closed loop ends the queue.
func (l *Loop) remove(p *poller) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.forget(p)
	if l.closed.Load() && len(l.pollers) == 0 {
		l.queue.close()
	}
}

func (l *Loop) forget(p *poller) {
	l.pollers = slices.DeleteFunc(l.pollers, func(q *poller) bool { return q == p })
}
