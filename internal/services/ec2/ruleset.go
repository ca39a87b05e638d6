package ec2

import (
	"cmp"
	"context"
	"slices"

	"postern/internal/aws/wire"
	wireec2 "postern/internal/aws/wire/ec2"
)

// placedRule is a rule and the group that it belongs to.
type placedRule struct {
	securityGroupRule
	of *securityGroup
}

func (n *network) allRules() (all []placedRule) {
	for _, g := range n.groups {
		for _, r := range g.Rules {
			all = append(all, placedRule{r, g})
		}
	}
	return all
}

// DescribeSecurityGroupRules lists rules, each by itself.
func (s *Service) DescribeSecurityGroupRules(ctx context.Context, call *wire.Call, in *wireec2.DescribeSecurityGroupRulesRequest) (*wireec2.DescribeSecurityGroupRulesResult, error) {
	n, err := s.view(ctx, call)
	if err := cmp.Or(err, errDryRun(in.DryRun), onlyOne(in.SecurityGroupRuleIDs, in.MaxResults, "securityGroupRuleIds")); err != nil {
		return nil, err
	}
	all, id := n.allRules(), func(r placedRule) string { return r.ID }
	for _, want := range in.SecurityGroupRuleIDs {
		if !slices.ContainsFunc(all, func(r placedRule) bool { return r.ID == want }) {
			return nil, errNoRule(want)
		}
	}
	// Source: EC2 API reference, DescribeSecurityGroupRules, Filter.
	kept, err := filter(pick(all, in.SecurityGroupRuleIDs, id), in.Filters, map[string]func(placedRule) []string{
		"group-id":               func(r placedRule) []string { return []string{r.of.ID} },
		"security-group-rule-id": func(r placedRule) []string { return []string{r.ID} },
		"tag:":                   func(r placedRule) []string { return tagPairs(r.Tags) },
		"tag-key":                func(r placedRule) []string { return tagKeys(r.Tags) },
	})
	if err != nil {
		return nil, err
	}
	page, next, err := paginate(kept, in.NextToken, in.MaxResults, id)
	out := &wireec2.DescribeSecurityGroupRulesResult{SecurityGroupRules: []wireec2.SecurityGroupRule{}, NextToken: next}
	for _, r := range page {
		out.SecurityGroupRules = append(out.SecurityGroupRules, n.wireRule(r.of, r.securityGroupRule))
	}
	return out, err
}

// ModifySecurityGroupRules puts other rules in the place of some, all or none; identifiers and tags stay. The kind of a
// rule's peer cannot change. Source: EC2 API reference, ModifySecurityGroupRules; the text of that is inferred.
func (s *Service) ModifySecurityGroupRules(ctx context.Context, call *wire.Call, in *wireec2.ModifySecurityGroupRulesRequest) (*wireec2.ModifySecurityGroupRulesResult, error) {
	return &wireec2.ModifySecurityGroupRulesResult{Return: new(true)}, s.changeRules(ctx, call, in.GroupID, nil, in.DryRun, func(n *network, g *securityGroup) error {
		for _, update := range in.SecurityGroupRules {
			i := slices.IndexFunc(g.Rules, func(r securityGroupRule) bool { return r.ID == *update.SecurityGroupRuleID })
			if i < 0 {
				return errNoRule(*update.SecurityGroupRuleID)
			}
			if update.SecurityGroupRule == nil {
				continue
			}
			if err := n.modify(g, i, update.SecurityGroupRule); err != nil {
				return err
			}
		}
		return nil
	})
}

func (n *network) modify(g *securityGroup, i int, to *wireec2.SecurityGroupRuleRequest) error {
	next := g.Rules[i]
	err := cmp.Or(
		next.setProtocol(to.IPProtocol, to.FromPort, to.ToPort),
		next.setPeer(n, g, to.CIDRIPv4, to.CIDRIPv6, to.PrefixListID, to.ReferencedGroupID),
		next.describe(to.Description),
	)
	if err != nil {
		return err
	}
	if next.peerKind() != g.Rules[i].peerKind() {
		return refuse("InvalidParameterValue", "The rule's peer type cannot be changed: %s is a %s.", next.ID, g.Rules[i].peerKind())
	}
	for j := range g.Rules {
		if j != i && g.Rules[j].same(&next) {
			return refuse("InvalidPermission.Duplicate", `the specified rule "%s" already exists`, next.String())
		}
	}
	g.Rules[i] = next
	return nil
}

func (r *securityGroupRule) peerKind() string {
	switch {
	case r.CIDR != "":
		return "cidrIpv4"
	case r.IPv6CIDR != "":
		return "cidrIpv6"
	case r.PrefixList != "":
		return "prefixListId"
	}
	return "referencedGroupId"
}

// UpdateSecurityGroupRuleDescriptionsIngress changes what is said of rules that let in.
func (s *Service) UpdateSecurityGroupRuleDescriptionsIngress(ctx context.Context, call *wire.Call, in *wireec2.UpdateSecurityGroupRuleDescriptionsIngressRequest) (*wireec2.UpdateSecurityGroupRuleDescriptionsIngressResult, error) {
	p := permissions{group: in.GroupID, name: in.GroupName, list: in.IPPermissions}
	return &wireec2.UpdateSecurityGroupRuleDescriptionsIngressResult{Return: new(true)}, s.describeRules(ctx, call, p, in.SecurityGroupRuleDescriptions, in.DryRun)
}

// UpdateSecurityGroupRuleDescriptionsEgress changes what is said of rules that let out.
func (s *Service) UpdateSecurityGroupRuleDescriptionsEgress(ctx context.Context, call *wire.Call, in *wireec2.UpdateSecurityGroupRuleDescriptionsEgressRequest) (*wireec2.UpdateSecurityGroupRuleDescriptionsEgressResult, error) {
	p := permissions{egress: true, group: in.GroupID, name: in.GroupName, list: in.IPPermissions}
	return &wireec2.UpdateSecurityGroupRuleDescriptionsEgressResult{Return: new(true)}, s.describeRules(ctx, call, p, in.SecurityGroupRuleDescriptions, in.DryRun)
}

func (s *Service) describeRules(ctx context.Context, call *wire.Call, p permissions, said []wireec2.SecurityGroupRuleDescription, dryRun *bool) error {
	return s.changeRules(ctx, call, p.group, p.name, dryRun, func(n *network, g *securityGroup) error {
		for _, one := range said {
			i := slices.IndexFunc(g.Rules, func(r securityGroupRule) bool {
				return one.SecurityGroupRuleID != nil && r.ID == *one.SecurityGroupRuleID && r.Egress == p.egress
			})
			if i < 0 {
				return errNoRule(valueOf(one.SecurityGroupRuleID))
			}
			if err := g.Rules[i].describe(one.Description); err != nil {
				return err
			}
		}
		if len(said) > 0 {
			return nil
		}
		named, err := n.rules(g, p)
		if err != nil {
			return err
		}
		for _, r := range named {
			i := slices.IndexFunc(g.Rules, func(other securityGroupRule) bool { return other.same(&r) })
			if i < 0 {
				return refuse("InvalidPermission.NotFound", "The specified rule does not exist in this security group.")
			}
			g.Rules[i].Description = r.Description
		}
		return nil
	})
}

func valueOf(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
