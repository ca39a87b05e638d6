package ec2

import (
	"cmp"
	"context"

	"postern/internal/aws/wire"
	wireec2 "postern/internal/aws/wire/ec2"
	"postern/internal/store"
)

// DescribeVPCAttribute tells one attribute.
func (s *Service) DescribeVPCAttribute(ctx context.Context, call *wire.Call, in *wireec2.DescribeVPCAttributeRequest) (*wireec2.DescribeVPCAttributeResult, error) {
	n, err := s.view(ctx, call)
	if err != nil {
		return nil, err
	}
	found, err := n.vpc(*in.VPCID)
	if err := cmp.Or(err, errDryRun(in.DryRun)); err != nil {
		return nil, err
	}
	out := &wireec2.DescribeVPCAttributeResult{VPCID: in.VPCID}
	switch *in.Attribute {
	case wireec2.VPCAttributeNameEnableDnsSupport:
		out.EnableDNSSupport = &wireec2.AttributeBooleanValue{Value: new(!found.NoDNSSupport)}
	case wireec2.VPCAttributeNameEnableDnsHostnames:
		out.EnableDNSHostnames = &wireec2.AttributeBooleanValue{Value: new(orDefault(found.DNSHostnames, found.IsDefault))}
	case wireec2.VPCAttributeNameEnableNetworkAddressUsageMetrics:
		out.EnableNetworkAddressUsageMetrics = &wireec2.AttributeBooleanValue{Value: &found.AddressMetrics}
	}
	return out, nil
}

// orDefault is what was set, or what the default VPC and its subnets have and others do not.
func orDefault(set *bool, isDefault bool) bool {
	if set != nil {
		return *set
	}
	return isDefault
}

// ModifyVPCAttribute sets one attribute. They are kept, and mean nothing to the gateway.
// Source: EC2 API reference, ModifyVpcAttribute; the text is inferred.
func (s *Service) ModifyVPCAttribute(ctx context.Context, call *wire.Call, in *wireec2.ModifyVPCAttributeRequest) error {
	return s.store.Update(ctx, func(tx store.Tx) error {
		n, err := readNetwork(tx, scopeOf(call))
		if err != nil {
			return err
		}
		return n.changeVPC(tx, *in.VPCID, func(v *vpc) error {
			hostnames, support, metrics := in.EnableDNSHostnames, in.EnableDNSSupport, in.EnableNetworkAddressUsageMetrics
			switch {
			case hostnames != nil && support == nil && metrics == nil:
				v.DNSHostnames = new(isTrue(hostnames))
			case support != nil && hostnames == nil && metrics == nil:
				v.NoDNSSupport = !isTrue(support)
			case metrics != nil && hostnames == nil && support == nil:
				v.AddressMetrics = isTrue(metrics)
			default:
				return refuse("InvalidParameterCombination", "Exactly one attribute must be specified.")
			}
			return nil
		})
	})
}

// ModifySubnetAttribute sets whether hosts get public addresses and IPv6 addresses, which is all of a subnet that can change
// here. Other attributes may be set to what they are. Their text is Postern's own, that of IPv6 a known AWS answer.
func (s *Service) ModifySubnetAttribute(ctx context.Context, call *wire.Call, in *wireec2.ModifySubnetAttributeRequest) error {
	hostname := in.PrivateDNSHostnameTypeOnLaunch
	if hostname != nil && *hostname != wireec2.HostnameTypeIPName || in.CustomerOwnedIPv4Pool != nil || in.EnableLniAtDeviceIndex != nil ||
		isTrue(in.MapCustomerOwnedIPOnLaunch) || isTrue(in.EnableDns64) ||
		isTrue(in.EnableResourceNameDNSARecordOnLaunch) || isTrue(in.EnableResourceNameDNSAAAARecordOnLaunch) {
		return refuse("UnsupportedOperation", "Postern's subnets have neither DNS64, nor outposts, nor names by resource.")
	}
	return s.store.Update(ctx, func(tx store.Tx) error {
		n, err := readNetwork(tx, scopeOf(call))
		if err != nil {
			return err
		}
		return n.changeSubnet(tx, *in.SubnetID, func(v *subnet) error {
			if in.MapPublicIPOnLaunch != nil {
				v.PublicAddresses = new(isTrue(in.MapPublicIPOnLaunch))
			}
			if in.AssignIPv6AddressOnCreation != nil {
				if v.IPv6Addresses = isTrue(in.AssignIPv6AddressOnCreation); v.IPv6Addresses && v.IPv6CIDR == "" {
					return refuse("InvalidParameterValue", "Invalid value 'true' for assignIpv6AddressOnCreation. Subnet must have a valid Ipv6Cidr.")
				}
			}
			return nil
		})
	})
}

func isTrue(v *wireec2.AttributeBooleanValue) bool { return v != nil && v.Value != nil && *v.Value }

// changeVPC lets fn change a VPC and writes it, the default one too.
func (n *network) changeVPC(tx store.Tx, id string, fn func(*vpc) error) error {
	found, err := n.vpc(id)
	if err != nil {
		return err
	}
	if err := fn(found); err != nil {
		return err
	}
	return put(tx, n.scope, kindVPC, id, found)
}

// changeSubnet lets fn change a subnet and writes it, the default ones too.
func (n *network) changeSubnet(tx store.Tx, id string, fn func(*subnet) error) error {
	found, err := n.subnet(id)
	if err != nil {
		return err
	}
	if err := fn(found); err != nil {
		return err
	}
	return put(tx, n.scope, kindSubnet, id, found)
}
