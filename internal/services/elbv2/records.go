package elbv2

import (
	"crypto/rand"
	"encoding/hex"

	"postern/internal/store"
	"postern/internal/store/document"
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
	return document.Find[T](r.tx, r.key(kind, arn), missing)
}

func put[T any](r records, kind, arn string, v *T) error {
	return document.Put(r.tx, r.key(kind, arn), v)
}

// list reads every document of a kind, in order of the ARN.
func list[T any](r records, kind string) ([]*T, error) {
	return document.List[T](r.tx, r.scope, kind, "")
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
