package throttle

import (
	"context"
	"time"

	"postern/internal/apidef"
)

// Counters count the requests of API keys. Their methods may be called from any goroutine.
type Counters interface {
	// Counter returns the counter of a key that joined its plan on a day. Whoever counts often keeps the counter.
	Counter(id apidef.UsageID, joined apidef.Date) Counter
	// Refresh takes over what was granted to a key meanwhile.
	Refresh(ctx context.Context, id apidef.UsageID)
}

// Counter counts the requests of one API key in one usage plan.
type Counter interface {
	// Take counts a request, unless the quota is used up: then it reports false. A nil quota is never used up. Of any
	// number of requests at once exactly as many pass as the quota leaves. An error means that what was counted before
	// could not be read; requests are counted from zero on then, until it can.
	Take(ctx context.Context, now time.Time, q *apidef.QuotaSettings) (bool, error)
}

// Ledger keeps what was counted. Its methods may be called from any goroutine.
type Ledger interface {
	// Sum returns what a key used on the days from first to last.
	Sum(ctx context.Context, id apidef.UsageID, first, last apidef.Date) (apidef.UsageSum, error)
	// Add adds to what was used, all or nothing, and returns for each delta what its day has now.
	Add(ctx context.Context, deltas []apidef.UsageDelta) (totals []int64, err error)
}
