package feed

import (
	"context"
	"errors"
	"time"

	"postern/internal/store"
)

// retryDelay is how long Follow waits after the feed was lost.
const retryDelay = time.Second

// Follow keeps what was read from a store up to date with its changes, also with those of other nodes, until ctx ends.
//
// apply is called first without changes, to read what is stored at a revision, and then with each batch of changes in
// turn, up to their revision. When the feed or the store is away, or apply fails, lost is told why, what was read stays as
// it is, and Follow begins anew after a second.
func Follow(ctx context.Context, s store.Store, apply func(ctx context.Context, revision int64, changes []store.Change) error, lost func(error)) {
	for ctx.Err() == nil {
		err := follow(ctx, s, apply)
		if ctx.Err() != nil {
			return
		}
		lost(err)
		select {
		case <-time.After(retryDelay):
		case <-ctx.Done():
		}
	}
}

func follow(ctx context.Context, s store.Store, apply func(context.Context, int64, []store.Change) error) error {
	revision, err := s.Revision(ctx)
	if err != nil {
		return err
	}
	ctx, leave := context.WithCancel(ctx) // a watch that nobody reads any more ends
	defer leave()
	changes, err := s.Watch(ctx, revision)
	if err != nil {
		return err
	}
	if err := apply(ctx, revision, nil); err != nil {
		return err
	}
	for batch := range changes {
		if err := apply(ctx, batch[len(batch)-1].Revision, batch); err != nil {
			return err
		}
	}
	return errors.New("the feed ended")
}
