package http1

import "time"

// How long and how much a connection that will be closed is still read from: a client that is sending must not be
// answered with a reset, which would destroy the answer before it is read. RFC 9112, 9.6.
const (
	lingerTime  = 5 * time.Second
	lingerPause = time.Second
	lingerBytes = 64 << 20
)

// linger ends the answer and drops what the client still sends.
func (c *conn) linger() {
	half, ok := c.Conn.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil {
		return
	}
	buf := c.x.in
	end := c.server.elapsed() + lingerTime
	for total := 0; total < lingerBytes; {
		now := c.server.elapsed()
		if now >= end || c.server.closing.Load() {
			return
		}
		c.setReadBy(min(now+lingerPause, end))
		n, err := c.Read(buf)
		if err != nil {
			return
		}
		total += n
	}
}
