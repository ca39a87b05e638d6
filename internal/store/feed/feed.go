// Package feed is the change feed of a store that lives in one process: what was committed comes in, watchers read it.
// Follow reads the feed of any store.
//
// What comes in: the changes of each committed transaction, in the order of their revisions. What goes out: to each
// watcher, every change after the revision it asked for. It keeps a bounded history and no queue per watcher: a watcher
// reads the history at its own pace, and one that is overtaken by its end is told so by a closed channel. It never
// blocks the writer.
package feed

import (
	"context"
	"slices"
	"sort"
	"sync"

	"postern/internal/store"
)

// Feed is the history of a store and those who watch it. Its methods may be called from any goroutine.
type Feed struct {
	limit    int
	watchers sync.WaitGroup
	ended    chan struct{} // closed by Close

	mu      sync.Mutex
	closed  bool
	latest  int64          // revision of the newest transaction
	dropped int64          // revision of the newest transaction whose changes are no longer held
	history []store.Change // ascending by revision; what was handed out is never written again
	wake    chan struct{}  // closed when there is something new, then replaced
}

// New makes a feed that holds about limit changes: at least that many, at most twice as many, and in any case the whole
// newest transaction. A store that was there before hands over the changes that it still knows, and the revision up to
// which it does not.
func New(limit int, dropped int64, history []store.Change) *Feed {
	latest := dropped
	if len(history) > 0 {
		latest = history[len(history)-1].Revision
	}
	return &Feed{
		limit:   limit,
		ended:   make(chan struct{}),
		latest:  latest,
		dropped: dropped,
		history: history,
		wake:    make(chan struct{}),
	}
}

// Revision is the revision of the newest transaction published.
func (f *Feed) Revision() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.latest
}

// Publish adds the changes of committed transactions. Their revisions ascend and are greater than those before.
func (f *Feed) Publish(changes []store.Change) {
	if len(changes) == 0 {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.history = append(f.history, changes...)
	f.latest = changes[len(changes)-1].Revision
	if len(f.history) > 2*f.limit {
		f.trim()
	}
	close(f.wake)
	f.wake = make(chan struct{})
}

// trim forgets the oldest transactions, whole ones only, so that limit changes or little more are left.
func (f *Feed) trim() {
	f.dropped = f.history[len(f.history)-f.limit].Revision - 1
	f.history = slices.Clone(f.history[f.after(f.dropped):])
}

// after is the index of the first change whose revision is greater.
func (f *Feed) after(revision int64) int {
	return sort.Search(len(f.history), func(i int) bool { return f.history[i].Revision > revision })
}

// Watch is the Watch of store.Store.
func (f *Feed) Watch(ctx context.Context, revision int64) (<-chan []store.Change, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil, store.ErrClosed
	}
	out := make(chan []store.Change)
	f.watchers.Go(func() {
		defer close(out)
		f.follow(ctx, revision, out)
	})
	return out, nil
}

// follow sends what is committed after revision until ctx or the feed ends, or the history has moved past it.
func (f *Feed) follow(ctx context.Context, revision int64, out chan<- []store.Change) {
	for {
		changes, wake, ok := f.since(revision)
		if !ok {
			return
		}
		if len(changes) == 0 {
			select {
			case <-wake:
			case <-ctx.Done():
				return
			case <-f.ended:
				return
			}
			continue
		}
		select {
		case out <- changes:
			revision = changes[len(changes)-1].Revision
		case <-ctx.Done():
			return
		case <-f.ended:
			return
		}
	}
}

// since copies the changes after revision; when there are none, wake tells when to ask again. It is not ok when some of
// them are no longer held.
func (f *Feed) since(revision int64) (changes []store.Change, wake <-chan struct{}, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if revision < f.dropped {
		return nil, nil, false
	}
	return slices.Clone(f.history[f.after(revision):]), f.wake, true
}

// Close ends every watch and waits for it.
func (f *Feed) Close() {
	f.mu.Lock()
	if !f.closed {
		f.closed = true
		close(f.ended)
	}
	f.mu.Unlock()
	f.watchers.Wait()
}
