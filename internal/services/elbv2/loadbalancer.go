package elbv2

import (
	"context"
	"slices"

	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	model "postern/internal/aws/wire/elbv2"
	"postern/internal/store"
)

// loadBalancer is a load balancer as it is stored.
type loadBalancer struct {
	ARN            string            `json:"loadBalancerArn"`
	Name           string            `json:"loadBalancerName"`
	ID             string            `json:"id"` // the end of ARN and DNS name
	Type           string            `json:"type"`
	Scheme         string            `json:"scheme"`
	IPAddressType  string            `json:"ipAddressType"`
	VPC            string            `json:"vpcId"`
	Zones          []zone            `json:"availabilityZones"`
	SecurityGroups []string          `json:"securityGroups,omitempty"`
	PrivateLink    string            `json:"enforceSecurityGroupInboundRulesOnPrivateLinkTraffic,omitempty"`
	SourceNAT      string            `json:"enablePrefixForIpv6SourceNat,omitempty"`
	OwnedPool      string            `json:"customerOwnedIpv4Pool,omitempty"`
	IPAMPool       string            `json:"ipv4IpamPoolId,omitempty"`
	Created        int64             `json:"createdTime"` // milliseconds since the epoch
	Attributes     map[string]string `json:"attributes,omitempty"`
	Tags           []tag             `json:"tags,omitempty"`
}

// provisioningTime is how long a new load balancer says that it is being made, in milliseconds: clients wait for the change
// of state, which takes AWS minutes. It forwards at once.
const provisioningTime = 1000

// CreateLoadBalancer makes a load balancer; one of the same name and settings is answered as it is.
// Source: Elastic Load Balancing API reference, CreateLoadBalancer.
func (e *ELB) CreateLoadBalancer(ctx context.Context, call *wire.Call, in *model.CreateLoadBalancerInput) (*model.CreateLoadBalancerOutput, error) {
	b, err := newLoadBalancer(in)
	if err != nil {
		return nil, err
	}
	return update(ctx, e, call, func(r records) (*model.CreateLoadBalancerOutput, error) {
		subnets := subnetsOf(in.Subnets, in.SubnetMappings)
		if b.VPC, b.Zones, err = e.zones(r, subnets); err != nil {
			return nil, err
		}
		if err := b.checkZones(); err != nil {
			return nil, err
		}
		all, err := list[loadBalancer](r, kindLoadBalancer)
		if err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(all, func(o *loadBalancer) bool { return o.Name == b.Name }); i >= 0 {
			if !all[i].sameAs(b) {
				return nil, model.DuplicateLoadBalancerNameException.Errorf("A load balancer with the same name '%s' exists, but with different settings", b.Name)
			}
			return &model.CreateLoadBalancerOutput{LoadBalancers: []model.LoadBalancer{e.loadBalancerAnswer(r.scope, all[i])}}, nil
		}
		if err := checkQuota(all, b); err != nil {
			return nil, err
		}
		b.ID, b.Created = e.options.NewID(idLength), e.now().UnixMilli()
		b.ARN = arnOf(r.scope, "loadbalancer/"+shortType(b.Type)+"/"+b.Name+"/"+b.ID)
		answer := e.loadBalancerAnswer(r.scope, b)
		return &model.CreateLoadBalancerOutput{LoadBalancers: []model.LoadBalancer{answer}}, put(r, kindLoadBalancer, b.ARN, b)
	})
}

// sameAs tells whether two load balancers have the settings that CreateLoadBalancer compares.
func (b *loadBalancer) sameAs(o *loadBalancer) bool {
	return b.Type == o.Type && b.Scheme == o.Scheme && b.IPAddressType == o.IPAddressType &&
		slices.Equal(b.subnets(), o.subnets()) && slices.Equal(b.SecurityGroups, o.SecurityGroups)
}

func (b *loadBalancer) subnets() []string {
	ids := make([]string, 0, len(b.Zones))
	for _, z := range b.Zones {
		ids = append(ids, z.Subnet)
	}
	slices.Sort(ids)
	return ids
}

