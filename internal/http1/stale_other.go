//go:build !unix

package http1

// stale finds nothing out: a stale connection shows when it is used.
func (c *upstreamConn) stale() bool { return false }
