package lambda

import (
	"cmp"
	"context"
	"time"

	"github.com/maypok86/otter/v2"
)

// DefaultCacheSize is how much memory a node spends on results, in bytes.
const DefaultCacheSize = 32 << 20

// memoryCache is the Cache of one node.
type memoryCache struct {
	entries *otter.Cache[Key, entry]
}

type entry struct {
	result *Result
	ttl    time.Duration
}

// NewMemoryCache makes a cache in memory that holds about size bytes of results, DefaultCacheSize for 0; what was not used
// lately makes room. now is the clock that results grow old by; nil is time.Now.
func NewMemoryCache(size uint64, now func() time.Time) Cache {
	options := &otter.Options[Key, entry]{
		MaximumWeight:    cmp.Or(size, DefaultCacheSize),
		Weigher:          func(_ Key, e entry) uint32 { return e.result.weight() },
		ExpiryCalculator: otter.ExpiryWritingFunc(func(e otter.Entry[Key, entry]) time.Duration { return e.Value.ttl }),
	}
	if now != nil {
		options.Clock = otterClock(now)
	}
	return &memoryCache{otter.Must(options)}
}

// Get implements Cache.
func (m *memoryCache) Get(_ context.Context, key Key) (*Result, bool) {
	e, ok := m.entries.GetIfPresent(key)
	return e.result, ok
}

// Put implements Cache.
func (m *memoryCache) Put(_ context.Context, key Key, result *Result, ttl time.Duration) {
	m.entries.Set(key, entry{result, ttl})
}

// otterClock is a clock of a test: it tells the time and never ticks, so that entries grow old by reading only.
type otterClock func() time.Time

// NowNano implements otter.Clock.
func (c otterClock) NowNano() int64 { return c().UnixNano() }

// Tick implements otter.Clock.
func (otterClock) Tick(time.Duration) <-chan time.Time { return nil }
