package ec2

import (
	"cmp"
	"context"
	"net/netip"
	"slices"

	"postern/internal/aws/wire"
	wireec2 "postern/internal/aws/wire/ec2"
	"postern/internal/aws/wire/ec2query"
	"postern/internal/store"
)

// idDigits is how many hexadecimal digits new identifiers have after "vpc-".
const idDigits = 17

// DescribeVpcs lists VPCs, the default one first.
func (s *Service) DescribeVpcs(ctx context.Context, call *wire.Call, in *wireec2.DescribeVpcsRequest) (*wireec2.DescribeVpcsResult, error) {
	n, err := s.view(ctx, call)
	if err := cmp.Or(err, errDryRun(in.DryRun)); err != nil {
		return nil, err
	}
	if err := onlyOne(in.VPCIDs, in.MaxResults, "vpcIds"); err != nil {
		return nil, err
	}
	id := func(v *vpc) string { return v.ID }
	if err := known(in.VPCIDs, n.vpcs, id, "InvalidVpcID.NotFound", "The vpc ID '%s' does not exist"); err != nil {
		return nil, err
	}
	kept, err := filter(pick(n.vpcs, in.VPCIDs, id), in.Filters, n.vpcFilters())
	if err != nil {
		return nil, err
	}
	page, next, err := paginate(kept, in.NextToken, in.MaxResults, id)
	out := &wireec2.DescribeVpcsResult{Vpcs: []wireec2.VPC{}, NextToken: next}
	for _, v := range page {
		out.Vpcs = append(out.Vpcs, *n.wireVPC(v))
	}
	return out, err
}

// onlyOne refuses a call that asks for certain things and for a page of all.
func onlyOne(ids []string, limit *int, parameter string) error {
	if len(ids) > 0 && limit != nil {
		return refuse("InvalidParameterCombination", "The parameter %s cannot be used with the parameter maxResults", parameter)
	}
	return nil
}

// Source: EC2 API reference, DescribeVpcs, Filter.
func (n *network) vpcFilters() map[string]func(*vpc) []string {
	cidr := func(v *vpc) []string { return []string{v.CIDR} }
	isDefault := func(v *vpc) []string { return yesNo(v.IsDefault) }
	return map[string]func(*vpc) []string{
		"cidr": cidr, "cidr-block": cidr, "cidrBlock": cidr, "cidr-block-association.cidr-block": cidr,
		"cidr-block-association.association-id":       func(v *vpc) []string { return []string{n.identifier("vpc-cidr-assoc", v.ID)} },
		"cidr-block-association.state":                constant[*vpc]("associated"),
		"dhcp-options-id":                             constant[*vpc](n.dhcpOptions()),
		"ipv6-cidr-block-association.ipv6-cidr-block": func(v *vpc) []string { return ifIPv6(v.IPv6CIDR, v.IPv6CIDR) },
		"ipv6-cidr-block-association.ipv6-pool":       func(v *vpc) []string { return ifIPv6(v.IPv6CIDR, amazonPool) },
		"ipv6-cidr-block-association.association-id":  func(v *vpc) []string { return ifIPv6(v.IPv6CIDR, n.ipv6Association(v)) },
		"ipv6-cidr-block-association.state":           func(v *vpc) []string { return ifIPv6(v.IPv6CIDR, "associated") },
		"is-default":                                  isDefault, "isDefault": isDefault,
		"owner-id": constant[*vpc](n.scope.Account), "state": constant[*vpc]("available"),
		"tag:": func(v *vpc) []string { return tagPairs(v.Tags) }, "tag-key": func(v *vpc) []string { return tagKeys(v.Tags) },
		"vpc-id": func(v *vpc) []string { return []string{v.ID} },
	}
}

// dhcpOptions is the one set of DHCP options that an account has.
func (n *network) dhcpOptions() string { return n.identifier("dopt", "default") }

func (n *network) wireVPC(v *vpc) *wireec2.VPC {
	return &wireec2.VPC{
		OwnerID: &n.scope.Account, InstanceTenancy: &v.Tenancy, IsDefault: &v.IsDefault, VPCID: &v.ID, State: new("available"),
		CIDRBlock: &v.CIDR, DhcpOptionsID: new(n.dhcpOptions()), Tags: wireTags(v.Tags),
		CIDRBlockAssociationSet: []wireec2.VPCCIDRBlockAssociation{{
			AssociationID: new(n.identifier("vpc-cidr-assoc", v.ID)), CIDRBlock: &v.CIDR,
			CIDRBlockState: &wireec2.VPCCIDRBlockState{State: new("associated")},
		}},
		IPv6CIDRBlockAssociationSet: n.wireIPv6(v),
		BlockPublicAccessStates:     &wireec2.BlockPublicAccessStates{InternetGatewayBlockMode: new(wireec2.BlockPublicAccessModeOff)},
	}
}

