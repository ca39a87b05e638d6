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
	to syscall.Sockaddr
}

// newSocket returns a socket with the options that package net sets, which never blocks.
func newSocket(to netip.AddrPort, probes time.Duration) (socket, error) {
	family, addr, err := sockaddr(to)
	if err != nil {
		return socket{}, err
	}
	fd, err := syscall.Socket(family, syscall.SOCK_STREAM|syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return socket{}, os.NewSyscallError("socket", err)
	}
	if err := setOptions(fd, probes); err != nil {
		sysClose(fd)
		return socket{}, err
	}
	return socket{fd, addr}, nil
}

func sockaddr(to netip.AddrPort) (family int, addr syscall.Sockaddr, err error) {
	ip := to.Addr().Unmap()
	if ip.Is4() {
		return syscall.AF_INET, &syscall.SockaddrInet4{Port: int(to.Port()), Addr: ip.As4()}, nil
	}
	six := &syscall.SockaddrInet6{Port: int(to.Port()), Addr: ip.As16()}
	if zone := ip.Zone(); zone != "" {
		link, err := net.InterfaceByName(zone)
		if err != nil {
			return 0, nil, err
		}
		six.ZoneId = uint32(link.Index)
	}
	return syscall.AF_INET6, six, nil
}

// connect begins to connect, or tells how far it has come.
func (s socket) connect() (connected bool, err error) {
	switch err := syscall.Connect(s.fd, s.to); err {
	case nil, syscall.EISCONN:
		return true, nil
	case syscall.EINPROGRESS, syscall.EALREADY, syscall.EINTR:
		return false, nil
	default:
		return false, os.NewSyscallError("connect", err)
	}
}

// local returns the address that the kernel gave the socket.
func (s socket) local() (*net.TCPAddr, error) {
	addr, err := syscall.Getsockname(s.fd)
	if err != nil {
		return nil, os.NewSyscallError("getsockname", err)
	}
	return tcpAddr(addr), nil
}
