// Package storetest is the suite that every store passes: each sentence of package store's contract is a test.
//
// What comes in: a function that opens an empty store. What goes out: failures of the test it runs in. It knows no
// implementation, and tests nothing that the contract does not say.
package storetest

import (
	"context"
	"errors"
	"testing"

	"postern/internal/store"
)

// Run tests what open opens. Each test opens a store of its own, which must be empty, and closes it.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	groups := []struct {
		name  string
		tests map[string]func(*testing.T, store.Store)
	}{
		{"documents", documentTests},
		{"scans", scanTests},
		{"transactions", transactionTests},
		{"concurrency", concurrencyTests},
		{"feed", feedTests},
		{"context", contextTests},
		{"close", closeTests},
	}
	for _, g := range groups {
		t.Run(g.name, func(t *testing.T) {
			for sentence, test := range g.tests {
				t.Run(sentence, func(t *testing.T) {
					s := open(t)
					t.Cleanup(func() {
						if err := s.Close(); err != nil {
							t.Errorf("close: %v", err)
						}
					})
					test(t, s)
				})
			}
		})
	}
}

var home = store.Scope{Account: "000000000000", Region: "us-east-1"}

// key is a key in the home scope.
func key(kind, id string) store.Key { return store.Key{Scope: home, Kind: kind, ID: id} }

var errOnPurpose = errors.New("failed on purpose")

// put writes documents of the home scope, id after id, in one transaction; each body is its id.
func put(t *testing.T, s store.Store, kind string, ids ...string) {
	t.Helper()
	update(t, s, func(tx store.Tx) error {
		for _, id := range ids {
			if err := tx.Put(key(kind, id), []byte(id)); err != nil {
				return err
			}
		}
		return nil
	})
}

func update(t *testing.T, s store.Store, fn func(store.Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), fn); err != nil {
		t.Fatalf("update: %v", err)
	}
}

func view(t *testing.T, s store.Store, fn func(store.Tx) error) {
	t.Helper()
	if err := s.View(t.Context(), fn); err != nil {
		t.Fatalf("view: %v", err)
	}
}

// get reads one document in a view of its own.
func get(t *testing.T, s store.Store, k store.Key) (d store.Document, err error) {
	t.Helper()
	view(t, s, func(tx store.Tx) error {
		d, err = tx.Get(k)
		return nil
	})
	return d, err
}

// body is get for a document that must be there.
func body(t *testing.T, s store.Store, k store.Key) string {
	t.Helper()
	d, err := get(t, s, k)
	if err != nil {
		t.Fatalf("get %v: %v", k, err)
	}
	return string(d.Body)
}

func revision(t *testing.T, s store.Store) int64 {
	t.Helper()
	r, err := s.Revision(t.Context())
	if err != nil {
		t.Fatalf("revision: %v", err)
	}
	return r
}

func isContextError(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
