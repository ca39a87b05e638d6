package control

import (
	"context"
	"slices"

	"postern/internal/apidef"
	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/apigateway"
)

const kindUsagePlan = "usageplan" // {id}

// CreateUsagePlan makes a usage plan, with the API stages that it covers. Recorded AWS answers: CreateUsagePlan.
func (c *Control) CreateUsagePlan(ctx context.Context, call *wire.Call, in *apigateway.CreateUsagePlanRequest) (*apigateway.UsagePlan, error) {
	return publish(ctx, c, call, func(r records) (*apigateway.UsagePlan, error) {
		plan, err := apidef.NewUsagePlan(requestedPlan(in), r.hasStage, *c.options.Limits)
		if err != nil {
			return nil, err
		}
		if err := apidef.CheckTags(nil, plan.Tags, *c.options.Limits); err != nil {
			return nil, err
		}
		n, err := r.count(kindUsagePlan, "")
		if err != nil {
			return nil, err
		}
		if n >= c.options.Limits.UsagePlans {
			return nil, awserr.LimitExceeded.Errorf("Maximum number of Usage Plans for this account has been reached.  Please contact AWS if you need additional Usage Plans.")
		}
		if plan.ID, err = c.newID(r, kindUsagePlan, "", resourceIDLength); err != nil {
			return nil, err
		}
		return usagePlanAnswer(plan, tagsWhenSet), put(r, kindUsagePlan, plan.ID, plan)
	})
}

func requestedPlan(in *apigateway.CreateUsagePlanRequest) apidef.UsagePlan {
	plan := apidef.UsagePlan{Name: value(in.Name), Description: value(in.Description), Tags: in.Tags}
	for _, stage := range in.APIStages {
		covered := apidef.APIStage{APIID: value(stage.APIID), Stage: value(stage.Stage)}
		for key, throttle := range stage.Throttle {
			if covered.Throttle == nil {
				covered.Throttle = make(map[string]apidef.ThrottleSettings, len(stage.Throttle))
			}
			covered.Throttle[key] = apidef.ThrottleSettings(throttle)
		}
		plan.APIStages = append(plan.APIStages, covered)
	}
	if in.Throttle != nil {
		plan.Throttle = new(apidef.ThrottleSettings(*in.Throttle))
	}
	if in.Quota != nil {
		plan.Quota = &apidef.QuotaSettings{Limit: value(in.Quota.Limit), Offset: value(in.Quota.Offset), Period: value(in.Quota.Period)}
	}
	return plan
}

// hasStage tells whether an API of the scope has a stage.
func (r records) hasStage(s apidef.APIStage) bool {
	_, err := r.tx.Get(r.key(kindStage, s.APIID+"/"+s.Stage))
	return err == nil
}

func (r records) usagePlan(id string) (*apidef.UsagePlan, error) {
	return find[apidef.UsagePlan](r, kindUsagePlan, id, apidef.ErrNoUsagePlan)
}

// GetUsagePlan answers one usage plan.
func (c *Control) GetUsagePlan(ctx context.Context, call *wire.Call, in *apigateway.GetUsagePlanRequest) (*apigateway.UsagePlan, error) {
	return view(ctx, c, call, func(r records) (*apigateway.UsagePlan, error) {
		plan, err := r.usagePlan(in.UsagePlanID)
		if err != nil {
			return nil, err
		}
		return usagePlanAnswer(plan, tagsAlways), nil
	})
}

// GetUsagePlans lists usage plans, by id; or those that a key is in.
func (c *Control) GetUsagePlans(ctx context.Context, call *wire.Call, in *apigateway.GetUsagePlansRequest) (*apigateway.UsagePlans, error) {
	return view(ctx, c, call, func(r records) (*apigateway.UsagePlans, error) {
		plans, err := list[apidef.UsagePlan](r, kindUsagePlan, "")
		if err != nil {
			return nil, err
		}
		if in.KeyID != nil {
			of, err := r.plansOf(*in.KeyID)
			if err != nil {
				return nil, err
			}
			plans = slices.DeleteFunc(plans, func(p *apidef.UsagePlan) bool { return !slices.Contains(of, p.ID) })
		}
		cut, next, err := page(plans, func(p *apidef.UsagePlan) string { return p.ID }, in.Position, in.Limit)
		if err != nil {
			return nil, err
		}
		items := answers(cut, func(p *apidef.UsagePlan) apigateway.UsagePlan { return *usagePlanAnswer(p, tagsWhenSet) })
		return &apigateway.UsagePlans{Items: items, Position: next}, nil
	})
}

