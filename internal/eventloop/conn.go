package eventloop

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Conn is a TCP connection whose socket a Loop waits for. One task may read and one may write at a time.
type Conn struct {
	loop *Loop
	fd   int

	r, w direction
	// reader and writer are the tasks that read and write.
	reader, writer *Task
	// drained says that the last read found less than it had room for: nothing is left until an event tells of more.
	drained bool
	// ends counts the events that told of the end of what the peer sends: one, and those of whom the descriptor belonged to
	// before. disproved is how many there had been when nothing was found to read.
	ends      atomic.Uint32
	disproved uint32

	// due is when the timers look at the deadlines, on the loop's clock; timer is the place among them.
	due   atomic.Int64
	timer int

	local, remote net.Addr

	// mu is held while the socket is shut or closed, which may happen on two goroutines.
	mu     sync.Mutex
	closed atomic.Bool
}

// Loop is the loop that waits for the connection.
func (c *Conn) Loop() *Loop { return c.loop }

// Bind tells that t reads and writes from now on; nil is an ordinary goroutine.
func (c *Conn) Bind(t *Task) { c.reader, c.writer = t, t }

// BindWriter tells that t writes from now on.
func (c *Conn) BindWriter(t *Task) { c.writer = t }

// Read reads once.
func (c *Conn) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for {
		if err := c.AwaitRead(); err != nil {
			return 0, err
		}
		if n, err := c.TryRead(p); n > 0 || err != nil {
			return n, err
		}
	}
}

// AwaitRead returns when there may be something to read, or with an error when there will be nothing.
func (c *Conn) AwaitRead() error {
	if !c.drained || c.ended() {
		c.reader.goesOn()
		return c.r.fails()
	}
	c.drained = false
	return c.r.await(c.reader)
}

// ended reports that an event told of the end, which none tells of again.
func (c *Conn) ended() bool { return c.ends.Load() != c.disproved }

// TryRead reads once, without waiting: 0 bytes and no error say that there is nothing yet.
func (c *Conn) TryRead(p []byte) (int, error) {
	if c.reader == nil {
		c.r.mu.Lock()
		defer c.r.mu.Unlock()
		if c.closed.Load() {
			return 0, net.ErrClosed
		}
	}
	for {
		ends := c.ends.Load()
		n, errno := sysRead(c.fd, p)
		switch {
		case errno == syscall.EINTR:
		case errno == syscall.EAGAIN:
			c.drained = true
			c.disproved = ends
			return 0, nil
		case errno != 0:
			return 0, errno
		case n == 0 && len(p) > 0:
			return 0, io.EOF
		default:
			c.drained = n < len(p)
			return n, nil
		}
	}
}

// Write writes all of p.
func (c *Conn) Write(p []byte) (int, error) {
	written := 0
	for written < len(p) {
		if err := c.w.fails(); err != nil {
			return written, err
		}
		n, errno := c.send(p[written:], nil)
		if err := c.wrote(errno); err != nil {
			return written, err
		}
		written += n
	}
	return written, nil
}

// Ask is Write for what is answered: the caller reads next. Where others send, too, it returns only once there may be
// something to read.
func (c *Conn) Ask(p []byte) (int, error) {
	if err := c.w.fails(); err != nil {
		return 0, err
	}
	if c.writer == nil || c.reader != c.writer || !c.drained || c.ended() {
		return c.Write(p)
	}
	n, errno := c.writer.ask(c, p)
	if err := c.wrote(errno); err != nil {
		return n, err
	}
	m, err := c.Write(p[n:])
	return n + m, err
}

// WriteBoth writes all of head and body, in one system call where they are not long.
func (c *Conn) WriteBoth(head, body []byte) (int, error) {
	if err := c.w.fails(); err != nil {
		return 0, err
	}
	n, errno := c.send(head, body)
	if err := c.wrote(errno); err != nil {
		return 0, err
	}
	if n < len(head) {
		m, err := c.Write(head[n:])
		if n += m; err != nil {
			return n, err
		}
	}
	m, err := c.Write(body[n-len(head):])
	return n + m, err
}

// send sends what there is room for, of head and body. EINTR says that nothing was tried.
func (c *Conn) send(head, body []byte) (int, syscall.Errno) {
	if c.writer == nil {
		c.w.mu.Lock()
		defer c.w.mu.Unlock()
		if c.closed.Load() {
			return 0, syscall.EINTR // see fails
		}
	}
	return c.writer.send(c.fd, head, body)
}

