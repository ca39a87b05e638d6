package throttle_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"postern/internal/apidef"
	"postern/internal/gateway/throttle"
)

// ledger keeps usage in a map.
type ledger struct {
	mu      sync.Mutex
	used    map[apidef.Date]int64
	last    map[apidef.Date]int64 // what was said to remain
	granted int64
	away    error
}

func newLedger() *ledger {
	return &ledger{used: map[apidef.Date]int64{}, last: map[apidef.Date]int64{}}
}

func (l *ledger) Sum(_ context.Context, _ apidef.UsageID, first, last apidef.Date) (apidef.UsageSum, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	sum := apidef.UsageSum{UsedLast: l.used[last], Granted: l.granted}
	for d := first; d <= last; d++ {
		sum.Used += l.used[d]
	}
	return sum, l.away
}

func (l *ledger) Add(_ context.Context, deltas []apidef.UsageDelta) ([]int64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.away != nil {
		return nil, l.away
	}
	var totals []int64
	for _, d := range deltas {
		l.used[d.Day] += d.Count
		l.last[d.Day] = d.Remaining
		totals = append(totals, l.used[d.Day])
	}
	return totals, nil
}

func (l *ledger) total() (n int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, used := range l.used {
		n += used
	}
	return n
}

var anyKey = apidef.UsageID{Scope: apidef.Scope{AccountID: "1", Region: "r"}, PlanID: "plan", KeyID: "key"}

// take asks n times and returns how many passed.
func take(t *testing.T, c throttle.Counter, now time.Time, q *apidef.QuotaSettings, n int) (passed int) {
	t.Helper()
	for range n {
		ok, err := c.Take(t.Context(), now, q)
		if err != nil {
			t.Fatal(err)
		}
		if ok {
			passed++
		}
	}
	return passed
}

