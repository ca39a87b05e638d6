package lambda

import (
	"context"
	"sync"
	"time"

	"postern/internal/eventloop"
)

// Cache keeps results for their TTL. Its methods may be called from any goroutine; a cache that nodes share keeps what
// Result.Reply gives, and Parse makes a Result of it again.
type Cache interface {
	// Get returns what was put under key, unless its time is up or it had to make room.
	Get(ctx context.Context, key Key) (*Result, bool)
	// Put keeps a result, which is never changed again, for ttl.
	Put(ctx context.Context, key Key, result *Result, ttl time.Duration)
}

// Results is a Cache with one call of a function at a time for each identity: requests that come while the function is
// asked about the same caller wait for its answer.
type Results struct {
	cache Cache

	mu     sync.Mutex // guards flying; taken only when a function is to be called
	flying map[Key]*flight
}

// flight is a call that others wait for.
type flight struct {
	done   chan struct{}
	result *Result // nil: the call failed
}

// NewResults keeps results in cache.
func NewResults(cache Cache) *Results {
	return &Results{cache: cache, flying: map[Key]*flight{}}
}

// get returns a result that is kept, or asks for one. Who waited for a call that failed asks for himself: the failure may
// have been due to another's request.
func (r *Results) get(ctx context.Context, key Key, ttl time.Duration, ask func() (*Result, error)) (*Result, error) {
	if result, ok := r.cache.Get(ctx, key); ok {
		return result, nil
	}
	f, mine := r.join(key)
	if !mine {
		eventloop.Of(ctx).Block()
		select {
		case <-f.done:
			if f.result != nil {
				return f.result, nil
			}
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		return ask()
	}
	defer r.land(key, f)
	result, err := ask()
	if err == nil {
		r.cache.Put(ctx, key, result, ttl)
		f.result = result
	}
	return result, err
}

func (r *Results) join(key Key) (f *flight, mine bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if f := r.flying[key]; f != nil {
		return f, false
	}
	f = &flight{done: make(chan struct{})}
	r.flying[key] = f
	return f, true
}

// land ends a call, also one that panicked.
func (r *Results) land(key Key, f *flight) {
	r.mu.Lock()
	delete(r.flying, key)
	r.mu.Unlock()
	close(f.done)
}