// UpdateUsagePlan patches a usage plan.
func (c *Control) UpdateUsagePlan(ctx context.Context, call *wire.Call, in *apigateway.UpdateUsagePlanRequest) (*apigateway.UsagePlan, error) {
	return publish(ctx, c, call, func(r records) (*apigateway.UsagePlan, error) {
		plan, err := r.usagePlan(in.UsagePlanID)
		if err != nil {
			return nil, err
		}
		if plan, err = plan.Patch(patchOperations(in.PatchOperations), r.hasStage, *c.options.Limits); err != nil {
			return nil, err
		}
		if err := r.checkKeysOf(plan); err != nil {
			return nil, err
		}
		return usagePlanAnswer(plan, tagsAlways), put(r, kindUsagePlan, plan.ID, plan)
	})
}

// DeleteUsagePlan removes a usage plan that covers no stage, and with it its keys' places in it.
// Message: public deployment logs.
func (c *Control) DeleteUsagePlan(ctx context.Context, call *wire.Call, in *apigateway.DeleteUsagePlanRequest) error {
	_, err := publish(ctx, c, call, func(r records) (none struct{}, err error) {
		plan, err := r.usagePlan(in.UsagePlanID)
		if err != nil {
			return none, err
		}
		if len(plan.APIStages) > 0 {
			return none, awserr.BadRequest.Errorf("Cannot delete Usage Plan %s because there are API Stages associated with it, including %s", plan.ID, plan.APIStages[0])
		}
		keys, err := list[planKey](r, kindUsagePlanKey, plan.ID+"/")
		if err != nil {
			return none, err
		}
		for _, key := range keys {
			if err := r.detachKey(plan.ID, key.KeyID); err != nil {
				return none, err
			}
		}
		if err := r.dropUsage(plan.ID+"/", ""); err != nil {
			return none, err
		}
		return none, r.delete(kindUsagePlan, plan.ID)
	})
	return err
}

// leaveUsagePlans takes a deleted API out of every usage plan: its id never comes back. A deleted stage stays in them,
// since a new one of its name takes its place. Inferred.
func (r records) leaveUsagePlans(api string) error {
	plans, err := list[apidef.UsagePlan](r, kindUsagePlan, "")
	if err != nil {
		return err
	}
	for _, plan := range plans {
		left := slices.DeleteFunc(slices.Clone(plan.APIStages), func(s apidef.APIStage) bool { return s.APIID == api })
		if len(left) == len(plan.APIStages) {
			continue
		}
		plan.APIStages = left
		if err := put(r, kindUsagePlan, plan.ID, plan); err != nil {
			return err
		}
	}
	return nil
}

func usagePlanAnswer(p *apidef.UsagePlan, showTags bool) *apigateway.UsagePlan {
	out := &apigateway.UsagePlan{
		ID:          &p.ID,
		Name:        &p.Name,
		Description: optional(p.Description),
		APIStages:   answers(p.APIStages, apiStageAnswer),
		ProductCode: optional(p.ProductCode),
		Tags:        tagsOf(p.Tags, showTags),
	}
	if p.Throttle != nil {
		out.Throttle = new(apigateway.ThrottleSettings(*p.Throttle))
	}
	if q := p.Quota; q != nil {
		out.Quota = &apigateway.QuotaSettings{Limit: &q.Limit, Offset: &q.Offset, Period: &q.Period}
	}
	return out
}

func apiStageAnswer(s apidef.APIStage) apigateway.APIStage {
	out := apigateway.APIStage{APIID: &s.APIID, Stage: &s.Stage}
	for key, throttle := range s.Throttle {
		if out.Throttle == nil {
			out.Throttle = make(map[string]apigateway.ThrottleSettings, len(s.Throttle))
		}
		out.Throttle[key] = apigateway.ThrottleSettings(throttle)
	}
	return out
}
