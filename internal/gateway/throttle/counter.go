package throttle

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"postern/internal/apidef"
	"postern/internal/eventloop"
)

// loadTimeout bounds how long a request waits for what was counted before, and loadRetry how soon that is tried again.
const (
	loadTimeout = 2 * time.Second
	loadRetry   = time.Second
)

// counter counts for one key in one plan.
type counter struct {
	id     apidef.UsageID
	joined apidef.Date
	owner  *LedgerCounters
	period atomic.Pointer[countedPeriod]
	mu     sync.Mutex // held while the period or its day is replaced
}

// countedPeriod is a period of the quota.
type countedPeriod struct {
	kind        string
	first, last apidef.Date
	// used is what was counted in the period, by all nodes as far as is known; granted is what UpdateUsage added.
	used, granted atomic.Int64
	// allowance is what the quota allowed at the last request; negative: everything.
	allowance atomic.Int64
	today     atomic.Pointer[countedDay]
	// retry is when what was counted before may be asked for again, in nanoseconds of the epoch; zero when it is known.
	retry atomic.Int64
}

// countedDay is a day of the period that requests are counted on.
type countedDay struct {
	day     apidef.Date
	counter *counter
	// used is what this node counted, and written what of it the ledger has.
	used, written atomic.Int64
	// others is what the ledger has from other nodes and runs. Whoever holds flushing reads and writes it.
	others int64

	dirty atomic.Bool
	next  *countedDay // in the stack of days to write down
}

// Take implements Counter.
func (c *counter) Take(ctx context.Context, now time.Time, q *apidef.QuotaSettings) (bool, error) {
	day := apidef.DateOf(now)
	kind := ""
	if q != nil {
		kind = q.Period
	}
	p := c.period.Load()
	var err error
	switch {
	case p == nil || p.kind != kind || p.today.Load().day < day:
		p, err = c.turn(ctx, now, day, kind)
	case p.retry.Load() != 0:
		err = c.retry(ctx, p, now)
	}
	if !p.take(c, q) {
		return false, err
	}
	today := p.today.Load()
	today.used.Add(1)
	if !today.dirty.Load() {
		today.mark()
	}
	return true, err
}

// take counts in the period, and takes back what is over the quota. Nothing is taken back before the quota is used up, so
// that exactly the quota passes.
func (p *countedPeriod) take(c *counter, q *apidef.QuotaSettings) bool {
	if q == nil {
		p.used.Add(1)
		return true
	}
	allowed := q.Allowance(c.joined, p.first, p.last)
	if p.allowance.Load() != allowed {
		p.allowance.Store(allowed)
	}
	if p.used.Add(1) > allowed+p.granted.Load() {
		p.used.Add(-1)
		return false
	}
	return true
}

// mark puts the day on the stack of those to write down.
func (d *countedDay) mark() {
	if !d.dirty.CompareAndSwap(false, true) {
		return
	}
	top := &d.counter.owner.dirty
	for {
		d.next = top.Load()
		if top.CompareAndSwap(d.next, d) {
			return
		}
	}
}

// learn takes over what other nodes counted on the day, which total says.
func (d *countedDay) learn(total int64) {
	others := total - d.written.Load()
	if p := d.counter.period.Load(); p != nil && p.first <= d.day && d.day <= p.last {
		p.used.Add(others - d.others)
	}
	d.others = others
}

// remaining is what is left of the quota; negative when there is none, or when the day's period is over and nothing is
// known of it any more.
func (c *counter) remaining(day apidef.Date) int64 {
	p := c.period.Load()
	if p == nil || p.kind == "" || day < p.first || p.last < day {
		return -1
	}
	return max(p.allowance.Load()+p.granted.Load()-p.used.Load(), 0)
}

// turn begins a day, or a period with what the ledger has of it. The error says that the ledger could not be asked.
func (c *counter) turn(ctx context.Context, now time.Time, day apidef.Date, kind string) (*countedPeriod, error) {
	eventloop.Of(ctx).Block()
	c.mu.Lock()
	defer c.mu.Unlock()
	old := c.period.Load()
	if old != nil && old.kind == kind && day <= old.last {
		if old.today.Load().day < day {
			old.today.Store(&countedDay{day: day, counter: c})
		}
		return old, nil
	}
	first, last := apidef.QuotaPeriod(kind, day)
	p := &countedPeriod{kind: kind, first: first, last: last}
	p.allowance.Store(-1)
	today := &countedDay{day: day, counter: c}
	if old != nil && old.today.Load().day == day { // the plan has another kind of period now
		c.owner.flushing.Lock()
		defer c.owner.flushing.Unlock()
		today = old.today.Load()
	}
	p.today.Store(today)
	p.used.Store(today.used.Load() + today.others)
	err := c.load(ctx, p, now)
	c.period.Store(p)
	return p, err
}

// retry asks the ledger again for what could not be read when the period began. Requests do not wait for each other here.
func (c *counter) retry(ctx context.Context, p *countedPeriod, now time.Time) error {
	if now.UnixNano() < p.retry.Load() || !c.mu.TryLock() {
		return nil
	}
	defer c.mu.Unlock()
	if c.period.Load() != p || p.retry.Load() == 0 {
		return nil
	}
	eventloop.Of(ctx).Block()
	c.owner.flushing.Lock()
	defer c.owner.flushing.Unlock()
	return c.load(ctx, p, now)
}

// load adds to a period what the ledger has of it beyond what this node counted.
func (c *counter) load(ctx context.Context, p *countedPeriod, now time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, loadTimeout)
	defer cancel()
	today := p.today.Load()
	before, err := c.owner.ledger.Sum(ctx, c.id, p.first, today.day)
	if err != nil {
		p.retry.Store(now.Add(loadRetry).UnixNano())
		return err
	}
	p.used.Add(before.Used - today.written.Load() - today.others)
	p.granted.Store(before.Granted)
	today.others = before.UsedLast - today.written.Load()
	p.retry.Store(0)
	return nil
}

// reloadGranted takes over what was granted in the current period.
func (c *counter) reloadGranted(ctx context.Context) error {
	p := c.period.Load()
	if p == nil {
		return nil
	}
	usage, err := c.owner.ledger.Sum(ctx, c.id, p.first, p.last)
	if err != nil {
		return err
	}
	p.granted.Store(usage.Granted)
	return nil
}
