package eventloop

import (
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// direction is one half of a connection: what it reads, or what it writes. One task at a time waits for it.
type direction struct {
	// state is nil, ready, or who waits.
	state atomic.Pointer[Task]
	// deadline is on the loop's clock; 0 is none. late says that it has passed.
	deadline atomic.Int64
	late     atomic.Bool
	// aborted says that the connection is of no more use.
	aborted atomic.Bool
	// mu is held by an ordinary goroutine during a system call, and while the socket is closed: its number may be another's
	// a moment later. A task closes what it uses itself.
	mu sync.Mutex
}

// ready is the state of a direction of which an event has told, and for which nobody has waited since.
var ready = &Task{}

// fails returns the error that reading or writing ends with at once.
func (d *direction) fails() error {
	switch {
	case d.aborted.Load():
		return net.ErrClosed
	case d.late.Load():
		return os.ErrDeadlineExceeded
	default:
		return nil
	}
}

// await returns when the next event has come, or one came since the last await; or with an error. t is the task that calls.
func (d *direction) await(t *Task) error {
	if err := d.fails(); err != nil {
		return err
	}
	if d.state.CompareAndSwap(ready, nil) {
		t.goesOn()
		return nil
	}
	if t != nil {
		t.streak = 0
		// It is parked behind the switch: before, an event could resume what has not yet stopped.
		t.wait(d)
		return d.fails()
	}
	t = goroutines.Get().(*Task)
	if d.park(t) {
		<-t.signal
	}
	goroutines.Put(t)
	return d.fails()
}

// park makes t the one that waits; false if there is no need to, because an event has come.
func (d *direction) park(t *Task) bool {
	if d.state.CompareAndSwap(nil, t) {
		return true
	}
	d.state.Store(nil)
	return false
}

// notify tells of an event. It returns the task that has waited, which the caller must wake.
func (d *direction) notify() *Task {
	for {
		switch t := d.state.Load(); t {
		case ready:
			return nil
		case nil:
			if d.state.CompareAndSwap(nil, ready) {
				return nil
			}
		default:
			if d.state.CompareAndSwap(t, nil) {
				return t
			}
		}
	}
}

// interrupt wakes who waits, to find out why in fails.
func (d *direction) interrupt() {
	if t := d.notify(); t != nil {
		t.wake(nil)
	}
}

// expire sees to it that the direction is late if its deadline is not after now. It returns the deadline that remains.
func (d *direction) expire(now time.Duration) (remains int64) {
	at := d.deadline.Load()
	if at == 0 || at > int64(now) {
		return at
	}
	d.late.Store(true)
	if again := d.deadline.Load(); again != at {
		// It was set anew meanwhile, perhaps before late was.
		d.late.Store(false)
		return again
	}
	d.interrupt()
	return 0
}
