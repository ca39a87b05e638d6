// Package gate lets transactions into a store until it is closed.
//
// What comes in: the start of each transaction. What goes out: a refusal, once the gate is shut or the caller's context
// has ended. It runs nothing itself.
package gate

import (
	"context"
	"sync"

	"postern/internal/store"
)

// Gate is open as its zero value. Its methods may be called from any goroutine.
type Gate struct {
	mu     sync.Mutex
	shut   bool
	inside sync.WaitGroup
}

// Enter counts a transaction in, until leave is called. It returns store.ErrClosed once the gate is shut.
func (g *Gate) Enter(ctx context.Context) (leave func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.shut {
		return nil, store.ErrClosed
	}
	g.inside.Add(1)
	return g.inside.Done, nil
}

// Shut lets nobody in any more and waits until those inside have left. It tells whether it was the call that shut it.
func (g *Gate) Shut() (first bool) {
	g.mu.Lock()
	first = !g.shut
	g.shut = true
	g.mu.Unlock()
	g.inside.Wait()
	return first
}
