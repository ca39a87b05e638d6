package ec2

import (
	"cmp"
	"context"
	"regexp"
	"slices"

	"postern/internal/aws/arn"
	"postern/internal/aws/wire"
	wireec2 "postern/internal/aws/wire/ec2"
	"postern/internal/aws/wire/ec2query"
	"postern/internal/store"
)

// securityGroup is a security group with its rules. Each VPC has a default one, which is stored once it was changed.
type securityGroup struct {
	ID          string              `json:"id"`
	VPC         string              `json:"vpc"`
	Name        string              `json:"name"`
	Description string              `json:"description"`
	Tags        []tag               `json:"tags,omitempty"`
	Rules       []securityGroupRule `json:"rules,omitempty"`
}

// The name and the description of every default security group.
const (
	groupName        = "default"
	groupDescription = "default VPC security group"
)

// The texts that several operations have. Known AWS answers.
const (
	noGroup       = "The security group '%s' does not exist"
	noNamedGroup  = "The security group '%s' does not exist in default VPC '%s'"
	groupOrNameIs = "The request must contain the parameter groupName or groupId"
)

// readGroups gives every VPC its default group, as it is from the start or as callers have changed it, and adds those
// that callers made. All comes in from members of a default group, all goes out.
// Source: VPC user guide, "Default security groups for your VPCs".
func (n *network) readGroups(stored []*securityGroup) {
	for _, v := range n.vpcs {
		id := n.identifier("sg", v.ID)
		if i := slices.IndexFunc(stored, func(g *securityGroup) bool { return g.ID == id }); i >= 0 {
			n.groups = append(n.groups, stored[i])
			stored = slices.Delete(stored, i, i+1)
			continue
		}
		n.groups = append(n.groups, &securityGroup{ID: id, VPC: v.ID, Name: groupName, Description: groupDescription, Rules: []securityGroupRule{
			{ID: n.identifier("sgr", v.ID, "ingress"), Protocol: allProtocols, Group: id},
			{ID: n.identifier("sgr", v.ID, "egress"), Egress: true, Protocol: allProtocols, CIDR: anywhere},
		}})
	}
	n.groups = append(n.groups, stored...)
}

// group finds a group by its identifier, or by its name in the default VPC.
func (n *network) group(id, name *string) (*securityGroup, error) {
	switch {
	case id != nil:
		if i := slices.IndexFunc(n.groups, func(g *securityGroup) bool { return g.ID == *id }); i >= 0 {
			return n.groups[i], nil
		}
		return nil, refuse("InvalidGroup.NotFound", noGroup, *id)
	case name != nil:
		if i := slices.IndexFunc(n.groups, func(g *securityGroup) bool { return g.Name == *name && g.VPC == n.vpcs[0].ID }); i >= 0 {
			return n.groups[i], nil
		}
		return nil, refuse("InvalidGroup.NotFound", noNamedGroup, *name, n.vpcs[0].ID)
	}
	return nil, ec2query.MissingParameter.Errorf(groupOrNameIs)
}

// changeGroup lets fn change a group and writes it, a default one too.
func (n *network) changeGroup(tx store.Tx, id, name *string, fn func(*securityGroup) error) error {
	g, err := n.group(id, name)
	if err != nil {
		return err
	}
	if err := fn(g); err != nil {
		return err
	}
	return put(tx, n.scope, kindGroup, g.ID, g)
}

// groupText is what a group's name, its description and the descriptions of its rules are made of.
// Source: EC2 API reference, CreateSecurityGroup.
var groupText = regexp.MustCompile(`^[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{0,255}$`)

const allowedText = "Valid descriptions are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*"

