package eventloop

import (
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Loop waits for the sockets of many connections. It is safe for concurrent use.
type Loop struct {
	queue  *queue
	conns  table
	timers timers
	spare  spare
	rings  rings
	// started is where the loop's clock begins.
	started time.Time

	mu sync.Mutex
	// pollers are those that nobody has replaced.
	pollers []*poller
	// running counts the pollers that have not ended, replaced or not.
	running int
	closed  atomic.Bool

	// looks counts how often the monitor has looked.
	looks atomic.Uint32
	// drowsy says that the monitor sleeps until it is sent to rouse.
	drowsy atomic.Bool
	rouse  chan struct{}
	done   chan struct{}
}

// New starts a loop, which runs until Close.
func New() (*Loop, error) {
	q, err := newQueue()
	if err != nil {
		return nil, err
	}
	l := &Loop{queue: q, started: time.Now(), rouse: make(chan struct{}, 1), done: make(chan struct{})}
	l.timers.loop = l
	l.rings.fill()
	l.add()
	go l.monitor()
	return l, nil
}

// Close ends the loop. Connections that are still open get no more events: close them before.
func (l *Loop) Close() {
	if !l.closed.CompareAndSwap(false, true) {
		return
	}
	close(l.done)
	l.timers.stop()
	l.spare.close()
	l.queue.wakeAll()
}

// Go runs f as a task.
func (l *Loop) Go(f func(*Task)) { go l.take(f).run(nil) }

// GoAfter runs f as a task once by waits. It costs less than Go.
func (l *Loop) GoAfter(by *Task, f func(*Task)) {
	if by == nil || by.poller == nil {
		l.Go(f)
		return
	}
	by.poller.begin(l.take(f))
}

// Adopt returns nc as a Conn, or nc itself where that cannot be: then package net waits for it.
func (l *Loop) Adopt(nc net.Conn) net.Conn {
	if tcp, ok := nc.(*net.TCPConn); ok {
		if c, err := l.adopt(tcp); err == nil {
			return c
		}
	}
	return nc
}

// adopt makes a Conn of nc and closes it. With an error it is as it was.
func (l *Loop) adopt(nc *net.TCPConn) (*Conn, error) {
	fd, err := takeOver(nc)
	if err != nil {
		return nil, err
	}
	c, err := l.conn(fd, nc.LocalAddr(), nc.RemoteAddr())
	if err != nil {
		return nil, err
	}
	_ = nc.Close()
	return c, nil
}

// conn waits for a socket from now on. With an error it is closed.
func (l *Loop) conn(fd int, local, remote net.Addr) (*Conn, error) {
	c := &Conn{loop: l, fd: fd, local: local, remote: remote, timer: nowhere}
	c.due.Store(unset)
	err := l.conns.set(fd, c)
	if err == nil {
		if err = l.queue.add(fd); err == nil {
			return c, nil
		}
		_ = l.conns.set(fd, nil)
	}
	sysClose(fd)
	return nil, err
}

// now is the loop's clock: the time since it was started.
func (l *Loop) now() time.Duration { return time.Since(l.started) }
