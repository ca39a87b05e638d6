package apidef

import (
	"strconv"

	"postern/internal/aws/awserr"
)

// usagePatch is what UpdateUsage asks for.
type usagePatch struct{ remaining *int64 }

var usagePaths = PatchTable[usagePatch]{
	Refuse: refuseListing,
	Paths: []PatchPath[usagePatch]{
		{Pattern: "/remaining", Ops: Replace, Apply: func(p *usagePatch, c Change) error {
			n, err := strconv.ParseInt(c.Value, 10, 64)
			if err != nil || n < 0 {
				return awserr.BadRequest.Errorf("Usage remaining must be a non-negative numeric") // inferred from a quota's
			}
			p.remaining = &n
			return nil
		}},
	},
}

// PatchUsage reads what UpdateUsage sets the remaining quota to; nil when it asks for nothing.
func PatchUsage(ops []PatchOperation) (remaining *int64, err error) {
	var p usagePatch
	err = usagePaths.Apply(&p, ops)
	return p.remaining, err
}

// UsageID names an API key in a usage plan.
type UsageID struct {
	Scope         Scope
	PlanID, KeyID string
}

// UsageSum is what a key used in some days.
type UsageSum struct {
	// Used is all of it, and UsedLast what fell on the last day. Requests.
	Used, UsedLast int64
	// Granted is what UpdateUsage added to the quota; it may be negative.
	Granted int64
}

// UsageDelta is what a key used on one day since that was last written down.
type UsageDelta struct {
	UsageID
	Day   Date
	Count int64
	// Remaining is what the quota leaves; negative when there is none, or when it is not known.
	Remaining int64
}

// Allowance is what a key may use in a period of days, before anything is granted: the limit, less the offset in the period
// in which the key joined the plan.
// Source: API Gateway API reference, QuotaSettings, offset.
func (q *QuotaSettings) Allowance(joined, first, last Date) int64 {
	if first <= joined && joined <= last {
		return int64(q.Limit) - int64(q.Offset)
	}
	return int64(q.Limit)
}