// DescribeLoadBalancers answers load balancers, by ARN or name, or all.
func (e *ELB) DescribeLoadBalancers(ctx context.Context, call *wire.Call, in *model.DescribeLoadBalancersInput) (*model.DescribeLoadBalancersOutput, error) {
	if len(in.LoadBalancerARNs) > 0 && len(in.Names) > 0 {
		return nil, awserr.ValidationError.Errorf("Load balancer names and load balancer ARNs cannot be specified at the same time")
	}
	return view(ctx, e, call, func(r records) (*model.DescribeLoadBalancersOutput, error) {
		found, err := r.loadBalancers(in.LoadBalancerARNs, in.Names)
		if err != nil {
			return nil, err
		}
		cut, next, err := page(found, in.Marker, in.PageSize, func(b *loadBalancer) string { return b.ARN })
		if err != nil {
			return nil, err
		}
		out := &model.DescribeLoadBalancersOutput{LoadBalancers: []model.LoadBalancer{}, NextMarker: next}
		for _, b := range cut {
			out.LoadBalancers = append(out.LoadBalancers, e.loadBalancerAnswer(r.scope, b))
		}
		return out, nil
	})
}

// loadBalancers reads those that are named, or all. An unknown one is refused.
func (r records) loadBalancers(arns, names []string) ([]*loadBalancer, error) {
	if len(arns) > 0 {
		var found []*loadBalancer
		for _, arn := range arns {
			b, err := r.loadBalancer(arn)
			if err != nil {
				return nil, err
			}
			found = append(found, b)
		}
		return found, nil
	}
	all, err := list[loadBalancer](r, kindLoadBalancer)
	if err != nil || len(names) == 0 {
		return all, err
	}
	for _, name := range names {
		if !slices.ContainsFunc(all, func(b *loadBalancer) bool { return b.Name == name }) {
			return nil, model.LoadBalancerNotFoundException.Errorf("Load balancers '[%s]' not found", name)
		}
	}
	return slices.DeleteFunc(all, func(b *loadBalancer) bool { return !slices.Contains(names, b.Name) }), nil
}

func (r records) loadBalancer(arn string) (*loadBalancer, error) {
	if err := checkARN(arn, "loadbalancer", "load balancer"); err != nil {
		return nil, err
	}
	return get[loadBalancer](r, kindLoadBalancer, arn, model.LoadBalancerNotFoundException.Errorf("Load balancers '[%s]' not found", arn))
}

// DeleteLoadBalancer removes a load balancer with its listeners; of one that is not there it removes nothing. Texts:
// public deployment logs.
func (e *ELB) DeleteLoadBalancer(ctx context.Context, call *wire.Call, in *model.DeleteLoadBalancerInput) (*model.DeleteLoadBalancerOutput, error) {
	arn := *in.LoadBalancerARN
	if err := checkARN(arn, "loadbalancer", "load balancer"); err != nil {
		return nil, err
	}
	return update(ctx, e, call, func(r records) (*model.DeleteLoadBalancerOutput, error) {
		b, err := get[loadBalancer](r, kindLoadBalancer, arn, nil)
		if b == nil {
			return &model.DeleteLoadBalancerOutput{}, err
		}
		if b.attribute(loadBalancerAttributes(b.Type), deletionProtection) == "true" {
			return nil, model.OperationNotPermittedException.Errorf("Load balancer '%s' cannot be deleted because deletion protection is enabled", arn)
		}
		if err := e.refuseInUse(r, arn); err != nil {
			return nil, err
		}
		listeners, err := r.listenersOf(arn)
		if err != nil {
			return nil, err
		}
		for _, l := range listeners {
			if err := r.delete(kindListener, l.ARN); err != nil {
				return nil, err
			}
		}
		return &model.DeleteLoadBalancerOutput{}, r.delete(kindLoadBalancer, arn)
	})
}

// refuseInUse refuses to delete what a VPC link or a target group leads to.
func (e *ELB) refuseInUse(r records, arn string) error {
	used := false
	if e.options.InUse != nil {
		var err error
		if used, err = e.options.InUse(r.tx, r.scope, arn); err != nil {
			return err
		}
	}
	groups, err := list[targetGroup](r, kindTargetGroup)
	if err != nil {
		return err
	}
	used = used || slices.ContainsFunc(groups, func(g *targetGroup) bool { return g.hasTarget(arn) })
	if used {
		return model.ResourceInUseException.Errorf("Load balancer '%s' cannot be deleted because it is currently associated with another service", arn)
	}
	return nil
}

