package throttle

import (
	"sync/atomic"
	"time"

	"postern/internal/gateway/weakmap"
)

// Limiter keeps token buckets by name. Its methods may be called from any goroutine.
type Limiter interface {
	// Bucket returns the bucket of a name, full when nobody has taken from it. Whoever takes often keeps the bucket.
	Bucket(name string) Bucket
}

// Bucket is a token bucket. How large it is and how fast it fills is said each time, since both may change.
type Bucket interface {
	// Take takes a token, and reports whether there was one.
	Take(now time.Time, l *Limit) bool
}

// Buckets is the Limiter of a single node. A bucket is one word: requests on all connections take from it with one
// compare-and-swap and no lock.
type Buckets struct {
	start  time.Time
	byName weakmap.Map[string, bucket]
}

// NewBuckets makes a Limiter without buckets.
func NewBuckets() *Buckets { return &Buckets{start: time.Now()} }

// Bucket implements Limiter. A bucket that nobody holds any more is forgotten, and full when it is made again.
func (b *Buckets) Bucket(name string) Bucket {
	return b.byName.Get(name, func() *bucket { return &bucket{start: b.start} })
}

// bucket is a token bucket by the generic cell rate algorithm: instead of tokens it holds the time at which it will be full
// again. Sources: ITU-T I.371, annex A.
type bucket struct {
	start time.Time
	// full is when the bucket is full, in nanoseconds after start.
	full atomic.Int64
	_    [64]byte // so that no two buckets share a cache line
}

// Take implements Bucket.
func (b *bucket) Take(now time.Time, l *Limit) bool {
	if l.kind != limits {
		return l.kind == admits
	}
	at := int64(now.Sub(b.start))
	for {
		old := b.full.Load()
		next := max(old, at) + l.interval
		if next-at > l.tolerance {
			return false
		}
		if b.full.CompareAndSwap(old, next) {
			return true
		}
	}
}
