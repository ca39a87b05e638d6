package eventloop

import (
	"errors"
	"sync"
	"sync/atomic"
)

// table finds connections by their file descriptors, without a lock.
type table struct {
	mu    sync.Mutex
	parts [maxParts]atomic.Pointer[part]
}

const (
	partSize = 1 << 10
	maxParts = 1 << 10
)

type part [partSize]atomic.Pointer[Conn]

var errTooMany = errors.New("eventloop: too many connections are open")

// set puts c, or nothing, at fd.
func (t *table) set(fd int, c *Conn) error {
	if fd >= partSize*maxParts {
		return errTooMany
	}
	p := t.parts[fd/partSize].Load()
	if p == nil {
		p = t.grow(fd / partSize)
	}
	p[fd%partSize].Store(c)
	return nil
}

func (t *table) grow(i int) *part {
	t.mu.Lock()
	defer t.mu.Unlock()
	if p := t.parts[i].Load(); p != nil {
		return p
	}
	p := &part{}
	t.parts[i].Store(p)
	return p
}

// get returns the connection at fd; nil if there is none.
func (t *table) get(fd int) *Conn {
	if p := t.parts[fd/partSize].Load(); p != nil {
		return p[fd%partSize].Load()
	}
	return nil
}
