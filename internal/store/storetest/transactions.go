package storetest

import (
	"errors"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/store"
)

var transactionTests = map[string]func(*testing.T, store.Store){
	"a transaction sees its own writes": func(t *testing.T, s store.Store) {
		put(t, s, "pet", "1", "2")
		update(t, s, func(tx store.Tx) error {
			if err := tx.Put(key("pet", "3"), []byte("three")); err != nil {
				return err
			}
			if err := tx.Delete(key("pet", "1")); err != nil {
				return err
			}
			if d, err := tx.Get(key("pet", "3")); err != nil || string(d.Body) != "three" {
				t.Errorf("its own document: %q, %v", d.Body, err)
			}
			if _, err := tx.Get(key("pet", "1")); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("what it deleted: %v", err)
			}
			var ids []string
			if err := tx.Scan(home, "pet", "", "", func(d store.Document) bool {
				ids = append(ids, d.Key.ID)
				return true
			}); err != nil {
				return err
			}
			if diff := cmp.Diff([]string{"2", "3"}, ids); diff != "" {
				t.Errorf("scan (-want +got):\n%s", diff)
			}
			return nil
		})
	},
	"a transaction sees one consistent state": func(t *testing.T, s store.Store) {
		put(t, s, "pet", "1")
		view(t, s, func(tx store.Tx) error {
			if _, err := tx.Get(key("pet", "1")); err != nil {
				return err
			}
			update(t, s, func(tx store.Tx) error {
				if err := tx.Delete(key("pet", "1")); err != nil {
					return err
				}
				return tx.Put(key("pet", "2"), nil)
			})
			if _, err := tx.Get(key("pet", "1")); err != nil {
				t.Errorf("a document that was there when the view began: %v", err)
			}
			if _, err := tx.Get(key("pet", "2")); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("a document written after the view began: %v", err)
			}
			return nil
		})
	},
	"a view after an update sees it": func(t *testing.T, s store.Store) {
		for _, id := range []string{"1", "2", "3"} {
			put(t, s, "pet", id)
			if got := body(t, s, key("pet", id)); got != id {
				t.Errorf("got %q", got)
			}
		}
	},
	"a view does not wait for a writer, and does not see what is not committed": func(t *testing.T, s store.Store) {
		update(t, s, func(tx store.Tx) error {
			if err := tx.Put(key("pet", "1"), nil); err != nil {
				return err
			}
			if _, err := get(t, s, key("pet", "1")); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("got %v, want ErrNotFound", err)
			}
			return nil
		})
	},
	"a view cannot write": func(t *testing.T, s store.Store) {
		put(t, s, "pet", "1")
		view(t, s, func(tx store.Tx) error {
			if err := tx.Put(key("pet", "2"), nil); !errors.Is(err, store.ErrReadOnly) {
				t.Errorf("put: %v, want ErrReadOnly", err)
			}
			if err := tx.Delete(key("pet", "1")); !errors.Is(err, store.ErrReadOnly) {
				t.Errorf("delete: %v, want ErrReadOnly", err)
			}
			return nil
		})
		if diff := cmp.Diff([]string{"1"}, scan(t, s, "pet", "", "")); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	},
	"a view returns what its function returns": func(t *testing.T, s store.Store) {
		if err := s.View(t.Context(), func(store.Tx) error { return errOnPurpose }); !errors.Is(err, errOnPurpose) {
			t.Errorf("got %v", err)
		}
	},
	"an update changes nothing when its function fails": func(t *testing.T, s store.Store) {
		put(t, s, "pet", "1")
		before := revision(t, s)
		err := s.Update(t.Context(), writeThen(func() error { return errOnPurpose }))
		if !errors.Is(err, errOnPurpose) {
			t.Errorf("got %v, want what the function returned", err)
		}
		unchanged(t, s, before)
	},
	"nor when it panics, which the caller sees": func(t *testing.T, s store.Store) {
		put(t, s, "pet", "1")
		before := revision(t, s)
		func() {
			defer func() {
				if recover() != any(errOnPurpose) {
					t.Error("the panic did not reach the caller")
				}
			}()
			_ = s.Update(t.Context(), writeThen(func() error { panic(errOnPurpose) }))
		}()
		unchanged(t, s, before)
	},
	"nor when its goroutine ends, as t.FailNow ends it": func(t *testing.T, s store.Store) {
		put(t, s, "pet", "1")
		before := revision(t, s)
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_ = s.Update(t.Context(), writeThen(func() error { runtime.Goexit(); return nil }))
		}()
		<-ended
		unchanged(t, s, before)
	},
	"a view that panics lets the store go on": func(t *testing.T, s store.Store) {
		put(t, s, "pet", "1")
		for range 50 { // more than a pool of readers holds
			func() {
				defer func() { _ = recover() }()
				_ = s.View(t.Context(), func(store.Tx) error { panic(errOnPurpose) })
			}()
		}
		unchanged(t, s, revision(t, s))
	},
	"an update that writes nothing has no revision": func(t *testing.T, s store.Store) {
		put(t, s, "pet", "1")
		before := revision(t, s)
		update(t, s, func(store.Tx) error { return nil })
		if after := revision(t, s); after != before {
			t.Errorf("the revision went from %d to %d", before, after)
		}
	},
	"a transaction's methods fail after its function has returned": func(t *testing.T, s store.Store) {
		put(t, s, "pet", "1")
		var kept []store.Tx
		view(t, s, func(tx store.Tx) error { kept = append(kept, tx); return nil })
		update(t, s, func(tx store.Tx) error { kept = append(kept, tx); return nil })
		for _, tx := range kept {
			_, err := tx.Get(key("pet", "1"))
			errs := map[string]error{
				"get": err, "put": tx.Put(key("pet", "2"), nil), "delete": tx.Delete(key("pet", "1")),
				"scan":     tx.Scan(home, "pet", "", "", func(store.Document) bool { return true }),
				"scan all": tx.ScanAll("pet", func(store.Document) bool { return true }),
			}
			for name, err := range errs {
				if !errors.Is(err, store.ErrTxDone) {
					t.Errorf("%s: %v, want ErrTxDone", name, err)
				}
			}
		}
		unchanged(t, s, revision(t, s))
	},
}

// writeThen is a transaction that changes everything it can and then ends as told.
func writeThen(end func() error) func(store.Tx) error {
	return func(tx store.Tx) error {
		if err := tx.Put(key("pet", "2"), nil); err != nil {
			return err
		}
		if err := tx.Delete(key("pet", "1")); err != nil {
			return err
		}
		return end()
	}
}

// unchanged checks that the store holds pet 1 alone, at a revision, and still takes writes.
func unchanged(t *testing.T, s store.Store, want int64) {
	t.Helper()
	if diff := cmp.Diff([]string{"1"}, scan(t, s, "pet", "", "")); diff != "" {
		t.Errorf("documents (-want +got):\n%s", diff)
	}
	if got := revision(t, s); got != want {
		t.Errorf("revision %d, want %d", got, want)
	}
	put(t, s, "pet", "9")
}
