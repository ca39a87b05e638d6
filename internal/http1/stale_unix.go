//go:build unix

package http1

import "syscall"

// stale reports whether the upstream has closed the connection, or sent what nobody asked for.
func (c *upstreamConn) stale() bool {
	switch {
	case c.socket != nil:
		return c.socket.Stale()
	case c.raw == nil:
		return false
	}
	quiet := false
	err := c.raw.Control(func(fd uintptr) {
		var one [1]byte
		_, _, err := syscall.Recvfrom(int(fd), one[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		quiet = err == syscall.EAGAIN
	})
	return err != nil || !quiet
}
