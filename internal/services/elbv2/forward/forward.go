// Package forward is what load balancers do: it checks the health of targets, and chooses one for each call.
//
// What comes in: load balancers with their listeners, and target groups, replaced whole each time one changes. What goes
// out: for a listener and a call, the address of a target or an answer that the listener gives itself; and the health of
// every target. It carries no traffic, stores nothing, and knows nothing of AWS's wire.
//
// Sources: user guides for network load balancers and for application load balancers, "Target groups" and "Health checks".
package forward

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
)

// The reasons why Choose finds no way.
var (
	ErrNoBalancer = errors.New("no such load balancer or listener")
	ErrNoListener = errors.New("the load balancer has no listener on the port")
	ErrNoGroup    = errors.New("the listener forwards to no target group")
	ErrNoTarget   = errors.New("the target group has no target that can be called")
	ErrProtocol   = errors.New("the listener does not speak the protocol of the call")
	ErrLoop       = errors.New("load balancers that forward to each other")
)

// Options are the settings of a Forwarder.
type Options struct {
	// Probe checks one target; nil is Prober.Probe over TCP.
	Probe Probe
}

// Forwarder forwards for a set of load balancers. Its methods may be called from any goroutine.
type Forwarder struct {
	probe Probe
	table atomic.Pointer[table]

	mu      sync.Mutex // guards what follows, and replacing the table
	members map[memberKey]*member
	ctx     context.Context //nolint:containedctx // the life of the checks, which Close ends
	stop    context.CancelFunc
	checks  sync.WaitGroup
}

// New makes a Forwarder without load balancers. Close ends its health checks.
func New(o Options) *Forwarder {
	if o.Probe == nil {
		o.Probe = (&Prober{}).Probe
	}
	f := &Forwarder{probe: o.Probe, members: map[memberKey]*member{}}
	f.ctx, f.stop = context.WithCancel(context.Background())
	f.table.Store(&table{})
	return f
}

// Close ends every health check, and waits for them.
func (f *Forwarder) Close() {
	f.stop()
	f.checks.Wait()
}

// Publish replaces what the Forwarder knows. Targets that stay keep their health; checks begin and end as they come and go.
// Only targets of groups that a listener forwards to are checked.
func (f *Forwarder) Publish(balancers []Balancer, groups []Group) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ctx.Err() != nil {
		return
	}
	t := newTable(balancers)
	used := usedGroups(balancers)
	seen := map[memberKey]bool{}
	for i := range groups {
		g := &groups[i]
		p := &pool{group: g}
		for _, target := range g.Targets {
			key := memberKey{g.ARN, target.ID, target.Port}
			seen[key] = true
			p.members = append(p.members, f.member(key, target, g, used[g.ARN]))
		}
		t.pools[g.ARN] = p
	}
	for key, m := range f.members {
		if !seen[key] {
			m.end()
			delete(f.members, key)
		}
	}
	f.table.Store(t)
}

// member gives the member of a target, the one that was there if nothing but its surroundings changed.
func (f *Forwarder) member(key memberKey, target Target, g *Group, used bool) *member {
	settings := settings{target: target, check: g.Check, used: used}
	m := f.members[key]
	if m != nil && m.settings == settings {
		return m
	}
	next := newMember(settings)
	if m != nil {
		m.end()
		if m.checked() && next.checked() && m.settings.target == target {
			next.health.Store(m.health.Load())
		}
	}
	f.members[key] = next
	if next.checked() {
		var ctx context.Context
		ctx, next.cancel = context.WithCancel(f.ctx)
		f.checks.Go(func() { next.follow(ctx, f.resolving(f.probe)) })
	}
	return next
}

// Health tells how a target is; false when no group has it.
func (f *Forwarder) Health(groupARN, id string, port uint16) (Health, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	m := f.members[memberKey{groupARN, id, port}]
	if m == nil {
		return Health{}, false
	}
	return *m.health.Load(), true
}
