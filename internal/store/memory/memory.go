// Package memory is a store that lives and dies with its process: for tests, for `postern dev` and for `--data :memory:`.
//
// What comes in and goes out is what package store says, durability aside. Readers read a tree that is never changed, so
// they wait for nobody; writers run one after another. It never touches a disk.
package memory

import (
	"context"
	"sync/atomic"

	"postern/internal/store"
	"postern/internal/store/feed"
	"postern/internal/store/gate"
)

// history is how many changes a watcher may lag behind.
const history = 8192

// Store is a store.Store in memory.
type Store struct {
	gate  gate.Gate
	feed  *feed.Feed
	state atomic.Pointer[state]
	turn  chan struct{} // holds one token: who has it may write
}

// state is what a committed transaction leaves behind.
type state struct {
	root     *node
	revision int64
}

// New makes an empty store.
func New() *Store {
	s := &Store{feed: feed.New(history, 0, nil), turn: make(chan struct{}, 1)}
	s.state.Store(&state{})
	s.turn <- struct{}{}
	return s
}

// View runs fn on the latest committed state.
func (s *Store) View(ctx context.Context, fn func(store.Tx) error) error {
	leave, err := s.gate.Enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	t := &tx{ctx: ctx, root: s.state.Load().root}
	defer func() { t.done = true }()
	return fn(t)
}

// Update runs fn, alone among writers, and publishes what it wrote.
func (s *Store) Update(ctx context.Context, fn func(store.Tx) error) error {
	leave, err := s.gate.Enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	select {
	case <-s.turn:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { s.turn <- struct{}{} }()

	before := s.state.Load()
	t := &tx{ctx: ctx, root: before.root, revision: before.revision + 1}
	defer func() { t.done = true }()
	if err := fn(t); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(t.changes) > 0 {
		s.state.Store(&state{root: t.root, revision: t.revision})
		s.feed.Publish(t.changes)
	}
	return nil
}

// Watch follows the changes after revision.
func (s *Store) Watch(ctx context.Context, revision int64) (<-chan []store.Change, error) {
	return s.feed.Watch(ctx, revision)
}

// Revision is the revision of the latest committed transaction.
func (s *Store) Revision(ctx context.Context) (int64, error) {
	leave, err := s.gate.Enter(ctx)
	if err != nil {
		return 0, err
	}
	defer leave()
	return s.state.Load().revision, nil
}

// Close waits for running transactions and ends every watch. It may be called again.
func (s *Store) Close() error {
	s.gate.Shut()
	s.feed.Close()
	return nil
}
