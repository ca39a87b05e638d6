package apikey

import (
	"context"
	"hash/maphash"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"postern/internal/apidef"
	"postern/internal/gateway/progress"
	"postern/internal/gateway/throttle"
)

// Source tells of API keys and usage plans. The control plane is one.
type Source interface {
	// WatchSubscriptions first delivers everything there is, and from then on what changes, until ctx ends; then the
	// channel is closed. A channel that closes while ctx lives means that the source is away: watch again.
	WatchSubscriptions(ctx context.Context) (<-chan apidef.SubscriptionChanges, error)
}

// Options are what an Index is made of.
type Options struct {
	Source   Source
	Limiter  throttle.Limiter
	Counters throttle.Counters
	// Account is the account's throttle, from which plans take what they do not set.
	Account throttle.Limit
	Log     *slog.Logger
}

// shards is how many parts the index has: a change copies one of them, some hundred keys of 100,000.
const shards = 1024

// shard holds keys by the hash of scope and value. It is never changed.
type shard map[uint64][]*Key

// Index holds the API keys of all accounts and regions. Requests read it without a lock; Run keeps it up to date.
type Index struct {
	options Options
	seed    maphash.Seed
	shards  [shards]atomic.Pointer[shard]

	// ready is closed once everything there is has been told.
	ready chan struct{}

	// progress is how far the feed was processed.
	progress progress.Mark

	mu      sync.Mutex // guards holding
	holding holding
}

// New makes an empty index.
func New(o Options) *Index {
	return &Index{
		options: o, seed: maphash.MakeSeed(), ready: make(chan struct{}), holding: newHolding(),
	}
}

// lookup is what a key is found by.
type lookup struct {
	scope apidef.Scope
	value string
}

// Find returns the key that an account has in a region under a value, which compares with case. How long it takes tells
// nothing about values of other keys: they are found by a hash of a secret seed, and compared in constant time.
func (i *Index) Find(accountID, region, value string) (*Key, bool) {
	scope := apidef.Scope{AccountID: accountID, Region: region}
	hash := maphash.Comparable(i.seed, lookup{scope, value})
	s := i.shards[hash%shards].Load()
	if s == nil {
		return nil, false
	}
	for _, k := range (*s)[hash] {
		if k.scope == scope && same(k.Value, value) {
			return k, true
		}
	}
	return nil, false
}

// same compares in a time that depends on the lengths only.
func same(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	var differ byte
	for i := range len(a) {
		differ |= a[i] ^ b[i]
	}
	return differ == 0
}

// IsReady tells whether the index knows every key.
func (i *Index) IsReady() bool {
	select {
	case <-i.ready:
		return true
	default:
		return false
	}
}

// Ready waits until the index knows every key, or ctx ends.
func (i *Index) Ready(ctx context.Context) error {
	select {
	case <-i.ready:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// retryDelay is how long the index waits before it asks a source that is away again.
const retryDelay = time.Second

// Run follows the source until ctx ends. It must be called once.
func (i *Index) Run(ctx context.Context) {
	for ctx.Err() == nil {
		changes, err := i.options.Source.WatchSubscriptions(ctx)
		if err == nil {
			for c := range changes {
				i.apply(ctx, &c)
			}
		}
		if ctx.Err() != nil {
			return
		}
		i.options.Log.LogAttrs(ctx, slog.LevelWarn, "feed of API keys ended, serving those known", slog.Any("error", err))
		select {
		case <-time.After(retryDelay):
		case <-ctx.Done():
		}
	}
}

// Follow waits until the index has processed the feed up to a revision. The error is ctx's.
func (i *Index) Follow(ctx context.Context, revision int64) error {
	return i.progress.Wait(ctx, revision)
}
