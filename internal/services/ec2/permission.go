package ec2

import (
	"cmp"
	"context"
	"slices"

	"postern/internal/aws/wire"
	wireec2 "postern/internal/aws/wire/ec2"
	"postern/internal/aws/wire/ec2query"
	"postern/internal/store"
)

// permissions are the rules that a call names: a list of them, or one by the older parameters.
type permissions struct {
	egress      bool
	group, name *string
	list        []wireec2.IPPermission
	// protocol, from, to, cidr and source are the older parameters.
	protocol     *string
	from, to     *int
	cidr, source *string
}

// rules reads them. Each range, list and group is a rule.
func (n *network) rules(g *securityGroup, p permissions) ([]securityGroupRule, error) {
	list := p.list
	if len(list) == 0 {
		old := wireec2.IPPermission{IPProtocol: p.protocol, FromPort: p.from, ToPort: p.to}
		if p.cidr != nil {
			old.IPRanges = []wireec2.IPRange{{CIDRIP: p.cidr}}
		}
		if p.source != nil {
			old.UserIDGroupPairs = []wireec2.UserIDGroupPair{{GroupName: p.source}}
		}
		list = append(list, old)
	}
	var all []securityGroupRule
	for _, permission := range list {
		one := securityGroupRule{Egress: p.egress}
		if err := one.setProtocol(permission.IPProtocol, permission.FromPort, permission.ToPort); err != nil {
			return nil, err
		}
		rules, err := n.peers(g, one, permission)
		if err != nil {
			return nil, err
		}
		all = append(all, rules...)
	}
	return all, nil
}

// peers gives a rule each peer of a permission.
func (n *network) peers(g *securityGroup, one securityGroupRule, p wireec2.IPPermission) (all []securityGroupRule, err error) {
	add := func(said *string, set func(*securityGroupRule) error) {
		r := one
		err = cmp.Or(err, set(&r), r.describe(said))
		all = append(all, r)
	}
	for _, v := range p.IPRanges {
		add(v.Description, func(r *securityGroupRule) error { return r.setPeer(n, g, v.CIDRIP, nil, nil, nil) })
	}
	for _, v := range p.IPv6Ranges {
		add(v.Description, func(r *securityGroupRule) error { return r.setPeer(n, g, nil, v.CIDRIPv6, nil, nil) })
	}
	for _, v := range p.PrefixListIDs {
		add(v.Description, func(r *securityGroupRule) error { return r.setPeer(n, g, nil, nil, v.PrefixListID, nil) })
	}
	for _, v := range p.UserIDGroupPairs {
		add(v.Description, func(r *securityGroupRule) error {
			id := v.GroupID
			if id == nil && v.GroupName != nil {
				named, err := n.group(nil, v.GroupName)
				if err != nil {
					return err
				}
				id = &named.ID
			}
			return r.setPeer(n, g, nil, nil, nil, id)
		})
	}
	if len(all) == 0 {
		return nil, ec2query.MissingParameter.Errorf("The request must contain exactly one of: cidrIp, cidrIpv6, prefixListId, or referencedGroupId")
	}
	return all, err
}

// setPeer reads a rule's peer: a block, a list of the region's, or a group of the same VPC. The text of different networks is
// a known AWS answer, those of a missing peer and of a list are inferred.
func (r *securityGroupRule) setPeer(n *network, g *securityGroup, cidr, cidr6, list, group *string) (err error) {
	r.CIDR, r.IPv6CIDR, r.PrefixList, r.Group = "", "", "", ""
	switch {
	case cidr != nil:
		r.CIDR, err = block(*cidr, true)
	case cidr6 != nil:
		r.IPv6CIDR, err = block(*cidr6, false)
	case list != nil:
		r.PrefixList = *list
		if !slices.ContainsFunc(prefixLists(n.scope.Region), func(p prefixList) bool { return p.id == *list }) {
			err = refuse("InvalidPrefixListId.NotFound", "The prefix list ID '%s' does not exist", *list)
		}
	case group != nil:
		other, missing := n.group(group, nil)
		if missing != nil {
			return missing
		}
		if r.Group = other.ID; other.VPC != g.VPC {
			err = refuse("InvalidGroup.NotFound", "You have specified two resources that belong to different networks.")
		}
	default:
		err = ec2query.MissingParameter.Errorf("The request must contain exactly one of: cidrIp, cidrIpv6, prefixListId, or referencedGroupId")
	}
	return err
}

