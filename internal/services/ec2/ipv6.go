package ec2

import (
	"cmp"
	"context"
	"crypto/sha256"
	"net/netip"
	"slices"

	"postern/internal/aws/wire"
	wireec2 "postern/internal/aws/wire/ec2"
	"postern/internal/store"
)

// amazonPool is the pool of the blocks that Amazon gives.
const amazonPool = "Amazon"

// amazonBlock is the /56 of a VPC, made from its identifier. It is one of those for documentation, which nobody has, since
// Postern has no addresses to give away.
func amazonBlock(vpcID string) string {
	sum := sha256.Sum256([]byte(vpcID))
	address := netip.MustParseAddr("2001:db8::").As16()
	copy(address[4:7], sum[:])
	return netip.PrefixFrom(netip.AddrFrom16(address), 56).Masked().String()
}

// ifIPv6 is a filter's value of what has a block.
func ifIPv6(block, value string) []string {
	if block == "" {
		return nil
	}
	return []string{value}
}

func (n *network) ipv6Association(v *vpc) string { return n.identifier("vpc-cidr-assoc", v.ID, "ipv6") }

func (n *network) subnetIPv6Association(v *subnet) string {
	return n.identifier("subnet-cidr-assoc", v.ID)
}

func (n *network) wireIPv6(v *vpc) []wireec2.VPCIPv6CIDRBlockAssociation {
	if v.IPv6CIDR == "" {
		return nil
	}
	return []wireec2.VPCIPv6CIDRBlockAssociation{n.wireIPv6Association(v, "associated")}
}

func (n *network) wireIPv6Association(v *vpc, state string) wireec2.VPCIPv6CIDRBlockAssociation {
	return wireec2.VPCIPv6CIDRBlockAssociation{
		AssociationID: new(n.ipv6Association(v)), IPv6CIDRBlock: new(v.IPv6CIDR), IPv6CIDRBlockState: &wireec2.VPCCIDRBlockState{State: &state},
		NetworkBorderGroup: &n.scope.Region, IPv6Pool: new(amazonPool), IPv6AddressAttribute: new("public"), IPSource: new("amazon"),
	}
}

func (n *network) wireSubnetIPv6(v *subnet) []wireec2.SubnetIPv6CIDRBlockAssociation {
	all := []wireec2.SubnetIPv6CIDRBlockAssociation{}
	if v.IPv6CIDR != "" {
		all = append(all, n.wireSubnetIPv6Association(v, "associated"))
	}
	return all
}

func (n *network) wireSubnetIPv6Association(v *subnet, state string) wireec2.SubnetIPv6CIDRBlockAssociation {
	return wireec2.SubnetIPv6CIDRBlockAssociation{
		AssociationID: new(n.subnetIPv6Association(v)), IPv6CIDRBlock: new(v.IPv6CIDR), IPv6CIDRBlockState: &wireec2.SubnetCIDRBlockState{State: &state},
		IPv6AddressAttribute: new("public"), IPSource: new("amazon"),
	}
}

// AssociateVPCCIDRBlock gives a VPC a block of Amazon's. The text of a second one is inferred.
func (s *Service) AssociateVPCCIDRBlock(ctx context.Context, call *wire.Call, in *wireec2.AssociateVPCCIDRBlockRequest) (*wireec2.AssociateVPCCIDRBlockResult, error) {
	if in.AmazonProvidedIPv6CIDRBlock == nil || !*in.AmazonProvidedIPv6CIDRBlock || in.CIDRBlock != nil || in.IPv6Pool != nil ||
		in.IPv6CIDRBlock != nil || in.IPv4IpamPoolID != nil || in.IPv6IpamPoolID != nil ||
		in.IPv6CIDRBlockNetworkBorderGroup != nil && *in.IPv6CIDRBlockNetworkBorderGroup != call.Region {
		return nil, refuse("UnsupportedOperation", "Postern's VPCs have one IPv4 block and one IPv6 block of Amazon's.")
	}
	out := &wireec2.AssociateVPCCIDRBlockResult{VPCID: in.VPCID}
	return out, s.store.Update(ctx, func(tx store.Tx) error {
		n, err := readNetwork(tx, scopeOf(call))
		if err != nil {
			return err
		}
		return n.changeVPC(tx, *in.VPCID, func(v *vpc) error {
			if v.IPv6CIDR != "" {
				return refuse("CidrLimitExceeded", "This network '%s' has met its maximum number of allowed CIDRs: 1", v.ID)
			}
			v.IPv6CIDR = amazonBlock(v.ID)
			out.IPv6CIDRBlockAssociation = new(n.wireIPv6Association(v, "associating"))
			return nil
		})
	})
}

