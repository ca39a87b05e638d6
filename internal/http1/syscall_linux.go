package http1

import (
	"syscall"
	"unsafe"
)

// The sockets never block, so that reads and writes need not tell the scheduler that a system call begins: measured, a
// proxied request costs less without.
//
// But a goroutine that has waited for its socket, woken, must tell it once: while all processors are idle, the runtime's
// monitor thread sleeps, and only a system call that the scheduler sees wakes it. Without that thread, a handler that
// computes for seconds is not preempted, and nobody looks for what arrives on other connections meanwhile, however many
// processors there are.

// sysRead is read(2).
func sysRead(fd uintptr, p []byte, woken bool) (int, syscall.Errno) {
	return transfer(syscall.SYS_READ, fd, p, woken)
}

// sysWrite is write(2).
func sysWrite(fd uintptr, p []byte, woken bool) (int, syscall.Errno) {
	return transfer(syscall.SYS_WRITE, fd, p, woken)
}

func transfer(call, fd uintptr, p []byte, woken bool) (int, syscall.Errno) {
	at, size := unsafe.Pointer(unsafe.SliceData(p)), uintptr(len(p))
	var n uintptr
	var errno syscall.Errno
	if woken {
		n, _, errno = syscall.Syscall(call, fd, uintptr(at), size)
	} else {
		n, _, errno = syscall.RawSyscall(call, fd, uintptr(at), size)
	}
	return int(n), errno
}

// sysPeek returns EAGAIN while nothing has arrived and the connection is open.
func sysPeek(fd uintptr) syscall.Errno {
	var one [1]byte
	_, _, errno := syscall.RawSyscall6(syscall.SYS_RECVFROM, fd, uintptr(unsafe.Pointer(&one)), 1,
		syscall.MSG_PEEK|syscall.MSG_DONTWAIT, 0, 0)
	return errno
}
