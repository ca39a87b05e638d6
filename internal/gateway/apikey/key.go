package apikey

import (
	"context"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"postern/internal/apidef"
	"postern/internal/gateway/throttle"
)

// Key is an API key. It is never changed.
type Key struct {
	ID      string
	Value   string
	Enabled bool

	scope  apidef.Scope
	places []*place
}

// place is a key's place in a usage plan. It lives as long as the key is in the plan, whatever becomes of either.
type place struct {
	id     apidef.UsageID
	joined apidef.Date
	plan   *plan

	held atomic.Pointer[held]
	// methods are the buckets of methods with a throttle of their own; replaced whole.
	methods atomic.Pointer[map[string]throttle.Bucket]
	mu      sync.Mutex // held while held and methods are replaced
}

// held is what a place has once its key is in use: most keys of a large account are not.
type held struct {
	counter throttle.Counter
	bucket  throttle.Bucket
}

// Admission is a key's admission to a stage under one of its usage plans.
type Admission struct {
	index *Index
	place *place
	terms *terms
	stage *stageTerms
}

// Admission finds the usage plan that admits the key to a stage.
func (i *Index) Admission(k *Key, apiID, stage string) (Admission, bool) {
	for _, p := range k.places {
		t := p.plan.terms.Load()
		if t == nil {
			continue
		}
		if s := t.stages[apidef.StageKey{APIID: apiID, Stage: stage}]; s != nil {
			return Admission{i, p, t, s}, true
		}
	}
	return Admission{}, false
}

// PlanID is the usage plan's.
func (a *Admission) PlanID() string { return a.place.plan.id }

// Quota is the plan's; nil when it has none.
func (a *Admission) Quota() *apidef.QuotaSettings { return a.terms.quota }

// Throttle takes a token of the key's bucket: that of the method if the plan has a throttle for it, which takes the place
// of the plan's own, which all stages of the plan share. names are what the method goes by, the most special first. The
// limit is what refused, nil when nothing did.
// Source: developer guide, "Set up usage plans for REST APIs in API Gateway"; that the method's takes the plan's place is
// inferred.
func (a *Admission) Throttle(now time.Time, names []string) (refused *throttle.Limit) {
	if m := a.stage.method(names); m != nil {
		if m.limit.Unlimited() || a.place.methodBucket(a.index, m.bucket).Take(now, m.limit) {
			return nil
		}
		return m.limit
	}
	l := a.terms.throttle
	if l == nil || l.Unlimited() || a.place.use(a.index).bucket.Take(now, l) {
		return nil
	}
	return l
}

// Count counts the request on the key's quota, and reports whether there was any left. The error is that of
// throttle.Counter.
func (a *Admission) Count(ctx context.Context, now time.Time) (bool, error) {
	return a.place.use(a.index).counter.Take(ctx, now, a.terms.quota)
}

func (p *place) use(i *Index) *held {
	if h := p.held.Load(); h != nil {
		return h
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	h := p.held.Load()
	if h == nil {
		h = &held{i.options.Counters.Counter(p.id, p.joined), i.options.Limiter.Bucket(p.bucketName())}
		p.held.Store(h)
	}
	return h
}

func (p *place) bucketName() string {
	return "plan/" + p.id.Scope.AccountID + "/" + p.id.Scope.Region + "/" + p.id.PlanID + "/" + p.id.KeyID
}

func (p *place) methodBucket(i *Index, name string) throttle.Bucket {
	if all := p.methods.Load(); all != nil {
		if b := (*all)[name]; b != nil {
			return b
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	next := map[string]throttle.Bucket{}
	if all := p.methods.Load(); all != nil {
		if b := (*all)[name]; b != nil {
			return b
		}
		maps.Copy(next, *all)
	}
	b := i.options.Limiter.Bucket(p.bucketName() + "/" + name)
	next[name] = b
	p.methods.Store(&next)
	return b
}
