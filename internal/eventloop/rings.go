package eventloop

import (
	"errors"
	"runtime"
	"sync"
	"syscall"
)

// rings are those of a loop that nobody uses at the moment: each is used by one poller at a time.
type rings struct {
	mu   sync.Mutex
	free []*ring
	// none says that there are no more: the kernel has refused one for good, or the loop has ended.
	none bool
}

// fill makes the first ring, while there are descriptors left for it.
func (s *rings) fill() {
	if r := s.take(); r != nil {
		s.put(r, true)
	}
}

// transmit sends for tasks by a ring, if there is one. What it did not try is not marked as tried.
func (s *rings) transmit(tasks []*Task) {
	if r := s.take(); r != nil {
		s.put(r, r.send(tasks))
	}
}

// take returns a ring; nil if there can be none.
func (s *rings) take() *ring {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.none {
		return nil
	}
	if last := len(s.free) - 1; last >= 0 {
		r := s.free[last]
		s.free = s.free[:last]
		return r
	}
	r, err := newRing()
	s.none = err != nil && !scarce(err)
	return r
}

// scarce reports that a ring was refused for want of descriptors or memory, which may pass.
func scarce(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) || errors.Is(err, syscall.ENOMEM)
}

// put gives a ring back. The first one that fails is the last.
func (s *rings) put(r *ring, works bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.none = s.none || !works
	if s.none || len(s.free) == runtime.GOMAXPROCS(0) {
		r.close()
		return
	}
	s.free = append(s.free, r)
}

// close ends the rings. Those that are in use end when they are given back.
func (s *rings) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.none = true
	for _, r := range s.free {
		r.close()
	}
	s.free = nil
}
