package ec2

import (
	"cmp"
	"context"
	"net/netip"
	"slices"
	"strings"

	"postern/internal/aws/wire"
	wireec2 "postern/internal/aws/wire/ec2"
	"postern/internal/aws/wire/ec2query"
	"postern/internal/store"
)

// DescribeSubnets lists subnets, the default ones first.
func (s *Service) DescribeSubnets(ctx context.Context, call *wire.Call, in *wireec2.DescribeSubnetsRequest) (*wireec2.DescribeSubnetsResult, error) {
	n, err := s.view(ctx, call)
	if err := cmp.Or(err, errDryRun(in.DryRun)); err != nil {
		return nil, err
	}
	if err := onlyOne(in.SubnetIDs, in.MaxResults, "subnetIds"); err != nil {
		return nil, err
	}
	id := func(v *subnet) string { return v.ID }
	if err := known(in.SubnetIDs, n.subnets, id, "InvalidSubnetID.NotFound", "The subnet ID '%s' does not exist"); err != nil {
		return nil, err
	}
	kept, err := filter(pick(n.subnets, in.SubnetIDs, id), in.Filters, n.subnetFilters())
	if err != nil {
		return nil, err
	}
	page, next, err := paginate(kept, in.NextToken, in.MaxResults, id)
	out := &wireec2.DescribeSubnetsResult{Subnets: []wireec2.Subnet{}, NextToken: next}
	for _, v := range page {
		out.Subnets = append(out.Subnets, *n.wireSubnet(v))
	}
	return out, err
}

// Source: EC2 API reference, DescribeSubnets, Filter.
func (n *network) subnetFilters() map[string]func(*subnet) []string {
	zone := func(v *subnet) []string { return []string{v.Zone} }
	zoneID := func(v *subnet) []string { return []string{v.ZoneID} }
	cidr := func(v *subnet) []string { return []string{v.CIDR} }
	isDefault := func(v *subnet) []string { return yesNo(v.IsDefault) }
	nothing := func(*subnet) []string { return nil }
	return map[string]func(*subnet) []string{
		"availability-zone": zone, "availabilityZone": zone, "availability-zone-id": zoneID, "availabilityZoneId": zoneID,
		"available-ip-address-count": func(v *subnet) []string { return []string{itoa(v.addresses())} },
		"cidr":                       cidr, "cidr-block": cidr, "cidrBlock": cidr,
		"customer-owned-ipv4-pool": nothing,
		"default-for-az":           isDefault, "defaultForAz": isDefault,
		"enable-dns64": constant[*subnet]("false"), "enable-lni-at-device-index": nothing,
		"ipv6-cidr-block-association.ipv6-cidr-block": func(v *subnet) []string { return ifIPv6(v.IPv6CIDR, v.IPv6CIDR) },
		"ipv6-cidr-block-association.association-id":  func(v *subnet) []string { return ifIPv6(v.IPv6CIDR, n.subnetIPv6Association(v)) },
		"ipv6-cidr-block-association.state":           func(v *subnet) []string { return ifIPv6(v.IPv6CIDR, "associated") },
		"ipv6-native":                                 constant[*subnet]("false"),
		"map-customer-owned-ip-on-launch":             constant[*subnet]("false"), "map-public-ip-on-launch": func(v *subnet) []string {
			return yesNo(orDefault(v.PublicAddresses, v.IsDefault))
		},
		"outpost-arn": nothing, "owner-id": constant[*subnet](n.scope.Account),
		"private-dns-name-options-on-launch.hostname-type":                        constant[*subnet](wireec2.HostnameTypeIPName),
		"private-dns-name-options-on-launch.enable-resource-name-dns-a-record":    constant[*subnet]("false"),
		"private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record": constant[*subnet]("false"),
		"state":      constant[*subnet]("available"),
		"subnet-arn": func(v *subnet) []string { return []string{n.subnetARN(v)} },
		"subnet-id":  func(v *subnet) []string { return []string{v.ID} },
		"tag:":       func(v *subnet) []string { return tagPairs(v.Tags) }, "tag-key": func(v *subnet) []string { return tagKeys(v.Tags) },
		"vpc-id": func(v *subnet) []string { return []string{v.VPC} },
	}
}

func (n *network) subnetARN(v *subnet) string {
	return n.arn("subnet/" + v.ID)
}

// wireSubnet is a subnet as AWS describes it.
func (n *network) wireSubnet(v *subnet) *wireec2.Subnet {
	return &wireec2.Subnet{
		AvailabilityZone: &v.Zone, AvailabilityZoneID: &v.ZoneID, OwnerID: &n.scope.Account, SubnetID: &v.ID, VPCID: &v.VPC,
		SubnetARN: new(n.subnetARN(v)), State: new("available"), CIDRBlock: &v.CIDR, AvailableIPAddressCount: new(v.addresses()),
		DefaultForAz: &v.IsDefault, MapPublicIPOnLaunch: new(orDefault(v.PublicAddresses, v.IsDefault)), MapCustomerOwnedIPOnLaunch: new(false),
		AssignIPv6AddressOnCreation: &v.IPv6Addresses, IPv6CIDRBlockAssociationSet: n.wireSubnetIPv6(v),
		EnableDns64: new(false), IPv6Native: new(false), Tags: wireTags(v.Tags),
		PrivateDNSNameOptionsOnLaunch: &wireec2.PrivateDNSNameOptionsOnLaunch{
			HostnameType:                 new(wireec2.HostnameTypeIPName),
			EnableResourceNameDNSARecord: new(false), EnableResourceNameDNSAAAARecord: new(false),
		},
		BlockPublicAccessStates: &wireec2.BlockPublicAccessStates{InternetGatewayBlockMode: new(wireec2.BlockPublicAccessModeOff)},
	}
}