func date(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

// Each row asks five times at each of its moments, and says how many pass.
// Source: API Gateway API reference, QuotaSettings; that periods begin in UTC, weeks on Sundays, is inferred.
func TestQuotaPeriods(t *testing.T) {
	const joined = "2026-11-10T00:00:00Z" // a Tuesday
	for _, c := range []struct {
		sentence string
		quota    apidef.QuotaSettings
		moments  []string
		want     []int
	}{
		{
			"a day ends at midnight UTC",
			apidef.QuotaSettings{Limit: 3, Period: "DAY"},
			[]string{"2026-11-22T00:00:00Z", "2026-11-22T23:59:59Z", "2026-11-23T00:00:00Z"},
			[]int{3, 0, 3},
		},
		{
			"a week ends on Saturday",
			apidef.QuotaSettings{Limit: 7, Period: "WEEK"},
			[]string{"2026-11-15T00:00:00Z", "2026-11-16T12:00:00Z", "2026-11-21T23:59:59Z", "2026-11-22T00:00:00Z"},
			[]int{5, 2, 0, 5},
		},
		{
			"a month ends with its last day",
			apidef.QuotaSettings{Limit: 6, Period: "MONTH"},
			[]string{"2026-12-01T00:00:00Z", "2026-12-31T23:59:59Z", "2027-01-01T00:00:00Z"},
			[]int{5, 1, 5},
		},
		{
			"an offset is taken off the first period's limit only",
			apidef.QuotaSettings{Limit: 4, Offset: 3, Period: "WEEK"},
			[]string{"2026-11-10T09:00:00Z", "2026-11-15T00:00:00Z"},
			[]int{1, 4},
		},
	} {
		counter := throttle.NewCounters(newLedger(), slog.New(slog.DiscardHandler)).Counter(anyKey, apidef.DateOf(date(joined)))
		for i, moment := range c.moments {
			if got := take(t, counter, date(moment), &c.quota, 5); got != c.want[i] {
				t.Errorf("%s: at %s %d of 5 pass, want %d", c.sentence, moment, got, c.want[i])
			}
		}
	}
}

// Of a thousand requests at once exactly the quota passes, and as many are written down.
func TestQuotaUnderRace(t *testing.T) {
	const requests, limit = 1000, 100
	ledger := newLedger()
	counters := throttle.NewCounters(ledger, slog.New(slog.DiscardHandler))
	counter := counters.Counter(anyKey, 0)
	q := &apidef.QuotaSettings{Limit: limit, Period: "MONTH"}
	now := date("2026-11-30T23:59:59Z")
	var passed atomic.Int64
	var running sync.WaitGroup
	for i := range requests {
		running.Go(func() {
			if ok, _ := counter.Take(context.Background(), now, q); ok {
				passed.Add(1)
			}
			if i%100 == 0 {
				_ = counters.Flush(context.Background())
			}
		})
	}
	running.Wait()
	if err := counters.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if passed.Load() != limit || ledger.total() != limit {
		t.Errorf("%d passed and %d were written down, want %d", passed.Load(), ledger.total(), limit)
	}
}

// A day that begins among requests loses none of them.
func TestMidnightUnderRace(t *testing.T) {
	const requests, limit = 1000, 300
	ledger := newLedger()
	counters := throttle.NewCounters(ledger, slog.New(slog.DiscardHandler))
	counter := counters.Counter(anyKey, 0)
	q := &apidef.QuotaSettings{Limit: limit, Period: "MONTH"}
	midnight := date("2026-11-10T00:00:00Z")
	var passed atomic.Int64
	var running sync.WaitGroup
	for i := range requests {
		running.Go(func() {
			if ok, _ := counter.Take(context.Background(), midnight.Add(time.Duration(i-requests/2)*time.Millisecond), q); ok {
				passed.Add(1)
			}
			if i%50 == 0 {
				_ = counters.Flush(context.Background())
			}
		})
	}
	running.Wait()
	if err := counters.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if passed.Load() != limit || ledger.total() != limit {
		t.Errorf("%d passed and %d were written down, want %d", passed.Load(), ledger.total(), limit)
	}
}

func TestCountsSurviveARestart(t *testing.T) {
	ledger := newLedger()
	q := &apidef.QuotaSettings{Limit: 10, Period: "DAY"}
	now := date("2026-11-22T10:00:00Z")
	for run, want := range []int{4, 4, 2, 0} {
		counters := throttle.NewCounters(ledger, slog.New(slog.DiscardHandler))
		if got := take(t, counters.Counter(anyKey, 0), now, q, 4); got != want {
			t.Errorf("run %d: %d pass, want %d", run+1, got, want)
		}
		ctx, stop := context.WithCancel(t.Context())
		stop() // Run writes down once more when it ends
		counters.Run(ctx)
	}
	if remaining := ledger.last[apidef.DateOf(now)]; remaining != 0 {
		t.Errorf("%d are said to remain, want 0", remaining)
	}
}

// Two nodes that share a ledger learn of each other's counts when they write down their own.
func TestNodesLearnOfEachOther(t *testing.T) {
	ledger := newLedger()
	q := &apidef.QuotaSettings{Limit: 10, Period: "DAY"}
	now := date("2026-11-22T10:00:00Z")
	a, b := throttle.NewCounters(ledger, slog.New(slog.DiscardHandler)), throttle.NewCounters(ledger, slog.New(slog.DiscardHandler))
	one, two := a.Counter(anyKey, 0), b.Counter(anyKey, 0)
	if n := take(t, one, now, q, 3) + take(t, two, now, q, 4); n != 7 {
		t.Fatalf("%d pass, want 7", n)
	}
	for _, node := range []*throttle.LedgerCounters{a, b, a} {
		if err := node.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		if node == b { // a writes down only when it has counted
			take(t, one, now, q, 1)
		}
	}
	if n := take(t, one, now, q, 10); n != 2 {
		t.Errorf("%d more pass on the first node, want 2", n)
	}
}

func TestGrantsExtendTheCurrentPeriod(t *testing.T) {
	ledger := newLedger()
	counters := throttle.NewCounters(ledger, slog.New(slog.DiscardHandler))
	counter := counters.Counter(anyKey, 0)
	q := &apidef.QuotaSettings{Limit: 2, Period: "DAY"}
	now := date("2026-11-22T10:00:00Z")
	if n := take(t, counter, now, q, 5); n != 2 {
		t.Fatalf("%d pass, want 2", n)
	}
	ledger.granted = 3
	counters.Refresh(t.Context(), anyKey)
	if n := take(t, counter, now, q, 5); n != 3 {
		t.Errorf("%d pass after 3 were granted", n)
	}
	ledger.granted = -10
	counters.Refresh(t.Context(), anyKey)
	if n := take(t, counter, now, q, 5); n != 0 {
		t.Errorf("%d pass after the quota was reduced below what is used", n)
	}
}

func TestAPlanMayChangeItsPeriod(t *testing.T) {
	counter := throttle.NewCounters(newLedger(), slog.New(slog.DiscardHandler)).Counter(anyKey, 0)
	day, month := &apidef.QuotaSettings{Limit: 3, Period: "DAY"}, &apidef.QuotaSettings{Limit: 5, Period: "MONTH"}
	now := date("2026-11-22T10:00:00Z")
	if n := take(t, counter, now, day, 5); n != 3 {
		t.Fatalf("%d pass, want 3", n)
	}
	if n := take(t, counter, now, month, 5); n != 2 {
		t.Errorf("%d pass of a month's 5 after 3, want 2", n)
	}
	if n := take(t, counter, now, nil, 5); n != 5 {
		t.Errorf("%d of 5 pass without a quota", n)
	}
}

// AWS lets requests through when its own check fails. Source: knowledge center, "How do I use API Gateway logs ...". What
// was counted meanwhile is not lost.
func TestALedgerThatIsAway(t *testing.T) {
	ledger := newLedger()
	now := date("2026-11-22T10:00:00Z")
	ledger.used[apidef.DateOf(now)] = 4
	ledger.away = errors.New("away")
	counters := throttle.NewCounters(ledger, slog.New(slog.DiscardHandler))
	counter := counters.Counter(anyKey, 0)
	q := &apidef.QuotaSettings{Limit: 10, Period: "DAY"}
	ok, err := counter.Take(t.Context(), now, q)
	if !ok || err == nil {
		t.Fatalf("passes %v, error %v; want a request that passes, and the error", ok, err)
	}
	if n := take(t, counter, now, q, 1); n != 1 {
		t.Error("the second request does not pass")
	}
	if err := counters.Flush(t.Context()); err == nil {
		t.Fatal("nothing could be written down")
	}
	ledger.mu.Lock()
	ledger.away = nil
	ledger.mu.Unlock()
	if n := take(t, counter, now.Add(2*time.Second), q, 20); n != 4 {
		t.Errorf("%d pass once the ledger tells of 4 others, want 4", n)
	}
	if err := counters.Flush(t.Context()); err != nil || ledger.total() != 10 {
		t.Errorf("%d written down, %v; want 10", ledger.total(), err)
	}
}

func TestCountingAllocatesNothing(t *testing.T) {
	counters := throttle.NewCounters(newLedger(), slog.New(slog.DiscardHandler))
	counter := counters.Counter(anyKey, 0)
	q := &apidef.QuotaSettings{Limit: 1 << 30, Period: "MONTH"}
	now := date("2026-11-22T10:00:00Z")
	if n := testing.AllocsPerRun(100, func() { _, _ = counter.Take(t.Context(), now, q) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkCount(b *testing.B) {
	counter := throttle.NewCounters(newLedger(), slog.New(slog.DiscardHandler)).Counter(anyKey, 0)
	q := &apidef.QuotaSettings{Limit: 1 << 40, Period: "MONTH"}
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			_, _ = counter.Take(b.Context(), time.Now(), q)
		}
	})
}
