package sqlite

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"postern/internal/store"
)

func openHere(t *testing.T) *Store {
	t.Helper()
	s, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestCommitsForceTheLogToDisk(t *testing.T) {
	s := openHere(t)
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "fullfsync": "1"} {
		var got string
		if err := s.writer.session.conn.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %s (%v), want %s", pragma, got, err, want)
		}
	}
}

func TestAnUpdateOfABatchFailsAlone(t *testing.T) {
	s := openHere(t)
	inside, queued := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() { // holds the writer until the others wait for their turn: they are one batch with it
		if err := s.Update(t.Context(), func(tx store.Tx) error {
			close(inside)
			<-queued
			return tx.Put(store.Key{Kind: "pet", ID: "first"}, nil)
		}); err != nil {
			t.Error(err)
		}
	})
	<-inside
	for i := range 6 {
		wg.Go(func() {
			err := s.Update(t.Context(), func(tx store.Tx) error {
				if err := tx.Put(store.Key{Kind: "pet", ID: fmt.Sprint(i)}, nil); err != nil {
					return err
				}
				if i%2 == 1 {
					return context.Canceled // any error
				}
				return nil
			})
			if (i%2 == 1) != (err != nil) {
				t.Errorf("update %d: %v", i, err)
			}
		})
	}
	close(queued)
	wg.Wait()
	var ids []string
	if err := s.View(t.Context(), func(tx store.Tx) error {
		return tx.ScanAll("pet", func(d store.Document) bool { ids = append(ids, d.Key.ID); return true })
	}); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(ids, " "); got != "0 2 4 first" {
		t.Errorf("documents: %s", got)
	}
}

// A full disk fails the batch, whole, and the store goes on when there is room again.
func TestAFullDisk(t *testing.T) {
	s := openHere(t)
	large := func(id string) error {
		return s.Update(t.Context(), func(tx store.Tx) error {
			if err := tx.Put(store.Key{Kind: "pet", ID: id}, nil); err != nil {
				return err
			}
			_ = tx.Put(store.Key{Kind: "pet", ID: id + " large"}, make([]byte, 4<<20)) // must not be kept without it
			return nil
		})
	}
	limit := func(pages int) {
		if err := s.writer.session.exec(fmt.Sprintf("PRAGMA max_page_count = %d", pages)); err != nil {
			t.Fatal(err)
		}
	}
	limit(100)
	if err := large("1"); err == nil || !strings.Contains(err.Error(), "full") {
		t.Fatalf("got %v, want that the disk is full", err)
	}
	limit(1 << 30)
	if err := large("2"); err != nil {
		t.Fatal(err)
	}
	if r, err := s.Revision(t.Context()); err != nil || r != 1 {
		t.Errorf("revision %d, %v; want 1", r, err)
	}
	var ids []string
	if err := s.View(t.Context(), func(tx store.Tx) error {
		return tx.ScanAll("pet", func(d store.Document) bool { ids = append(ids, d.Key.ID); return true })
	}); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(ids, ", "); got != "2, 2 large" {
		t.Errorf("documents: %s", got)
	}
}