// CreateSubnet makes a subnet inside a VPC. The texts are known AWS answers.
func (s *Service) CreateSubnet(ctx context.Context, call *wire.Call, in *wireec2.CreateSubnetRequest) (*wireec2.CreateSubnetResult, error) {
	switch {
	case in.OutpostARN != nil, in.IPv6Native != nil && *in.IPv6Native, in.IPv4IpamPoolID != nil,
		in.IPv4NetmaskLength != nil, in.IPv6IpamPoolID != nil, in.IPv6NetmaskLength != nil:
		return nil, refuse("UnsupportedOperation", "Postern's subnets have one IPv4 block, and neither IPAM nor outposts.")
	case in.CIDRBlock == nil:
		return nil, ec2query.MissingParameter.Errorf("Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.")
	}
	cidr, err := blockOf(*in.CIDRBlock, "InvalidSubnet.Range")
	if err != nil {
		return nil, err
	}
	where, err := zoneOf(call.Region, in)
	if err != nil {
		return nil, err
	}
	tags, err := newTags(in.TagSpecifications, "subnet")
	if err != nil {
		return nil, err
	}
	made := &subnet{
		ID: "subnet-" + s.options.NewID(idDigits), VPC: *in.VPCID, CIDR: cidr.String(), Zone: where.name, ZoneID: where.id, Tags: tags,
	}
	out := new(wireec2.CreateSubnetResult)
	return out, s.store.Update(ctx, func(tx store.Tx) error {
		n, err := readNetwork(tx, scopeOf(call))
		if err != nil {
			return err
		}
		if err := cmp.Or(n.fits(cidr, *in.VPCID), n.setIPv6(made, in.IPv6CIDRBlock), errDryRun(in.DryRun)); err != nil {
			return err
		}
		out.Subnet = n.wireSubnet(made)
		return put(tx, n.scope, kindSubnet, made.ID, made)
	})
}

// zoneOf is where a new subnet goes: into the first zone when the call does not say.
func zoneOf(region string, in *wireec2.CreateSubnetRequest) (zone, error) {
	all := zones(region)
	var names []string
	for _, z := range all {
		names = append(names, z.name)
		if in.AvailabilityZone != nil && *in.AvailabilityZone == z.name || in.AvailabilityZoneID != nil && *in.AvailabilityZoneID == z.id {
			return z, nil
		}
	}
	const text = "Value (%s) for parameter %s is invalid. Subnets can currently only be created in the following availability zones: %s."
	switch {
	case in.AvailabilityZone != nil:
		return zone{}, refuse("InvalidParameterValue", text, *in.AvailabilityZone, "availabilityZone", strings.Join(names, ", "))
	case in.AvailabilityZoneID != nil:
		return zone{}, refuse("InvalidParameterValue", text, *in.AvailabilityZoneID, "availabilityZoneId", strings.Join(names, ", "))
	}
	return all[0], nil
}

// fits refuses a block that is not inside the VPC's, or that another subnet has.
func (n *network) fits(block netip.Prefix, vpcID string) error {
	in, err := n.vpc(vpcID)
	if err != nil {
		return err
	}
	whole, err := netip.ParsePrefix(in.CIDR)
	if err != nil {
		return err
	}
	if !whole.Contains(block.Addr()) || block.Bits() < whole.Bits() {
		return refuse("InvalidSubnet.Range", "The CIDR '%s' is invalid.", block)
	}
	if slices.ContainsFunc(n.subnetsOf(vpcID), func(other *subnet) bool {
		taken, err := netip.ParsePrefix(other.CIDR)
		return err == nil && taken.Overlaps(block)
	}) {
		return refuse("InvalidSubnet.Conflict", "The CIDR '%s' conflicts with another subnet", block)
	}
	return nil
}

// DeleteSubnet deletes a subnet without network interfaces, one of the account's default ones too. The text is a known AWS
// answer.
func (s *Service) DeleteSubnet(ctx context.Context, call *wire.Call, in *wireec2.DeleteSubnetRequest) error {
	scope := scopeOf(call)
	return s.store.Update(ctx, func(tx store.Tx) error {
		n, err := readNetwork(tx, scope)
		if err != nil {
			return err
		}
		found, err := n.subnet(*in.SubnetID)
		if err := cmp.Or(err, errDryRun(in.DryRun)); err != nil {
			return err
		}
		if slices.ContainsFunc(n.interfaces(), func(i networkInterface) bool { return i.Subnet == found.ID }) {
			return refuse("DependencyViolation", "The subnet '%s' has dependencies and cannot be deleted.", found.ID)
		}
		if found.IsDefault {
			return tx.Put(store.Key{Scope: scope, Kind: kindDeleted, ID: found.ID}, []byte("{}"))
		}
		return tx.Delete(store.Key{Scope: scope, Kind: kindSubnet, ID: found.ID})
	})
}