// AuthorizeSecurityGroupIngress lets something in.
func (s *Service) AuthorizeSecurityGroupIngress(ctx context.Context, call *wire.Call, in *wireec2.AuthorizeSecurityGroupIngressRequest) (*wireec2.AuthorizeSecurityGroupIngressResult, error) {
	rules, err := s.authorize(ctx, call, permissions{
		group: in.GroupID, name: in.GroupName, list: in.IPPermissions,
		protocol: in.IPProtocol, from: in.FromPort, to: in.ToPort, cidr: in.CIDRIP, source: in.SourceSecurityGroupName,
	}, in.TagSpecifications, in.DryRun)
	return &wireec2.AuthorizeSecurityGroupIngressResult{Return: new(true), SecurityGroupRules: rules}, err
}

// AuthorizeSecurityGroupEgress lets something out.
func (s *Service) AuthorizeSecurityGroupEgress(ctx context.Context, call *wire.Call, in *wireec2.AuthorizeSecurityGroupEgressRequest) (*wireec2.AuthorizeSecurityGroupEgressResult, error) {
	rules, err := s.authorize(ctx, call, permissions{
		egress: true, group: in.GroupID, list: in.IPPermissions,
		protocol: in.IPProtocol, from: in.FromPort, to: in.ToPort, cidr: in.CIDRIP, source: in.SourceSecurityGroupName,
	}, in.TagSpecifications, in.DryRun)
	return &wireec2.AuthorizeSecurityGroupEgressResult{Return: new(true), SecurityGroupRules: rules}, err
}

// authorize adds rules, all or none. The texts are known AWS answers.
func (s *Service) authorize(ctx context.Context, call *wire.Call, p permissions, specifications []wireec2.TagSpecification, dryRun *bool) (out []wireec2.SecurityGroupRule, err error) {
	tags, err := newTags(specifications, "security-group-rule")
	if err != nil {
		return nil, err
	}
	err = s.changeRules(ctx, call, p.group, p.name, dryRun, func(n *network, g *securityGroup) error {
		out = nil
		added, err := n.rules(g, p)
		if err != nil {
			return err
		}
		for _, r := range added {
			r.ID, r.Tags = "sgr-"+s.options.NewID(idDigits), tags
			if err := g.add(r); err != nil {
				return err
			}
			out = append(out, n.wireRule(g, r))
		}
		return nil
	})
	return out, err
}

// add puts a rule beside the others.
func (g *securityGroup) add(r securityGroupRule) error {
	count := 0
	for i := range g.Rules {
		if g.Rules[i].same(&r) {
			return refuse("InvalidPermission.Duplicate", `the specified rule "%s" already exists`, r.String())
		}
		if g.Rules[i].Egress == r.Egress {
			count++
		}
	}
	if count >= maxRules {
		return refuse("RulesPerSecurityGroupLimitExceeded", "The maximum number of rules per security group has been reached.")
	}
	g.Rules = append(g.Rules, r)
	return nil
}

// changeRules lets fn change a group.
func (s *Service) changeRules(ctx context.Context, call *wire.Call, id, name *string, dryRun *bool, fn func(*network, *securityGroup) error) error {
	err := s.store.Update(ctx, func(tx store.Tx) error {
		n, err := readNetwork(tx, scopeOf(call))
		if err != nil {
			return err
		}
		return n.changeGroup(tx, id, name, func(g *securityGroup) error { return cmp.Or(fn(n, g), errDryRun(dryRun)) })
	})
	if err != nil {
		return err
	}
	return s.published(ctx)
}

