package apikey

import (
	"sync/atomic"

	"postern/internal/apidef"
	"postern/internal/gateway/throttle"
)

// plan is the place of one usage plan's current terms: nil while there is no such plan.
type plan struct {
	id    string
	terms atomic.Pointer[terms]
}

// terms are what a usage plan says, compiled. They are never changed.
type terms struct {
	stages map[apidef.StageKey]*stageTerms
	// throttle is nil when the plan has none.
	throttle *throttle.Limit
	quota    *apidef.QuotaSettings
}

// stageTerms are those of one API stage of the plan.
type stageTerms struct {
	// methods are the throttles of single methods, by "{resource path}/{verb}"; nil when there are none.
	methods map[string]*methodTerms
}

type methodTerms struct {
	// bucket names the method's bucket among those of a key's place.
	bucket string
	limit  *throttle.Limit
}

func compileTerms(p *apidef.UsagePlan, account throttle.Limit) *terms {
	t := &terms{
		stages:   make(map[apidef.StageKey]*stageTerms, len(p.APIStages)),
		throttle: compileThrottle(p.Throttle, account),
		quota:    p.Quota,
	}
	for _, s := range p.APIStages {
		st := &stageTerms{}
		for key, settings := range s.Throttle {
			l := compileThrottle(&settings, account)
			if l == nil {
				continue
			}
			if st.methods == nil {
				st.methods = make(map[string]*methodTerms, len(s.Throttle))
			}
			st.methods[key] = &methodTerms{s.String() + key, l}
		}
		t.stages[apidef.StageKey{APIID: s.APIID, Stage: s.Stage}] = st
	}
	return t
}

// compileThrottle makes a limit; of a rate or a burst that was never set, the account's counts (inferred), or AWS's where
// the account has none: what is set must bound.
func compileThrottle(s *apidef.ThrottleSettings, account throttle.Limit) *throttle.Limit {
	if s == nil || s.RateLimit == nil && s.BurstLimit == nil {
		return nil
	}
	rate, burst := apidef.AccountRateLimit, apidef.AccountBurstLimit
	if !account.Unlimited() {
		rate, burst = account.Rate, account.Burst
	}
	if s.RateLimit != nil {
		rate = *s.RateLimit
	}
	if s.BurstLimit != nil {
		burst = *s.BurstLimit
	}
	return new(throttle.NewLimit(rate, burst))
}

// method finds the throttle of a method, by the names it goes by, the most special first; nil when it has none.
func (s *stageTerms) method(names []string) *methodTerms {
	if s.methods == nil {
		return nil
	}
	for _, name := range names {
		if m := s.methods[name]; m != nil {
			return m
		}
	}
	return nil
}
