package storetest

import (
	"context"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/store"
)

// watch follows a store from a revision until the test ends.
func watch(t *testing.T, s store.Store, revision int64) <-chan []store.Change {
	t.Helper()
	changes, err := s.Watch(t.Context(), revision)
	if err != nil {
		t.Fatalf("watch: %v", err)
	}
	return changes
}

// take reads n changes off a feed.
func take(t *testing.T, feed <-chan []store.Change, n int) (changes []store.Change) {
	t.Helper()
	for len(changes) < n {
		batch, ok := <-feed
		if !ok {
			t.Fatalf("the feed closed after %d changes", len(changes))
		}
		changes = append(changes, batch...)
	}
	return changes
}

var feedTests = map[string]func(*testing.T, store.Store){
	"Watch returns the changes committed after revision, in order": func(t *testing.T, s store.Store) {
		put(t, s, "pet", "1", "2")
		put(t, s, "pet", "3")
		update(t, s, func(tx store.Tx) error { return tx.Delete(key("pet", "1")) })
		all := []store.Change{
			{Key: key("pet", "1"), Revision: 1},
			{Key: key("pet", "2"), Revision: 1},
			{Key: key("pet", "3"), Revision: 2},
			{Key: key("pet", "1"), Revision: 3, Deleted: true},
		}
		for after, from := range map[int64]int{0: 0, 1: 2, 2: 3} {
			if diff := cmp.Diff(all[from:], take(t, watch(t, s, after), len(all)-from)); diff != "" {
				t.Errorf("after revision %d (-want +got):\n%s", after, diff)
			}
		}
	},
	"and as they happen": func(t *testing.T, s store.Store) {
		put(t, s, "pet", "0")
		feed := watch(t, s, revision(t, s))
		for i := range 20 {
			id := strconv.Itoa(i)
			put(t, s, "pet", id)
			want := []store.Change{{Key: key("pet", id), Revision: revision(t, s)}}
			if diff := cmp.Diff(want, take(t, feed, 1)); diff != "" {
				t.Fatalf("(-want +got):\n%s", diff)
			}
		}
	},
	"what a change tells of can be read": func(t *testing.T, s store.Store) {
		feed := watch(t, s, 0)
		go func() {
			for i := range 50 {
				_ = s.Update(t.Context(), func(tx store.Tx) error { return tx.Put(key("pet", strconv.Itoa(i)), nil) })
			}
		}()
		for range 50 {
			c := take(t, feed, 1)
			for _, c := range c {
				d, err := get(t, s, c.Key)
				if err != nil || d.Revision != c.Revision {
					t.Fatalf("change %v: document at revision %d, %v", c, d.Revision, err)
				}
				if c.Revision == 50 {
					return
				}
			}
		}
	},
	"a transaction's changes to one document are one change": func(t *testing.T, s store.Store) {
		put(t, s, "pet", "1")
		update(t, s, func(tx store.Tx) error {
			for _, write := range []error{
				tx.Put(key("pet", "2"), nil), tx.Delete(key("pet", "1")), tx.Put(key("pet", "2"), []byte("again")),
				tx.Put(key("pet", "1"), nil), tx.Put(key("pet", "3"), nil), tx.Delete(key("pet", "1")),
			} {
				if write != nil {
					return write
				}
			}
			return nil
		})
		put(t, s, "pet", "4")
		want := []store.Change{
			{Key: key("pet", "2"), Revision: 2},
			{Key: key("pet", "1"), Revision: 2, Deleted: true},
			{Key: key("pet", "3"), Revision: 2},
			{Key: key("pet", "4"), Revision: 3},
		}
		if diff := cmp.Diff(want, take(t, watch(t, s, 1), 4)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	},
	"what failed is not in the feed": func(t *testing.T, s store.Store) {
		feed := watch(t, s, 0)
		_ = s.Update(t.Context(), writeThen(func() error { return errOnPurpose }))
		put(t, s, "pet", "1")
		want := []store.Change{{Key: key("pet", "1"), Revision: 1}}
		if diff := cmp.Diff(want, take(t, feed, 1)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	},
	"every watcher sees every change of many writers once": func(t *testing.T, s store.Store) {
		const watchers, writers, each = 4, 4, 40
		feeds := make([]<-chan []store.Change, watchers)
		for i := range feeds {
			feeds[i] = watch(t, s, 0)
		}
		go crowd(writers, func(worker int) {
			for i := range each {
				id := strconv.Itoa(worker*each + i)
				_ = s.Update(t.Context(), func(tx store.Tx) error { return tx.Put(key("pet", id), nil) })
			}
		})
		crowd(watchers, func(watcher int) {
			last := int64(0)
			for last < writers*each {
				batch, ok := <-feeds[watcher]
				if !ok {
					t.Errorf("watcher %d was dropped at revision %d", watcher, last)
					return
				}
				for _, c := range batch {
					if c.Revision != last+1 {
						t.Errorf("watcher %d: revision %d after %d", watcher, c.Revision, last)
					}
					last = c.Revision
				}
			}
		})
	},
	"the channel is closed when the context ends": func(t *testing.T, s store.Store) {
		ctx, cancel := context.WithCancel(t.Context())
		feed, err := s.Watch(ctx, 0)
		if err != nil {
			t.Fatal(err)
		}
		cancel()
		for range feed {
			t.Error("a change came out of an empty store")
		}
	},
	"a watcher that fell behind finds its channel closed, and nothing missing before": func(t *testing.T, s store.Store) {
		feed := watch(t, s, 0)
		const round, rounds = 1000, 40 // more than any history holds
		for range rounds {
			update(t, s, func(tx store.Tx) error {
				for j := range round {
					if err := tx.Put(key("pet", strconv.Itoa(j)), nil); err != nil {
						return err
					}
				}
				return nil
			})
		}
		want := int64(1)
		for batch := range feed {
			for i, c := range batch {
				if c.Revision != want {
					t.Fatalf("revision %d came where %d was due", c.Revision, want)
				}
				if (i+1)%round == 0 {
					want++
				}
			}
			if want > rounds {
				t.Fatal("nothing was forgotten: the history has no bound")
			}
		}
		now := revision(t, s)
		again := watch(t, s, now)
		put(t, s, "pet", "new")
		if got := take(t, again, 1); got[0].Revision != now+1 {
			t.Errorf("after watching again: %v", got)
		}
	},
}
