package server

import (
	"postern/internal/apidef"
	"postern/internal/control"
	"postern/internal/gateway"
	"postern/internal/gateway/apikey"
	"postern/internal/gateway/cache"
	"postern/internal/gateway/throttle"
)

// TrafficOptions bound what callers of APIs may ask for.
type TrafficOptions struct {
	// Account is what all APIs of an account and region together answer; nil is no limit: AWS's, 10,000 requests a second and
	// 5,000 at once, protects AWS's machines, and these are the user's own. A negative figure was not set; if the other
	// was, AWS's stands for it. 0 answers nothing. Source: developer guide, "Amazon API Gateway quotas".
	Account *apidef.ThrottleSettings
	// StageCacheBytes bounds the memory of each stage's cache, however large its cluster is. 0 is cache.DefaultMaxBytes.
	StageCacheBytes int64
}

// traffic is what decides how much callers may ask for, as far as it runs beside requests.
type traffic struct {
	keys     *apikey.Index
	counters *throttle.LedgerCounters
	account  throttle.Limit
}

// openTraffic makes the parts, and what the gateway needs of them.
func (s *Server) openTraffic(source *control.Source) gateway.Traffic {
	o := s.options.Traffic
	rate, burst := -1.0, -1
	if a := o.Account; a != nil {
		rate, burst = bothLimits(*a.RateLimit, *a.BurstLimit)
	}
	limiter := throttle.NewBuckets()
	s.traffic.account = throttle.NewLimit(rate, burst)
	s.traffic.counters = throttle.NewCounters(control.NewLedger(s.store), s.options.Log)
	s.traffic.keys = apikey.New(apikey.Options{
		Source: source, Limiter: limiter, Counters: s.traffic.counters, Account: s.traffic.account, Log: s.options.Log,
	})
	return gateway.Traffic{
		Keys: s.traffic.keys, Limiter: limiter, Account: &s.traffic.account,
		Caches: cache.NewMemory(cache.Options{MaxBytes: o.StageCacheBytes, Log: s.options.Log}),
	}
}

// bothLimits gives a limit that was set alone AWS's figure beside it: either of them bounds.
func bothLimits(rate float64, burst int) (float64, int) {
	switch {
	case rate >= 0 && burst < 0:
		burst = apidef.AccountBurstLimit
	case burst >= 0 && rate < 0:
		rate = apidef.AccountRateLimit
	}
	return rate, burst
}

// accountThrottle is the account's throttle as GetAccount shows it: AWS's figures where there is none.
func (t *traffic) accountThrottle() *apidef.ThrottleSettings {
	if t.account.Unlimited() {
		rate, burst := apidef.AccountRateLimit, apidef.AccountBurstLimit
		return &apidef.ThrottleSettings{RateLimit: &rate, BurstLimit: &burst}
	}
	return &apidef.ThrottleSettings{RateLimit: &t.account.Rate, BurstLimit: &t.account.Burst}
}
