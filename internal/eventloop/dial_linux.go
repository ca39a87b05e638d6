package eventloop

import (
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"
)

// socket is one that is to be connected.
type socket struct {
	fd int
	to address
}

// newSocket returns a socket with the options that package net sets, which never blocks.
func newSocket(to netip.AddrPort, probes time.Duration) (*socket, error) {
	addr, err := addressOf(to)
	if err != nil {
		return nil, err
	}
	fd, err := syscall.Socket(int(addr.raw.Addr.Family), syscall.SOCK_STREAM|syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	if err := setOptions(fd, probes); err != nil {
		sysClose(fd)
		return nil, err
	}
	return &socket{fd, addr}, nil
}

// connect begins to connect, or tells how far it has come.
func (s *socket) connect() (connected bool, err error) {
	switch errno := sysConnect(s.fd, &s.to); errno {
	case 0, syscall.EISCONN:
		return true, nil
	case syscall.EINPROGRESS, syscall.EALREADY, syscall.EINTR:
		return false, nil
	default:
		return false, os.NewSyscallError("connect", errno)
	}
}

// local returns the address that the kernel gave the socket.
func (s *socket) local() (*net.TCPAddr, error) {
	addr := noAddress()
	if errno := sysLocal(s.fd, &addr); errno != 0 {
		return nil, os.NewSyscallError("getsockname", errno)
	}
	return addr.tcp(), nil
}