// CreateSecurityGroup makes a group, in the default VPC when the call names none. All goes out of it, nothing comes in.
// The texts are known AWS answers, but for that of sg-, which is inferred.
func (s *Service) CreateSecurityGroup(ctx context.Context, call *wire.Call, in *wireec2.CreateSecurityGroupRequest) (*wireec2.CreateSecurityGroupResult, error) {
	tags, err := newTags(in.TagSpecifications, "security-group")
	if err := cmp.Or(err, checkGroup(*in.GroupName, *in.Description)); err != nil {
		return nil, err
	}
	made := &securityGroup{ID: "sg-" + s.options.NewID(idDigits), Name: *in.GroupName, Description: *in.Description, Tags: tags, Rules: []securityGroupRule{
		{ID: "sgr-" + s.options.NewID(idDigits), Egress: true, Protocol: allProtocols, CIDR: anywhere},
	}}
	out := &wireec2.CreateSecurityGroupResult{GroupID: &made.ID, Tags: wireTags(tags)}
	return out, s.store.Update(ctx, func(tx store.Tx) error {
		n, err := readNetwork(tx, scopeOf(call))
		if err != nil {
			return err
		}
		of := n.vpcs[0]
		if in.VPCID != nil {
			if of, err = n.vpc(*in.VPCID); err != nil {
				return err
			}
		}
		if slices.ContainsFunc(n.groups, func(g *securityGroup) bool { return g.VPC == of.ID && g.Name == made.Name }) {
			return refuse("InvalidGroup.Duplicate", "The security group '%s' already exists for VPC '%s'", made.Name, of.ID)
		}
		if err := errDryRun(in.DryRun); err != nil {
			return err
		}
		made.VPC, out.SecurityGroupARN = of.ID, new(n.arn("security-group/"+made.ID))
		return put(tx, n.scope, kindGroup, made.ID, made)
	})
}

func checkGroup(name, description string) error {
	switch {
	case name == groupName:
		return refuse("InvalidParameterValue", "Cannot use reserved security group name: %s", name)
	case len(name) > 2 && name[:3] == "sg-":
		return refuse("InvalidParameterValue", "Value (%s) for parameter GroupName is invalid. Group names may not be in the format sg-*.", name)
	case name == "" || !groupText.MatchString(name):
		return refuse("InvalidParameterValue", "Value (%s) for parameter GroupName is invalid. Character sets beyond ASCII are not supported.", name)
	case !groupText.MatchString(description):
		return refuse("InvalidParameterValue", "Invalid security group description. "+allowedText)
	}
	return nil
}

// DeleteSecurityGroup deletes a group that nothing uses. The texts are known AWS answers.
func (s *Service) DeleteSecurityGroup(ctx context.Context, call *wire.Call, in *wireec2.DeleteSecurityGroupRequest) (*wireec2.DeleteSecurityGroupResult, error) {
	out := &wireec2.DeleteSecurityGroupResult{Return: new(true)}
	return out, s.store.Update(ctx, func(tx store.Tx) error {
		n, err := readNetwork(tx, scopeOf(call))
		if err != nil {
			return err
		}
		g, err := n.group(in.GroupID, in.GroupName)
		if err != nil {
			return err
		}
		switch {
		case g.Name == groupName:
			return refuse("CannotDelete", `the specified group: "%s" name: "%s" cannot be deleted by a user`, g.ID, g.Name)
		case n.usesGroup(g.ID):
			return refuse("DependencyViolation", "resource %s has a dependent object", g.ID)
		}
		out.GroupID = &g.ID
		return cmp.Or(errDryRun(in.DryRun), tx.Delete(store.Key{Scope: n.scope, Kind: kindGroup, ID: g.ID}))
	})
}

// usesGroup tells whether an endpoint has the group, or a rule of another group names it.
func (n *network) usesGroup(id string) bool {
	return slices.ContainsFunc(n.endpoints, func(e *endpoint) bool { return slices.Contains(e.Groups, id) }) ||
		slices.ContainsFunc(n.groups, func(g *securityGroup) bool {
			return g.ID != id && slices.ContainsFunc(g.Rules, func(r securityGroupRule) bool { return r.Group == id })
		})
}

