package gateway

import (
	"context"
	"strings"
	"time"

	"postern/internal/apidef"
	"postern/internal/gateway/cache"
	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/message"
	"postern/internal/gateway/program"
	"postern/internal/gateway/route"
)

// cached is step 8: it puts the stage cache before the method's integration, for the verbs that are cached.
func (p *pipeline) cached(d *program.Definition, b backend) []Step {
	s := d.Stage
	if !s.CacheClusterEnabled || d.Method.Integration.ResponseTransferMode == apidef.Stream {
		return []Step{b.Run}
	}
	found := false
	c := &cachedMethod{backend: b}
	c.byVerb = forVerbs(d, func(verb string) *cachePolicy {
		policy := newCachePolicy(d, verb)
		found = found || policy != nil
		return policy
	})
	if !found {
		return []Step{b.Run}
	}
	apart := ""
	if canary := s.CanarySettings; canary != nil {
		c.notCanary = !canary.UseStageCache
		if d.Snapshot.DeploymentID != s.DeploymentID {
			apart = "canary/" + d.Snapshot.DeploymentID
		}
	}
	keys, err := cache.CompileKeys(d.Method.Integration, apart)
	if err != nil {
		return []Step{fails(gatewayresponse.Configuration(err.Error()))}
	}
	c.keys = keys
	c.store = p.traffic.Caches.Open(cache.Place{
		APIID: d.Snapshot.RestAPI.ID, Stage: s.StageName, Generation: s.CacheGeneration, Size: s.CacheClusterSize,
	})
	return []Step{c.run}
}

// cachePolicy is how the answers to one verb are cached.
type cachePolicy struct {
	terms cache.Terms
	// guarded tells that refreshing an entry takes the permission to.
	guarded bool
	// unpermitted is what becomes of a refresh without the permission: one of the values of
	// MethodSetting.UnauthorizedCacheControlHeaderStrategy.
	unpermitted string
}

// newCachePolicy is nil for a verb that is not cached. The setting of all methods caches GET only: other verbs want one of
// their own. Source: developer guide, "Cache settings for REST APIs in API Gateway".
func newCachePolicy(d *program.Definition, verb string) *cachePolicy {
	setting, _ := methodSetting(d, verb)
	if setting == nil || !setting.CachingEnabled || setting.CacheTTLInSeconds <= 0 {
		return nil
	}
	if setting == d.Stage.MethodSettings[apidef.AllMethods] && verb != "GET" || verb == route.Any {
		return nil
	}
	return &cachePolicy{
		terms:       cache.Terms{TTL: time.Duration(setting.CacheTTLInSeconds) * time.Second, Encrypted: setting.CacheDataEncrypted},
		guarded:     setting.RequireAuthorizationForCacheControl,
		unpermitted: setting.UnauthorizedCacheControlHeaderStrategy,
	}
}

// cachedMethod is a method's integration behind the stage cache.
type cachedMethod struct {
	backend backend
	byVerb  verbs[*cachePolicy]
	keys    *cache.Keys
	store   cache.Store
	// notCanary tells that requests of the canary go around the cache.
	notCanary bool
}

// run answers from the cache, or calls the integration and keeps what it answered, whatever its status. Requests that miss
// at the same time all call it. What failed is not kept.
func (c *cachedMethod) run(ctx context.Context, x *message.Exchange) error {
	policy := c.byVerb.of(x.Request.Method)
	if policy == nil || c.notCanary && x.Canary == "true" {
		return c.backend.Run(ctx, x)
	}
	refresh, err := policy.refreshes(x)
	if err != nil {
		return err
	}
	key, err := c.keys.Of(x)
	if err != nil {
		return c.backend.Run(ctx, x)
	}
	if refresh != refreshed {
		if kept, ok := c.store.Get(key); ok {
			err = c.hit(ctx, x, kept)
		} else {
			err = c.miss(ctx, x, key, policy)
		}
	} else {
		err = c.miss(ctx, x, key, policy)
	}
	if err == nil && refresh == ignored && policy.unpermitted == apidef.SucceedWithResponseHeader {
		x.Response.Header.Add("Warning", ignoredWarning)
	}
	return err
}

// ignoredWarning is what a client is told that asked for a fresh answer and may not. The guide names the header; the text is
// that of public reports.
const ignoredWarning = "199 Cache-control headers were ignored because the caller was unauthorized."

func (c *cachedMethod) hit(ctx context.Context, x *message.Exchange, kept *cache.Response) error {
	x.Observed.Cache = message.CacheHit
	if err := kept.Restore(x); err != nil {
		return err
	}
	return c.backend.Answer(ctx, x)
}

func (c *cachedMethod) miss(ctx context.Context, x *message.Exchange, key cache.Key, policy *cachePolicy) error {
	x.Observed.Cache = message.CacheMiss
	if err := c.backend.Call(ctx, x); err != nil {
		return err
	}
	kept := cache.Keep(x)
	if err := c.backend.Answer(ctx, x); err != nil {
		return err
	}
	if kept == nil {
		c.store.Delete(key)
		return nil
	}
	c.store.Put(key, kept, policy.terms)
	return nil
}

// refreshing is what a request's Cache-Control header comes to.
type refreshing uint8

const (
	notAsked refreshing = iota
	refreshed
	ignored
)

// invalidateCache is the permission that refreshing an entry takes. Source: developer guide, "Invalidate an API Gateway
// cache entry".
const invalidateCache = "execute-api:InvalidateCache"

// refreshes decides about a request for a fresh answer. The error is FAIL_WITH_403's; its body is that of other refusals
// (inferred). Callers of whom nothing is known are not permitted (inferred).
func (p *cachePolicy) refreshes(x *message.Exchange) (refreshing, error) {
	switch {
	case !asksForFresh(x.Request.Header):
		return notAsked, nil
	case !p.guarded, x.Permissions != nil && x.Permissions.Permits(x, invalidateCache):
		return refreshed, nil
	case p.unpermitted == apidef.FailWith403:
		return ignored, gatewayresponse.AccessDenied
	}
	return ignored, nil
}

// asksForFresh looks for the directive max-age=0 of Cache-Control. No other directive has an effect.
func asksForFresh(header message.Pairs) bool {
	for i := range header {
		if !message.EqualFold(header[i].Name, "Cache-Control") {
			continue
		}
		for directive := range strings.SplitSeq(header[i].Value, ",") {
			if message.EqualFold(strings.Trim(directive, " \t"), "max-age=0") {
				return true
			}
		}
	}
	return false
}
