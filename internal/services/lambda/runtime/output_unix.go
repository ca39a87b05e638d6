//go:build unix

package runtime

import (
	"errors"
	"os"
	"syscall"
)

// descriptor is the number of f, which f goes on owning; -1 when it has none.
func descriptor(f *os.File) int {
	raw, err := f.SyscallConn()
	if err != nil {
		return -1
	}
	number := -1
	if raw.Control(func(fd uintptr) { number = int(fd) }) != nil {
		return -1
	}
	return number
}

// pull waits until there is something to read and takes it; false at the pipe's end.
func (o *output) pull() bool {
	raw, err := o.read.SyscallConn()
	if err != nil {
		return false
	}
	more := false
	err = raw.Read(func(fd uintptr) bool {
		o.mu.Lock()
		defer o.mu.Unlock()
		if o.closed {
			return true
		}
		n, err := o.readPipe(int(fd))
		switch {
		case n > 0:
			o.flush()
			more = true
			return true
		case errors.Is(err, syscall.EAGAIN):
			return false
		}
		return true
	})
	return err == nil && more
}

// drain takes everything that is in the pipe now, and no more than a pipe holds: a process that goes on writing does
// not hold up the end of its invocation. The caller holds mu.
func (o *output) drain() {
	if o.raw < 0 {
		return
	}
	for total := 0; total < maxDrain; {
		n, err := o.readPipe(o.raw)
		if n <= 0 || err != nil {
			return
		}
		total += n
	}
}

// maxDrain is the size of a pipe on Linux, in bytes; elsewhere pipes are smaller.
const maxDrain = 64 << 10

// readPipe reads once. A full buffer is made larger, so that a flood costs fewer calls.
func (o *output) readPipe(fd int) (int, error) {
	for {
		n, err := syscall.Read(fd, o.buf)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if n > 0 {
			o.consume(o.buf[:n])
			if n == len(o.buf) && n < maxDrain {
				o.buf = make([]byte, 4*n)
			}
		}
		return n, err
	}
}
