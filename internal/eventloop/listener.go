package eventloop

import (
	"errors"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// Listener gives what l accepts as Conns. Where l is a *net.TCPListener, the loop waits for it, too, and l must not be used
// any more.
func (l *Loop) Listener(inner net.Listener) net.Listener {
	if tcp, ok := inner.(*net.TCPListener); ok {
		if own, err := l.listener(tcp); err == nil {
			return own
		}
	}
	return &adopting{inner, l}
}

// adopting is a listener that package net waits for.
type adopting struct {
	net.Listener
	loop *Loop
}

// Accept waits for the next connection.
func (l *adopting) Accept() (net.Conn, error) {
	nc, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return l.loop.Adopt(nc), nil
}

// clientProbes is how often an idle client is probed, as package net does it.
const clientProbes = 15 * time.Second

// Listener is a TCP listener that a loop waits for.
type Listener struct {
	conn *Conn
	// mu is held while a connection is accepted, so that the socket is not closed then.
	mu sync.Mutex
}

func (l *Loop) listener(inner *net.TCPListener) (*Listener, error) {
	fd, err := takeOver(inner)
	if err != nil {
		return nil, err
	}
	if err := setOptions(fd, clientProbes); err != nil {
		sysClose(fd)
		return nil, err
	}
	c, err := l.conn(fd, inner.Addr(), nil)
	if err != nil {
		return nil, err
	}
	_ = inner.Close()
	return &Listener{conn: c}, nil
}

// Go runs f as a task of the listener's loop, bound to it.
func (l *Listener) Go(f func(*Task)) {
	l.conn.loop.Go(func(t *Task) {
		l.conn.Bind(t)
		f(t)
	})
}

// Accept waits for the next connection.
func (l *Listener) Accept() (net.Conn, error) {
	for {
		err := l.conn.AwaitRead()
		if err == nil {
			var c *Conn
			if c, err = l.tryAccept(); c != nil {
				return c, nil
			}
		}
		if err != nil {
			return nil, &net.OpError{Op: "accept", Net: "tcp", Addr: l.conn.local, Err: err}
		}
	}
}

// tryAccept accepts without waiting: neither connection nor error say that there is none yet.
func (l *Listener) tryAccept() (*Conn, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn.closed.Load() {
		return nil, net.ErrClosed
	}
	fd, peer, err := sysAccept(l.conn.fd)
	switch {
	case errors.Is(err, syscall.EAGAIN):
		l.conn.drained = true
		return nil, nil
	case errors.Is(err, syscall.EINTR), errors.Is(err, syscall.ECONNABORTED):
		return nil, nil
	case err != nil:
		return nil, os.NewSyscallError("accept4", err)
	}
	c, err := l.conn.loop.conn(fd, l.conn.local, peer)
	if err != nil {
		// There is no room for another: that may pass, and must not end the listening.
		return nil, os.NewSyscallError("epoll_ctl", syscall.EMFILE)
	}
	return c, nil
}

// Close ends the listening.
func (l *Listener) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.conn.Close()
}

// Addr is the address that is listened on.
func (l *Listener) Addr() net.Addr { return l.conn.local }
