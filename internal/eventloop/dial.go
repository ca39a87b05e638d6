package eventloop

import (
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"
)

// Dial connects to a TCP address by the deadline; zero is none. t is the task that waits for it. probes is the interval at
// which an idle connection is probed.
func (l *Loop) Dial(t *Task, to netip.AddrPort, deadline time.Time, probes time.Duration) (*Conn, error) {
	to = netip.AddrPortFrom(to.Addr().Unmap(), to.Port()) // as the kernel tells addresses of IPv4
	peer := net.TCPAddrFromAddrPort(to)
	s, err := newSocket(to, probes)
	if err == nil {
		var c *Conn
		if c, err = l.connect(t, s, peer, deadline); err == nil {
			return c, nil
		}
	}
	return nil, &net.OpError{Op: "dial", Net: "tcp", Addr: peer, Err: err}
}

// connect makes a Conn of a socket. With an error it is closed.
func (l *Loop) connect(t *Task, s *socket, peer *net.TCPAddr, deadline time.Time) (*Conn, error) {
	// A second try tells whether the first, which does not wait, has come through meanwhile: on this machine it has.
	connected, err := s.connect()
	if !connected && err == nil {
		connected, err = s.connect()
	}
	if err != nil {
		sysClose(s.fd)
		return nil, err
	}
	c, err := l.conn(s.fd, nil, peer)
	if err != nil {
		return nil, err
	}
	if !connected {
		err = c.connects(t, s, deadline)
	}
	if err == nil {
		err = c.named(s, peer)
	}
	if err != nil {
		_ = c.Close()
		return nil, err
	}
	return c, nil
}

// connects waits until the socket is connected.
func (c *Conn) connects(t *Task, s *socket, deadline time.Time) error {
	_ = c.SetDeadline(deadline)
	for {
		if err := c.w.await(t); err != nil {
			return err
		}
		if connected, err := s.connect(); connected || err != nil {
			return err
		}
	}
}

// named notes this side's address.
func (c *Conn) named(s *socket, peer *net.TCPAddr) error {
	local, err := s.local()
	if err != nil {
		return err
	}
	if local.Port == peer.Port && local.IP.Equal(peer.IP) {
		// Nobody listens there: the kernel gave the socket that very port and made it talk to itself.
		return os.NewSyscallError("connect", syscall.ECONNREFUSED)
	}
	c.local = local
	return nil
}
