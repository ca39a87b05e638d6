package storetest

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"

	"postern/internal/store"
)

var contextTests = map[string]func(*testing.T, store.Store){
	"nothing starts under a context that has ended": func(t *testing.T, s store.Store) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		ran := func(store.Tx) error { t.Error("the function ran"); return nil }
		_, watch := s.Watch(ctx, 0)
		_, revision := s.Revision(ctx)
		for name, err := range map[string]error{
			"view": s.View(ctx, ran), "update": s.Update(ctx, ran), "watch": watch, "revision": revision,
		} {
			if !isContextError(err) {
				t.Errorf("%s: %v", name, err)
			}
		}
	},
	"a writer that waits for its turn stops waiting": func(t *testing.T, s store.Store) {
		update(t, s, func(store.Tx) error {
			ctx, cancel := context.WithCancel(t.Context())
			result := make(chan error)
			go func() {
				result <- s.Update(ctx, func(store.Tx) error { t.Error("the function ran"); return nil })
			}()
			cancel()
			if err := <-result; !isContextError(err) {
				t.Errorf("got %v", err)
			}
			return nil
		})
	},
	"an update whose context ends under way changes nothing": func(t *testing.T, s store.Store) {
		put(t, s, "pet", "1")
		before := revision(t, s)
		ctx, cancel := context.WithCancel(t.Context())
		if err := s.Update(ctx, writeThen(func() error { cancel(); return nil })); !isContextError(err) {
			t.Errorf("got %v", err)
		}
		unchanged(t, s, before)
	},
	"a transaction's methods fail once its context has ended": func(t *testing.T, s store.Store) {
		put(t, s, "pet", "1", "2")
		ctx, cancel := context.WithCancel(t.Context())
		err := s.View(ctx, func(tx store.Tx) error {
			met := 0
			err := tx.Scan(home, "pet", "", "", func(store.Document) bool { met++; cancel(); return true })
			if met != 1 {
				t.Errorf("the scan went on to %d documents", met)
			}
			if !isContextError(err) {
				t.Errorf("scan: %v", err)
			}
			_, err = tx.Get(key("pet", "1"))
			return err
		})
		if !isContextError(err) {
			t.Errorf("get: %v", err)
		}
	},
}

var closeTests = map[string]func(*testing.T, store.Store){
	"a closed store says so": func(t *testing.T, s store.Store) {
		put(t, s, "pet", "1")
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		_, watch := s.Watch(t.Context(), 0)
		_, revision := s.Revision(t.Context())
		none := func(store.Tx) error { t.Error("the function ran"); return nil }
		for name, err := range map[string]error{
			"view": s.View(t.Context(), none), "update": s.Update(t.Context(), none), "watch": watch, "revision": revision,
		} {
			if !errors.Is(err, store.ErrClosed) {
				t.Errorf("%s: %v, want ErrClosed", name, err)
			}
		}
		if err := s.Close(); err != nil {
			t.Errorf("closing again: %v", err)
		}
	},
	"Close waits for running transactions": func(t *testing.T, s store.Store) {
		put(t, s, "pet", "1")
		started, closed := make(chan struct{}), make(chan struct{})
		finish := make(chan struct{})
		results := make(chan error, 2)
		hold := func(tx store.Tx) error {
			started <- struct{}{}
			<-finish
			_, err := tx.Get(key("pet", "1"))
			return err
		}
		go func() { results <- s.View(t.Context(), hold) }()
		go func() { results <- s.Update(t.Context(), hold) }()
		<-started
		<-started
		go func() {
			if err := s.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
			close(closed)
		}()
		for { // until Close has begun
			if _, err := s.Revision(t.Context()); errors.Is(err, store.ErrClosed) {
				break
			}
			runtime.Gosched()
		}
		select {
		case <-closed:
			t.Error("Close returned while transactions were running")
		default:
		}
		close(finish)
		for range 2 {
			if err := <-results; err != nil {
				t.Errorf("a running transaction failed: %v", err)
			}
		}
		<-closed
	},
	"Close ends every watch": func(t *testing.T, s store.Store) {
		idle, full := watch(t, s, 0), watch(t, s, 0)
		put(t, s, "pet", "1")
		<-idle
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		for _, feed := range []<-chan []store.Change{idle, full} {
			for range feed { // ends
			}
		}
	},
	"Close leaves no goroutine behind": func(t *testing.T, s store.Store) {
		watch(t, s, 0)
		crowd(8, func(int) {
			if err := s.Update(t.Context(), func(tx store.Tx) error { return tx.Put(key("pet", "1"), nil) }); err != nil {
				t.Error(err)
			}
		})
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		for range 1000 { // a goroutine that has reported its end may not be gone yet
			if running() == "" {
				return
			}
			runtime.Gosched()
		}
		t.Errorf("still running:\n%s", running())
	},
}

// running is the stacks of the goroutines that stores started.
func running() string {
	stacks := make([]byte, 1<<20)
	var ours []string
	for stack := range strings.SplitSeq(string(stacks[:runtime.Stack(stacks, true)]), "\n\n") {
		_, creator, _ := strings.Cut(stack, "created by ")
		if strings.HasPrefix(creator, "postern/internal/store/") && !strings.HasPrefix(creator, "postern/internal/store/storetest") {
			ours = append(ours, stack)
		}
	}
	return strings.Join(ours, "\n\n")
}
