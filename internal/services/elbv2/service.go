package elbv2

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"postern/internal/aws/wire"
	model "postern/internal/aws/wire/elbv2"
	"postern/internal/services/elbv2/forward"
	"postern/internal/store"
)

// Options are what the service needs besides its store. The zero value is ready to use.
type Options struct {
	// Clock tells the time; nil is time.Now.
	Clock func() time.Time
	// NewID makes an identifier of n characters of [0-9a-f]; nil makes random ones.
	NewID func(n int) string
	// Log gets what no caller is told; nil discards it.
	Log *slog.Logger
	// Forwarder is told what forwards where; nil is one that the service makes, and ends with Run.
	Forwarder *forward.Forwarder
	// Instances are the hosts of EC2 instances, names or addresses, by instance id. A target whose instance is not among
	// them is unhealthy.
	Instances map[string]string
	// Subnet tells VPC and availability zone of a subnet; nil, or "" for both, makes them up.
	Subnet func(tx store.Tx, scope store.Scope, id string) (vpc, zone string, err error)
	// InUse tells whether something else needs a load balancer, which cannot be deleted then; nil means never.
	InUse func(tx store.Tx, scope store.Scope, arn string) (bool, error)
}

// ELB answers the operations of the Elastic Load Balancing API. Its methods may be called from any goroutine.
type ELB struct {
	model.Unimplemented
	store   store.Store
	options Options

	publishing sync.Mutex // held from reading the store to telling the forwarder, so that the newest wins
}

var _ model.Handler = (*ELB)(nil)

// New makes the service over a store. Run must be called for it to forward.
func New(s store.Store, o Options) *ELB {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.NewID == nil {
		o.NewID = randomID
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Forwarder == nil {
		o.Forwarder = forward.New(forward.Options{})
	}
	return &ELB{store: s, options: o}
}

func (e *ELB) now() time.Time { return e.options.Clock() }

func scopeOf(call *wire.Call) store.Scope {
	return store.Scope{Account: call.Account, Region: call.Region}
}

// view runs fn over one consistent state of the caller's documents.
func view[T any](ctx context.Context, e *ELB, call *wire.Call, fn func(records) (T, error)) (out T, err error) {
	err = e.store.View(ctx, func(tx store.Tx) error {
		out, err = fn(records{tx: tx, scope: scopeOf(call)})
		return err
	})
	return out, err
}

// update runs fn in a transaction. fn may run more than once. The caller is answered once this node forwards by it.
func update[T any](ctx context.Context, e *ELB, call *wire.Call, fn func(records) (T, error)) (out T, err error) {
	err = e.store.Update(ctx, func(tx store.Tx) error {
		out, err = fn(records{tx: tx, scope: scopeOf(call)})
		return err
	})
	if err != nil {
		return out, err
	}
	if err := e.publish(ctx); err != nil {
		// The change is committed; Run publishes it as well.
		e.options.Log.LogAttrs(ctx, slog.LevelWarn, "load balancers changed, but not forwarded by yet", slog.String("error", err.Error()))
	}
	return out, nil
}

// Forwarder is what the service tells where calls go.
func (e *ELB) Forwarder() *forward.Forwarder { return e.options.Forwarder }
