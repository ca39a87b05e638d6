package apidef

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"postern/internal/aws/awserr"
)

// usagePlanPatch is a usage plan being patched. hasStage tells whether an API has a stage.
type usagePlanPatch struct {
	*UsagePlan
	hasStage func(APIStage) bool
}

// The order of the paths is that of AWS's list for remove, in public deployment logs; the rest of it is inferred.
var usagePlanPaths = PatchTable[usagePlanPatch]{
	Refuse: refuseListing,
	Paths: []PatchPath[usagePlanPatch]{
		{Pattern: "/name", Ops: Replace, Apply: func(p *usagePlanPatch, c Change) error { p.Name = c.Value; return nil }},
		{Pattern: "/description", Ops: Replace, Apply: func(p *usagePlanPatch, c Change) error {
			p.Description = c.Value
			return nil
		}},
		{Pattern: "/apiStages", Ops: Add | Remove, Apply: (*usagePlanPatch).patchStages},
		{Pattern: "/quota", Ops: Remove, Apply: func(p *usagePlanPatch, _ Change) error { p.Quota = nil; return nil }},
		{Pattern: "/quota/limit", Ops: Add | Replace, Apply: func(p *usagePlanPatch, c Change) error {
			p.quota().Limit = wholeNumber(c.Value)
			return nil
		}},
		{Pattern: "/quota/offset", Ops: Add | Replace, Apply: func(p *usagePlanPatch, c Change) error {
			p.quota().Offset = wholeNumber(c.Value)
			return nil
		}},
		{Pattern: "/quota/period", Ops: Add | Replace, Apply: func(p *usagePlanPatch, c Change) error {
			p.quota().Period = c.Value
			return nil
		}},
		{Pattern: "/throttle", Ops: Remove, Apply: func(p *usagePlanPatch, _ Change) error { p.Throttle = nil; return nil }},
		{Pattern: "/throttle/rateLimit", Ops: Add | Replace, Apply: (*usagePlanPatch).setThrottle},
		{Pattern: "/throttle/burstLimit", Ops: Add | Replace, Apply: (*usagePlanPatch).setThrottle},
		{Pattern: "/productCode", Ops: Add | Replace | Remove, Apply: func(p *usagePlanPatch, c Change) error {
			p.ProductCode = c.Value
			if c.Op == Remove {
				p.ProductCode = ""
			}
			return nil
		}},
		{
			Pattern: "/apiStages/{stage}/throttle/{path...}/{verb}/rateLimit", Ops: Add | Replace, Apply: (*usagePlanPatch).setMethodThrottle,
			Listed: "/apiStages/<apidId:stageName>/throttle/<resourcePath>/<httpMethod>/rateLimit",
		},
		{
			Pattern: "/apiStages/{stage}/throttle/{path...}/{verb}/burstLimit", Ops: Add | Replace, Apply: (*usagePlanPatch).setMethodThrottle,
			Listed: "/apiStages/<apidId:stageName>/throttle/<resourcePath>/<httpMethod>/burstLimit",
		},
		{
			Pattern: "/apiStages/{stage}/throttle/{path...}/{verb}", Ops: Remove, Apply: (*usagePlanPatch).removeMethodThrottle,
			Listed: "/apiStages/<apidId:stageName>/throttle/<resourcePath>/<httpMethod>",
		},
		{
			Pattern: "/apiStages/{stage}/throttle", Ops: Add | Replace | Remove, Apply: (*usagePlanPatch).patchStageThrottle,
			Listed: "/apiStages/<apidId:stageName>/throttle",
		},
	},
}

func (p *usagePlanPatch) quota() *QuotaSettings {
	if p.Quota == nil {
		p.Quota = &QuotaSettings{}
	}
	return p.Quota
}

// wholeNumber reads a number; what is none becomes one that no check takes.
func wholeNumber(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}

func (p *usagePlanPatch) setThrottle(c Change) error {
	if p.Throttle == nil {
		p.Throttle = &ThrottleSettings{}
	}
	p.Throttle.set(c)
	return nil
}

