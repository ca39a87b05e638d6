package eventloop

import (
	"context"
	"iter"
	"sync"
)

// Task is a function that a loop runs. A nil Task stands for an ordinary goroutine.
type Task struct {
	loop *Loop
	ctx  context.Context
	f    func(*Task)
	// resume runs f until it waits for a direction, or for none once it has ended; wait is the other side of it. stop ends a
	// task whose f has ended.
	resume func() (*direction, bool)
	wait   func(*direction) bool
	stop   func()
	// poller runs the task; nil while a goroutine of its own does.
	poller *poller
	// out is what the task has to send while it waits for outbox.
	out outgoing
	// streak counts how often the task has gone on without waiting since it last did.
	streak int
	// signal is set in what stands for a waiting goroutine, and has none of the above.
	signal chan struct{}
}

func newTask(l *Loop) *Task {
	t := &Task{loop: l}
	t.ctx = context.WithValue(context.Background(), taskKey{}, t)
	t.resume, t.stop = iter.Pull(func(wait func(*direction) bool) {
		t.wait = wait
		for more := true; more; more = wait(nil) {
			t.f(t)
			t.f = nil
		}
	})
	return t
}

type taskKey struct{}

// Context is a context that knows the task and never ends.
func (t *Task) Context() context.Context {
	if t == nil {
		return context.Background()
	}
	return t.ctx
}

// Of returns the task that a context comes from; nil for none.
func Of(ctx context.Context) *Task {
	t, _ := ctx.Value(taskKey{}).(*Task)
	return t
}

// Block says that the task is about to wait for something else than a Conn, or to compute for long. It may be called any
// number of times, and of a nil task.
func (t *Task) Block() {
	if t == nil || t.poller == nil {
		return
	}
	p := t.poller
	t.poller = nil
	p.loop.replace(p, p.turn.Load())
}

// maxStreak is how often in a row a task may read or write without having to wait, before others get their turn.
const maxStreak = 64

// goesOn notes that the task need not wait for its peer. One that never does, because its peer is faster than it is, must
// leave the poller.
func (t *Task) goesOn() {
	if t == nil {
		return
	}
	if t.streak++; t.streak == maxStreak {
		t.Block()
	}
}

// run resumes the task until it waits, or has ended. p is the poller that does it; nil is a goroutine for this alone.
func (t *Task) run(p *poller) {
	t.poller = p
	for {
		d, alive := t.resume()
		switch {
		case !alive:
			return
		case d == nil:
			t.loop.spare.put(t)
			return
		case d == outbox:
			p.post(t)
			return
		case d.park(t):
			return // it may already run elsewhere
		}
	}
}

// wake goes on with who has waited.
func (t *Task) wake(p *poller) {
	switch {
	case t.signal != nil:
		t.signal <- struct{}{}
	case p != nil:
		t.run(p)
	default:
		go t.run(nil)
	}
}

// goroutines are Tasks that stand for waiting goroutines.
var goroutines = sync.Pool{New: func() any { return &Task{signal: make(chan struct{}, 1)} }}
