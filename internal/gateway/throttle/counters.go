package throttle

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"postern/internal/apidef"
	"postern/internal/gateway/weakmap"
)

// FlushInterval is how often counts are written down, and so what a node that dies without notice forgets at most.
const FlushInterval = time.Second

const (
	// flushBatch is how many counts go into one transaction.
	flushBatch = 2000
	// lastFlush bounds writing down at the end.
	lastFlush = 10 * time.Second
)

// LedgerCounters are Counters in memory, which a Ledger keeps between runs. Nodes that share a ledger learn of each other's
// counts whenever they write down their own.
type LedgerCounters struct {
	ledger Ledger
	log    *slog.Logger
	byID   weakmap.Map[apidef.UsageID, counter]
	// dirty is a stack of the days that were counted on since they were last written down.
	dirty atomic.Pointer[countedDay]
	// flushing is held while counts are written down.
	flushing sync.Mutex
}

// NewCounters makes counters over a ledger. Run writes down what they count.
func NewCounters(ledger Ledger, log *slog.Logger) *LedgerCounters {
	return &LedgerCounters{ledger: ledger, log: log}
}

// Counter implements Counters.
func (c *LedgerCounters) Counter(id apidef.UsageID, joined apidef.Date) Counter {
	return c.byID.Get(id, func() *counter { return &counter{id: id, joined: joined, owner: c} })
}

// Refresh implements Counters.
func (c *LedgerCounters) Refresh(ctx context.Context, id apidef.UsageID) {
	counter := c.byID.Find(id)
	if counter == nil {
		return // what was granted is read when the key is first used
	}
	if err := counter.reloadGranted(ctx); err != nil {
		c.log.LogAttrs(ctx, slog.LevelError, "what was granted to an API key is not known yet", slog.String("apiKeyId", id.KeyID),
			slog.String("usagePlanId", id.PlanID), slog.String("error", err.Error()))
	}
}

// Run writes counts down every FlushInterval until ctx ends, and once more then.
func (c *LedgerCounters) Run(ctx context.Context) {
	ticker := time.NewTicker(FlushInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			c.flush(ctx)
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastFlush)
			defer cancel()
			c.flush(last)
			return
		}
	}
}

func (c *LedgerCounters) flush(ctx context.Context) {
	if err := c.Flush(ctx); err != nil && ctx.Err() == nil {
		c.log.LogAttrs(ctx, slog.LevelError, "usage is counted but not written down yet", slog.String("error", err.Error()))
	}
}

// Flush writes down what was counted until now. What cannot be written stays to be written.
func (c *LedgerCounters) Flush(ctx context.Context) error {
	c.flushing.Lock()
	defer c.flushing.Unlock()
	var failed error
	for days := c.takeDirty(); len(days) > 0; {
		batch := days[:min(len(days), flushBatch)]
		days = days[len(batch):]
		if err := c.write(ctx, batch); err != nil {
			failed = errors.Join(failed, err)
		}
	}
	return failed
}

// takeDirty empties the stack. A day that is counted on from here on is put on it again.
func (c *LedgerCounters) takeDirty() []*countedDay {
	var days []*countedDay
	for d := c.dirty.Swap(nil); d != nil; d = d.next {
		days = append(days, d)
	}
	for _, d := range days {
		d.dirty.Store(false)
	}
	return days
}

func (c *LedgerCounters) write(ctx context.Context, days []*countedDay) error {
	deltas := make([]apidef.UsageDelta, len(days))
	for i, d := range days {
		deltas[i] = apidef.UsageDelta{UsageID: d.counter.id, Day: d.day, Count: d.used.Load() - d.written.Load(), Remaining: d.counter.remaining(d.day)}
	}
	totals, err := c.ledger.Add(ctx, deltas)
	if err == nil && len(totals) != len(deltas) {
		err = errors.New("the ledger did not say how much was used")
	}
	if err != nil {
		for _, d := range days {
			d.mark()
		}
		return fmt.Errorf("write down usage: %w", err)
	}
	for i, d := range days {
		d.written.Add(deltas[i].Count)
		d.learn(totals[i])
	}
	return nil
}
