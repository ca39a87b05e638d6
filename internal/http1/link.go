package http1

import "net"

// link is a connection, read and written through its socket where it has one.
type link struct {
	net.Conn
	socket *socket
}

func newLink(nc net.Conn) link { return link{nc, newSocket(nc)} }

// Read reads once.
func (l *link) Read(p []byte) (int, error) {
	if l.socket != nil {
		return l.socket.read(p)
	}
	return l.Conn.Read(p)
}

// Write writes all of p.
func (l *link) Write(p []byte) (int, error) {
	if l.socket != nil {
		return l.socket.write(p)
	}
	return l.Conn.Write(p)
}