// CreateVPC makes a VPC.
func (s *Service) CreateVPC(ctx context.Context, call *wire.Call, in *wireec2.CreateVPCRequest) (*wireec2.CreateVPCResult, error) {
	switch {
	case in.IPv6Pool != nil, in.IPv6CIDRBlock != nil, in.IPv4IpamPoolID != nil, in.IPv4NetmaskLength != nil, in.IPv6IpamPoolID != nil,
		in.IPv6NetmaskLength != nil, in.VPCEncryptionControl != nil,
		in.IPv6CIDRBlockNetworkBorderGroup != nil && *in.IPv6CIDRBlockNetworkBorderGroup != call.Region:
		return nil, refuse("UnsupportedOperation", "Postern's VPCs have one IPv4 block and one IPv6 block of Amazon's, and neither IPAM nor encryption control.")
	case in.CIDRBlock == nil:
		return nil, ec2query.MissingParameter.Errorf("Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.")
	}
	cidr, err := blockOf(*in.CIDRBlock, "InvalidVpc.Range")
	if err != nil {
		return nil, err
	}
	tags, err := newTags(in.TagSpecifications, "vpc")
	if err := cmp.Or(err, errDryRun(in.DryRun)); err != nil {
		return nil, err
	}
	made := &vpc{ID: "vpc-" + s.options.NewID(idDigits), CIDR: cidr.String(), Tenancy: "default", Tags: tags}
	if in.InstanceTenancy != nil {
		made.Tenancy = *in.InstanceTenancy
	}
	if in.AmazonProvidedIPv6CIDRBlock != nil && *in.AmazonProvidedIPv6CIDRBlock {
		made.IPv6CIDR = amazonBlock(made.ID)
	}
	n := &network{scope: scopeOf(call)}
	err = s.store.Update(ctx, func(tx store.Tx) error { return put(tx, n.scope, kindVPC, made.ID, made) })
	return &wireec2.CreateVPCResult{VPC: n.wireVPC(made)}, err
}

// blockOf reads an IPv4 block of /16 to /28; bits of hosts are cut off. The texts are known AWS answers.
func blockOf(text, outOfRange string) (netip.Prefix, error) {
	prefix, err := netip.ParsePrefix(text)
	switch {
	case err != nil || !prefix.Addr().Is4():
		return prefix, refuse("InvalidParameterValue", "Value (%s) for parameter cidrBlock is invalid. This is not a valid CIDR block.", text)
	case prefix.Bits() < 16 || prefix.Bits() > 28, slices.ContainsFunc(noVPC(), prefix.Overlaps):
		return prefix, refuse(outOfRange, "The CIDR '%s' is invalid.", text)
	}
	return prefix.Masked(), nil
}

// noVPC are the addresses that no VPC has, so that no caller of a node's own host comes from one.
// Source: VPC user guide, "VPC CIDR blocks".
func noVPC() []netip.Prefix {
	return []netip.Prefix{
		netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("169.254.0.0/16"),
		netip.MustParsePrefix("224.0.0.0/4"),
	}
}

// DeleteVPC deletes a VPC that has no subnets, security groups and endpoints of its own. The default one has an internet gateway, which nothing here detaches.
// The text is a known AWS answer.
func (s *Service) DeleteVPC(ctx context.Context, call *wire.Call, in *wireec2.DeleteVPCRequest) error {
	scope := scopeOf(call)
	return s.store.Update(ctx, func(tx store.Tx) error {
		n, err := readNetwork(tx, scope)
		if err != nil {
			return err
		}
		found, err := n.vpc(*in.VPCID)
		if err != nil {
			return err
		}
		if found.IsDefault || n.usesVPC(found.ID) {
			return refuse("DependencyViolation", "The vpc '%s' has dependencies and cannot be deleted.", found.ID)
		}
		if err := errDryRun(in.DryRun); err != nil {
			return err
		}
		return cmp.Or(
			tx.Delete(store.Key{Scope: scope, Kind: kindGroup, ID: n.identifier("sg", found.ID)}),
			tx.Delete(store.Key{Scope: scope, Kind: kindVPC, ID: found.ID}),
		)
	})
}

// usesVPC tells whether a VPC has anything that did not come with it.
func (n *network) usesVPC(id string) bool {
	return len(n.subnetsOf(id)) > 0 ||
		slices.ContainsFunc(n.groups, func(g *securityGroup) bool { return g.VPC == id && g.Name != groupName }) ||
		slices.ContainsFunc(n.endpoints, func(e *endpoint) bool { return e.VPC == id })
}

// DescribeVPCClassicLink refuses: there is no EC2-Classic any more. Known AWS answer.
func (s *Service) DescribeVPCClassicLink(context.Context, *wire.Call, *wireec2.DescribeVPCClassicLinkRequest) (*wireec2.DescribeVPCClassicLinkResult, error) {
	return nil, errClassic()
}

// DescribeVPCClassicLinkDNSSupport refuses; see DescribeVPCClassicLink.
func (s *Service) DescribeVPCClassicLinkDNSSupport(context.Context, *wire.Call, *wireec2.DescribeVPCClassicLinkDNSSupportRequest) (*wireec2.DescribeVPCClassicLinkDNSSupportResult, error) {
	return nil, errClassic()
}

func errClassic() error {
	return refuse("UnsupportedOperation", "The functionality you requested is not available in this region.")
}

// blocks are the addresses of a VPC.
func (v *vpc) blocks() (all []netip.Prefix) {
	for _, text := range []string{v.CIDR, v.IPv6CIDR} {
		if prefix, err := netip.ParsePrefix(text); err == nil {
			all = append(all, prefix)
		}
	}
	return all
}