// set sets the limit that the path ends in.
func (t *ThrottleSettings) set(c Change) {
	if strings.HasSuffix(c.Path, "/burstLimit") {
		t.BurstLimit = new(wholeNumber(c.Value))
		return
	}
	rate, err := strconv.ParseFloat(c.Value, 64)
	if err != nil {
		rate = -1 // no check takes it
	}
	t.RateLimit = &rate
}

// patchStages adds or removes an API stage, which the value names. Recorded AWS answers: UpdateUsagePlan.
func (p *usagePlanPatch) patchStages(c Change) error {
	parts := strings.Split(c.Value, ":")
	if len(parts) < 2 {
		return awserr.BadRequest.Errorf("Invalid API Stage specified")
	}
	api, name := parts[0], parts[1] // what follows is not read. Source: public bug report, boto/boto3 issue 825.
	stage := APIStage{APIID: api, Stage: name}
	at := p.stageAt(api, name)
	switch {
	case c.Op == Remove && at >= 0:
		p.APIStages = slices.Delete(p.APIStages, at, at+1)
	case c.Op == Remove:
		return p.noSuchStage(api, name)
	case !p.hasStage(stage):
		return errNoAPIStage(api, name)
	case at < 0:
		p.APIStages = append(p.APIStages, stage)
	}
	return nil
}

func (p *usagePlanPatch) noSuchStage(api, stage string) error {
	return awserr.NotFound.Errorf("Invalid API Stage {api: %s, stage: %s} specified for usageplan %s", api, stage, p.ID)
}

// coveredStage finds the API stage that the path names.
func (p *usagePlanPatch) coveredStage(c Change) (*APIStage, error) {
	api, name, _ := strings.Cut(c.Key(), ":")
	at := p.stageAt(api, name)
	if at < 0 {
		return nil, p.noSuchStage(api, name)
	}
	return &p.APIStages[at], nil
}

// patchStageThrottle replaces all method throttles of a stage by the JSON object in the value, or removes them.
func (p *usagePlanPatch) patchStageThrottle(c Change) error {
	stage, err := p.coveredStage(c)
	if err != nil {
		return err
	}
	var throttle map[string]ThrottleSettings
	if c.Op != Remove {
		if err := json.Unmarshal([]byte(c.Value), &throttle); err != nil {
			return awserr.BadRequest.Errorf("Invalid throttle specified, must be a JSON object of method throttles") // inferred
		}
	}
	stage.Throttle = throttle
	return nil
}

// setMethodThrottle sets one limit of one method. Clients write the resource's path escaped ("~1pets") or plain.
func (p *usagePlanPatch) setMethodThrottle(c Change) error {
	stage, err := p.coveredStage(c)
	if err != nil {
		return err
	}
	if stage.Throttle == nil {
		stage.Throttle = make(map[string]ThrottleSettings)
	}
	key := c.Keys[1] + "/" + c.Keys[2]
	throttle := stage.Throttle[key]
	throttle.set(c)
	stage.Throttle[key] = throttle
	return nil
}

func (p *usagePlanPatch) removeMethodThrottle(c Change) error {
	stage, err := p.coveredStage(c)
	if err != nil {
		return err
	}
	key := c.Keys[1] + "/" + c.Keys[2]
	if _, there := stage.Throttle[key]; !there {
		return awserr.NotFound.Errorf("Invalid method {resourcePath: %s,method: %s} specified", c.Keys[1], c.Keys[2])
	}
	delete(stage.Throttle, key)
	if len(stage.Throttle) == 0 {
		stage.Throttle = nil
	}
	return nil
}

// Patch returns the plan with the operations applied; its settings are checked at the end, since a quota comes in
// several operations. Recorded AWS answers: UpdateUsagePlan.
func (p *UsagePlan) Patch(ops []PatchOperation, hasStage func(APIStage) bool, limits Limits) (*UsagePlan, error) {
	next := clone(p)
	if err := usagePlanPaths.Apply(&usagePlanPatch{next, hasStage}, ops); err != nil {
		return nil, err
	}
	return next, next.Check(limits)
}