// DisassociateVPCCIDRBlock takes the block from a VPC. The IPv4 block stays. Texts inferred.
func (s *Service) DisassociateVPCCIDRBlock(ctx context.Context, call *wire.Call, in *wireec2.DisassociateVPCCIDRBlockRequest) (*wireec2.DisassociateVPCCIDRBlockResult, error) {
	out := new(wireec2.DisassociateVPCCIDRBlockResult)
	return out, s.store.Update(ctx, func(tx store.Tx) error {
		n, err := readNetwork(tx, scopeOf(call))
		if err != nil {
			return err
		}
		i := slices.IndexFunc(n.vpcs, func(v *vpc) bool { return v.IPv6CIDR != "" && n.ipv6Association(v) == *in.AssociationID })
		if i < 0 {
			if slices.ContainsFunc(n.vpcs, func(v *vpc) bool { return n.identifier("vpc-cidr-assoc", v.ID) == *in.AssociationID }) {
				return refuse("OperationNotPermitted", "The vpc CIDR block with association ID %s may not be disassociated. It is the primary IPv4 CIDR block of the VPC", *in.AssociationID)
			}
			return refuse("InvalidVpcCidrBlockAssociationID.NotFound", "The vpc CIDR block association ID '%s' does not exist", *in.AssociationID)
		}
		return n.changeVPC(tx, n.vpcs[i].ID, func(v *vpc) error {
			if slices.ContainsFunc(n.subnetsOf(v.ID), func(one *subnet) bool { return one.IPv6CIDR != "" }) {
				return refuse("InvalidCidrBlock.InUse", "The vpc CIDR block '%s' is in use", v.IPv6CIDR)
			}
			out.VPCID, out.IPv6CIDRBlockAssociation = &v.ID, new(n.wireIPv6Association(v, "disassociating"))
			v.IPv6CIDR = ""
			return nil
		})
	})
}

// AssociateSubnetCIDRBlock gives a subnet a /64 of its VPC's block.
func (s *Service) AssociateSubnetCIDRBlock(ctx context.Context, call *wire.Call, in *wireec2.AssociateSubnetCIDRBlockRequest) (*wireec2.AssociateSubnetCIDRBlockResult, error) {
	if in.IPv6IpamPoolID != nil || in.IPv6NetmaskLength != nil || in.IPv6CIDRBlock == nil {
		return nil, refuse("UnsupportedOperation", "Postern's subnets have no blocks of IPAM.")
	}
	out := &wireec2.AssociateSubnetCIDRBlockResult{SubnetID: in.SubnetID}
	return out, s.store.Update(ctx, func(tx store.Tx) error {
		n, err := readNetwork(tx, scopeOf(call))
		if err != nil {
			return err
		}
		return n.changeSubnet(tx, *in.SubnetID, func(v *subnet) error {
			if v.IPv6CIDR != "" {
				return refuse("SubnetCidrLimitExceeded", "The subnet '%s' has met its maximum number of allowed IPv6 CIDRs: 1", v.ID)
			}
			err := n.setIPv6(v, in.IPv6CIDRBlock)
			out.IPv6CIDRBlockAssociation = new(n.wireSubnetIPv6Association(v, "associating"))
			return err
		})
	})
}

// DisassociateSubnetCIDRBlock takes the block from a subnet. Text inferred.
func (s *Service) DisassociateSubnetCIDRBlock(ctx context.Context, call *wire.Call, in *wireec2.DisassociateSubnetCIDRBlockRequest) (*wireec2.DisassociateSubnetCIDRBlockResult, error) {
	out := new(wireec2.DisassociateSubnetCIDRBlockResult)
	return out, s.store.Update(ctx, func(tx store.Tx) error {
		n, err := readNetwork(tx, scopeOf(call))
		if err != nil {
			return err
		}
		i := slices.IndexFunc(n.subnets, func(v *subnet) bool { return v.IPv6CIDR != "" && n.subnetIPv6Association(v) == *in.AssociationID })
		if i < 0 {
			return refuse("InvalidSubnetCidrBlockAssociationID.NotFound", "The subnet CIDR block association ID '%s' does not exist", *in.AssociationID)
		}
		return n.changeSubnet(tx, n.subnets[i].ID, func(v *subnet) error {
			out.SubnetID, out.IPv6CIDRBlockAssociation = &v.ID, new(n.wireSubnetIPv6Association(v, "disassociating"))
			v.IPv6CIDR, v.IPv6Addresses = "", false
			return nil
		})
	})
}

// setIPv6 gives a subnet a /64 of its VPC's block that no other subnet has. Texts as for IPv4.
func (n *network) setIPv6(v *subnet, text *string) error {
	if text == nil {
		return nil
	}
	in, err := n.vpc(v.VPC)
	if err != nil {
		return err
	}
	block, err := netip.ParsePrefix(*text)
	whole, noBlock := netip.ParsePrefix(in.IPv6CIDR)
	if cmp.Or(err, noBlock) != nil || block.Bits() != 64 || block.Masked() != block || !whole.Contains(block.Addr()) {
		return refuse("InvalidSubnet.Range", "The CIDR '%s' is invalid.", *text)
	}
	if slices.ContainsFunc(n.subnets, func(other *subnet) bool { return other.VPC == v.VPC && other.IPv6CIDR == block.String() }) {
		return refuse("InvalidSubnet.Conflict", "The CIDR '%s' conflicts with another subnet", block)
	}
	v.IPv6CIDR = block.String()
	return nil
}
