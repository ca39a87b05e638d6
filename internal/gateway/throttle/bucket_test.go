package throttle_test

import (
	"math"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"postern/internal/gateway/throttle"
)

// Each row asks at the given milliseconds and says which requests pass.
// Source: developer guide, "Throttle requests to your REST APIs for better throughput in API Gateway": a token bucket, whose
// burst is its size.
func TestTokenBucket(t *testing.T) {
	for _, c := range []struct {
		sentence string
		rate     float64
		burst    int
		at       []int
		pass     string
	}{
		{"a burst of one lets one in a second pass", 1, 1, []int{0, 0, 500, 999, 1000, 1000}, "y...y."},
		{"a full bucket is emptied at once", 2, 3, []int{0, 0, 0, 0, 500, 500}, "yyy.y."},
		{"a bucket never holds more than its burst", 100, 2, []int{0, 0, 0, 60000, 60000, 60000}, "yy.yy."},
		{"a burst may be above the rate", 1, 4, []int{0, 0, 0, 0, 0, 1000, 1000}, "yyyy.y."},
		{"a rate below one", 0.1, 1, []int{0, 9000, 10000}, "y.y"},
		{"a rate of 0 refuses everything (inferred)", 0, 10, []int{0, 1000}, ".."},
		{"a burst of 0 refuses everything (inferred)", 10, 0, []int{0, 1000}, ".."},
		{"a rate of -1 is no limit (inferred)", -1, 5, []int{0, 0, 0, 0, 0, 0, 0}, "yyyyyyy"},
		{"a burst of -1 is no limit (inferred)", 5, -1, []int{0, 0, 0, 0, 0, 0, 0}, "yyyyyyy"},
		{"what is no number refuses everything", math.NaN(), 5, []int{0}, "."},
		{"a rate that never fills a bucket again", 1e-300, 2, []int{0, 0, 1 << 40}, "yy."},
		{"a rate beyond all clocks", 1e15, 5, []int{0, 0, 0, 0, 0, 0, 0}, "yyyyyyy"},
		{"a clock that goes back gives nothing", 1, 1, []int{5000, 0, 6000}, "y.y"},
	} {
		l := throttle.NewLimit(c.rate, c.burst)
		b := throttle.NewBuckets().Bucket("b")
		start := time.Now().Add(time.Minute)
		for i, ms := range c.at {
			if got := b.Take(start.Add(time.Duration(ms)*time.Millisecond), &l); got != (c.pass[i] == 'y') {
				t.Errorf("%s: request %d, at %d ms: passes %v", c.sentence, i+1, ms, got)
			}
		}
	}
}

func TestBucketsAreToldApartByName(t *testing.T) {
	buckets := throttle.NewBuckets()
	l := throttle.NewLimit(1, 1)
	now := time.Now()
	a, again, b := buckets.Bucket("a"), buckets.Bucket("a"), buckets.Bucket("b")
	if !a.Take(now, &l) || again.Take(now, &l) || !b.Take(now, &l) {
		t.Error("a name has one bucket, and another name another")
	}
}

// Of a thousand requests at once exactly the burst passes.
func TestBucketUnderRace(t *testing.T) {
	const requests, burst = 1000, 100
	b := throttle.NewBuckets().Bucket("b")
	l := throttle.NewLimit(1e-9, burst)
	now := time.Now()
	var passed atomic.Int64
	var running sync.WaitGroup
	for range requests {
		running.Go(func() {
			if b.Take(now, &l) {
				passed.Add(1)
			}
		})
	}
	running.Wait()
	if passed.Load() != burst {
		t.Errorf("%d passed, want %d", passed.Load(), burst)
	}
}

func TestTakingAllocatesNothing(t *testing.T) {
	b := throttle.NewBuckets().Bucket("b")
	l := throttle.NewLimit(10000, 5000)
	now := time.Now()
	if n := testing.AllocsPerRun(100, func() { b.Take(now, &l) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkTake(b *testing.B) {
	bucket := throttle.NewBuckets().Bucket("b")
	l := throttle.NewLimit(1e9, 1<<30)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			bucket.Take(time.Now(), &l)
		}
	})
}