// SetIPAddressType changes the type of a load balancer's addresses.
func (e *ELB) SetIPAddressType(ctx context.Context, call *wire.Call, in *model.SetIPAddressTypeInput) (*model.SetIPAddressTypeOutput, error) {
	return changed(ctx, e, call, *in.LoadBalancerARN, func(_ records, b *loadBalancer) (*model.SetIPAddressTypeOutput, error) {
		b.IPAddressType = *in.IPAddressType
		return &model.SetIPAddressTypeOutput{IPAddressType: in.IPAddressType}, b.checkAddresses()
	})
}

// SetSecurityGroups changes a load balancer's security groups, which are kept and guard nothing.
func (e *ELB) SetSecurityGroups(ctx context.Context, call *wire.Call, in *model.SetSecurityGroupsInput) (*model.SetSecurityGroupsOutput, error) {
	return changed(ctx, e, call, *in.LoadBalancerARN, func(_ records, b *loadBalancer) (*model.SetSecurityGroupsOutput, error) {
		if b.Type == network && len(b.SecurityGroups) == 0 {
			return nil, model.InvalidConfigurationRequestException.Errorf("You cannot set security groups on a Network Load Balancer that was created without any")
		}
		b.SecurityGroups = in.SecurityGroups
		if in.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic != nil {
			b.PrivateLink = *in.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic
		}
		return &model.SetSecurityGroupsOutput{
			SecurityGroupIDs: b.SecurityGroups, EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: optional(b.PrivateLink),
		}, nil
	})
}

// SetSubnets changes a load balancer's subnets.
func (e *ELB) SetSubnets(ctx context.Context, call *wire.Call, in *model.SetSubnetsInput) (*model.SetSubnetsOutput, error) {
	if err := checkSubnets(in.Subnets, in.SubnetMappings); err != nil {
		return nil, err
	}
	return changed(ctx, e, call, *in.LoadBalancerARN, func(r records, b *loadBalancer) (*model.SetSubnetsOutput, error) {
		var err error
		if _, b.Zones, err = e.zones(r, subnetsOf(in.Subnets, in.SubnetMappings)); err != nil {
			return nil, err
		}
		if in.IPAddressType != nil {
			b.IPAddressType = *in.IPAddressType
		}
		if in.EnablePrefixForIPv6SourceNat != nil {
			b.SourceNAT = *in.EnablePrefixForIPv6SourceNat
		}
		if err := b.checkAddresses(); err != nil {
			return nil, err
		}
		return &model.SetSubnetsOutput{
			AvailabilityZones: zoneAnswers(b.Zones), IPAddressType: &b.IPAddressType, EnablePrefixForIPv6SourceNat: optional(b.SourceNAT),
		}, b.checkZones()
	})
}

// changed runs fn on a load balancer, and keeps what it made of it.
func changed[T any](ctx context.Context, e *ELB, call *wire.Call, arn string, fn func(records, *loadBalancer) (*T, error)) (*T, error) {
	return update(ctx, e, call, func(r records) (*T, error) {
		b, err := r.loadBalancer(arn)
		if err != nil {
			return nil, err
		}
		out, err := fn(r, b)
		if err != nil {
			return nil, err
		}
		return out, put(r, kindLoadBalancer, arn, b)
	})
}

func (e *ELB) loadBalancerAnswer(scope store.Scope, b *loadBalancer) model.LoadBalancer {
	state := model.LoadBalancerStateEnumActive
	if e.now().UnixMilli()-b.Created < provisioningTime {
		state = model.LoadBalancerStateEnumProvisioning
	}
	out := model.LoadBalancer{
		LoadBalancerARN: &b.ARN, LoadBalancerName: &b.Name, Type: &b.Type, Scheme: &b.Scheme, IPAddressType: &b.IPAddressType,
		VPCID: &b.VPC, AvailabilityZones: zoneAnswers(b.Zones), SecurityGroups: b.SecurityGroups,
		DNSName: new(b.dnsName(scope.Region)), CanonicalHostedZoneID: new(hostedZone(b.Type, scope.Region)),
		CreatedTime: new(wire.Millis(b.Created)), State: &model.LoadBalancerState{Code: &state},
		CustomerOwnedIPv4Pool: optional(b.OwnedPool), EnablePrefixForIPv6SourceNat: optional(b.SourceNAT),
		EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: optional(b.PrivateLink),
	}
	if b.IPAMPool != "" {
		out.IpamPools = &model.IpamPools{IPv4IpamPoolID: &b.IPAMPool}
	}
	return out
}
