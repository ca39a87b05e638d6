package control

import (
	"context"
	"slices"
	"strings"
	"time"

	"postern/internal/apidef"
	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/apigateway"
)

// maxUsageDays is the longest range of GetUsage. Source: knowledge center, "How do I identify which API key ...".
const maxUsageDays = 90

// GetUsage lists what the keys of a plan used and what remained, a pair for each day of the range. Requests count that were
// served until now. The texts of its refusals are inferred.
func (c *Control) GetUsage(ctx context.Context, call *wire.Call, in *apigateway.GetUsageRequest) (*apigateway.Usage, error) {
	if err := c.writeUsage(ctx); err != nil {
		return nil, err
	}
	return view(ctx, c, call, func(r records) (*apigateway.Usage, error) {
		plan, err := r.usagePlan(in.UsagePlanID)
		if err != nil {
			return nil, err
		}
		first, last, err := usageRange(value(in.StartDate), value(in.EndDate))
		if err != nil {
			return nil, err
		}
		places, err := r.placesIn(plan.ID, in.KeyID)
		if err != nil {
			return nil, err
		}
		cut, next, err := page(places, (*planKey).position, in.Position, in.Limit)
		if err != nil {
			return nil, err
		}
		out := usageAnswer(plan.ID, first, last)
		out.Position = next
		for _, place := range cut {
			if out.Items[place.KeyID], err = c.usageDays(r, plan, place, first, last); err != nil {
				return nil, err
			}
		}
		return out, nil
	})
}

// usageRange reads the dates of GetUsage.
func usageRange(start, end string) (first, last apidef.Date, err error) {
	if first, err = apidef.ParseDate(start); err != nil {
		return 0, 0, awserr.BadRequest.Errorf("Invalid startDate specified, must be a date of the format yyyy-MM-dd")
	}
	if last, err = apidef.ParseDate(end); err != nil {
		return 0, 0, awserr.BadRequest.Errorf("Invalid endDate specified, must be a date of the format yyyy-MM-dd")
	}
	switch days := last - first + 1; {
	case days < 1:
		return 0, 0, awserr.BadRequest.Errorf("Invalid date range specified, startDate must not be after endDate")
	case days > maxUsageDays:
		return 0, 0, awserr.BadRequest.Errorf("Invalid date range specified, must be at most %d days", maxUsageDays)
	}
	return first, last, nil
}

// placesIn are the places of a plan's keys, the one that joined last first; or that of one key.
func (r records) placesIn(plan string, key *string) ([]*planKey, error) {
	if key != nil && *key != "" {
		place, err := find[planKey](r, kindUsagePlanKey, plan+"/"+*key, errNoUsagePlanKey)
		if err != nil {
			return nil, err
		}
		return []*planKey{place}, nil
	}
	places, err := list[planKey](r, kindUsagePlanKey, plan+"/")
	slices.SortFunc(places, func(a, b *planKey) int { return strings.Compare(a.position(), b.position()) })
	return places, err
}

// writeUsage has the gateway write down what it counted.
func (c *Control) writeUsage(ctx context.Context) error {
	if c.options.WriteUsage == nil {
		return nil
	}
	return c.options.WriteUsage(ctx)
}

// UpdateUsage sets what remains of a key's quota in the current period.
func (c *Control) UpdateUsage(ctx context.Context, call *wire.Call, in *apigateway.UpdateUsageRequest) (*apigateway.Usage, error) {
	if err := c.writeUsage(ctx); err != nil {
		return nil, err
	}
	return publish(ctx, c, call, func(r records) (*apigateway.Usage, error) {
		plan, err := r.usagePlan(in.UsagePlanID)
		if err != nil {
			return nil, err
		}
		place, err := find[planKey](r, kindUsagePlanKey, plan.ID+"/"+in.KeyID, errNoUsagePlanKey)
		if err != nil {
			return nil, err
		}
		remaining, err := apidef.PatchUsage(patchOperations(in.PatchOperations))
		if err != nil {
			return nil, err
		}
		today := apidef.DateOf(c.options.Clock())
		if remaining != nil {
			if err := c.grant(r, plan, place, today, *remaining); err != nil {
				return nil, err
			}
		}
		out := usageAnswer(plan.ID, today, today)
		out.Items[place.KeyID], err = c.usageDays(r, plan, place, today, today)
		return out, err
	})
}

// grant adds to a key's quota what makes remaining of what remains.
func (c *Control) grant(r records, plan *apidef.UsagePlan, place *planKey, today apidef.Date, remaining int64) error {
	if plan.Quota == nil {
		return awserr.BadRequest.Errorf("Usage Plan %s has no quota", plan.ID) // inferred
	}
	first, _ := apidef.QuotaPeriod(plan.Quota.Period, today)
	log, err := r.usage(plan.ID, place.KeyID, first, today)
	if err != nil {
		return err
	}
	grant := usageGrant{log.granted[today] + remaining - log.left(plan.Quota, place, today)}
	return put(r, kindUsageGrant, plan.ID+"/"+place.KeyID+"/"+today.String(), &grant)
}

func usageAnswer(plan string, first, last apidef.Date) *apigateway.Usage {
	return &apigateway.Usage{
		UsagePlanID: &plan, StartDate: new(first.String()), EndDate: new(last.String()), Items: map[string][][]int64{},
	}
}

// usageDays are the pairs [used, remaining] of a key, one a day. What remained on a day that is over is what was written
// down then, so that a plan which changed does not change the past. Without a quota nothing remains.
func (c *Control) usageDays(r records, plan *apidef.UsagePlan, place *planKey, first, last apidef.Date) ([][]int64, error) {
	from := first
	if plan.Quota != nil {
		from, _ = apidef.QuotaPeriod(plan.Quota.Period, first)
	}
	log, err := r.usage(plan.ID, place.KeyID, from, last)
	if err != nil {
		return nil, err
	}
	today := apidef.DateOf(c.options.Clock())
	pairs := make([][]int64, 0, last-first+1)
	for d := first; d <= last; d++ {
		pair := []int64{log.used(d), 0}
		switch {
		case d < today && log.days[d] != nil && log.days[d].Remaining != nil:
			pair[1] = *log.days[d].Remaining
		case plan.Quota != nil:
			pair[1] = max(log.left(plan.Quota, place, d), 0)
		}
		pairs = append(pairs, pair)
	}
	return pairs, nil
}

// left is what remains of a quota at the end of a day: what its period allows, less what was used since it began. It is
// negative when a quota was made smaller than what is used.
func (l *usageLog) left(q *apidef.QuotaSettings, place *planKey, day apidef.Date) int64 {
	first, last := apidef.QuotaPeriod(q.Period, day)
	left := q.Allowance(place.joined(), first, last)
	for d := first; d <= day; d++ {
		left += l.granted[d] - l.used(d)
	}
	return left
}

// joined is the day on which the key joined its plan.
func (k *planKey) joined() apidef.Date { return apidef.DateOf(time.Unix(k.Joined, 0)) }
