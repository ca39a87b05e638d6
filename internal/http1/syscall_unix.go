//go:build unix && !linux

package http1

import "syscall"

func sysRead(fd uintptr, p []byte, _ bool) (int, syscall.Errno) {
	n, err := syscall.Read(int(fd), p)
	errno, _ := err.(syscall.Errno)
	return n, errno
}

func sysWrite(fd uintptr, p []byte, _ bool) (int, syscall.Errno) {
	n, err := syscall.Write(int(fd), p)
	errno, _ := err.(syscall.Errno)
	return n, errno
}

// sysPeek returns EAGAIN while nothing has arrived and the connection is open.
func sysPeek(fd uintptr) syscall.Errno {
	var one [1]byte
	_, _, err := syscall.Recvfrom(int(fd), one[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
	errno, _ := err.(syscall.Errno)
	return errno
}
