package elbv2

import (
	"postern/internal/aws/awserr"
	model "postern/internal/aws/wire/elbv2"
)

// zone is an availability zone of a load balancer, with its subnet there.
type zone struct {
	Name    string `json:"zoneName"`
	Subnet  string `json:"subnetId"`
	Address string `json:"address,omitempty"` // AllocationId of its elastic address
	Private string `json:"privateIPv4Address,omitempty"`
	IPv6    string `json:"ipv6Address,omitempty"`
	NAT     string `json:"sourceNatIpv6Prefix,omitempty"`
}

func checkSubnets(subnets []string, mappings []model.SubnetMapping) error {
	switch {
	case len(subnets) > 0 && len(mappings) > 0:
		return awserr.ValidationError.Errorf("Only one of subnets or subnet mappings can be specified")
	case len(subnets) == 0 && len(mappings) == 0:
		return awserr.ValidationError.Errorf("At least one subnet must be specified")
	}
	for _, m := range mappings {
		if value(m.SubnetID) == "" {
			return awserr.ValidationError.Errorf("A subnet ID must be specified in each subnet mapping")
		}
	}
	return nil
}

// subnetsOf are the subnets of either form, without their zones.
func subnetsOf(subnets []string, mappings []model.SubnetMapping) []zone {
	var zones []zone
	for _, id := range subnets {
		zones = append(zones, zone{Subnet: id})
	}
	for _, m := range mappings {
		zones = append(zones, zone{
			Subnet: value(m.SubnetID), Address: value(m.AllocationID), Private: value(m.PrivateIPv4Address),
			IPv6: value(m.IPv6Address), NAT: value(m.SourceNatIPv6Prefix),
		})
	}
	return zones
}

// zones places subnets. Those that nobody knows lie in zones of their own, one after the other: definitions made for AWS
// name subnets that exist there only.
func (e *ELB) zones(r records, subnets []zone) (vpc string, zones []zone, err error) {
	for i, z := range subnets {
		known := ""
		if e.options.Subnet != nil {
			if known, z.Name, err = e.options.Subnet(r.tx, r.scope, z.Subnet); err != nil {
				return "", nil, err
			}
		}
		if z.Name == "" {
			z.Name = r.scope.Region + string(rune('a'+i%26))
		}
		if vpc == "" {
			vpc = known
		}
		if known != "" && known != vpc {
			return "", nil, model.InvalidConfigurationRequestException.Errorf("All subnets must belong to the same VPC: '%s'", vpc)
		}
		zones = append(zones, z)
	}
	if vpc == "" {
		vpc = "vpc-00000000"
	}
	return vpc, zones, nil
}

func zoneAnswers(zones []zone) []model.AvailabilityZone {
	out := make([]model.AvailabilityZone, 0, len(zones))
	for _, z := range zones {
		a := model.AvailabilityZone{ZoneName: &z.Name, SubnetID: &z.Subnet, LoadBalancerAddresses: []model.LoadBalancerAddress{}}
		if z.Address != "" || z.Private != "" || z.IPv6 != "" {
			a.LoadBalancerAddresses = append(a.LoadBalancerAddresses, model.LoadBalancerAddress{
				AllocationID: optional(z.Address), PrivateIPv4Address: optional(z.Private), IPv6Address: optional(z.IPv6),
			})
		}
		if z.NAT != "" {
			a.SourceNatIPv6Prefixes = []string{z.NAT}
		}
		out = append(out, a)
	}
	return out
}
