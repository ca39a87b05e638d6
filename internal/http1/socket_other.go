//go:build !unix

package http1

import (
	"net"
	"syscall"
)

// rawSocket returns nil: connections keep their buffer while they are idle.
func rawSocket(net.Conn) syscall.RawConn { return nil }

func tryRead(uintptr, []byte) (int, bool, error) { return 0, true, syscall.EINVAL }