// RevokeSecurityGroupIngress takes away what lets something in.
func (s *Service) RevokeSecurityGroupIngress(ctx context.Context, call *wire.Call, in *wireec2.RevokeSecurityGroupIngressRequest) (*wireec2.RevokeSecurityGroupIngressResult, error) {
	revoked, err := s.revoke(ctx, call, permissions{
		group: in.GroupID, name: in.GroupName, list: in.IPPermissions,
		protocol: in.IPProtocol, from: in.FromPort, to: in.ToPort, cidr: in.CIDRIP, source: in.SourceSecurityGroupName,
	}, in.SecurityGroupRuleIDs, in.DryRun)
	return &wireec2.RevokeSecurityGroupIngressResult{Return: new(true), RevokedSecurityGroupRules: revoked}, err
}

// RevokeSecurityGroupEgress takes away what lets something out.
func (s *Service) RevokeSecurityGroupEgress(ctx context.Context, call *wire.Call, in *wireec2.RevokeSecurityGroupEgressRequest) (*wireec2.RevokeSecurityGroupEgressResult, error) {
	revoked, err := s.revoke(ctx, call, permissions{
		egress: true, group: in.GroupID, list: in.IPPermissions,
		protocol: in.IPProtocol, from: in.FromPort, to: in.ToPort, cidr: in.CIDRIP, source: in.SourceSecurityGroupName,
	}, in.SecurityGroupRuleIDs, in.DryRun)
	return &wireec2.RevokeSecurityGroupEgressResult{Return: new(true), RevokedSecurityGroupRules: revoked}, err
}

// revoke removes rules, by their identifiers or by what they say, all or none. The texts are known AWS answers.
func (s *Service) revoke(ctx context.Context, call *wire.Call, p permissions, ids []string, dryRun *bool) (out []wireec2.RevokedSecurityGroupRule, err error) {
	err = s.changeRules(ctx, call, p.group, p.name, dryRun, func(n *network, g *securityGroup) error {
		out = nil
		gone, err := n.gone(g, p, ids)
		if err != nil {
			return err
		}
		for _, r := range gone {
			out = append(out, wireRevoked(g, r))
		}
		g.Rules = slices.DeleteFunc(g.Rules, func(r securityGroupRule) bool {
			return slices.ContainsFunc(gone, func(other securityGroupRule) bool { return r.ID == other.ID })
		})
		return nil
	})
	return out, err
}

// gone are the rules of the group that a call names.
func (n *network) gone(g *securityGroup, p permissions, ids []string) (all []securityGroupRule, err error) {
	for _, id := range ids {
		i := slices.IndexFunc(g.Rules, func(r securityGroupRule) bool { return r.ID == id && r.Egress == p.egress })
		if i < 0 {
			return nil, errNoRule(id)
		}
		all = append(all, g.Rules[i])
	}
	if len(ids) > 0 {
		return all, nil
	}
	named, err := n.rules(g, p)
	for _, r := range named {
		i := slices.IndexFunc(g.Rules, func(other securityGroupRule) bool { return other.same(&r) })
		if err == nil && i < 0 {
			return nil, refuse("InvalidPermission.NotFound", "The specified rule does not exist in this security group.")
		}
		if i >= 0 {
			all = append(all, g.Rules[i])
		}
	}
	return all, err
}

func errNoRule(id string) error {
	return refuse("InvalidSecurityGroupRuleId.NotFound", "The security group rule ID '%s' does not exist", id)
}

func wireRevoked(g *securityGroup, r securityGroupRule) wireec2.RevokedSecurityGroupRule {
	out := wireec2.RevokedSecurityGroupRule{
		SecurityGroupRuleID: &r.ID, GroupID: &g.ID, IsEgress: &r.Egress, IPProtocol: &r.Protocol, FromPort: new(-1), ToPort: new(-1),
		CIDRIPv4: optional(r.CIDR), CIDRIPv6: optional(r.IPv6CIDR), PrefixListID: optional(r.PrefixList), ReferencedGroupID: optional(r.Group),
		Description: optional(r.Description),
	}
	if r.From != nil {
		out.FromPort, out.ToPort = r.From, r.To
	}
	return out
}
