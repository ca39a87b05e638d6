package feed_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"postern/internal/store"
	"postern/internal/store/feed"
	"postern/internal/store/memory"
)

// A follower reads what is there, hears of each change, and begins anew a second after it was lost. A watch that it left
// behind ends.
func TestFollow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memory.New()
		defer s.Close()
		write := func(id string) {
			if err := s.Update(t.Context(), func(tx store.Tx) error {
				return tx.Put(store.Key{Kind: "pet", ID: id}, []byte("{}"))
			}); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		write("a")
		var mu sync.Mutex // heard is read between changes, and a timer of the follower's is no order that the race detector knows
		var heard []string
		var why []error
		broken := errors.New("cannot")
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			feed.Follow(ctx, s, func(_ context.Context, revision int64, changes []store.Change) error {
				if at, err := s.Revision(ctx); err != nil || revision != at {
					t.Errorf("told of revision %d at %d: %v", revision, at, err)
				}
				mu.Lock()
				defer mu.Unlock()
				if changes == nil {
					heard = append(heard, "all")
				}
				for _, c := range changes {
					heard = append(heard, c.Key.ID)
					if c.Key.ID == "c" {
						return broken
					}
				}
				return nil
			}, func(err error) { why = append(why, err) })
		}()
		hears := func(want ...string) {
			t.Helper()
			mu.Lock()
			defer mu.Unlock()
			if !slices.Equal(heard, want) {
				t.Errorf("heard %v, want %v", heard, want)
			}
		}
		synctest.Wait()
		write("b")
		write("c") // apply fails
		write("d")
		hears("all", "b", "c")
		time.Sleep(time.Second)
		synctest.Wait()
		write("e")
		hears("all", "b", "c", "all", "e")
		if len(why) != 1 || !errors.Is(why[0], broken) {
			t.Errorf("lost by %v", why)
		}
		stop()
		<-done
	})
}
