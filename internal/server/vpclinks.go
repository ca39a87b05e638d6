package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"sync/atomic"
	"time"

	"postern/internal/apidef"
	"postern/internal/control"
	"postern/internal/gateway/integration/connection"
	"postern/internal/gateway/progress"
	"postern/internal/http1"
	"postern/internal/services/elbv2/forward"
)

// vpcLinks is what the data plane knows of VPC links: which load balancer each leads to, or which hosts the configuration
// names in its place.
type vpcLinks struct {
	source *control.Source
	// balancers are those of the Elastic Load Balancing API, named those of Options.VPCLinks.
	balancers *forward.Forwarder
	named     *forward.Forwarder
	names     map[string]forward.Group
	log       *slog.Logger

	// table is replaced whole.
	table atomic.Pointer[map[linkKey]placedLink]
	// progress is how far the feed was processed.
	progress progress.Mark
}

type linkKey struct{ account, region, id string }

// placedLink is where a link leads, or why it leads nowhere.
type placedLink struct {
	target string
	broken error
}

// fencedProbe checks targets, but none where a cloud keeps its instance metadata.
func fencedProbe(ctx context.Context, target *forward.Target, check *forward.Check) error {
	return (&forward.Prober{Fence: http1.RefuseMetadata}).Probe(ctx, target, check)
}

var errNoLink = errors.New("no such VPC link in the API's account and region")

// newVPCLinks makes the links of a server. named maps a link's id, or the ARN of its target, to hosts, "host:port", which are
// checked by connecting to them.
func newVPCLinks(source *control.Source, balancers *forward.Forwarder, named map[string][]string, log *slog.Logger) (*vpcLinks, error) {
	v := &vpcLinks{
		source: source, balancers: balancers, named: forward.New(forward.Options{Probe: fencedProbe}), names: map[string]forward.Group{},
		log: log,
	}
	v.table.Store(&map[linkKey]placedLink{})
	for name, hosts := range named {
		g, err := hostGroup(name, hosts)
		if err != nil {
			return nil, err
		}
		v.names[name] = g
	}
	return v, nil
}

// start begins to check the hosts that the configuration names.
func (v *vpcLinks) start() {
	var listeners []forward.Balancer
	var groups []forward.Group
	for name, g := range v.names {
		groups = append(groups, g)
		listeners = append(listeners, forward.Balancer{ARN: name, Listeners: []forward.Listener{
			{ARN: name, Protocol: "TCP", Groups: []forward.WeightedGroup{{ARN: name, Weight: 1}}},
		}})
	}
	v.named.Publish(listeners, groups)
}

// hostGroup is a target group of the hosts that the configuration names.
func hostGroup(name string, hosts []string) (forward.Group, error) {
	g := forward.Group{ARN: name, Check: forward.Check{
		Protocol: "TCP", Interval: 10 * time.Second, Timeout: 5 * time.Second, Healthy: 2, Unhealthy: 2,
	}}
	for _, address := range hosts {
		host, text, err := net.SplitHostPort(address)
		port, portErr := strconv.ParseUint(text, 10, 16)
		if err != nil || portErr != nil || host == "" || port == 0 {
			return g, fmt.Errorf("--vpc-link %s wants HOST:PORT, not %q", name, address)
		}
		g.Targets = append(g.Targets, forward.Target{ID: host, Host: host, Port: uint16(port)})
	}
	if len(g.Targets) == 0 {
		return g, fmt.Errorf("--vpc-link %s names no host", name)
	}
	return g, nil
}

// Choose implements connection.Links. What the configuration names goes before the links that the API made.
func (v *vpcLinks) Choose(w connection.Way) (connection.Target, error) {
	if v.isNamed(w.LinkID) {
		return answered(v.named.Choose(w.LinkID, w.Port, w.Secure))
	}
	arn := w.Target
	if arn == "" {
		link, ok := (*v.table.Load())[linkKey{w.AccountID, w.Region, w.LinkID}]
		if !ok {
			return connection.Target{}, errNoLink
		}
		if link.broken != nil {
			return connection.Target{}, link.broken
		}
		arn = link.target
	}
	if v.isNamed(arn) {
		return answered(v.named.Choose(arn, w.Port, w.Secure))
	}
	return answered(v.balancers.Choose(arn, w.Port, w.Secure))
}

func (v *vpcLinks) isNamed(name string) bool {
	_, ok := v.names[name]
	return ok
}

// answered words a load balancer's choice for the data plane.
func answered(c forward.Choice, err error) (connection.Target, error) {
	t := connection.Target{Address: c.Address, Secure: c.Secure, Unchecked: c.Begun}
	if a := c.Answer; a != nil {
		t.Answer = &connection.Answer{Status: a.Status, ContentType: a.ContentType, Body: a.Body, Location: a.Location}
	}
	return t, err
}

// Run follows the links that are made and deleted until ctx ends. It must be called once.
func (v *vpcLinks) Run(ctx context.Context) {
	defer v.named.Close()
	for ctx.Err() == nil {
		err := v.follow(ctx)
		if ctx.Err() != nil {
			return
		}
		v.log.LogAttrs(ctx, slog.LevelWarn, "VPC links lost the change feed, leading where they did", slog.Any("error", err))
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
		}
	}
}

func (v *vpcLinks) follow(ctx context.Context) error {
	changes, err := v.source.Watch(ctx)
	if err != nil {
		return err
	}
	for first := true; ; first = false {
		c, ok := <-changes
		if !ok {
			return errors.New("the feed ended")
		}
		if first || c.VPCLinks || c.All {
			if err := v.load(ctx); err != nil {
				return err
			}
		}
		v.progress.Reach(c.Revision)
	}
}

// load reads every link. One whose target cannot be a link's has failed.
func (v *vpcLinks) load(ctx context.Context) error {
	links, err := v.source.VPCLinks(ctx)
	if err != nil {
		return err
	}
	table := make(map[linkKey]placedLink, len(links))
	for _, l := range links {
		placed := placedLink{target: l.Link.TargetARNs[0]}
		if status, message := l.Link.Settled(); status != apidef.LinkAvailable {
			placed.broken = fmt.Errorf("VPC link %s is %s: %s", l.Link.ID, status, message)
		}
		table[linkKey{l.Scope.Account, l.Scope.Region, l.Link.ID}] = placed
	}
	v.table.Store(&table)
	return nil
}

// Follow waits until the links are those of a revision of the store, or ctx ends.
func (v *vpcLinks) Follow(ctx context.Context, revision int64) error {
	return v.progress.Wait(ctx, revision)
}
