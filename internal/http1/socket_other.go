//go:build !unix

package http1

import (
	"net"
	"syscall"
)

// socket is never made here: connections are read and written as package net does, and keep a buffer while idle.
type socket struct{ raw syscall.RawConn }

func newSocket(net.Conn) *socket                              { return nil }
func (s *socket) read([]byte) (int, error)                    { return 0, net.ErrClosed }
func (s *socket) readLent(func() []byte, func()) (int, error) { return 0, net.ErrClosed }
func (s *socket) call([]byte, []byte) (int, int, error)       { return 0, 0, net.ErrClosed }
func (s *socket) write([]byte) (int, error)                   { return 0, net.ErrClosed }
