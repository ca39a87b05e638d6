package gateway

import (
	"context"
	"time"

	"postern/internal/apidef"
	"postern/internal/gateway/apikey"
	"postern/internal/gateway/cache"
	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/message"
	"postern/internal/gateway/program"
	"postern/internal/gateway/route"
	"postern/internal/gateway/throttle"
)

// Traffic is what deciding how much a caller may ask for needs besides the method. Without Keys no API key is known, and
// without a Limiter or Caches the gateway makes its own, in memory.
type Traffic struct {
	// Keys holds the API keys of all accounts.
	Keys *apikey.Index
	// Limiter keeps the token buckets.
	Limiter throttle.Limiter
	// Account is the throttle of all APIs of an account and region together; nil is none.
	// Source: developer guide, "Amazon API Gateway quotas".
	Account *throttle.Limit
	// Caches keeps the caches of stages.
	Caches cache.Stores
	// Clock tells the time; nil is the time at which a request had been read.
	Clock func() time.Time
}

// withDefaults fills in what a gateway of its own can make.
func (t Traffic) withDefaults() Traffic {
	if t.Limiter == nil {
		t.Limiter = throttle.NewBuckets()
	}
	if t.Caches == nil {
		t.Caches = cache.NewMemory(cache.Options{Clock: t.Clock})
	}
	return t
}

func (t *Traffic) now(x *message.Exchange) time.Time {
	if t.Clock != nil {
		return t.Clock()
	}
	return x.Start
}

// admission is steps 4 and 5: API key and usage plan, then the throttles of the method and of the account, in this order.
// Source: developer guide, "Throttle requests to your REST APIs for better throughput in API Gateway". A token or a request
// of a quota that was taken before a later limit refuses is not given back (inferred).
func (p *pipeline) admission(d *program.Definition) []Step {
	steps := []Step{p.usagePlan(d)}
	if throttles := p.methodThrottles(d); throttles != nil {
		steps = append(steps, throttles.take)
	}
	if account := p.traffic.Account; account != nil && !account.Unlimited() {
		bucket := p.traffic.Limiter.Bucket("account/" + d.Environment.AccountID + "/" + d.Environment.Region)
		steps = append(steps, (&accountThrottle{&p.traffic, bucket, account}).take)
	}
	return steps
}

// methodThrottles are the stage's throttles of one method: each verb that its method serves may have one of its own.
type methodThrottles struct {
	traffic *Traffic
	byVerb  verbs[*methodThrottle]
}

type methodThrottle struct {
	bucket throttle.Bucket
	limit  throttle.Limit
}

// methodThrottles compiles them; nil when there is none. Where a setting names no single method, each method has a bucket
// of its own by it.
// Source: developer guide, "Throttle requests to your REST APIs for better throughput in API Gateway".
func (p *pipeline) methodThrottles(d *program.Definition) *methodThrottles {
	t := &methodThrottles{traffic: &p.traffic}
	found := false
	t.byVerb = forVerbs(d, func(verb string) *methodThrottle {
		setting, name := methodSetting(d, verb)
		if setting == nil || ofAccount(setting) {
			return nil
		}
		m := &methodThrottle{limit: throttle.NewLimit(setting.ThrottlingRateLimit, setting.ThrottlingBurstLimit)}
		if m.limit.Unlimited() {
			return nil
		}
		found = true
		m.bucket = p.traffic.Limiter.Bucket("method/" + d.Snapshot.RestAPI.ID + "/" + d.Stage.StageName + d.Resource.Path + "/" + name)
		return m
	})
	if !found {
		return nil
	}
	return t
}

// ofAccount tells that a setting shows the account's figures, as each does where nobody has set others. Whether there is a
// limit for the account is not the method's matter.
func ofAccount(s *apidef.MethodSetting) bool {
	return s.ThrottlingRateLimit == apidef.AccountRateLimit && s.ThrottlingBurstLimit == apidef.AccountBurstLimit
}

func (t *methodThrottles) take(_ context.Context, x *message.Exchange) error {
	m := t.byVerb.of(x.Request.Method)
	if m == nil || m.bucket.Take(t.traffic.now(x), &m.limit) {
		return nil
	}
	return throttled(x, &m.limit)
}

// throttled is a request that the stage or the account refuses. Source of the line: public execution logs.
func throttled(x *message.Exchange, l *throttle.Limit) error {
	if !x.Trace.On() {
		return gatewayresponse.Throttled
	}
	return gatewayresponse.Throttled.WithLog("Key throttle limit exceeded for " + methodText(x) + ". " + limitText(l))
}

type accountThrottle struct {
	traffic *Traffic
	bucket  throttle.Bucket
	limit   *throttle.Limit
}

func (t *accountThrottle) take(_ context.Context, x *message.Exchange) error {
	if t.bucket.Take(t.traffic.now(x), t.limit) {
		return nil
	}
	return throttled(x, t.limit)
}

// verbs holds a value for each verb that a method serves: one, or for ANY every one that differs.
type verbs[T any] struct {
	all T
	// some are those that differ from all; nil for a method of one verb.
	some map[string]T
}

func (v *verbs[T]) of(verb string) T {
	if v.some != nil {
		if own, ok := v.some[verb]; ok {
			return own
		}
	}
	return v.all
}

// anyVerbs are the verbs that a method ANY serves. Source: developer guide, "Set up an ANY method".
var anyVerbs = [...]string{"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}

// forVerbs makes the values of a method.
func forVerbs[T any](d *program.Definition, value func(verb string) T) verbs[T] {
	v := verbs[T]{all: value(d.Method.HTTPMethod)}
	if d.Method.HTTPMethod != route.Any {
		return v
	}
	v.some = make(map[string]T, len(anyVerbs))
	for _, verb := range anyVerbs {
		v.some[verb] = value(verb)
	}
	return v
}

// methodSetting finds the setting that a verb of a method runs under, and whose it is: the verb's own, else for a method
// ANY that of ANY, else that of all methods, which each method has for itself.
func methodSetting(d *program.Definition, verb string) (setting *apidef.MethodSetting, name string) {
	all := d.Stage.MethodSettings[apidef.AllMethods]
	if own := d.Stage.MethodSetting(d.Resource.Path, verb); own != nil && own != all {
		return own, verb
	}
	return d.Stage.MethodSetting(d.Resource.Path, d.Method.HTTPMethod), d.Method.HTTPMethod
}
