// Package document reads and writes a store's documents as Go values.
//
// What comes in: a transaction, and where documents are. What goes out: values, by the JSON that they have. It names no
// kind, and never decides what a missing document means: that is store.ErrNotFound, or what the caller says.
package document

import (
	"encoding/json"
	"errors"
	"fmt"

	"postern/internal/store"
)

// Get reads one document. The error is store.ErrNotFound when there is none.
func Get[T any](tx store.Tx, key store.Key) (*T, error) {
	doc, err := tx.Get(key)
	if err != nil {
		return nil, err
	}
	return Decode[T](doc)
}

// Find is Get with the error for a document that is not there.
func Find[T any](tx store.Tx, key store.Key, missing error) (*T, error) {
	v, err := Get[T](tx, key)
	if errors.Is(err, store.ErrNotFound) {
		return nil, missing
	}
	return v, err
}

// Decode reads what is stored.
func Decode[T any](doc store.Document) (*T, error) {
	v := new(T)
	if err := json.Unmarshal(doc.Body, v); err != nil {
		return nil, fmt.Errorf("read %s %s: %w", doc.Key.Kind, doc.Key.ID, err)
	}
	return v, nil
}

// Put writes one document, new or not.
func Put(tx store.Tx, key store.Key, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write %s %s: %w", key.Kind, key.ID, err)
	}
	return tx.Put(key, body)
}

// Scan calls yield for each document of a kind whose id starts with prefix and is greater than after, in ascending order
// of the id, until yield returns false.
func Scan[T any](tx store.Tx, scope store.Scope, kind, prefix, after string, yield func(id string, v *T) bool) error {
	var failed error
	err := tx.Scan(scope, kind, prefix, after, func(doc store.Document) bool {
		var v *T
		if v, failed = Decode[T](doc); failed != nil {
			return false
		}
		return yield(doc.Key.ID, v)
	})
	return errors.Join(err, failed)
}

// ScanAll is Scan over every scope, ordered by account, region and id.
func ScanAll[T any](tx store.Tx, kind string, yield func(key store.Key, v *T) bool) error {
	var failed error
	err := tx.ScanAll(kind, func(doc store.Document) bool {
		var v *T
		if v, failed = Decode[T](doc); failed != nil {
			return false
		}
		return yield(doc.Key, v)
	})
	return errors.Join(err, failed)
}

// List reads every document of a kind whose id starts with prefix, in ascending order of the id.
func List[T any](tx store.Tx, scope store.Scope, kind, prefix string) ([]*T, error) {
	var all []*T
	err := Scan(tx, scope, kind, prefix, "", func(_ string, v *T) bool {
		all = append(all, v)
		return true
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}
