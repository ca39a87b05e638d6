package server

import (
	"context"
	"log/slog"
	"net/netip"
	"slices"
	"sync/atomic"
	"time"

	"postern/internal/gateway/policy"
	"postern/internal/services/ec2"
	"postern/internal/store"
)

// vpcEndpoints are the VPC endpoints that callers of the AWS API made, as the data plane knows them.
type vpcEndpoints struct {
	*ec2.Entrances
	// open is whether callers from this host count as being in every VPC: they do while nobody verifies who makes VPCs.
	// With callers that are known, what connects from this host may be a proxy for strangers.
	open bool
	log  *slog.Logger
	// table is replaced whole.
	table atomic.Pointer[policy.VPCEndpoints]
}

func newVPCEndpoints(documents store.Store, open bool, log *slog.Logger) *vpcEndpoints {
	v := &vpcEndpoints{open: open, log: log}
	v.table.Store(new(policy.VPCEndpoints))
	v.Entrances = ec2.NewEntrances(documents, v.replace, log)
	return v
}

func (v *vpcEndpoints) all() policy.VPCEndpoints { return *v.table.Load() }

func (v *vpcEndpoints) replace(entrances []ec2.Entrance) {
	next := make(policy.VPCEndpoints, 0, len(entrances))
	for _, e := range entrances {
		networks := e.Networks
		if v.open && len(networks) > 0 {
			networks = append(slices.Clip(networks), netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128"))
		}
		decides, err := policy.Compile(e.Policy)
		if err != nil { // one that was kept by another version of Postern: it lets nobody through
			v.log.LogAttrs(context.Background(), slog.LevelWarn, "a VPC endpoint leads nowhere", slog.String("endpoint", e.ID), slog.Any("error", err))
			continue
		}
		next = append(next, policy.VPCEndpoint{
			ID: e.ID, VPC: e.VPC, Account: e.Account, Region: e.Region, Networks: networks, NoPrivateDNS: !e.PrivateDNS,
			Policy: decides,
		})
	}
	v.table.Store(&next)
}

// published lets a caller of EC2 have its answer once this node lets callers through the endpoints as they are then.
func (v *vpcEndpoints) published(ctx context.Context, revision int64) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := v.Follow(ctx, revision); err != nil {
		v.log.LogAttrs(ctx, slog.LevelWarn, "VPC endpoints lag behind EC2", slog.Int64("revision", revision), slog.String("error", err.Error()))
	}
}