// DescribeSecurityGroups lists security groups. A name means a group of the default VPC.
func (s *Service) DescribeSecurityGroups(ctx context.Context, call *wire.Call, in *wireec2.DescribeSecurityGroupsRequest) (*wireec2.DescribeSecurityGroupsResult, error) {
	n, err := s.view(ctx, call)
	if err := cmp.Or(err, errDryRun(in.DryRun), onlyOne(in.GroupIDs, in.MaxResults, "groupIds")); err != nil {
		return nil, err
	}
	id := func(g *securityGroup) string { return g.ID }
	if err := known(in.GroupIDs, n.groups, id, "InvalidGroup.NotFound", noGroup); err != nil {
		return nil, err
	}
	named := slices.Clone(in.GroupIDs)
	for _, name := range in.GroupNames {
		g, err := n.group(nil, &name)
		if err != nil {
			return nil, err
		}
		named = append(named, g.ID)
	}
	kept, err := filter(pick(n.groups, named, id), in.Filters, n.securityGroupFilters())
	if err != nil {
		return nil, err
	}
	page, next, err := paginate(kept, in.NextToken, in.MaxResults, id)
	out := &wireec2.DescribeSecurityGroupsResult{SecurityGroups: []wireec2.SecurityGroup{}, NextToken: next}
	for _, g := range page {
		out.SecurityGroups = append(out.SecurityGroups, n.wireSecurityGroup(g))
	}
	return out, err
}

// Source: EC2 API reference, DescribeSecurityGroups, Filter.
func (n *network) securityGroupFilters() map[string]func(*securityGroup) []string {
	all := map[string]func(*securityGroup) []string{
		"description": func(g *securityGroup) []string { return []string{g.Description} },
		"group-id":    func(g *securityGroup) []string { return []string{g.ID} },
		"group-name":  func(g *securityGroup) []string { return []string{g.Name} },
		"owner-id":    constant[*securityGroup](n.scope.Account),
		"tag:":        func(g *securityGroup) []string { return tagPairs(g.Tags) },
		"tag-key":     func(g *securityGroup) []string { return tagKeys(g.Tags) },
		"vpc-id":      func(g *securityGroup) []string { return []string{g.VPC} },
	}
	for name, of := range n.permissionFilters() {
		for prefix, egress := range map[string]bool{"ip-permission.": false, "egress.ip-permission.": true} {
			all[prefix+name] = func(g *securityGroup) (values []string) {
				for _, r := range g.Rules {
					if value := of(r); r.Egress == egress && value != "" {
						values = append(values, value)
					}
				}
				return values
			}
		}
	}
	return all
}

// permissionFilters are what the filters ip-permission.* ask of a rule; "" is nothing.
func (n *network) permissionFilters() map[string]func(securityGroupRule) string {
	return map[string]func(securityGroupRule) string{
		"cidr":           func(r securityGroupRule) string { return r.CIDR },
		"ipv6-cidr":      func(r securityGroupRule) string { return r.IPv6CIDR },
		"prefix-list-id": func(r securityGroupRule) string { return r.PrefixList },
		"group-id":       func(r securityGroupRule) string { return r.Group },
		"group-name": func(r securityGroupRule) string {
			if g, err := n.group(&r.Group, nil); err == nil {
				return g.Name
			}
			return ""
		},
		"user-id": func(r securityGroupRule) string {
			if r.Group == "" {
				return ""
			}
			return n.scope.Account
		},
		"protocol":  func(r securityGroupRule) string { return r.Protocol },
		"from-port": func(r securityGroupRule) string { return portText(r.From) },
		"to-port":   func(r securityGroupRule) string { return portText(r.To) },
	}
}

func portText(port *int) string {
	if port == nil {
		return ""
	}
	return itoa(*port)
}

func (n *network) wireSecurityGroup(g *securityGroup) wireec2.SecurityGroup {
	return wireec2.SecurityGroup{
		GroupID: &g.ID, GroupName: &g.Name, Description: &g.Description, VPCID: &g.VPC, OwnerID: &n.scope.Account,
		SecurityGroupARN: new(n.arn("security-group/" + g.ID)), Tags: wireTags(g.Tags),
		IPPermissions: n.wirePermissions(g, false), IPPermissionsEgress: n.wirePermissions(g, true),
	}
}

// arn is the name of what EC2 has: "security-group/sg-1".
func (n *network) arn(resource string) string {
	return arn.ARN{
		Partition: arn.Partition(n.scope.Region), Service: "ec2", Region: n.scope.Region, Account: n.scope.Account, Resource: resource,
	}.String()
}
