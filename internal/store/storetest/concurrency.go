package storetest

import (
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"

	"postern/internal/store"
)

// number reads a document that holds a decimal number; one that is not there holds 0.
func number(tx store.Tx, k store.Key) (int, error) {
	d, err := tx.Get(k)
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(string(d.Body))
}

// add changes such a document.
func add(tx store.Tx, k store.Key, amount int) error {
	n, err := number(tx, k)
	if err != nil {
		return err
	}
	return tx.Put(k, strconv.AppendInt(nil, int64(n+amount), 10))
}

// crowd runs work on n goroutines at once and waits for them.
func crowd(n int, work func(worker int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { work(i) })
	}
	wg.Wait()
}

var concurrencyTests = map[string]func(*testing.T, store.Store){
	"no update is lost": func(t *testing.T, s store.Store) {
		const writers, each = 8, 40
		crowd(writers, func(int) {
			for range each {
				if err := s.Update(t.Context(), func(tx store.Tx) error { return add(tx, key("counter", "1"), 1) }); err != nil {
					t.Error(err)
				}
			}
		})
		if got, want := body(t, s, key("counter", "1")), fmt.Sprint(writers*each); got != want {
			t.Errorf("counted %s, want %s", got, want)
		}
		if got := revision(t, s); got != writers*each {
			t.Errorf("%d transactions made revision %d", writers*each, got)
		}
	},
	"writers run one after another: two who check the same thing cannot both find it free": func(t *testing.T, s store.Store) {
		for round := range 20 {
			var won sync.Map
			crowd(4, func(worker int) {
				err := s.Update(t.Context(), func(tx store.Tx) error {
					taken := false
					if err := tx.Scan(home, "seat", fmt.Sprintf("%d/", round), "", func(store.Document) bool {
						taken = true
						return false
					}); err != nil {
						return err
					}
					if taken {
						return errOnPurpose
					}
					return tx.Put(key("seat", fmt.Sprintf("%d/%d", round, worker)), nil)
				})
				if err == nil {
					won.Store(worker, true)
				}
			})
			winners := 0
			won.Range(func(any, any) bool { winners++; return true })
			if seats := len(scanIDs(t, s, "seat", fmt.Sprintf("%d/", round))); winners != 1 || seats != 1 {
				t.Fatalf("round %d: %d winners, %d seats", round, winners, seats)
			}
		}
	},
	"readers see whole transactions, and failed ones never": func(t *testing.T, s store.Store) {
		const accounts, writers, each = 10, 4, 60
		name := func(i int) store.Key { return key("account", strconv.Itoa(i%accounts)) }
		stop := make(chan struct{})
		var readers sync.WaitGroup
		for range 3 {
			readers.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					sum := 0
					if err := s.View(t.Context(), func(tx store.Tx) error {
						sum = 0
						return tx.Scan(home, "account", "", "", func(d store.Document) bool {
							n, _ := strconv.Atoi(string(d.Body))
							sum += n
							return true
						})
					}); err != nil {
						t.Error(err)
						return
					}
					if sum != 0 {
						t.Errorf("a reader saw half a transfer: the sum is %d", sum)
						return
					}
				}
			})
		}
		crowd(writers, func(worker int) {
			for i := range each {
				fails := i%3 == 0
				err := s.Update(t.Context(), func(tx store.Tx) error {
					if err := add(tx, name(worker+i), -i-1); err != nil {
						return err
					}
					if fails {
						return errOnPurpose
					}
					return add(tx, name(worker+i+1), i+1)
				})
				if fails != (err != nil) {
					t.Errorf("transfer %d: %v", i, err)
				}
			}
		})
		close(stop)
		readers.Wait()
	},
}

func scanIDs(t *testing.T, s store.Store, kind, prefix string) (ids []string) {
	t.Helper()
	view(t, s, func(tx store.Tx) error {
		return tx.Scan(home, kind, prefix, "", func(d store.Document) bool {
			ids = append(ids, d.Key.ID)
			return true
		})
	})
	return ids
}
