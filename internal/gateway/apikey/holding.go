package apikey

import (
	"context"
	"hash/maphash"
	"maps"
	"slices"
	"strings"
	"time"

	"postern/internal/apidef"
)

// holding is all that the feed told, by id: what the shards are made from. Index.mu guards it.
type holding struct {
	keys   map[id]*Key
	plans  map[id]*plan
	places map[apidef.UsageID]*place
	// of are the places of each key, in the order of their plans.
	of map[id][]*place
}

// id names a key or a plan.
type id struct {
	scope apidef.Scope
	id    string
}

func newHolding() holding {
	return holding{map[id]*Key{}, map[id]*plan{}, map[apidef.UsageID]*place{}, map[id][]*place{}}
}

// plan returns the place of a plan's terms.
func (h *holding) plan(scope apidef.Scope, planID string) *plan {
	key := id{scope, planID}
	p := h.plans[key]
	if p == nil {
		p = &plan{id: planID}
		h.plans[key] = p
	}
	return p
}

func placeID(c *apidef.SubscriptionChange) apidef.UsageID {
	return apidef.UsageID{Scope: c.Scope, PlanID: c.Subscription.PlanID, KeyID: c.Subscription.KeyID}
}

// join puts a key into a plan; old is the same place in a former holding.
func (h *holding) join(c *apidef.SubscriptionChange, old *place) {
	pid, key := placeID(c), id{c.Scope, c.Subscription.KeyID}
	if h.places[pid] != nil {
		return
	}
	p := old
	if p == nil || p.plan != h.plan(c.Scope, c.Subscription.PlanID) {
		p = &place{id: pid, joined: apidef.DateOf(time.Unix(c.Subscription.Joined, 0)), plan: h.plan(c.Scope, c.Subscription.PlanID)}
	}
	h.places[pid] = p
	all := append(slices.Clone(h.of[key]), p) // keys hold the old list
	slices.SortFunc(all, func(a, b *place) int { return strings.Compare(a.id.PlanID, b.id.PlanID) })
	h.of[key] = all
}

// leave takes a key out of a plan.
func (h *holding) leave(c *apidef.SubscriptionChange) {
	pid, key := placeID(c), id{c.Scope, c.Subscription.KeyID}
	delete(h.places, pid)
	left := slices.DeleteFunc(slices.Clone(h.of[key]), func(p *place) bool { return p.id == pid })
	if len(left) == 0 {
		delete(h.of, key)
		return
	}
	h.of[key] = left
}

// apply brings the index up to a revision.
func (i *Index) apply(ctx context.Context, c *apidef.SubscriptionChanges) {
	for _, g := range c.Granted {
		i.options.Counters.Refresh(ctx, placeID(&g))
	}
	i.mu.Lock()
	if c.All {
		i.replace(c)
	} else {
		i.change(c)
	}
	i.mu.Unlock()
	i.progress.Reach(c.Revision)
	if c.All {
		select {
		case <-i.ready:
		default:
			close(i.ready)
		}
	}
}

// replace makes everything anew. Places that were there before keep their counters and buckets.
func (i *Index) replace(c *apidef.SubscriptionChanges) {
	old := i.holding
	i.holding = newHolding()
	for _, p := range c.Plans {
		if known := old.plans[id{p.Scope, p.Plan.ID}]; known != nil {
			i.holding.plans[id{p.Scope, p.Plan.ID}] = known
		}
		i.setPlan(&p)
	}
	for _, s := range c.Subscriptions {
		i.holding.join(&s, old.places[placeID(&s)])
	}
	for _, k := range c.Keys {
		i.holding.keys[id{k.Scope, k.Key.ID}] = i.newKey(&k)
	}
	var next [shards]shard
	for _, k := range i.holding.keys {
		hash := i.hash(k)
		if next[hash%shards] == nil {
			next[hash%shards] = shard{}
		}
		next[hash%shards][hash] = append(next[hash%shards][hash], k)
	}
	for n := range next {
		i.shards[n].Store(&next[n])
	}
}

// change applies what changed. Plans and places come first, so that no key shows under terms that are over.
func (i *Index) change(c *apidef.SubscriptionChanges) {
	touched := map[id]*Key{}
	for _, p := range c.Plans {
		i.setPlan(&p)
	}
	for _, s := range c.Subscriptions {
		if s.Deleted {
			i.holding.leave(&s)
		} else {
			i.holding.join(&s, nil)
		}
		key := id{s.Scope, s.Subscription.KeyID}
		if k := i.holding.keys[key]; k != nil {
			next := *k
			next.places = i.holding.of[key]
			touched[key] = &next
		}
	}
	for _, k := range c.Keys {
		key := id{k.Scope, k.Key.ID}
		touched[key] = nil
		if !k.Deleted {
			touched[key] = i.newKey(&k)
		}
	}
	i.publish(touched)
}

func (i *Index) setPlan(p *apidef.PlanChange) {
	if !p.Deleted {
		i.holding.plan(p.Scope, p.Plan.ID).terms.Store(compileTerms(&p.Plan, i.options.Account))
		return
	}
	key := id{p.Scope, p.Plan.ID}
	if known := i.holding.plans[key]; known != nil {
		known.terms.Store(nil)
		delete(i.holding.plans, key)
	}
}

func (i *Index) newKey(k *apidef.KeyChange) *Key {
	return &Key{
		ID: k.Key.ID, Value: k.Key.Value, Enabled: k.Key.Enabled,
		scope: k.Scope, places: i.holding.of[id{k.Scope, k.Key.ID}],
	}
}

func (i *Index) hash(k *Key) uint64 { return maphash.Comparable(i.seed, lookup{k.scope, k.Value}) }

// publish puts keys in the place of those of the same id; nil removes one. Each shard is copied once.
func (i *Index) publish(touched map[id]*Key) {
	copies := map[uint64]shard{}
	writable := func(hash uint64) shard {
		n := hash % shards
		if copies[n] == nil {
			if old := i.shards[n].Load(); old != nil {
				copies[n] = maps.Clone(*old)
			}
			if copies[n] == nil {
				copies[n] = shard{}
			}
		}
		return copies[n]
	}
	for key, next := range touched {
		if old := i.holding.keys[key]; old != nil {
			hash := i.hash(old)
			s := writable(hash)
			s[hash] = slices.DeleteFunc(slices.Clone(s[hash]), func(k *Key) bool { return k == old })
			if len(s[hash]) == 0 {
				delete(s, hash)
			}
		}
		if next == nil {
			delete(i.holding.keys, key)
			continue
		}
		i.holding.keys[key] = next
		hash := i.hash(next)
		s := writable(hash)
		s[hash] = append(slices.Clone(s[hash]), next)
	}
	for n, s := range copies {
		i.shards[n].Store(&s)
	}
}
