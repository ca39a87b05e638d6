package http1

import (
	"net"

	"postern/internal/eventloop"
)

// link is a connection with the socket that lies under it.
type link struct {
	net.Conn
	// socket is nil where package net waits for the connection.
	socket *eventloop.Conn
}

func newLink(nc net.Conn) link { return link{nc, socketOf(nc)} }

// socketOf finds the socket under nc, which may be a TLS connection.
func socketOf(nc net.Conn) *eventloop.Conn {
	if above, ok := nc.(interface{ NetConn() net.Conn }); ok {
		nc = above.NetConn()
	}
	socket, _ := nc.(*eventloop.Conn)
	return socket
}

// plain reports that nothing lies between the connection and its socket.
func (l *link) plain() bool { return l.socket != nil && l.Conn == net.Conn(l.socket) }

// bind tells the socket which task reads and writes.
func (l *link) bind(t *eventloop.Task) {
	if l.socket != nil {
		l.socket.Bind(t)
	}
}

// bindWriter tells the socket which task writes.
func (l *link) bindWriter(t *eventloop.Task) {
	if l.socket != nil {
		l.socket.BindWriter(t)
	}
}

// kill ends the connection while somebody else uses it.
func (l *link) kill() {
	if l.socket != nil {
		l.socket.Abort()
		return
	}
	l.Close()
}

// ask writes all of p, to which the peer answers.
func (l *link) ask(p []byte) (int, error) {
	if l.plain() {
		return l.socket.Ask(p)
	}
	return l.Write(p)
}

// writeBoth writes all of head and body, in one system call where they are not long.
func (l *link) writeBoth(head, body []byte) (int, error) {
	if l.plain() {
		return l.socket.WriteBoth(head, body)
	}
	n, err := (&net.Buffers{head, body}).WriteTo(l.Conn)
	return int(n), err
}
