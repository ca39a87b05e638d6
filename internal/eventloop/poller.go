package eventloop

import (
	"slices"
	"sync"
	"sync/atomic"
)

// poller is one goroutine that waits for events and runs the tasks that waited for them, one after the other.
type poller struct {
	loop *Loop
	// turn is odd while a task runs, and grows; or it is replaced, once another poller is there in this one's place.
	turn atomic.Uint64
	// retired says that the poller is not needed any more: it ends with its batch.
	retired atomic.Bool
	// from is the batch that is being worked through.
	from atomic.Pointer[batch]
	own  batch
	raw  kernelEvents
	rest rest
	pace pace
	// posted are the tasks for which it sends; sends says that it does, which is work in no task's turn.
	posted []*Task
	sends  atomic.Bool
}

// replaced is the turn of a poller that ends with the task that it runs. What is left of its batch is another's.
const replaced = 1 << 63

// batch holds events to be handled, tasks to be begun, and what tasks have to send. What is left of it can be taken by
// another poller.
type batch struct {
	mu     sync.Mutex
	events [batchSize]event
	next   int
	n      int
	begin  []*Task
	// sends are the tasks that have something to send, sent those for which that was done; the first resumed of them have
	// gone on.
	sends, sent []*Task
	resumed     int
	// since is the monitor's look before the first of sends.
	since uint32
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

// take takes one event out, or one task that can go on. Without either, or when it is time to send, ok is false. looks is
// how often the monitor has looked.
func (b *batch) take(looks uint32) (e event, t *Task, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.resumed < len(b.sent) {
		t, b.sent[b.resumed] = b.sent[b.resumed], nil
		b.resumed++
		return e, t, true
	}
	// Sending waits for much to send, but not for tasks that compute.
	if len(b.sends) >= maxSends || len(b.sends) > 0 && b.since != looks {
		return e, nil, false
	}
	if t := b.pop(); t != nil {
		return e, t, true
	}
	if b.next == b.n {
		return e, nil, false
	}
	e = b.events[b.next]
	b.next++
	return e, nil, true
}

// takeBack takes out a task that was not begun; nil if there is none.
func (b *batch) takeBack() *Task {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.pop()
}

// pop takes the last task out. The caller holds b.mu.
func (b *batch) pop() *Task {
	last := len(b.begin) - 1
	if last < 0 {
		return nil
	}
	t := b.begin[last]
	b.begin[last] = nil
	b.begin = b.begin[:last]
	return t
}

// poll works until the poller is replaced or retired; first through what another one has left.
func (p *poller) poll(left *batch) {
	ended := false
	defer func() {
		// A task that ends its goroutine ends this one, too.
		if !ended {
			p.loop.replace(p, p.turn.Load())
		}
		p.loop.remove(p)
	}()
	if left != nil {
		p.drain(left)
	}
	var found [batchSize]event
	for p.turn.Load() != replaced && !p.retired.Load() && !p.loop.closed.Load() {
		n := p.wait(found[:])
		p.own.fill(found[:n])
		p.drain(&p.own)
	}
	ended = true
}

// wait returns the next events. It sleeps only when there have been none for as long as the poller is patient.
func (p *poller) wait(found []event) int {
	n, patience, queue := 0, p.pace.patience(), p.loop.queue
	if patience > 0 {
		if n = queue.look(&p.raw, found); n > 0 {
			return n
		}
	}
	begin := p.loop.now()
	for now := begin; n == 0 && now-begin < patience; now = p.loop.now() {
		yield()
		n = queue.look(&p.raw, found)
	}
	switch {
	case n > 0:
	case p.pace.sleepy:
		n = queue.rest(&p.rest, &p.raw, found)
	default:
		n = queue.wait(&p.raw, found)
	}
	p.pace.note(begin, p.loop.now())
	return n
}

// drain works through a batch, unless the poller is replaced meanwhile.
func (p *poller) drain(b *batch) {
	p.from.Store(b)
	for {
		e, t, ok := b.take(p.loop.looks.Load())
		if !ok {
			if p.flush(b) {
				continue
			}
			return
		}
		turn := p.turn.Add(1)
		p.loop.rouseMonitor()
		if t != nil {
			t.run(p)
		} else {
			p.handle(e)
		}
		if !p.turn.CompareAndSwap(turn, turn+1) {
			return
		}
	}
}

// begin leaves a task to whoever works through the batch. The poller runs another.
func (p *poller) begin(t *Task) {
	b := p.from.Load()
	b.add(t)
	if p.turn.Load() != replaced {
		return
	}
	// Who has taken over the batch may have been through it by now.
	if t := b.takeBack(); t != nil {
		go t.run(nil)
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
	var reader, writer *Task
	if e.read {
		reader = c.r.notify()
	}
	if e.write {
		writer = c.w.notify()
	}
	if reader != nil && writer != nil {
		// Neither waits until the other has done: it may be what the other waits for.
		writer.wake(nil)
		writer = nil
	}
	if reader != nil {
		reader.wake(p)
	}
	if writer != nil {
		writer.wake(p)
	}
}

// add starts another poller, unless the loop is closed.
func (l *Loop) add() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closed.Load() {
		l.start(&poller{loop: l}, nil)
	}
}

// start starts a poller. The caller holds l.mu.
func (l *Loop) start(p *poller, left *batch) {
	l.pollers = append(l.pollers, p)
	l.running++
	go p.poll(left)
}

// replace starts a poller in the place of p, which is held up by what it does in a turn; once.
func (l *Loop) replace(p *poller, turn uint64) {
	if turn == replaced || !p.turn.CompareAndSwap(turn, replaced) {
		return
	}
	next := &poller{loop: l}
	next.retired.Store(p.retired.Load())
	l.mu.Lock()
	defer l.mu.Unlock()
	l.forget(p)
	l.start(next, p.from.Load())
}

// remove forgets a poller that has ended. The last one of a closed loop ends the queue.
func (l *Loop) remove(p *poller) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.forget(p)
	l.running--
	if l.running == 0 && l.closed.Load() {
		l.queue.close()
		l.rings.close()
	}
}

func (l *Loop) forget(p *poller) {
	l.pollers = slices.DeleteFunc(l.pollers, func(q *poller) bool { return q == p })
}
