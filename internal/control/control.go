// Package control is the control plane: it answers the operations of the API Gateway API, one file a resource kind, one
// method an operation.
//
// What comes in: typed calls from the wire. What goes out: typed answers, and documents in the store. What is legal is
// decided in apidef; this package finds what an operation is about, keeps it, and words it for the wire. It never serves
// a request of an API itself: Source is what a gateway node reads.
package control

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"time"

	"postern/internal/apidef"
	"postern/internal/aws/arn"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/apigateway"
	"postern/internal/store"
)

// Control answers the operations of the API Gateway API. Its methods may be called from any goroutine.
type Control struct {
	apigateway.Unimplemented
	store   store.Store
	options Options
}

var _ apigateway.Handler = (*Control)(nil)

// Options are what a control plane needs besides its store. The zero value is ready to use.
type Options struct {
	// Clock tells the time; nil is time.Now.
	Clock func() time.Time
	// NewID makes an identifier of n characters of [a-z0-9]; nil makes random ones.
	NewID func(n int) string
	// Log gets what no caller is told; nil discards it.
	Log *slog.Logger
	// Limits are the quotas; nil means AWS's.
	Limits *apidef.Limits
	// Importer reads API definitions; without one ImportRestApi and PutRestApi answer 501.
	Importer Importer
	// Exporter writes API definitions; without one GetExport answers 501.
	Exporter Exporter
	// Published is called, before the caller is answered, with a revision that holds a stage's or a deployment's change.
	// A node that serves stages itself waits here until it serves the new ones. nil means that nobody waits.
	Published func(ctx context.Context, revision int64)
	// WriteUsage has what the gateway counted on API keys written to the store, so that GetUsage tells of every request that
	// was served. nil means that nothing is counted elsewhere.
	WriteUsage func(ctx context.Context) error
	// AccountThrottle is what every account may ask for, as GetAccount shows it; nil means AWS's default.
	AccountThrottle *apidef.ThrottleSettings
	// TestMethod runs a method for TestInvokeMethod, which answers 501 without it.
	TestMethod func(ctx context.Context, test *TestCall) *TestAnswer
	// TestAuthorizer asks an authorizer for TestInvokeAuthorizer, which answers 501 without it.
	TestAuthorizer func(ctx context.Context, test *AuthorizerCall) *AuthorizerAnswer
	// AllowForeignRoles accepts integration credentials of other accounts, which AWS refuses.
	AllowForeignRoles bool
	// LogRole is the role that the account writes execution logs with; without one AWS refuses to turn logging on.
	// nil means that logs need no role, as when the node writes them itself.
	LogRole func(tx store.Tx, scope store.Scope) (arn string, err error)
}

// New makes a control plane over a store.
func New(s store.Store, o Options) *Control {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.NewID == nil {
		o.NewID = randomID
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Limits == nil {
		limits := apidef.DefaultLimits()
		o.Limits = &limits
	}
	return &Control{store: s, options: o}
}

const idAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789"

// randomID draws n characters, each equally likely.
func randomID(n int) string {
	id := make([]byte, 0, n)
	for len(id) < n {
		var random [32]byte
		_, _ = rand.Read(random[:]) // never fails
		for _, b := range random {
			if int(b) < 256/len(idAlphabet)*len(idAlphabet) && len(id) < n {
				id = append(id, idAlphabet[int(b)%len(idAlphabet)])
			}
		}
	}
	return string(id)
}

// The lengths of identifiers. Source: API Gateway API reference, examples.
const (
	apiIDLength      = 10
	rootIDLength     = 10
	resourceIDLength = 6
)

func (c *Control) now() int64 { return c.options.Clock().Unix() }

func scopeOf(call *wire.Call) store.Scope {
	return store.Scope{Account: call.Account, Region: call.Region}
}

// view runs fn over one consistent state of the caller's documents.
func view[T any](ctx context.Context, c *Control, call *wire.Call, fn func(records) (T, error)) (out T, err error) {
	err = c.store.View(ctx, func(tx store.Tx) error {
		out, err = fn(records{tx: tx, scope: scopeOf(call)})
		return err
	})
	return out, err
}

// update runs fn in a transaction. fn may run more than once.
func update[T any](ctx context.Context, c *Control, call *wire.Call, fn func(records) (T, error)) (out T, err error) {
	err = c.store.Update(ctx, func(tx store.Tx) error {
		out, err = fn(records{tx: tx, scope: scopeOf(call)})
		return err
	})
	return out, err
}

// publish is update for what changes a stage or a deployment: the gateway hears of it before the caller does.
func publish[T any](ctx context.Context, c *Control, call *wire.Call, fn func(records) (T, error)) (out T, err error) {
	if out, err = update(ctx, c, call, fn); err != nil {
		return out, err
	}
	c.published(ctx)
	return out, nil
}

// published tells the gateway. The change is committed by now: what goes wrong here is not the caller's concern.
func (c *Control) published(ctx context.Context) {
	if c.options.Published == nil {
		return
	}
	revision, err := c.store.Revision(ctx)
	if err != nil {
		c.options.Log.LogAttrs(ctx, slog.LevelWarn, "committed, but not known to the gateway yet", slog.String("error", err.Error()))
		return
	}
	c.options.Published(ctx, revision)
}

// owner is whom an API belongs to.
func (c *Control) owner(call *wire.Call, apiID string) apidef.Owner {
	return apidef.Owner{
		Partition: arn.Partition(call.Region), Region: call.Region, AccountID: call.Account, APIID: apiID,
		Limits: *c.options.Limits,
	}
}

// notFound tells whether a document is missing.
func notFound(err error) bool { return errors.Is(err, store.ErrNotFound) }
