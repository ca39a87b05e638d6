package http1

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"strconv"
	"time"

	"postern/internal/eventloop"
)

// dial makes a connection to the upstream, with TLS where its scheme asks for it.
func (u *upstream) dial(t *eventloop.Task, deadline time.Time) (*upstreamConn, error) {
	nc, err := u.connect(t, deadline)
	if err != nil {
		return nil, u.fail(connectKind(err), err)
	}
	c := &upstreamConn{link: newLink(nc), upstream: u, since: time.Now()}
	if tcp, ok := nc.(*net.TCPConn); ok {
		c.raw, _ = tcp.SyscallConn()
	}
	if u.tls != nil {
		t.Block()
		if c.Conn, err = u.handshake(nc, deadline); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// connect tries the upstream's addresses in turn.
func (u *upstream) connect(t *eventloop.Task, deadline time.Time) (net.Conn, error) {
	host, port, err := u.address.endpoint()
	if err != nil {
		return nil, err
	}
	list, err := u.transport.names.resolve(t, host, deadline)
	if err != nil {
		return nil, err
	}
	err = errors.New("the name has no address")
	for i, addr := range list {
		if e := u.transport.Fence(addr); e != nil {
			err = e
			continue
		}
		nc, e := u.transport.connect(t, netip.AddrPortFrom(addr, port), share(deadline, len(list)-i))
		if e == nil {
			return nc, nil
		}
		err = e
		if !time.Now().Before(deadline) {
			break
		}
	}
	return nil, err
}

// connect makes a connection to an address.
func (t *Transport) connect(task *eventloop.Task, to netip.AddrPort, deadline time.Time) (net.Conn, error) {
	if t.Loop == nil {
		dialer := net.Dialer{Deadline: deadline, KeepAlive: t.KeepAlive}
		return dialer.Dial("tcp", to.String())
	}
	c, err := t.Loop.Dial(task, to, deadline, t.KeepAlive)
	if err != nil {
		return nil, err
	}
	return c, nil
}

// endpoint is where connections go.
func (a *Address) endpoint() (host string, port uint16, err error) {
	if a.Via == "" {
		return a.Host, a.Port, nil
	}
	host, text, err := net.SplitHostPort(a.Via)
	if err != nil {
		return "", 0, err
	}
	n, err := strconv.ParseUint(text, 10, 16)
	return host, uint16(n), err
}

// leastShare is what an address gets at least before the next is tried.
const leastShare = 2 * time.Second

// share divides the time that is left among the addresses that are left, so that one dead address does not use it up.
func share(deadline time.Time, addresses int) time.Time {
	now := time.Now()
	part := max(deadline.Sub(now)/time.Duration(addresses), leastShare)
	if at := now.Add(part); at.Before(deadline) {
		return at
	}
	return deadline
}

func (u *upstream) handshake(nc net.Conn, deadline time.Time) (net.Conn, error) {
	secure := tls.Client(nc, u.tls)
	nc.SetDeadline(deadline)
	if err := secure.HandshakeContext(context.Background()); err != nil {
		nc.Close()
		return nil, u.fail(handshakeKind(err), err)
	}
	return secure, nil
}
