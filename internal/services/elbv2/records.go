package elbv2

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"postern/internal/store"
)

// The kinds of document, each under its ARN.
const (
	kindLoadBalancer = "elb.loadbalancer"
	kindListener     = "elb.listener"
	kindTargetGroup  = "elb.targetgroup" // with its targets
)

// records are one scope's documents in one transaction.
type records struct {
	tx    store.Tx
	scope store.Scope
}

func (r records) key(kind, arn string) store.Key {
	return store.Key{Scope: r.scope, Kind: kind, ID: arn}
}

func (r records) delete(kind, arn string) error { return r.tx.Delete(r.key(kind, arn)) }

// get reads one document; missing is the answer when it is not there.
func get[T any](r records, kind, arn string, missing error) (*T, error) {
	doc, err := r.tx.Get(r.key(kind, arn))
	if errors.Is(err, store.ErrNotFound) {
		return nil, missing
	}
	if err != nil {
		return nil, err
	}
	return decode[T](doc)
}

func decode[T any](doc store.Document) (*T, error) {
	v := new(T)
	if err := json.Unmarshal(doc.Body, v); err != nil {
		return nil, fmt.Errorf("read %s %s: %w", doc.Key.Kind, doc.Key.ID, err)
	}
	return v, nil
}

func put[T any](r records, kind, arn string, v *T) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write %s %s: %w", kind, arn, err)
	}
	return r.tx.Put(r.key(kind, arn), body)
}

// list reads every document of a kind, in order of the ARN.
func list[T any](r records, kind string) ([]*T, error) {
	var out []*T
	var failed error
	err := r.tx.Scan(r.scope, kind, "", "", func(doc store.Document) bool {
		v, err := decode[T](doc)
		if err != nil {
			failed = err
			return false
		}
		out = append(out, v)
		return true
	})
	return out, errors.Join(err, failed)
}

// randomID draws n hexadecimal digits.
func randomID(n int) string {
	random := make([]byte, (n+1)/2)
	_, _ = rand.Read(random) // never fails
	return hex.EncodeToString(random)[:n]
}

// The lengths of identifiers. Source: Elastic Load Balancing API reference, examples.
const idLength = 16

// value is what an optional member holds, or nothing.
func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// optional leaves out a member that is empty.
func optional[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}
