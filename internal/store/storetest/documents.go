package storetest

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/store"
)

var documentTests = map[string]func(*testing.T, store.Store){
	"Get returns ErrNotFound when there is no such document": func(t *testing.T, s store.Store) {
		put(t, s, "pet", "7")
		for _, k := range []store.Key{
			key("pet", "8"), key("pets", "7"),
			{Kind: "pet", ID: "7"},
			{Scope: store.Scope{Account: home.Account, Region: "eu-west-1"}, Kind: "pet", ID: "7"},
		} {
			if _, err := get(t, s, k); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("get %v: got %v, want ErrNotFound", k, err)
			}
		}
	},
	"what goes out is the same bytes, with the key and the revision": func(t *testing.T, s store.Store) {
		bodies := map[string][]byte{
			"empty": {}, "text": []byte(`{"name":"René"}`), "bytes": {0, 1, 0xff, 0xfe, 0},
			"large": bytes.Repeat([]byte("0123456789abcdef"), 5<<16),
		}
		for id, want := range bodies {
			update(t, s, func(tx store.Tx) error { return tx.Put(key("pet", id), bytes.Clone(want)) })
			got, err := get(t, s, key("pet", id))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Body, want) {
				t.Errorf("%s: the body came back changed", id)
			}
			got.Body = nil
			if diff := cmp.Diff(store.Document{Key: key("pet", id), Revision: revision(t, s)}, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", id, diff)
			}
		}
	},
	"a document without a body is an empty one": func(t *testing.T, s store.Store) {
		update(t, s, func(tx store.Tx) error { return tx.Put(key("pet", "7"), nil) })
		if got := body(t, s, key("pet", "7")); got != "" {
			t.Errorf("got %q", got)
		}
	},
	"an ID may hold any bytes": func(t *testing.T, s store.Store) {
		ids := []string{"a/b/c", "ä", "a\x00b", "a\x00", "\xff\xfe", "%", "_", "'; DROP TABLE documents; --", "🐈", " "}
		put(t, s, "pet", ids...)
		for _, id := range ids {
			if got := body(t, s, key("pet", id)); got != id {
				t.Errorf("%q came back as %q", id, got)
			}
		}
	},
	"Put writes a document, new or not": func(t *testing.T, s store.Store) {
		put(t, s, "pet", "7", "8")
		update(t, s, func(tx store.Tx) error { return tx.Put(key("pet", "7"), []byte("again")) })
		if got := body(t, s, key("pet", "7")); got != "again" {
			t.Errorf("got %q, want what was written last", got)
		}
		if got := body(t, s, key("pet", "8")); got != "8" {
			t.Errorf("the other document became %q", got)
		}
	},
	"Delete removes a document": func(t *testing.T, s store.Store) {
		put(t, s, "pet", "7", "8")
		update(t, s, func(tx store.Tx) error { return tx.Delete(key("pet", "7")) })
		if _, err := get(t, s, key("pet", "7")); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("get: %v, want ErrNotFound", err)
		}
		if got := body(t, s, key("pet", "8")); got != "8" {
			t.Errorf("the other document became %q", got)
		}
	},
	"Delete of one that is not there removes nothing": func(t *testing.T, s store.Store) {
		put(t, s, "pet", "7")
		before := revision(t, s)
		update(t, s, func(tx store.Tx) error { return tx.Delete(key("pet", "8")) })
		if after := revision(t, s); after != before {
			t.Errorf("the revision went from %d to %d", before, after)
		}
	},
	"a document's revision is that of the transaction that wrote it last": func(t *testing.T, s store.Store) {
		put(t, s, "pet", "7", "8")
		first := revision(t, s)
		put(t, s, "pet", "8", "9")
		second := revision(t, s)
		if second <= first {
			t.Fatalf("the revision went from %d to %d; it must grow", first, second)
		}
		for id, want := range map[string]int64{"7": first, "8": second, "9": second} {
			if d, err := get(t, s, key("pet", id)); err != nil || d.Revision != want {
				t.Errorf("document %s: revision %d (%v), want %d", id, d.Revision, err, want)
			}
		}
	},
}
