package apidef

import (
	"maps"
	"slices"
	"strings"

	"postern/internal/aws/awserr"
)

// UsagePlan bounds what the API keys in it may ask of its stages.
// Source: API Gateway API reference, UsagePlan.
type UsagePlan struct {
	ID          string            `json:"id"`
	Name        string            `json:"name"`
	Description string            `json:"description,omitempty"`
	APIStages   []APIStage        `json:"apiStages,omitempty"`
	Throttle    *ThrottleSettings `json:"throttle,omitempty"` // nil: only the account and the stages throttle
	Quota       *QuotaSettings    `json:"quota,omitempty"`    // nil: unlimited
	ProductCode string            `json:"productCode,omitempty"`
	Tags        map[string]string `json:"tags,omitempty"`
}

// APIStage is a stage of an API that a usage plan covers.
type APIStage struct {
	APIID string `json:"apiId"`
	Stage string `json:"stage"`
	// Throttle bounds single methods, by "{resource path}/{verb}": "/pets/GET", for the root "//GET".
	Throttle map[string]ThrottleSettings `json:"throttle,omitempty"`
}

// String names the stage as patch paths and values do.
func (s APIStage) String() string { return s.APIID + ":" + s.Stage }

// ThrottleSettings are a token bucket for each API key. nil members were never set.
type ThrottleSettings struct {
	BurstLimit *int     `json:"burstLimit,omitempty"` // the bucket's size
	RateLimit  *float64 `json:"rateLimit,omitempty"`  // tokens per second
}

// The values of QuotaSettings.Period.
const (
	Day   = "DAY"
	Week  = "WEEK"
	Month = "MONTH"
)

// QuotaSettings bound the requests of one API key in a period.
type QuotaSettings struct {
	Limit  int    `json:"limit"`
	Offset int    `json:"offset"` // subtracted from the limit in the first period
	Period string `json:"period"` // DAY, WEEK or MONTH
}

// ErrNoUsagePlan is what operations on an unknown usage plan answer. Recorded AWS answer: GetUsagePlan.
var ErrNoUsagePlan = awserr.NotFound.Errorf("Invalid Usage Plan ID specified")

// NewUsagePlan checks what CreateUsagePlan was given. hasStage tells whether an API has a stage.
func NewUsagePlan(p UsagePlan, hasStage func(APIStage) bool, limits Limits) (*UsagePlan, error) {
	for _, stage := range p.APIStages {
		if stage.APIID == "" || stage.Stage == "" {
			// AWS answers its own format string. Source: public bug report, aws/aws-sdk issue 354.
			return nil, awserr.BadRequest.Errorf("Invalid API Stage {api: %%s, stage: %%s} specified for usageplan %%s")
		}
		if !hasStage(stage) {
			return nil, errNoAPIStage(stage.APIID, stage.Stage)
		}
	}
	return &p, p.Check(limits)
}

// errNoAPIStage is what covering an unknown stage answers. Source: public bug reports, serverless/serverless issue 2831 and
// boto/boto3 issue 825.
func errNoAPIStage(api, stage string) error {
	return awserr.NotFound.Errorf("API Stage not found: %s:%s", api, stage)
}

// Check checks a plan's settings.
func (p *UsagePlan) Check(limits Limits) error {
	if p.Name == "" {
		return awserr.BadRequest.Errorf("Usage Plan name cannot be blank") // inferred
	}
	if err := p.Throttle.check(); err != nil {
		return err
	}
	if err := p.Quota.check(); err != nil {
		return err
	}
	for _, stage := range p.APIStages {
		if p.Throttle == nil && len(stage.Throttle) > 0 {
			// Source: public bug report, aws/aws-cdk pull request 6411; that updates are checked alike is inferred.
			return awserr.BadRequest.Errorf("Can not define fine grain throttling if usage plan throttle is not defined.")
		}
		if err := stage.check(limits); err != nil {
			return err
		}
	}
	return nil
}

// check: a burst above the rate is legal. Recorded AWS answer: CreateUsagePlan; the texts are inferred from the quota's.
func (t *ThrottleSettings) check() error {
	switch {
	case t == nil:
	case t.BurstLimit != nil && *t.BurstLimit < 0:
		return awserr.BadRequest.Errorf("Usage Plan throttle burst limit must be a non-negative numeric")
	case t.RateLimit != nil && !(*t.RateLimit >= 0): // NaN is neither
		return awserr.BadRequest.Errorf("Usage Plan throttle rate limit must be a non-negative numeric")
	}
	return nil
}

// check checks a quota. Messages: public deployment logs.
func (q *QuotaSettings) check() error {
	if q == nil {
		return nil
	}
	if q.Limit <= 0 {
		return awserr.BadRequest.Errorf("Usage Plan quota limit must be a non-negative numeric")
	}
	longest, ok := map[string]int{Day: 0, Week: 6, Month: 27}[q.Period]
	if !ok {
		return awserr.BadRequest.Errorf("Invalid Usage Plan quota period specified. Must be one of [DAY, WEEK, MONTH]")
	}
	if q.Offset < 0 || q.Offset > longest {
		return awserr.BadRequest.Errorf("Usage Plan quota offset must be between 0 and %d inclusive in the %s period", longest, q.Period)
	}
	return nil
}

// check checks a stage's method throttles. Message: public deployment logs.
func (s APIStage) check(limits Limits) error {
	for _, key := range slices.Sorted(maps.Keys(s.Throttle)) {
		path, verb, ok := splitMethodKey(key)
		if !ok {
			return awserr.BadRequest.Errorf("Invalid method {resourcePath: %s,method: %s} specified", path, verb)
		}
		if err := new(s.Throttle[key]).check(); err != nil {
			return err
		}
	}
	if len(s.Throttle) > limits.MethodThrottles {
		return awserr.LimitExceeded.Errorf("Maximum number of method throttles for this API stage has been reached.")
	}
	return nil
}

// splitMethodKey splits "/pets/GET" into path and verb; without a slash all of it is path.
func splitMethodKey(key string) (path, verb string, ok bool) {
	slash := strings.LastIndexByte(key, '/')
	if slash < 0 {
		return key, "", false
	}
	path, verb = key[:slash], key[slash+1:]
	return path, verb, strings.HasPrefix(path, "/") && (verb == "*" || slices.Contains(httpMethods, verb))
}

// stageAt finds an API stage of the plan; -1 when the plan does not cover it.
func (p *UsagePlan) stageAt(api, stage string) int {
	return slices.IndexFunc(p.APIStages, func(s APIStage) bool { return s.APIID == api && s.Stage == stage })
}
