//go:build unix

package http1

import (
	"io"
	"net"
	"syscall"
)

// socket reads and writes a TCP connection's socket by itself, under the connection's deadlines. That way a reader can
// wait without a buffer.
//
// Reading and writing may happen at once; two reads, or two writes, may not.
//
// The first look at the socket is a system call that the scheduler does not see; one that follows a wait is seen: see
// sysRead.
type socket struct {
	raw syscall.RawConn

	// The operations, bound once, and what they work on.
	readOnce, writeAll, callOnce func(fd uintptr) bool

	in        []byte
	n         int
	readErrno syscall.Errno
	lend      func() []byte
	takeBack  func()
	// readWoken and writeWoken say that the operation has waited.
	readWoken, writeWoken bool

	out        []byte
	writeErrno syscall.Errno
	// called says that a call's request is on its way.
	called bool
}

// newSocket returns nc's socket; nil when it has none.
func newSocket(nc net.Conn) *socket {
	tcp, ok := nc.(*net.TCPConn)
	if !ok {
		return nil
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return nil
	}
	s := &socket{raw: raw}
	s.readOnce, s.writeAll, s.callOnce = s.tryRead, s.tryWrite, s.tryCall
	return s
}

// read reads once.
func (s *socket) read(p []byte) (int, error) {
	s.in, s.lend = p, nil
	return s.await()
}

// readLent waits for bytes and reads once, into what lend gives. While there are none, takeBack gets it back.
func (s *socket) readLent(lend func() []byte, takeBack func()) (int, error) {
	s.lend, s.takeBack = lend, takeBack
	return s.await()
}

func (s *socket) await() (int, error) {
	s.readWoken = false
	return s.result(s.raw.Read(s.readOnce))
}

func (s *socket) result(err error) (int, error) {
	s.in = nil
	switch {
	case err != nil:
		return 0, err
	case s.readErrno != 0:
		return 0, s.readErrno
	case s.n == 0:
		return 0, io.EOF
	default:
		return s.n, nil
	}
}

func (s *socket) tryRead(fd uintptr) (ready bool) {
	p := s.in
	if s.lend != nil {
		p = s.lend()
	}
	for {
		s.n, s.readErrno = sysRead(fd, p, s.readWoken)
		if s.readErrno != syscall.EINTR {
			break
		}
	}
	if s.readErrno != 0 || s.n == 0 {
		if s.lend != nil {
			s.takeBack()
		}
	}
	s.readWoken = true
	return s.readErrno != syscall.EAGAIN
}

// write writes all of p.
func (s *socket) write(p []byte) (int, error) {
	s.out, s.writeWoken = p, false
	err := s.raw.Write(s.writeAll)
	n := len(p) - len(s.out)
	s.out = nil
	if err == nil && s.writeErrno != 0 {
		err = s.writeErrno
	}
	return n, err
}

func (s *socket) tryWrite(fd uintptr) (done bool) {
	for len(s.out) > 0 {
		var n int
		n, s.writeErrno = sysWrite(fd, s.out, s.writeWoken)
		switch s.writeErrno {
		case 0:
			s.out = s.out[n:]
		case syscall.EINTR:
		case syscall.EAGAIN:
			s.writeWoken = true
			return false
		default:
			return true
		}
	}
	s.writeErrno = 0
	return true
}

// call writes a request and reads once, on a connection with nothing to read. It waits for the answer without looking
// for it first: one system call less than write and read. sent is how much of the request was written; an error
// with less than all of it is the write's.
func (s *socket) call(request, p []byte) (sent, n int, err error) {
	s.out, s.in, s.lend, s.called, s.writeWoken = request, p, nil, false, false
	err = s.raw.Read(s.callOnce)
	sent = len(request) - len(s.out)
	s.out = nil
	switch {
	case err == nil && s.writeErrno != 0 && s.writeErrno != syscall.EAGAIN:
		return sent, 0, s.writeErrno
	case err == nil && !s.called:
		rest, err := s.write(request[sent:])
		if sent += rest; err != nil {
			return sent, 0, err
		}
		n, err = s.read(p)
		return sent, n, err
	default:
		n, err = s.result(err)
		return sent, n, err
	}
}

func (s *socket) tryCall(fd uintptr) (done bool) {
	if s.called {
		return s.tryRead(fd)
	}
	if !s.tryWrite(fd) || s.writeErrno != 0 {
		return true
	}
	s.called, s.readWoken = true, true
	return false
}
