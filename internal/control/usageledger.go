package control

import (
	"context"

	"postern/internal/apidef"
	"postern/internal/store"
	"postern/internal/store/document"
)

const (
	kindUsage = "usage" // {plan}/{key}/{day}
	// kindUsageGrant holds what UpdateUsage added to a key's quota on a day.
	kindUsageGrant = "usagegrant" // {plan}/{key}/{day}
)

// usageKept is how long usage is kept, in days. GetUsage shows 90 days; the rest is for those who read the store.
const usageKept = 400

// usageDay is what a key used on one day.
type usageDay struct {
	Used int64 `json:"used"`
	// Remaining is what the quota left when it was last written; absent when there is none.
	Remaining *int64 `json:"remaining,omitempty"`
}

// usageGrant is what was added to a key's quota on one day.
type usageGrant struct {
	Granted int64 `json:"granted"`
}

// Ledger keeps what API keys used: what throttle counts, and GetUsage shows. It may be used by many goroutines.
type Ledger struct{ store store.Store }

// NewLedger makes a ledger over a store.
func NewLedger(s store.Store) *Ledger { return &Ledger{store: s} }

func inScope(tx store.Tx, id *apidef.UsageID) records {
	return records{tx: tx, scope: store.Scope{Account: id.Scope.AccountID, Region: id.Scope.Region}}
}

// Sum reads the days from first to last.
func (l *Ledger) Sum(ctx context.Context, id apidef.UsageID, first, last apidef.Date) (apidef.UsageSum, error) {
	var sum apidef.UsageSum
	err := l.store.View(ctx, func(tx store.Tx) error {
		log, err := inScope(tx, &id).usage(id.PlanID, id.KeyID, first, last)
		sum = apidef.UsageSum{UsedLast: log.used(last)}
		for d := first; d <= last; d++ {
			sum.Used += log.used(d)
			sum.Granted += log.granted[d]
		}
		return err
	})
	return sum, err
}

// Add adds to what was used, all or nothing, and returns what each day has now.
func (l *Ledger) Add(ctx context.Context, deltas []apidef.UsageDelta) (totals []int64, err error) {
	err = l.store.Update(ctx, func(tx store.Tx) error {
		totals = make([]int64, len(deltas))
		for i := range deltas {
			if totals[i], err = inScope(tx, &deltas[i].UsageID).addUsage(&deltas[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return totals, err
}

// addUsage adds to a day. A key that is gone leaves nothing behind.
func (r records) addUsage(d *apidef.UsageDelta) (total int64, err error) {
	id := d.PlanID + "/" + d.KeyID + "/" + d.Day.String()
	day, err := get[usageDay](r, kindUsage, id)
	switch {
	case notFound(err):
		if _, err := get[apiKey](r, kindAPIKey, d.KeyID); notFound(err) {
			return d.Count, nil
		}
		if err := r.dropUsageBefore(d.PlanID, d.KeyID, d.Day-usageKept); err != nil {
			return 0, err
		}
		day = &usageDay{}
	case err != nil:
		return 0, err
	}
	day.Used += d.Count
	switch {
	case d.Remaining >= 0:
		day.Remaining = &d.Remaining
	case day.Remaining != nil: // written down after the day's period was over
		day.Remaining = new(max(*day.Remaining-d.Count, 0))
	}
	return day.Used, put(r, kindUsage, id, day)
}

// dropUsageBefore forgets the days of a key in a plan before a day.
func (r records) dropUsageBefore(plan, key string, before apidef.Date) error {
	prefix := plan + "/" + key + "/"
	return r.dropUsage(prefix, prefix+before.String())
}

// dropUsage forgets the days whose ids start with prefix and are smaller than before; "" is all of them.
func (r records) dropUsage(prefix, before string) error {
	for _, kind := range []string{kindUsage, kindUsageGrant} {
		var old []string
		err := r.tx.Scan(r.scope, kind, prefix, "", func(doc store.Document) bool {
			if before != "" && doc.Key.ID >= before {
				return false
			}
			old = append(old, doc.Key.ID)
			return true
		})
		if err != nil {
			return err
		}
		for _, id := range old {
			if err := r.delete(kind, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// usageLog is what a key used in a plan, by day.
type usageLog struct {
	days    map[apidef.Date]*usageDay
	granted map[apidef.Date]int64
}

func (l *usageLog) used(d apidef.Date) int64 {
	if day := l.days[d]; day != nil {
		return day.Used
	}
	return 0
}

// usage reads the days from first to last.
func (r records) usage(plan, key string, first, last apidef.Date) (*usageLog, error) {
	log := &usageLog{map[apidef.Date]*usageDay{}, map[apidef.Date]int64{}}
	prefix := plan + "/" + key + "/"
	err := scanDays(r, kindUsage, prefix, first, last, func(d apidef.Date, v *usageDay) { log.days[d] = v })
	if err != nil {
		return log, err
	}
	return log, scanDays(r, kindUsageGrant, prefix, first, last, func(d apidef.Date, v *usageGrant) { log.granted[d] = v.Granted })
}

func scanDays[T any](r records, kind, prefix string, first, last apidef.Date, yield func(apidef.Date, *T)) error {
	var failed error
	err := r.tx.Scan(r.scope, kind, prefix, prefix+(first-1).String(), func(doc store.Document) bool {
		d, err := apidef.ParseDate(doc.Key.ID[len(prefix):])
		if err != nil || d > last {
			failed = err
			return false
		}
		v, err := document.Decode[T](doc)
		if err != nil {
			failed = err
			return false
		}
		yield(d, v)
		return true
	})
	if err != nil {
		return err
	}
	return failed
}
