// Package iam answers AWS Identity and Access Management, as far as the tools that deploy APIs and the roles of
// integrations and functions need it: roles, users, their policies and access keys.
//
// What comes in: typed calls from the wire, and questions of other services: may this role do that, who trusts whom. What
// goes out: typed answers, documents in the store, and decisions by the policies as IAM evaluates them. It never verifies
// a signature and never issues temporary credentials: that is package sts.
//
// IAM is one for all regions: its documents belong to an account and to no region.
package iam

import (
	"context"
	"crypto/rand"
	"log/slog"
	"time"

	"postern/internal/aws/arn"
	"postern/internal/aws/wire"
	wireiam "postern/internal/aws/wire/iam"
	"postern/internal/store"
)

// Service answers the operations of IAM. Its methods may be called from any goroutine.
type Service struct {
	wireiam.Unimplemented
	store    store.Store
	options  Options
	policies *policyCache
}

var _ wireiam.Handler = (*Service)(nil)

// Options are what the service needs besides its store. The zero value is ready to use.
type Options struct {
	// Clock tells the time; nil is time.Now.
	Clock func() time.Time
	// NewID makes n characters of [A-Z2-7]; nil makes random ones.
	NewID func(n int) string
	// NewSecret makes n characters of [A-Za-z0-9+/]; nil makes random ones.
	NewSecret func(n int) string
	// Log gets what no caller is told; nil discards it.
	Log *slog.Logger
}

// New makes the service over a store.
func New(s store.Store, o Options) *Service {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.NewID == nil {
		o.NewID = func(n int) string { return random(n, idAlphabet) }
	}
	if o.NewSecret == nil {
		o.NewSecret = func(n int) string { return random(n, secretAlphabet) }
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{store: s, options: o, policies: newPolicyCache()}
}

// Both alphabets have a length that divides 256, so that each character is equally likely.
const (
	idAlphabet     = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	secretAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
)

func random(n int, alphabet string) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	for i := range b {
		b[i] = alphabet[int(b[i])%len(alphabet)]
	}
	return string(b)
}

// The prefixes of unique identifiers, which have 21 characters, and of access keys, which have 20.
// Source: IAM user guide, "IAM identifiers", unique ID prefixes.
const (
	rolePrefix      = "AROA"
	userPrefix      = "AIDA"
	policyPrefix    = "ANPA"
	accessKeyPrefix = "AKIA"
	uniqueIDLength  = 17
	accessKeyLength = 16
	secretLength    = 40
)

func (s *Service) uniqueID(prefix string) string { return prefix + s.options.NewID(uniqueIDLength) }

func (s *Service) now() wire.Timestamp { return wire.Timestamp(s.options.Clock().Unix()) }

// scopeOf is where the documents of a caller's account are.
func scopeOf(call *wire.Call) store.Scope { return store.Scope{Account: call.Account} }

// name is the ARN of something of the caller's account: "role" + "/path/" + "name".
func name(call *wire.Call, kind, path, of string) string {
	return arn.ARN{
		Partition: arn.Partition(call.Region), Service: "iam", Account: call.Account, Resource: kind + path + of,
	}.String()
}

// view runs fn over one consistent state of the caller's documents.
func view[T any](ctx context.Context, s *Service, call *wire.Call, fn func(records) (T, error)) (out T, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		out, err = fn(records{tx: tx, scope: scopeOf(call)})
		return err
	})
	return out, err
}

// update runs fn in a transaction. fn may run more than once.
func update[T any](ctx context.Context, s *Service, call *wire.Call, fn func(records) (T, error)) (out T, err error) {
	err = s.store.Update(ctx, func(tx store.Tx) error {
		out, err = fn(records{tx: tx, scope: scopeOf(call)})
		return err
	})
	return out, err
}

// change is update for what has no answer.
func change(ctx context.Context, s *Service, call *wire.Call, fn func(records) error) error {
	return s.store.Update(ctx, func(tx store.Tx) error { return fn(records{tx: tx, scope: scopeOf(call)}) })
}
