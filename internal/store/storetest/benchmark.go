package storetest

import (
	"fmt"
	"strconv"
	"sync/atomic"
	"testing"

	"postern/internal/store"
)

// Benchmark measures a store, which must be empty: small transactions from eight clients at once, and reads.
func Benchmark(b *testing.B, s store.Store) {
	document := []byte(`{"httpMethod":"GET","authorizationType":"NONE","methodIntegration":{"type":"MOCK"}}`)
	b.Run("update from 8 clients", func(b *testing.B) {
		b.ReportAllocs()
		var next atomic.Int64
		b.ResetTimer()
		crowd(8, func(int) {
			for {
				i := next.Add(1)
				if i > int64(b.N) {
					return
				}
				if err := s.Update(b.Context(), func(tx store.Tx) error {
					return tx.Put(key("resource", strconv.Itoa(int(i%5000))), document)
				}); err != nil {
					b.Error(err)
					return
				}
			}
		})
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "updates/s")
	})
	if err := s.Update(b.Context(), func(tx store.Tx) error {
		for i := range 5000 {
			if err := tx.Put(key("pet", fmt.Sprintf("%05d", i)), document); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		b.Fatal(err)
	}
	b.Run("view with one get", func(b *testing.B) {
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for i := 0; pb.Next(); i++ {
				if err := s.View(b.Context(), func(tx store.Tx) error {
					_, err := tx.Get(key("pet", fmt.Sprintf("%05d", i%5000)))
					return err
				}); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "views/s")
	})
	b.Run("scan of 5000", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := s.View(b.Context(), func(tx store.Tx) error {
				return tx.Scan(home, "pet", "", "", func(store.Document) bool { return true })
			}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
