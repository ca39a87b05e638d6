//go:build linux

package eventloop

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"syscall"
	"testing"
	"time"
)

// addrOf is a listener's address.
func addrOf(l net.Listener) netip.AddrPort { return l.Addr().(*net.TCPAddr).AddrPort() }

func TestDial(t *testing.T) {
	for _, at := range []string{"127.0.0.1:0", "[::1]:0"} {
		t.Run(at, func(t *testing.T) {
			listener, err := net.Listen("tcp", at)
			if err != nil {
				t.Skip("no such address here: ", err)
			}
			defer listener.Close()
			both(t, func(t *testing.T, l *Loop, task bool) {
				inTask(l, task, func(task *Task) { dialAndTalk(t, l, task, listener) })
			})
		})
	}
}

func dialAndTalk(t *testing.T, l *Loop, task *Task, listener net.Listener) {
	c, err := l.Dial(task, addrOf(listener), time.Now().Add(time.Minute), time.Minute)
	if err != nil {
		t.Error(err)
		return
	}
	defer c.Close()
	c.Bind(task)
	peer, err := listener.Accept()
	if err != nil {
		t.Error(err)
		return
	}
	defer peer.Close()
	if c.LocalAddr().String() != peer.RemoteAddr().String() || c.RemoteAddr().String() != peer.LocalAddr().String() {
		t.Errorf("from %v to %v, the peer has %v and %v", c.LocalAddr(), c.RemoteAddr(), peer.RemoteAddr(), peer.LocalAddr())
	}
	for from, to := range map[net.Conn]net.Conn{c: peer, peer: c} {
		got := make([]byte, 5)
		if _, err := from.Write([]byte("hello")); err != nil {
			t.Error(err)
		}
		if _, err := io.ReadFull(to, got); err != nil || string(got) != "hello" {
			t.Errorf("got %q, %v", got, err)
		}
	}
}

// crowded listens at an address where a connection has to wait until room is made.
func crowded(t *testing.T) (to netip.AddrPort, room func()) {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(fd) })
	if err := errors.Join(syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}), syscall.Listen(fd, 0)); err != nil {
		t.Fatal(err)
	}
	name := noAddress()
	if errno := sysLocal(fd, &name); errno != 0 {
		t.Fatal(errno)
	}
	to = name.tcp().AddrPort()
	first, err := net.Dial("tcp", to.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { first.Close() })
	return to, func() {
		accepted, _, err := syscall.Accept(fd)
		if err != nil {
			t.Error(err)
			return
		}
		syscall.Close(accepted)
	}
}

func TestDialWaitsForThePeer(t *testing.T) {
	both(t, func(t *testing.T, l *Loop, task bool) {
		to, room := crowded(t)
		time.AfterFunc(100*time.Millisecond, room)
		inTask(l, task, func(task *Task) {
			c, err := l.Dial(task, to, time.Now().Add(time.Minute), time.Minute)
			if err != nil {
				t.Error(err)
				return
			}
			c.Close()
		})
	})
}

func TestDialFails(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := addrOf(closed)
	closed.Close()
	full, _ := crowded(t)
	for _, test := range []struct {
		name  string
		to    netip.AddrPort
		after time.Duration
		want  error
	}{
		{"nobody listens", nobody, time.Minute, syscall.ECONNREFUSED},
		{"the deadline passes", full, 50 * time.Millisecond, os.ErrDeadlineExceeded},
		{"the deadline has passed", full, -time.Second, os.ErrDeadlineExceeded},
		{"no such interface", netip.MustParseAddrPort("[fe80::1%nowhere]:80"), time.Minute, nil},
		{"no way there", netip.MustParseAddrPort("255.255.255.255:80"), time.Minute, syscall.ENETUNREACH},
	} {
		t.Run(test.name, func(t *testing.T) {
			both(t, func(t *testing.T, l *Loop, task bool) {
				inTask(l, task, func(task *Task) {
					c, err := l.Dial(task, test.to, time.Now().Add(test.after), time.Minute)
					if c != nil || err == nil || test.want != nil && !errors.Is(err, test.want) {
						t.Errorf("got %v, %v, want %v", c, err, test.want)
					}
				})
			})
		})
	}
}

// A port of the range that the kernel takes ports for clients from may be given to the very client that dials it.
func TestNobodyTalksToThemselves(t *testing.T) {
	l := newLoop(t)
	for _, ip := range []string{"127.0.0.1", "::ffff:127.0.0.1"} { // as package net resolves names
		closed, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		to := netip.AddrPortFrom(netip.MustParseAddr(ip), addrOf(closed).Port())
		closed.Close()
		s, err := newSocket(to, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if err := syscall.Bind(s.fd, &syscall.SockaddrInet4{Port: int(to.Port()), Addr: to.Addr().As4()}); err != nil {
			t.Fatal(err)
		}
		if c, err := l.connect(nil, s, net.TCPAddrFromAddrPort(to), time.Now().Add(time.Minute)); c != nil || !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("%s: got %v, %v", ip, c, err)
		}
	}
}
