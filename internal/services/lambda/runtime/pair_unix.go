//go:build unix

package runtime

import (
	"fmt"
	"net"
	"os"
	"syscall"
)

// pair makes two ends of one connection: ours, and the one that our bootstraps are given as descriptor 3. Nobody else can
// connect to it, and an event is there in about half of the time that TCP takes.
func pair() (ours net.Conn, theirs *os.File, err error) {
	syscall.ForkLock.RLock()
	ends, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(ends[0])
		syscall.CloseOnExec(ends[1])
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, nil, fmt.Errorf("make a pair of sockets: %w", err)
	}
	file := os.NewFile(uintptr(ends[0]), "runtime")
	defer file.Close()
	theirs = os.NewFile(uintptr(ends[1]), "runtime")
	if ours, err = net.FileConn(file); err != nil {
		theirs.Close()
		return nil, nil, fmt.Errorf("make a connection of a socket: %w", err)
	}
	return ours, theirs, nil
}
