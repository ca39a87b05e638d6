package eventloop

import (
	"encoding/binary"
	"net"
	"net/netip"
	"strconv"
	"syscall"
	"unsafe"
)

// address is a socket's address as the kernel reads and writes it.
type address struct {
	raw  syscall.RawSockaddrAny
	size uint32
}

// noAddress has room for any.
func noAddress() address { return address{size: syscall.SizeofSockaddrAny} }

func (a *address) four() *syscall.RawSockaddrInet4 {
	return (*syscall.RawSockaddrInet4)(unsafe.Pointer(&a.raw))
}

func (a *address) six() *syscall.RawSockaddrInet6 {
	return (*syscall.RawSockaddrInet6)(unsafe.Pointer(&a.raw))
}

func addressOf(to netip.AddrPort) (a address, err error) {
	ip := to.Addr().Unmap()
	port := binary.NativeEndian.Uint16(binary.BigEndian.AppendUint16(nil, to.Port()))
	if ip.Is4() {
		*a.four(), a.size = syscall.RawSockaddrInet4{Family: syscall.AF_INET, Port: port, Addr: ip.As4()}, syscall.SizeofSockaddrInet4
		return a, nil
	}
	six := syscall.RawSockaddrInet6{Family: syscall.AF_INET6, Port: port, Addr: ip.As16()}
	if zone := ip.Zone(); zone != "" {
		link, err := net.InterfaceByName(zone)
		if err != nil {
			return a, err
		}
		six.Scope_id = uint32(link.Index)
	}
	*a.six(), a.size = six, syscall.SizeofSockaddrInet6
	return a, nil
}

// tcp is nil for what is no TCP address.
func (a *address) tcp() *net.TCPAddr {
	port := func(raw uint16) int { return int(binary.BigEndian.Uint16(binary.NativeEndian.AppendUint16(nil, raw))) }
	switch a.raw.Addr.Family {
	case syscall.AF_INET:
		four := a.four()
		return &net.TCPAddr{IP: net.IP(append([]byte(nil), four.Addr[:]...)), Port: port(four.Port)}
	case syscall.AF_INET6:
		six := a.six()
		addr := &net.TCPAddr{IP: net.IP(append([]byte(nil), six.Addr[:]...)), Port: port(six.Port)}
		if six.Scope_id != 0 {
			addr.Zone = strconv.Itoa(int(six.Scope_id))
		}
		return addr
	default:
		return nil
	}
}
