// Package lambda is AWS Lambda, as far as an API and the tools that deploy one need it: it keeps functions, their
// versions, aliases and policies, and runs them in processes of this machine.
//
// What comes in: the operations of the Lambda API (2015-03-31), and invocations from the gateway. What goes out:
// configurations, answers of functions, and what functions print, to their log groups. It never uses containers, and
// never decides what an API answers when a function fails.
//
// Lambda answers the operations; Functions runs what they keep. The subpackages know nothing of functions as AWS keeps
// them: runtime starts processes and speaks the Runtime API, code unpacks archives.
package lambda

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"postern/internal/aws/wire"
	model "postern/internal/aws/wire/lambda"
	"postern/internal/services/lambda/code"
	"postern/internal/services/lambda/runtime"
	"postern/internal/store"
	"postern/internal/store/document"
)

// Options are the parts of a Lambda.
type Options struct {
	// Store keeps functions and their code. Required.
	Store store.Store
	// Folder is where archives are unpacked; it is made when it is missing. Empty takes a temporary one, which Close
	// removes.
	Folder string
	// Runtime says how many processes may run, and for how long. Its Output is Logs, unless it is set.
	Runtime runtime.Options
	// Logs get what functions print; nil discards it.
	Logs LogGroups
	// Trusts tells whether Lambda may assume a role; nil means that it may assume every one.
	Trusts func(ctx context.Context, roleARN string) (bool, error)
	// ConcurrentExecutions is how many events may run at one time, reserved concurrency apart; 0 means AWS's 1000.
	ConcurrentExecutions int
	// Queue bounds the events that nobody waits for.
	Queue Queue
	// Now is the clock. Default time.Now.
	Now func() time.Time
	// Log gets what no caller is told; nil discards it.
	Log *slog.Logger
}

// Queue bounds the events that nobody waits for. The zero value has AWS's figures.
type Queue struct {
	// Events is how many may wait or run; 0 means 10000. Bytes is how long they may be together; 0 means 64 MiB.
	Events, Bytes int
	// Retry is how long to wait before attempt number n (2 or 3) of an event whose function has failed; nil means one
	// minute, then two.
	Retry func(attempt int) time.Duration
	// Throttled is how long to wait before attempt number n of an event that was throttled; nil means a second, doubled
	// up to five minutes.
	Throttled func(attempt int) time.Duration
	// MaxAge is after which time an event is given up; 0 means 6 hours.
	MaxAge time.Duration
}

// Lambda answers the operations of the Lambda API. Its methods may be called from any goroutine.
type Lambda struct {
	model.Unimplemented
	options   Options
	functions *Functions
	// secret seals links to archives.
	secret []byte
}

var _ model.Handler = (*Lambda)(nil)

// New makes a Lambda. Run follows changes that other nodes make; Close ends every process.
func New(o Options) (*Lambda, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Runtime.Log == nil {
		o.Runtime.Log = o.Log
	}
	if o.ConcurrentExecutions <= 0 {
		o.ConcurrentExecutions = 1000
	}
	cache := code.Temporary()
	if o.Folder != "" {
		var err error
		if cache, err = code.Open(o.Folder); err != nil {
			return nil, err
		}
		if err := keepNeeded(o.Store, cache); err != nil {
			return nil, fmt.Errorf("remove code that no function needs: %w", err)
		}
	}
	var carrying *lines
	if o.Runtime.Output == nil && o.Logs != nil {
		carrying = newLines(o.Logs, o.Log)
		o.Runtime.Output = carrying
	}
	l := &Lambda{options: o, secret: make([]byte, 32)}
	_, _ = rand.Read(l.secret) // never fails
	l.functions = newFunctions(&l.options, runtime.NewHost(o.Runtime), cache)
	l.functions.lines = carrying
	return l, nil
}

// keepNeeded removes the folders of archives that no function has any more.
func keepNeeded(s store.Store, cache *code.Cache) error {
	needed := map[string]bool{}
	err := s.View(context.Background(), func(tx store.Tx) error {
		err := document.ScanAll(tx, kindFunction, func(_ store.Key, f *function) bool {
			needed[f.Latest.Code.Key] = true
			return true
		})
		if err != nil {
			return err
		}
		return document.ScanAll(tx, kindVersion, func(_ store.Key, v *version) bool {
			needed[v.Code.Key] = true
			return true
		})
	})
	if err != nil {
		return err
	}
	return cache.Keep(needed)
}

// Functions runs the functions that l keeps.
func (l *Lambda) Functions() *Functions { return l.functions }

// Run follows what other nodes change in the store, until ctx ends.
func (l *Lambda) Run(ctx context.Context) { l.functions.follow(ctx) }

// Close refuses new events, kills every process and waits for all that runs in the background.
func (l *Lambda) Close() error { return l.functions.close() }

func scopeOf(call *wire.Call) store.Scope {
	return store.Scope{Account: call.Account, Region: call.Region}
}

func newRevision() *string { return new(uuid.NewString()) }

// view runs fn over one consistent state of the caller's documents.
func view[T any](ctx context.Context, l *Lambda, scope store.Scope, fn func(records) (T, error)) (out T, err error) {
	err = l.options.Store.View(ctx, func(tx store.Tx) error {
		out, err = fn(records{tx: tx, scope: scope})
		return err
	})
	return out, err
}

// update runs fn in a transaction, and lets what runs functions know of it before the caller does. fn may run more than
// once.
func update[T any](ctx context.Context, l *Lambda, at ref, fn func(records) (T, error)) (out T, err error) {
	err = l.options.Store.Update(ctx, func(tx store.Tx) error {
		out, err = fn(records{tx: tx, scope: at.scope})
		return err
	})
	if err == nil {
		err = l.functions.refresh(ctx, at.key())
	}
	return out, err
}

// notFound tells whether a document is missing.
func notFound(err error) bool { return errors.Is(err, store.ErrNotFound) }
