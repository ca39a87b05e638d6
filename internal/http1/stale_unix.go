//go:build unix

package http1

import "syscall"

// stale reports whether the upstream has closed the connection, or sent what nobody asked for.
func (c *upstreamConn) stale() bool {
	if c.plain == nil {
		return false
	}
	stale := false
	err := c.plain.Control(func(fd uintptr) {
		var one [1]byte
		_, _, err := syscall.Recvfrom(int(fd), one[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		stale = err != syscall.EAGAIN
	})
	return stale || err != nil
}
