package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/store"
)

// scan collects the ids that a Scan of the home scope meets.
func scan(t *testing.T, s store.Store, kind, prefix, after string) (ids []string) {
	t.Helper()
	view(t, s, func(tx store.Tx) error {
		return tx.Scan(home, kind, prefix, after, func(d store.Document) bool {
			if string(d.Body) != d.Key.ID {
				t.Errorf("document %q has the body %q", d.Key.ID, d.Body)
			}
			ids = append(ids, d.Key.ID)
			return true
		})
	})
	return ids
}

var scanTests = map[string]func(*testing.T, store.Store){
	"Scan meets the ids that start with prefix and are greater than after, in byte order": func(t *testing.T, s store.Store) {
		put(t, s, "pet", "b/2", "a/1", "b/10", "b", "b/1", "c/1", "b0", "ä", "b/\xff", "b/\xff\xff", "b/\x00", "B/1")
		put(t, s, "pets", "b/3")
		put(t, s, "pe", "b/4")
		tests := []struct {
			prefix, after string
			want          []string
		}{
			{"", "", []string{"B/1", "a/1", "b", "b/\x00", "b/1", "b/10", "b/2", "b/\xff", "b/\xff\xff", "b0", "c/1", "ä"}},
			{"b/", "", []string{"b/\x00", "b/1", "b/10", "b/2", "b/\xff", "b/\xff\xff"}},
			{"b/", "b/1", []string{"b/10", "b/2", "b/\xff", "b/\xff\xff"}},
			{"b/", "b/100", []string{"b/2", "b/\xff", "b/\xff\xff"}},
			{"b/", "a", []string{"b/\x00", "b/1", "b/10", "b/2", "b/\xff", "b/\xff\xff"}},
			{"b/", "b0", nil},
			{"b/\xff", "", []string{"b/\xff", "b/\xff\xff"}},
			{"b/\xff", "b/\xff", []string{"b/\xff\xff"}},
			{"", "b0", []string{"c/1", "ä"}},
			{"", "zz", []string{"ä"}},
			{"x", "", nil},
		}
		for _, tt := range tests {
			if diff := cmp.Diff(tt.want, scan(t, s, "pet", tt.prefix, tt.after)); diff != "" {
				t.Errorf("prefix %q after %q (-want +got):\n%s", tt.prefix, tt.after, diff)
			}
		}
	},
	"Scan stays in its scope": func(t *testing.T, s store.Store) {
		update(t, s, func(tx store.Tx) error {
			for _, account := range []string{"1", "2", "3"} {
				for _, region := range []string{"a", "b", "c"} {
					k := store.Key{Scope: store.Scope{Account: account, Region: region}, Kind: "pet", ID: account + region}
					if err := tx.Put(k, nil); err != nil {
						return err
					}
				}
			}
			return nil
		})
		view(t, s, func(tx store.Tx) error {
			return tx.Scan(store.Scope{Account: "2", Region: "b"}, "pet", "", "", func(d store.Document) bool {
				if d.Key.ID != "2b" {
					t.Errorf("met %q", d.Key.ID)
				}
				return true
			})
		})
	},
	"Scan goes on until yield returns false": func(t *testing.T, s store.Store) {
		put(t, s, "pet", "1", "2", "3", "4")
		var met []string
		view(t, s, func(tx store.Tx) error {
			return tx.Scan(home, "pet", "", "", func(d store.Document) bool {
				met = append(met, d.Key.ID)
				return d.Key.ID != "2"
			})
		})
		if diff := cmp.Diff([]string{"1", "2"}, met); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	},
	"Scan meets each of many documents once": func(t *testing.T, s store.Store) {
		var want []string
		for i := range 3000 {
			want = append(want, fmt.Sprintf("%05d", i))
		}
		shuffled := slices.Clone(want)
		slices.SortFunc(shuffled, func(a, b string) int { return strings.Compare(a[3:]+a, b[3:]+b) })
		put(t, s, "pet", shuffled...)
		if diff := cmp.Diff(want, scan(t, s, "pet", "", "")); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	},
	"Scan meets documents of many megabytes": func(t *testing.T, s store.Store) {
		update(t, s, func(tx store.Tx) error {
			for i := range 6 {
				if err := tx.Put(key("snapshot", fmt.Sprint(i)), make([]byte, 2<<20)); err != nil {
					return err
				}
			}
			return nil
		})
		size := 0
		view(t, s, func(tx store.Tx) error {
			return tx.Scan(home, "snapshot", "", "", func(d store.Document) bool {
				size += len(d.Body)
				return true
			})
		})
		if size != 12<<20 {
			t.Errorf("got %d bytes", size)
		}
	},
	"ScanAll is Scan over every scope, ordered by account, region and id": func(t *testing.T, s store.Store) {
		want := []string{"1 eu a", "1 eu b", "1 us a", "10 eu a", "2 eu a", "2 us a"}
		update(t, s, func(tx store.Tx) error {
			for _, at := range []int{3, 0, 5, 2, 4, 1} {
				p := strings.Fields(want[at])
				k := store.Key{Scope: store.Scope{Account: p[0], Region: p[1]}, Kind: "pet", ID: p[2]}
				if err := tx.Put(k, nil); err != nil {
					return err
				}
				k.Kind = "pets"
				if err := tx.Put(k, nil); err != nil {
					return err
				}
			}
			return nil
		})
		var got, first []string
		view(t, s, func(tx store.Tx) error {
			if err := tx.ScanAll("pet", func(d store.Document) bool {
				got = append(got, d.Key.Scope.Account+" "+d.Key.Scope.Region+" "+d.Key.ID)
				return true
			}); err != nil {
				return err
			}
			return tx.ScanAll("pet", func(d store.Document) bool {
				first = append(first, d.Key.ID)
				return len(first) < 2
			})
		})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if len(first) != 2 {
			t.Errorf("ScanAll met %d documents after yield returned false", len(first)-2)
		}
	},
	"yield may use the transaction": func(t *testing.T, s store.Store) {
		var ids []string
		for i := range 500 {
			ids = append(ids, fmt.Sprintf("%04d", i))
		}
		put(t, s, "pet", ids...)
		update(t, s, func(tx store.Tx) error {
			var inner error
			err := tx.Scan(home, "pet", "", "", func(d store.Document) bool {
				if _, inner = tx.Get(d.Key); inner != nil {
					return false
				}
				if inner = tx.Put(key("copy", d.Key.ID), []byte(d.Key.ID)); inner != nil {
					return false
				}
				if inner = tx.Scan(home, "copy", d.Key.ID, "", func(store.Document) bool { return true }); inner != nil {
					return false
				}
				inner = tx.Delete(d.Key)
				return inner == nil
			})
			if err != nil {
				return err
			}
			return inner
		})
		if left := scan(t, s, "pet", "", ""); left != nil {
			t.Errorf("%d documents were not met", len(left))
		}
		if diff := cmp.Diff(ids, scan(t, s, "copy", "", "")); diff != "" {
			t.Errorf("copies (-want +got):\n%s", diff)
		}
	},
}