// TryWriteBoth writes as much of head and body as there is room for, without waiting.
func (c *Conn) TryWriteBoth(head, body []byte) (int, error) {
	written := 0
	for written < len(head)+len(body) {
		if err := c.w.fails(); err != nil {
			return written, err
		}
		h := min(written, len(head))
		n, errno := c.send(head[h:], body[written-h:])
		switch errno {
		case 0, syscall.EINTR:
			written += n
		case syscall.EAGAIN:
			return written, nil
		default:
			return written, errno
		}
	}
	return written, nil
}

// wrote waits for room after a write that found none.
func (c *Conn) wrote(errno syscall.Errno) error {
	switch errno {
	case 0, syscall.EINTR:
		return nil
	case syscall.EAGAIN:
		return c.w.await(c.writer)
	default:
		return errno
	}
}

// Stale reports whether the peer has closed the connection, or sent what nobody asked for.
func (c *Conn) Stale() bool { return c.ended() || sysPeek(c.fd) != syscall.EAGAIN }

// Close closes the connection and wakes who waits for it. Ordinary goroutines may be about to read or write, and are told
// net.ErrClosed; no task may but the one that calls: see Abort.
func (c *Conn) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed.Swap(true) {
		return net.ErrClosed
	}
	c.end()
	c.loop.timers.forget(c)
	for _, d := range [...]*direction{&c.r, &c.w} {
		d.mu.Lock()
		defer d.mu.Unlock()
	}
	_ = c.loop.conns.set(c.fd, nil)
	sysClose(c.fd)
	return nil
}

// Abort ends all reading and writing, now and in future, and the connection with it. It is still to be closed by who reads
// and writes.
func (c *Conn) Abort() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed.Load() {
		return
	}
	c.end()
	_ = sysShutdown(c.fd, true)
}

// end makes reading and writing fail.
func (c *Conn) end() {
	for _, d := range [...]*direction{&c.r, &c.w} {
		d.aborted.Store(true)
		d.interrupt()
	}
}

// CloseWrite ends what this side sends.
func (c *Conn) CloseWrite() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed.Load() {
		return net.ErrClosed
	}
	if errno := sysShutdown(c.fd, false); errno != 0 {
		return errno
	}
	return nil
}

// SetDeadline bounds reading and writing.
func (c *Conn) SetDeadline(t time.Time) error {
	at := c.onClock(t)
	c.r.deadline.Store(at)
	c.r.late.Store(false)
	c.w.deadline.Store(at)
	c.w.late.Store(false)
	c.bounded(at)
	return nil
}

// SetReadDeadline bounds reading.
func (c *Conn) SetReadDeadline(t time.Time) error { return c.bound(&c.r, t) }

// SetWriteDeadline bounds writing.
func (c *Conn) SetWriteDeadline(t time.Time) error { return c.bound(&c.w, t) }

func (c *Conn) bound(d *direction, t time.Time) error {
	at := c.onClock(t)
	d.deadline.Store(at)
	d.late.Store(false)
	c.bounded(at)
	return nil
}

// bounded sees to a deadline that was set. One that has passed takes effect at once.
func (c *Conn) bounded(at int64) {
	if at == 0 || at >= c.due.Load() {
		return
	}
	if now := c.loop.now(); at <= int64(now) {
		c.r.expire(now)
		c.w.expire(now)
		return
	}
	c.loop.timers.see(c, at)
}

// onClock is a time on the loop's clock; 0 is none.
func (c *Conn) onClock(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return max(int64(t.Sub(c.loop.started)), 1)
}

// expire sees to deadlines that have passed. It returns the first that remains; unset when there is none.
func (c *Conn) expire(now time.Duration) int64 {
	first := int64(unset)
	for _, d := range [...]*direction{&c.r, &c.w} {
		if at := d.expire(now); at != 0 {
			first = min(first, at)
		}
	}
	return first
}

// LocalAddr is this side's address; of what a Listener accepted, the listener's.
func (c *Conn) LocalAddr() net.Addr { return c.local }

// RemoteAddr is the peer's address.
func (c *Conn) RemoteAddr() net.Addr { return c.remote }
