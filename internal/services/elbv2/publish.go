package elbv2

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"time"

	"postern/internal/services/elbv2/forward"
	"postern/internal/store"
	"postern/internal/store/document"
	"postern/internal/store/feed"
)

// Run keeps the forwarder up to date with the store until ctx ends, also with what other nodes change, and then ends its
// health checks. It must be called once.
func (e *ELB) Run(ctx context.Context) {
	defer e.options.Forwarder.Close()
	feed.Follow(ctx, e.store, e.follow, func(err error) {
		e.options.Log.LogAttrs(ctx, slog.LevelWarn, "load balancers lost the change feed, forwarding as before", slog.Any("error", err))
	})
}

func (e *ELB) follow(ctx context.Context, _ int64, changes []store.Change) error {
	if changes == nil || slices.ContainsFunc(changes, concerns) {
		return e.publish(ctx)
	}
	return nil
}

func concerns(c store.Change) bool {
	switch c.Key.Kind {
	case kindLoadBalancer, kindListener, kindTargetGroup:
		return true
	}
	return false
}

// publish tells the forwarder what is stored, in every account and region.
func (e *ELB) publish(ctx context.Context) error {
	e.publishing.Lock()
	defer e.publishing.Unlock()
	var balancers []forward.Balancer
	var groups []forward.Group
	err := e.store.View(ctx, func(tx store.Tx) error {
		listeners, err := all[listener](tx, kindListener)
		if err != nil {
			return err
		}
		stored, err := all[targetGroup](tx, kindTargetGroup)
		if err != nil {
			return err
		}
		balancers, groups = forwarding(listeners), nil
		for _, g := range stored {
			groups = append(groups, e.group(g))
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("publish load balancers: %w", err)
	}
	e.options.Forwarder.Publish(balancers, groups)
	return nil
}

// all reads every document of a kind in every scope.
func all[T any](tx store.Tx, kind string) ([]*T, error) {
	var out []*T
	err := document.ScanAll(tx, kind, func(_ store.Key, v *T) bool {
		out = append(out, v)
		return true
	})
	return out, err
}

// forwarding are the load balancers that have listeners. Of one without, forward knows as little as of none.
func forwarding(listeners []*listener) []forward.Balancer {
	var balancers []forward.Balancer
	at := map[string]int{}
	for _, l := range listeners {
		i, ok := at[l.LoadBalancer]
		if !ok {
			i = len(balancers)
			at[l.LoadBalancer] = i
			balancers = append(balancers, forward.Balancer{ARN: l.LoadBalancer})
		}
		balancers[i].Listeners = append(balancers[i].Listeners, l.forwarding())
	}
	return balancers
}

func (l *listener) forwarding() forward.Listener {
	out := forward.Listener{ARN: l.ARN, Port: uint16(l.Port), Protocol: l.Protocol}
	for _, a := range l.Actions {
		for _, g := range a.Groups {
			out.Groups = append(out.Groups, forward.WeightedGroup{ARN: g.ARN, Weight: g.Weight})
		}
		if f := a.Fixed; f != nil {
			out.Answer = &forward.Answer{Status: f.status(), ContentType: f.ContentType, Body: f.Body}
		}
		if m := a.Moved; m != nil {
			out.Answer = &forward.Answer{Status: m.status(), Location: m.location()}
		}
	}
	return out
}

func (e *ELB) group(g *targetGroup) forward.Group {
	out := forward.Group{ARN: g.ARN, Secure: g.Protocol == "TLS" || g.Protocol == "HTTPS", Check: g.Check.forwarding()}
	g.forget(e.now())
	for _, t := range g.Targets {
		out.Targets = append(out.Targets, e.target(g, t))
	}
	return out
}

func (e *ELB) target(g *targetGroup, t target) forward.Target {
	out := forward.Target{ID: t.ID, Port: uint16(t.Port), Host: t.ID, Draining: t.DrainUntil != 0}
	switch g.TargetType {
	case byALB:
		out.Host, out.Balancer = "", t.ID
	case byInstance:
		out.Host = e.options.Instances[t.ID]
		if out.Host == "" {
			out.Problem = "Postern does not know the host of instance " + t.ID + ": name it with --instance " + t.ID + "=HOST"
		}
	}
	return out
}

func (c *check) forwarding() forward.Check {
	port, _ := strconv.ParseUint(c.Port, 10, 16) // 0 for traffic-port
	return forward.Check{
		Protocol: c.Protocol, Port: uint16(port), Path: c.Path, Codes: c.Codes,
		Interval: time.Duration(c.Interval) * time.Second, Timeout: time.Duration(c.Timeout) * time.Second,
		Healthy: c.Healthy, Unhealthy: c.Unhealthy,
	}
}
