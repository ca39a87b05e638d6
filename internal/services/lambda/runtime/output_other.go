//go:build !unix

package runtime

import "os"

func descriptor(*os.File) int { return -1 }

// pull waits until there is something to read and takes it; false at the pipe's end.
func (o *output) pull() bool {
	b := make([]byte, 4<<10)
	n, err := o.read.Read(b)
	o.mu.Lock()
	defer o.mu.Unlock()
	if n > 0 && !o.closed {
		o.consume(b[:n])
		o.flush()
	}
	return err == nil && !o.closed
}

// drain does nothing: here, lines that arrive after the answer are written when they come.
func (o *output) drain() {}
