// Package progress lets callers wait until a change feed was processed up to a revision.
//
// What comes in: revisions that were reached. What goes out: whoever waits for one of them. It never reads a feed.
package progress

import (
	"context"
	"sync"
)

// Mark is how far a feed was processed. The zero value stands at revision 0. Its methods may be called from any goroutine.
type Mark struct {
	mu       sync.Mutex
	revision int64
	// moved is closed when revision grows; nil while nobody waits.
	moved chan struct{}
}

// Reach moves the mark to a revision. A revision that is behind it moves nothing.
func (m *Mark) Reach(revision int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.revision = max(m.revision, revision)
	if m.moved != nil {
		close(m.moved)
		m.moved = nil
	}
}

// Wait returns once the mark has reached a revision. The error is ctx's.
func (m *Mark) Wait(ctx context.Context, revision int64) error {
	for {
		moved := m.until(revision)
		if moved == nil {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// until returns what is closed when the mark moves; nil when it has reached the revision.
func (m *Mark) until(revision int64) <-chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.revision >= revision {
		return nil
	}
	if m.moved == nil {
		m.moved = make(chan struct{})
	}
	return m.moved
}
