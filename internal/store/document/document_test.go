package document_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"postern/internal/store"
	"postern/internal/store/document"
	"postern/internal/store/memory"
)

type pet struct {
	Name string `json:"name"`
}

var berlin, dublin = store.Scope{Account: "1", Region: "eu-central-1"}, store.Scope{Account: "1", Region: "eu-west-1"}

// within runs fn in a transaction of a store with the pets "ada" and "bob" of one scope, and "cat" of another.
func within(t *testing.T, fn func(store.Tx) error) {
	t.Helper()
	s := memory.New()
	t.Cleanup(func() { s.Close() })
	err := s.Update(context.Background(), func(tx store.Tx) error {
		return errors.Join(
			document.Put(tx, store.Key{Scope: berlin, Kind: "pet", ID: "a/1"}, pet{"ada"}),
			document.Put(tx, store.Key{Scope: berlin, Kind: "pet", ID: "b/1"}, pet{"bob"}),
			document.Put(tx, store.Key{Scope: dublin, Kind: "pet", ID: "c/1"}, pet{"cat"}),
			fn(tx),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestGet(t *testing.T) {
	within(t, func(tx store.Tx) error {
		missing := errors.New("no such pet")
		if _, err := document.Find[pet](tx, store.Key{Scope: dublin, Kind: "pet", ID: "a/1"}, missing); !errors.Is(err, missing) {
			t.Errorf("a pet of another scope: %v", err)
		}
		if _, err := document.Get[pet](tx, store.Key{Kind: "pet"}); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("no pet: %v", err)
		}
		v, err := document.Find[pet](tx, store.Key{Scope: berlin, Kind: "pet", ID: "a/1"}, missing)
		if err == nil && v.Name != "ada" {
			t.Errorf("name %q", v.Name)
		}
		return err
	})
}

func TestLists(t *testing.T) {
	within(t, func(tx store.Tx) error {
		names := func(pets []*pet) (all []string) {
			for _, p := range pets {
				all = append(all, p.Name)
			}
			return all
		}
		one, err := document.List[pet](tx, berlin, "pet", "")
		if got := names(one); !slices.Equal(got, []string{"ada", "bob"}) {
			t.Errorf("of one scope: %q, %v", got, err)
		}
		some, err := document.List[pet](tx, berlin, "pet", "b/")
		if got := names(some); !slices.Equal(got, []string{"bob"}) {
			t.Errorf("of one prefix: %q, %v", got, err)
		}
		var all []string
		err = document.ScanAll(tx, "pet", func(key store.Key, v *pet) bool {
			all = append(all, key.Scope.Region+" "+v.Name)
			return len(all) < 3
		})
		if want := []string{"eu-central-1 ada", "eu-central-1 bob", "eu-west-1 cat"}; !slices.Equal(all, want) {
			t.Errorf("of all scopes: %q", all)
		}
		return err
	})
}

// What is no JSON of the type ends a scan, and the error names it.
func TestBrokenDocuments(t *testing.T) {
	within(t, func(tx store.Tx) error {
		if err := tx.Put(store.Key{Scope: berlin, Kind: "pet", ID: "a/2"}, []byte(`{"name":1}`)); err != nil {
			return err
		}
		read := 0
		scan := document.Scan(tx, berlin, "pet", "", "", func(string, *pet) bool { read++; return true })
		_, list := document.List[pet](tx, berlin, "pet", "")
		for _, err := range []error{scan, list} {
			if err == nil || !strings.HasPrefix(err.Error(), "read pet a/2: ") || read != 1 {
				t.Errorf("%d read: %v", read, err)
			}
		}
		if err := document.Put(tx, store.Key{Kind: "pet", ID: "f"}, func() {}); err == nil {
			t.Error("a function was written")
		}
		return nil
	})
}
