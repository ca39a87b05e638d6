package eventloop

import (
	"fmt"
	"net"
	"os"
	"syscall"
	"time"
	"unsafe"
)

// queue is where the kernel puts events: an epoll instance. Each event is given to one who waits, once: the sockets are
// edge-triggered.
type queue struct {
	fd int
	// bell is another epoll instance, for which the runtime waits; the queue is in it while somebody rests. atBell waits there.
	bell   *os.File
	atBell syscall.RawConn
	// alarm is readable, for all who wait and for ever, once wakeAll was called.
	alarm int
}

func newQueue() (*queue, error) {
	fd, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("eventloop: epoll_create1: %w", err)
	}
	alarm, _, errno := syscall.Syscall(syscall.SYS_EVENTFD2, 0, syscall.O_CLOEXEC|syscall.O_NONBLOCK, 0)
	if errno != 0 {
		sysClose(fd)
		return nil, fmt.Errorf("eventloop: eventfd2: %w", errno)
	}
	q := &queue{fd: fd, alarm: int(alarm)}
	if err := q.hangBell(); err != nil {
		q.close()
		return nil, err
	}
	e := syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(q.alarm)}
	if err := syscall.EpollCtl(fd, syscall.EPOLL_CTL_ADD, q.alarm, &e); err != nil {
		q.close()
		return nil, fmt.Errorf("eventloop: epoll_ctl: %w", err)
	}
	return q, nil
}

// edges is EPOLLET, which package syscall has as a negative number.
const edges = 1 << 31

// add makes events of a socket come.
func (q *queue) add(fd int) error {
	e := syscall.EpollEvent{Events: syscall.EPOLLIN | syscall.EPOLLOUT | syscall.EPOLLRDHUP | edges, Fd: int32(fd)}
	if err := syscall.EpollCtl(q.fd, syscall.EPOLL_CTL_ADD, fd, &e); err != nil {
		return fmt.Errorf("eventloop: epoll_ctl: %w", err)
	}
	return nil
}

// kernelEvents is memory for events as the kernel tells them.
type kernelEvents [batchSize]syscall.EpollEvent

// wait returns the next events, and sleeps until there are any.
func (q *queue) wait(raw *kernelEvents, found []event) int {
	n, err := syscall.EpollWait(q.fd, raw[:], -1)
	if err != nil {
		return 0 // EINTR
	}
	return raw.read(found, n)
}

// look returns the events that have come.
func (q *queue) look(raw *kernelEvents, found []event) int {
	n, _, errno := syscall.RawSyscall6(syscall.SYS_EPOLL_PWAIT, uintptr(q.fd), uintptr(unsafe.Pointer(raw)), batchSize, 0, 0, 0)
	if errno != 0 {
		return 0
	}
	return raw.read(found, int(n))
}

// hangBell makes what rest waits for.
func (q *queue) hangBell() error {
	fd, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return fmt.Errorf("eventloop: epoll_create1: %w", err)
	}
	if err := syscall.SetNonblock(fd, true); err != nil { // by which package os tells what the runtime can wait for
		sysClose(fd)
		return fmt.Errorf("eventloop: fcntl: %w", err)
	}
	q.bell = os.NewFile(uintptr(fd), "epoll")
	q.atBell, err = q.bell.SyscallConn()
	return err
}

// rest is wait, by the runtime. A goroutine that sleeps in a system call keeps the runtime's own monitor at work for
// milliseconds, which costs more than a request; where events are frequent, it has no rest anyway, and wait costs less.
func (q *queue) rest(r *rest, raw *kernelEvents, found []event) int {
	if r.look == nil {
		r.look = r.lookAtBell
	}
	r.queue, r.raw, r.found, r.n, r.hung = q, raw, found, 0, false
	_ = q.atBell.Read(r.look) // of one after the other
	if r.n == 0 {
		return q.wait(raw, found) // the bell cannot be used
	}
	return r.n
}

// rest is the memory of one who rests, which is used again.
type rest struct {
	queue *queue
	raw   *kernelEvents
	found []event
	n     int
	hung  bool
	look  func(bell uintptr) bool
}

// lookAtBell looks for events. When there are none, it hangs the queue into the bell, which then rings for the next.
func (r *rest) lookAtBell(bell uintptr) bool {
	r.n = r.queue.look(r.raw, r.found)
	switch {
	case r.n == 0 && !r.hung:
		e := syscall.EpollEvent{Events: syscall.EPOLLIN}
		r.hung = syscall.EpollCtl(int(bell), syscall.EPOLL_CTL_ADD, r.queue.fd, &e) == nil
		return !r.hung
	case r.n > 0 && r.hung:
		// This call is one that the scheduler sees begin: by that the runtime's own monitor, which sleeps while nothing runs,
		// is woken up. Otherwise nobody would interrupt a task that computes, where it holds the only processor.
		_, _, _ = syscall.Syscall6(syscall.SYS_EPOLL_CTL, bell, syscall.EPOLL_CTL_DEL, uintptr(r.queue.fd), 0, 0, 0)
	}
	return r.n > 0
}

// yield lets others have the processor that have something to do.
func yield() { _, _, _ = syscall.RawSyscall(syscall.SYS_SCHED_YIELD, 0, 0, 0) }

func (raw *kernelEvents) read(found []event, n int) int {
	for i := range n {
		e := &raw[i]
		const over = syscall.EPOLLHUP | syscall.EPOLLERR
		found[i] = event{
			fd:    int(e.Fd),
			read:  e.Events&(syscall.EPOLLIN|syscall.EPOLLRDHUP|over) != 0,
			write: e.Events&(syscall.EPOLLOUT|over) != 0,
			ends:  e.Events&(syscall.EPOLLRDHUP|over) != 0,
		}
	}
	return n
}

