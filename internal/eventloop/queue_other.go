//go:build !linux

package eventloop

import (
	"errors"
	"net"
	"net/netip"
	"syscall"
	"time"
)

// queue is never made here.
type queue struct{}

type (
	kernelEvents struct{}
	rest         struct{}
)

func newQueue() (*queue, error)                         { return nil, errors.ErrUnsupported }
func (q *queue) add(int) error                          { return errors.ErrUnsupported }
func (q *queue) wait(*kernelEvents, []event) int        { return 0 }
func (q *queue) rest(*rest, *kernelEvents, []event) int { return 0 }
func (q *queue) look(*kernelEvents, []event) int        { return 0 }
func (q *queue) wakeAll()                               {}
func (q *queue) close()                                 {}
func yield()                                            {}
func takeOver(syscall.Conn) (fd int, err error)         { return 0, errors.ErrUnsupported }
func setOptions(int, time.Duration) error               { return errors.ErrUnsupported }
func sysAccept(int) (int, net.Addr, error)              { return 0, nil, errors.ErrUnsupported }

func sysRead(int, []byte) (int, syscall.Errno)              { return 0, syscall.EINVAL }
func sysWrite(int, []byte) (int, syscall.Errno)             { return 0, syscall.EINVAL }
func sysWriteBoth(int, []byte, []byte) (int, syscall.Errno) { return 0, syscall.EINVAL }
func sysPeek(int) syscall.Errno                             { return syscall.EINVAL }
func sysShutdown(int, bool) syscall.Errno                   { return syscall.EINVAL }
func sysClose(int)                                          {}

// socket is never made here.
type socket struct{ fd int }

func newSocket(netip.AddrPort, time.Duration) (*socket, error) { return nil, errors.ErrUnsupported }
func (*socket) connect() (bool, error)                         { return false, errors.ErrUnsupported }
func (*socket) local() (*net.TCPAddr, error)                   { return nil, errors.ErrUnsupported }
