//go:build unix

package http1

import "syscall"

// stale reports whether the upstream has closed the connection, or sent what nobody asked for.
func (c *upstreamConn) stale() bool {
	if c.plain == nil {
		return false
	}
	if c.peek == nil {
		c.peek = func(fd uintptr) { c.quiet = sysPeek(fd) == syscall.EAGAIN }
	}
	c.quiet = false
	return c.plain.Control(c.peek) != nil || !c.quiet
}