// wakeAll makes everybody return from wait, now and in future.
func (q *queue) wakeAll() {
	one := [8]byte{0: 1}
	_, _ = syscall.Write(q.alarm, one[:])
}

func (q *queue) close() {
	sysClose(q.alarm)
	if q.bell != nil {
		_ = q.bell.Close()
	}
	sysClose(q.fd)
}

// takeOver returns the socket of nc as a descriptor of its own, which the runtime does not wait for.
func takeOver(nc syscall.Conn) (fd int, err error) {
	raw, err := nc.SyscallConn()
	if err != nil {
		return 0, err
	}
	var errno syscall.Errno
	err = raw.Control(func(old uintptr) {
		var r uintptr
		r, _, errno = syscall.RawSyscall(syscall.SYS_FCNTL, old, syscall.F_DUPFD_CLOEXEC, 0)
		fd = int(r)
	})
	if err == nil && errno != 0 {
		err = os.NewSyscallError("fcntl", errno)
	}
	return fd, err
}

// setOptions sets what package net sets on a connection: no delay, and probes when it is idle. What a listening socket
// accepts gets them from it.
func setOptions(fd int, probes time.Duration) error {
	seconds := max(int((probes+time.Second-1)/time.Second), 1)
	for _, option := range [...]struct{ level, name, value int }{
		{syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1},
		{syscall.SOL_SOCKET, syscall.SO_KEEPALIVE, 1},
		{syscall.IPPROTO_TCP, syscall.TCP_KEEPIDLE, seconds},
		{syscall.IPPROTO_TCP, syscall.TCP_KEEPINTVL, seconds},
		{syscall.IPPROTO_TCP, syscall.TCP_KEEPCNT, 9},
	} {
		value := int32(option.value)
		if _, _, errno := syscall.RawSyscall6(syscall.SYS_SETSOCKOPT, uintptr(fd), uintptr(option.level), uintptr(option.name),
			uintptr(unsafe.Pointer(&value)), unsafe.Sizeof(value), 0); errno != 0 {
			return os.NewSyscallError("setsockopt", errno)
		}
	}
	return nil
}

// The sockets never block, so that their system calls need not tell the scheduler that they begin. A call of which it knows
// and that takes longer than 20 µs, as connecting to this machine does, keeps the runtime's monitor at work.

// sysAccept accepts a connection and tells who has made it.
func sysAccept(fd int) (int, net.Addr, error) {
	peer := noAddress()
	accepted, _, errno := syscall.RawSyscall6(syscall.SYS_ACCEPT4, uintptr(fd), uintptr(unsafe.Pointer(&peer.raw)),
		uintptr(unsafe.Pointer(&peer.size)), syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC, 0, 0)
	if errno != 0 {
		return 0, nil, errno
	}
	if addr := peer.tcp(); addr != nil {
		return int(accepted), addr, nil
	}
	return int(accepted), nil, nil
}

func sysConnect(fd int, to *address) syscall.Errno {
	_, _, errno := syscall.RawSyscall(syscall.SYS_CONNECT, uintptr(fd), uintptr(unsafe.Pointer(&to.raw)), uintptr(to.size))
	return errno
}

// sysLocal tells this side's address.
func sysLocal(fd int, addr *address) syscall.Errno {
	_, _, errno := syscall.RawSyscall(syscall.SYS_GETSOCKNAME, uintptr(fd), uintptr(unsafe.Pointer(&addr.raw)), uintptr(unsafe.Pointer(&addr.size)))
	return errno
}

func sysRead(fd int, p []byte) (int, syscall.Errno) {
	return transfer(syscall.SYS_RECVFROM, fd, unsafe.Pointer(unsafe.SliceData(p)), len(p), 0)
}

func sysWrite(fd int, p []byte) (int, syscall.Errno) {
	return transfer(syscall.SYS_SENDTO, fd, unsafe.Pointer(unsafe.SliceData(p)), len(p), syscall.MSG_NOSIGNAL)
}

func sysWriteBoth(fd int, head, body []byte) (int, syscall.Errno) {
	both := [2]syscall.Iovec{{Base: unsafe.SliceData(head)}, {Base: unsafe.SliceData(body)}}
	both[0].SetLen(len(head))
	both[1].SetLen(len(body))
	return transfer(syscall.SYS_WRITEV, fd, unsafe.Pointer(&both), len(both), 0)
}

// transfer returns how many bytes were moved: 0 with an error.
func transfer(call uintptr, fd int, p unsafe.Pointer, n int, flags uintptr) (int, syscall.Errno) {
	moved, _, errno := syscall.RawSyscall6(call, uintptr(fd), uintptr(p), uintptr(n), flags, 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(moved), 0
}

// sysPeek returns EAGAIN while nothing has arrived and the connection is open.
func sysPeek(fd int) syscall.Errno {
	var one [1]byte
	_, _, errno := syscall.RawSyscall6(syscall.SYS_RECVFROM, uintptr(fd), uintptr(unsafe.Pointer(&one)), 1,
		syscall.MSG_PEEK|syscall.MSG_DONTWAIT, 0, 0)
	return errno
}

// sysShutdown ends writing, or both.
func sysShutdown(fd int, both bool) syscall.Errno {
	how := uintptr(syscall.SHUT_WR)
	if both {
		how = syscall.SHUT_RDWR
	}
	_, _, errno := syscall.RawSyscall(syscall.SYS_SHUTDOWN, uintptr(fd), how, 0)
	return errno
}

func sysClose(fd int) { _, _, _ = syscall.RawSyscall(syscall.SYS_CLOSE, uintptr(fd), 0, 0) }
