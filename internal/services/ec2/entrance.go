package ec2

import (
	"context"
	"log/slog"
	"net/netip"
	"slices"

	"postern/internal/gateway/progress"
	"postern/internal/store"
	"postern/internal/store/document"
	"postern/internal/store/feed"
)

// Entrance is an interface endpoint of execute-api: who comes from one of its networks may have come through it to a
// private API of its region.
type Entrance struct {
	ID, VPC, Account, Region string
	// PrivateDNS is whether the API's own name leads through the endpoint, and not only one that names the endpoint.
	PrivateDNS bool
	// Networks are the VPC's as far as the endpoint's security groups let them in.
	Networks []netip.Prefix
	// Policy is the endpoint's policy document; empty: everybody may call everything through it.
	Policy string
}

// Entrances follow the endpoints in a store.
type Entrances struct {
	store    store.Store
	publish  func([]Entrance)
	log      *slog.Logger
	progress progress.Mark
}

// NewEntrances makes them. publish gets all endpoints, ordered by account, region and identifier, whenever one changed.
func NewEntrances(s store.Store, publish func([]Entrance), log *slog.Logger) *Entrances {
	return &Entrances{store: s, publish: publish, log: log}
}

// Run follows the store until ctx ends. While the feed is lost the endpoints stay as they were.
func (e *Entrances) Run(ctx context.Context) {
	feed.Follow(ctx, e.store, e.follow, func(err error) {
		e.log.LogAttrs(ctx, slog.LevelWarn, "VPC endpoints lost the change feed", slog.Any("error", err))
	})
}

// Follow returns once the endpoints of a revision are published. The error is ctx's.
func (e *Entrances) Follow(ctx context.Context, revision int64) error {
	return e.progress.Wait(ctx, revision)
}

func (e *Entrances) follow(ctx context.Context, revision int64, changes []store.Change) error {
	if changes == nil || slices.ContainsFunc(changes, concerns) {
		if err := e.read(ctx); err != nil {
			return err
		}
	}
	e.progress.Reach(revision)
	return nil
}

func concerns(c store.Change) bool {
	return c.Key.Kind == kindEndpoint || c.Key.Kind == kindGroup || c.Key.Kind == kindVPC
}

func (e *Entrances) read(ctx context.Context) error {
	var all []Entrance
	err := e.store.View(ctx, func(tx store.Tx) error {
		all = nil
		var scopes []store.Scope
		if err := document.ScanAll(tx, kindEndpoint, func(key store.Key, _ *endpoint) bool {
			if !slices.Contains(scopes, key.Scope) {
				scopes = append(scopes, key.Scope)
			}
			return true
		}); err != nil {
			return err
		}
		for _, scope := range scopes {
			n, err := readNetwork(tx, scope)
			if err != nil {
				return err
			}
			all = append(all, n.entrances()...)
		}
		return nil
	})
	if err == nil {
		e.publish(all)
	}
	return err
}

func (n *network) entrances() (all []Entrance) {
	for _, e := range n.endpoints {
		if e.Service == executeAPI && e.Type == interfaceEndpoint {
			all = append(all, Entrance{
				ID: e.ID, VPC: e.VPC, Account: n.scope.Account, Region: n.scope.Region, PrivateDNS: e.PrivateDNS, Networks: n.letIn(e),
				Policy: e.Policy,
			})
		}
	}
	return all
}

// letIn is from where in its VPC an endpoint is reached by HTTPS. Which hosts a group has is not known here, so a rule for
// a group's members lets in the whole VPC.
func (n *network) letIn(e *endpoint) (all []netip.Prefix) {
	of, err := n.vpc(e.VPC)
	if err != nil {
		return nil
	}
	for _, block := range of.blocks() {
		for _, g := range n.groups {
			if !slices.Contains(e.Groups, g.ID) {
				continue
			}
			for _, r := range g.Rules {
				if peer, ok := r.from(block); ok && !slices.Contains(all, peer) {
					all = append(all, peer)
				}
			}
		}
	}
	return all
}

// httpsPort is where endpoints of execute-api are reached. Source: developer guide, "Private REST APIs in API Gateway".
const httpsPort = 443

// from is the part of a block that the rule lets reach the HTTPS port.
func (r *securityGroupRule) from(block netip.Prefix) (netip.Prefix, bool) {
	if r.Egress || r.Protocol != allProtocols && (r.Protocol != "tcp" || *r.From > httpsPort || *r.To < httpsPort) {
		return netip.Prefix{}, false
	}
	if r.Group != "" {
		return block, true
	}
	peer, err := netip.ParsePrefix(r.CIDR + r.IPv6CIDR)
	if err != nil || !peer.Overlaps(block) {
		return netip.Prefix{}, false
	}
	if peer.Bits() > block.Bits() {
		return peer, true
	}
	return block, true
}
