package ec2

import (
	"cmp"
	"context"

	"postern/internal/aws/wire"
	wireec2 "postern/internal/aws/wire/ec2"
)

// networkACL is the default network ACL of a VPC; there are no others.
type networkACL struct {
	id      string
	of      *vpc
	subnets []*subnet
}

func (n *network) networkACLs() []networkACL {
	var all []networkACL
	for _, v := range n.vpcs {
		all = append(all, networkACL{id: n.identifier("acl", v.ID), of: v, subnets: n.subnetsOf(v.ID)})
	}
	return all
}

// DescribeNetworkAcls lists the default network ACLs.
func (s *Service) DescribeNetworkAcls(ctx context.Context, call *wire.Call, in *wireec2.DescribeNetworkAclsRequest) (*wireec2.DescribeNetworkAclsResult, error) {
	n, err := s.view(ctx, call)
	if err := cmp.Or(err, errDryRun(in.DryRun), onlyOne(in.NetworkACLIDs, in.MaxResults, "networkAclIds")); err != nil {
		return nil, err
	}
	all, id := n.networkACLs(), func(a networkACL) string { return a.id }
	if err := known(in.NetworkACLIDs, all, id, "InvalidNetworkAclID.NotFound", "The networkAcl ID '%s' does not exist"); err != nil {
		return nil, err
	}
	kept, err := filter(pick(all, in.NetworkACLIDs, id), in.Filters, n.networkACLFilters())
	if err != nil {
		return nil, err
	}
	page, next, err := paginate(kept, in.NextToken, in.MaxResults, id)
	out := &wireec2.DescribeNetworkAclsResult{NetworkAcls: []wireec2.NetworkACL{}, NextToken: next}
	for _, a := range page {
		out.NetworkAcls = append(out.NetworkAcls, n.wireNetworkACL(a))
	}
	return out, err
}

// Source: EC2 API reference, DescribeNetworkAcls, Filter.
func (n *network) networkACLFilters() map[string]func(networkACL) []string {
	nothing := func(networkACL) []string { return nil }
	ofSubnets := func(value func(*subnet) string) func(networkACL) []string {
		return func(a networkACL) (values []string) {
			for _, one := range a.subnets {
				values = append(values, value(one))
			}
			return values
		}
	}
	id := func(a networkACL) []string { return []string{a.id} }
	return map[string]func(networkACL) []string{
		"association.association-id": ofSubnets(n.networkACLAssociation),
		"association.network-acl-id": id,
		"association.subnet-id":      ofSubnets(func(one *subnet) string { return one.ID }),
		"default":                    constant[networkACL]("true"),
		"entry.cidr":                 constant[networkACL]("0.0.0.0/0"), "entry.icmp.code": nothing, "entry.icmp.type": nothing,
		"entry.ipv6-cidr": nothing, "entry.port-range.from": nothing, "entry.port-range.to": nothing,
		"entry.protocol": constant[networkACL]("-1"),
		"entry.rule-action": func(networkACL) []string {
			return []string{wireec2.RuleActionAllow, wireec2.RuleActionDeny}
		},
		"entry.egress":      func(networkACL) []string { return []string{"true", "false"} },
		"entry.rule-number": func(networkACL) []string { return []string{itoa(firstRule), itoa(lastRule)} },
		"network-acl-id":    id, "owner-id": constant[networkACL](n.scope.Account),
		"tag:": nothing, "tag-key": nothing,
		"vpc-id": func(a networkACL) []string { return []string{a.of.ID} },
	}
}

// The numbers of the rules of a default network ACL. Source: VPC user guide, "Default network ACL for a VPC".
const (
	firstRule = 100
	lastRule  = 32767
)

func (n *network) networkACLAssociation(one *subnet) string { return n.identifier("aclassoc", one.ID) }

// wireNetworkACL lets everything in and out; what no rule has is denied.
func (n *network) wireNetworkACL(a networkACL) wireec2.NetworkACL {
	out := wireec2.NetworkACL{
		NetworkACLID: &a.id, VPCID: &a.of.ID, OwnerID: &n.scope.Account, IsDefault: new(true), Tags: []wireec2.Tag{},
		Associations: []wireec2.NetworkACLAssociation{},
	}
	for _, egress := range []bool{true, false} {
		for _, rule := range []struct {
			number int
			action string
		}{{firstRule, wireec2.RuleActionAllow}, {lastRule, wireec2.RuleActionDeny}} {
			out.Entries = append(out.Entries, wireec2.NetworkACLEntry{
				CIDRBlock: new("0.0.0.0/0"), Egress: &egress, Protocol: new("-1"), RuleAction: &rule.action, RuleNumber: &rule.number,
			})
		}
	}
	for _, one := range a.subnets {
		out.Associations = append(out.Associations, wireec2.NetworkACLAssociation{
			NetworkACLAssociationID: new(n.networkACLAssociation(one)), NetworkACLID: &a.id, SubnetID: &one.ID,
		})
	}
	return out
}
