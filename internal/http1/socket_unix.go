//go:build unix

package http1

import (
	"net"
	"syscall"
)

// rawSocket returns c's socket, so that it can be waited on without a buffer; nil when there is none.
func rawSocket(c net.Conn) syscall.RawConn {
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		return nil
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return nil
	}
	return raw
}

// tryRead reads what the socket has. ready is false when it has nothing yet.
func tryRead(fd uintptr, p []byte) (n int, ready bool, err error) {
	for {
		n, err = syscall.Read(int(fd), p)
		switch err {
		case nil:
			return n, true, nil
		case syscall.EINTR:
			continue
		case syscall.EAGAIN:
			return 0, false, nil
		default:
			return 0, true, err
		}
	}
}
