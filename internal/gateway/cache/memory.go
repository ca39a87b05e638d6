package cache

import (
	"context"
	"log/slog"
	"strconv"
	"time"

	"github.com/maypok86/otter/v2"

	"postern/internal/gateway/weakmap"
)

// DefaultMaxBytes is what the cache of a stage takes at most unless Options say otherwise.
const DefaultMaxBytes = 512 << 20

// Options are the settings of a Memory.
type Options struct {
	// MaxBytes bounds the memory of each stage's cache, however large its cluster is. Default DefaultMaxBytes.
	MaxBytes int64
	// Clock tells the time, from any goroutine; nil is time.Now.
	Clock func() time.Time
	// Log gets faults of the cache itself; nil discards them.
	Log *slog.Logger
}

// Memory keeps the caches of stages in memory.
type Memory struct {
	options Options
	byPlace weakmap.Map[Place, memoryStore]
}

// NewMemory makes a Memory without caches.
func NewMemory(o Options) *Memory {
	if o.MaxBytes <= 0 {
		o.MaxBytes = DefaultMaxBytes
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Memory{options: o}
}

// Open implements Stores.
func (m *Memory) Open(p Place) Store {
	return m.byPlace.Get(p, func() *memoryStore { return m.newStore(p) })
}

// memoryStore is the cache of one stage.
type memoryStore struct {
	entries *otter.Cache[Key, *entry]
	sealer  *sealer // nil when there is no cipher; then nothing is kept that must be encrypted
	log     *slog.Logger
}

// entry is a response, or what encryption made of it.
type entry struct {
	response *Response
	sealed   []byte
	ttl      time.Duration
}

func (m *Memory) newStore(p Place) *memoryStore {
	s := &memoryStore{log: m.options.Log}
	var err error
	if s.sealer, err = newSealer(); err != nil {
		s.log.LogAttrs(context.Background(), slog.LevelError, "encrypted entries are not cached", slog.String("error", err.Error()))
	}
	options := &otter.Options[Key, *entry]{
		MaximumWeight:    m.maxWeight(p.Size),
		Weigher:          func(_ Key, e *entry) uint32 { return e.weight() },
		ExpiryCalculator: otter.ExpiryWritingFunc(func(e otter.Entry[Key, *entry]) time.Duration { return e.Value.ttl }),
		Logger:           faults{s.log},
	}
	if m.options.Clock != nil {
		options.Clock = clock(m.options.Clock)
	}
	s.entries = otter.Must(options)
	return s
}

// maxWeight is the size of a cluster in bytes, bounded by the node's own limit.
func (m *Memory) maxWeight(size string) uint64 {
	limit := uint64(m.options.MaxBytes)
	gigabytes, err := strconv.ParseFloat(size, 64)
	if err != nil || gigabytes <= 0 {
		return limit
	}
	return min(uint64(gigabytes*(1<<30)), limit)
}

func (e *entry) weight() uint32 {
	if e.response != nil {
		return e.response.weight()
	}
	const perEntry = 256
	return uint32(perEntry + len(e.sealed)) //nolint:gosec // bodies have at most MaxBody
}

// Get implements Store.
func (s *memoryStore) Get(key Key) (*Response, bool) {
	e, ok := s.entries.GetIfPresent(key)
	if !ok {
		return nil, false
	}
	if e.response != nil {
		return e.response, true
	}
	r, err := s.sealer.open(key, e.sealed)
	if err != nil {
		s.log.LogAttrs(context.Background(), slog.LevelError, "cached entry lost", slog.String("error", err.Error()))
		s.entries.Invalidate(key)
		return nil, false
	}
	return r, true
}

// Put implements Store.
func (s *memoryStore) Put(key Key, r *Response, terms Terms) {
	e := &entry{response: r, ttl: terms.TTL}
	if terms.Encrypted {
		if s.sealer == nil {
			return
		}
		e.response, e.sealed = nil, s.sealer.seal(key, r)
	}
	s.entries.Set(key, e)
}

// Delete implements Store.
func (s *memoryStore) Delete(key Key) { s.entries.Invalidate(key) }

// clock is a clock of the options, as the library wants it. It has no ticks: expired entries go when they are looked for,
// or make room.
type clock func() time.Time

// NowNano implements otter.Clock.
func (c clock) NowNano() int64 { return c().UnixNano() }

// Tick implements otter.Clock.
func (c clock) Tick(time.Duration) <-chan time.Time { return nil }

// faults writes the library's complaints where ours go.
type faults struct{ log *slog.Logger }

// Warn implements otter.Logger.
func (f faults) Warn(ctx context.Context, msg string, err error) {
	f.log.LogAttrs(ctx, slog.LevelWarn, msg, slog.Any("error", err))
}

// Error implements otter.Logger.
func (f faults) Error(ctx context.Context, msg string, err error) {
	f.log.LogAttrs(ctx, slog.LevelError, msg, slog.Any("error", err))
}
