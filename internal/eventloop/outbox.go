package eventloop

import "syscall"

const (
	// maxSends is how many sends are made at once: a few dozen microseconds for the kernel.
	maxSends = 32
	// maxSize bounds what is sent together with others, in bytes. What is larger is worth a system call of its own.
	maxSize = 64 << 10
)

// outgoing is what a task that rests has to send, and then what came of it.
type outgoing struct {
	fd         int
	head, body []byte

	// asks is whose answer the task waits for once all was sent; nil if it does not.
	asks *Conn

	n     int
	errno syscall.Errno
	// tried says that it was sent by a ring, or tried to be.
	tried bool
}

func (o *outgoing) size() int { return len(o.head) + len(o.body) }

// transmit sends it alone.
func (o *outgoing) transmit() {
	if len(o.body) == 0 {
		o.n, o.errno = sysWrite(o.fd, o.head)
	} else {
		o.n, o.errno = sysWriteBoth(o.fd, o.head, o.body)
	}
}

// outbox is what a task waits for that has something to send: it goes on once that was tried.
var outbox = &direction{}

// send sends what there is room for, of head and body: together with what other tasks of the same batch have to send, where
// t, which is nil or the task that calls, is run by a poller that has more to do.
func (t *Task) send(fd int, head, body []byte) (int, syscall.Errno) {
	return t.post(outgoing{fd: fd, head: head, body: body})
}

// ask is send for what c's peer answers. If all was sent together with what others send, it returns once c may have
// something to read.
func (t *Task) ask(c *Conn, p []byte) (int, syscall.Errno) {
	return t.post(outgoing{fd: c.fd, head: p, asks: c})
}

// post has o sent, and returns what came of it.
func (t *Task) post(o outgoing) (int, syscall.Errno) {
	t.goesOn()
	if t == nil || t.poller == nil || o.size() > maxSize || t.poller.last() {
		o.transmit()
		return o.n, o.errno
	}
	t.out = o
	t.wait(outbox)
	n, errno := t.out.n, t.out.errno
	t.out = outgoing{}
	return n, errno
}

// last reports that nothing is left to be done with the batch behind the task that runs, or that it is another's by now.
func (p *poller) last() bool {
	if p.turn.Load() == replaced {
		return true
	}
	b := p.from.Load()
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.next == b.n && len(b.begin) == 0 && len(b.sends) == 0 && b.resumed == len(b.sent)
}

// post leaves a task that has something to send to whoever works through the batch.
func (p *poller) post(t *Task) {
	b := p.from.Load()
	b.post(t, p.loop.looks.Load())
	if p.turn.Load() != replaced {
		return
	}
	// Who has taken over the batch may have been through it by now.
	if t := b.unpost(); t != nil {
		t.out.transmit()
		go t.run(nil)
	}
}

// flush sends what tasks of the batch have to send, so that they can go on; false if there is nothing.
func (p *poller) flush(b *batch) bool {
	p.posted = b.collect(p.posted[:0])
	if len(p.posted) == 0 {
		return false
	}
	p.sends.Store(true)
	p.loop.transmit(p.posted)
	p.sends.Store(false)
	b.deliver(p.posted)
	clear(p.posted)
	return true
}

// post puts a task with something to send into the batch. looks is how often the monitor has looked.
func (b *batch) post(t *Task, looks uint32) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.sends) == 0 {
		b.since = looks
	}
	b.sends = append(b.sends, t)
}

// unpost takes a task out for which nothing was sent; nil if there is none.
func (b *batch) unpost() *Task {
	b.mu.Lock()
	defer b.mu.Unlock()
	last := len(b.sends) - 1
	if last < 0 {
		return nil
	}
	t := b.sends[last]
	b.sends = b.sends[:last]
	return t
}

// collect moves all tasks for which nothing was sent to another list.
func (b *batch) collect(tasks []*Task) []*Task {
	b.mu.Lock()
	defer b.mu.Unlock()
	tasks = append(tasks, b.sends...)
	clear(b.sends)
	b.sends = b.sends[:0]
	return tasks
}

// deliver makes tasks go on for which was sent, but for those that wait for an answer.
func (b *batch) deliver(tasks []*Task) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sent, b.resumed = b.sent[:0], 0
	for _, t := range tasks {
		if !t.awaitsAnswer() {
			b.sent = append(b.sent, t)
		}
	}
}

// awaitsAnswer parks a task that has asked, unless it has to go on: it was not all sent, or there is something to read. If it
// says true, the task may already run elsewhere.
func (t *Task) awaitsAnswer() bool {
	c := t.out.asks
	if c == nil || t.out.n < t.out.size() {
		return false
	}
	c.drained = false
	t.streak = 0
	return c.r.park(t)
}

// transmit sends for several tasks.
func (l *Loop) transmit(tasks []*Task) {
	if len(tasks) > 1 {
		l.rings.transmit(tasks[:min(len(tasks), maxSends)])
	}
	for _, t := range tasks {
		if !t.out.tried {
			t.out.transmit()
		}
	}
}
