package elbv2

import (
	"context"
	"strconv"

	"postern/internal/aws/wire"
	model "postern/internal/aws/wire/elbv2"
)

// The quotas that Postern keeps to. Source: user guides, "Quotas for your load balancers".
const (
	maxBalancers = 50 // of each type
	maxListeners = 50 // of one load balancer
	maxGroups    = 3000
	maxTargets   = 1000 // of one target group
)

// DescribeAccountLimits answers the quotas that Postern keeps to.
func (e *ELB) DescribeAccountLimits(_ context.Context, _ *wire.Call, in *model.DescribeAccountLimitsInput) (*model.DescribeAccountLimitsOutput, error) {
	var limits []model.Limit
	for _, l := range [...]struct {
		name string
		most int
	}{
		{"application-load-balancers", maxBalancers},
		{"listeners-per-application-load-balancer", maxListeners},
		{"listeners-per-network-load-balancer", maxListeners},
		{"network-load-balancers", maxBalancers},
		{"target-groups", maxGroups},
		{"targets-per-application-load-balancer", maxTargets},
		{"targets-per-network-load-balancer", maxTargets},
	} {
		limits = append(limits, model.Limit{Name: &l.name, Max: new(strconv.Itoa(l.most))})
	}
	cut, next, err := page(limits, in.Marker, in.PageSize, func(l model.Limit) string { return *l.Name })
	return &model.DescribeAccountLimitsOutput{Limits: cut, NextMarker: next}, err
}

// DescribeCapacityReservation answers that nothing is reserved.
func (e *ELB) DescribeCapacityReservation(ctx context.Context, call *wire.Call, in *model.DescribeCapacityReservationInput) (*model.DescribeCapacityReservationOutput, error) {
	return view(ctx, e, call, func(r records) (*model.DescribeCapacityReservationOutput, error) {
		if _, err := r.loadBalancer(*in.LoadBalancerARN); err != nil {
			return nil, err
		}
		return &model.DescribeCapacityReservationOutput{
			DecreaseRequestsRemaining: new(2), CapacityReservationState: []model.ZonalCapacityReservationState{},
		}, nil
	})
}

func checkQuota(all []*loadBalancer, b *loadBalancer) error {
	n := 0
	for _, o := range all {
		if o.Type == b.Type {
			n++
		}
	}
	if n >= maxBalancers {
		return model.TooManyLoadBalancersException.Errorf("The maximum number of load balancers has been reached")
	}
	return nil
}
