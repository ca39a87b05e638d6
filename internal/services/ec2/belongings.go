package ec2

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"postern/internal/aws/arn"
	"postern/internal/aws/wire"
	wireec2 "postern/internal/aws/wire/ec2"
)

func itoa(n int) string { return strconv.Itoa(n) }

// routeTable is the main route table of a VPC; there are no others.
type routeTable struct {
	id, association string
	of              *vpc
	// gateway is the internet gateway that the default VPC's table leads to; empty for others.
	gateway string
}

func (n *network) routeTables() []routeTable {
	var all []routeTable
	for _, v := range n.vpcs {
		one := routeTable{id: n.identifier("rtb", v.ID), association: n.identifier("rtbassoc", v.ID), of: v}
		if v.IsDefault {
			one.gateway = n.identifier("igw", v.ID)
		}
		all = append(all, one)
	}
	return all
}

// DescribeRouteTables lists the main route tables.
func (s *Service) DescribeRouteTables(ctx context.Context, call *wire.Call, in *wireec2.DescribeRouteTablesRequest) (*wireec2.DescribeRouteTablesResult, error) {
	n, err := s.view(ctx, call)
	if err := cmp.Or(err, errDryRun(in.DryRun), onlyOne(in.RouteTableIDs, in.MaxResults, "routeTableIds")); err != nil {
		return nil, err
	}
	all, id := n.routeTables(), func(t routeTable) string { return t.id }
	if err := known(in.RouteTableIDs, all, id, "InvalidRouteTableID.NotFound", "The routeTable ID '%s' does not exist"); err != nil {
		return nil, err
	}
	kept, err := filter(pick(all, in.RouteTableIDs, id), in.Filters, n.routeTableFilters())
	if err != nil {
		return nil, err
	}
	page, next, err := paginate(kept, in.NextToken, in.MaxResults, id)
	out := &wireec2.DescribeRouteTablesResult{RouteTables: []wireec2.RouteTable{}, NextToken: next}
	for _, t := range page {
		out.RouteTables = append(out.RouteTables, n.wireRouteTable(t))
	}
	return out, err
}

// Source: EC2 API reference, DescribeRouteTables, Filter.
func (n *network) routeTableFilters() map[string]func(routeTable) []string {
	nothing := func(routeTable) []string { return nil }
	gateways := func(t routeTable) []string {
		if t.gateway == "" {
			return []string{"local"}
		}
		return []string{"local", t.gateway}
	}
	return map[string]func(routeTable) []string{
		"association.gateway-id":                 nothing,
		"association.main":                       constant[routeTable]("true"),
		"association.route-table-association-id": func(t routeTable) []string { return []string{t.association} },
		"association.route-table-id":             func(t routeTable) []string { return []string{t.id} },
		"association.subnet-id":                  nothing, // the main table is nobody's in particular
		"owner-id":                               constant[routeTable](n.scope.Account),
		"route-table-id":                         func(t routeTable) []string { return []string{t.id} },
		"route.destination-cidr-block": func(t routeTable) []string {
			if t.gateway == "" {
				return []string{t.of.CIDR}
			}
			return []string{t.of.CIDR, "0.0.0.0/0"}
		},
		"route.destination-ipv6-cidr-block": nothing, "route.destination-prefix-list-id": nothing,
		"route.egress-only-internet-gateway-id": nothing, "route.gateway-id": gateways, "route.instance-id": nothing,
		"route.nat-gateway-id": nothing, "route.transit-gateway-id": nothing, "route.vpc-peering-connection-id": nothing,
		"route.origin": func(t routeTable) []string {
			if t.gateway == "" {
				return []string{"CreateRouteTable"}
			}
			return []string{"CreateRouteTable", "CreateRoute"}
		},
		"route.state": constant[routeTable]("active"),
		"tag:":        nothing, "tag-key": nothing,
		"vpc-id": func(t routeTable) []string { return []string{t.of.ID} },
	}
}

func (n *network) wireRouteTable(t routeTable) wireec2.RouteTable {
	out := wireec2.RouteTable{
		RouteTableID: &t.id, VPCID: &t.of.ID, OwnerID: &n.scope.Account, Tags: []wireec2.Tag{},
		PropagatingVgws: []wireec2.PropagatingVgw{},
		Associations: []wireec2.RouteTableAssociation{{
			RouteTableAssociationID: &t.association, RouteTableID: &t.id, Main: new(true),
			AssociationState: &wireec2.RouteTableAssociationState{State: new("associated")},
		}},
		Routes: []wireec2.Route{{
			DestinationCIDRBlock: &t.of.CIDR, GatewayID: new("local"), State: new("active"), Origin: new("CreateRouteTable"),
		}},
	}
	if t.gateway != "" {
		out.Routes = append(out.Routes, wireec2.Route{
			DestinationCIDRBlock: new("0.0.0.0/0"), GatewayID: &t.gateway, State: new("active"), Origin: new("CreateRoute"),
		})
	}
	return out
}

// securityGroup is the default security group of a VPC; there are no others.
type securityGroup struct {
	id string
	of *vpc
}

// The name and the description of every default security group.
const (
	groupName        = "default"
	groupDescription = "default VPC security group"
)

func (n *network) securityGroups() []securityGroup {
	var all []securityGroup
	for _, v := range n.vpcs {
		all = append(all, securityGroup{id: n.identifier("sg", v.ID), of: v})
	}
	return all
}

// DescribeSecurityGroups lists the default security groups. A name means the group of the default VPC.
func (s *Service) DescribeSecurityGroups(ctx context.Context, call *wire.Call, in *wireec2.DescribeSecurityGroupsRequest) (*wireec2.DescribeSecurityGroupsResult, error) {
	n, err := s.view(ctx, call)
	if err := cmp.Or(err, errDryRun(in.DryRun), onlyOne(in.GroupIDs, in.MaxResults, "groupIds")); err != nil {
		return nil, err
	}
	all, id := n.securityGroups(), func(g securityGroup) string { return g.id }
	if err := known(in.GroupIDs, all, id, "InvalidGroup.NotFound", "The security group '%s' does not exist"); err != nil {
		return nil, err
	}
	for _, name := range in.GroupNames {
		if name != groupName {
			return nil, refuse("InvalidGroup.NotFound", "The security group '%s' does not exist in default VPC '%s'", name, n.vpcs[0].ID)
		}
	}
	kept := pick(all, in.GroupIDs, id)
	if len(in.GroupNames) > 0 {
		kept = slices.DeleteFunc(slices.Clone(kept), func(g securityGroup) bool { return !g.of.IsDefault })
	}
	if kept, err = filter(kept, in.Filters, n.securityGroupFilters()); err != nil {
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
func (n *network) securityGroupFilters() map[string]func(securityGroup) []string {
	nothing := func(securityGroup) []string { return nil }
	id := func(g securityGroup) []string { return []string{g.id} }
	return map[string]func(securityGroup) []string{
		"description":               constant[securityGroup](groupDescription),
		"egress.ip-permission.cidr": constant[securityGroup]("0.0.0.0/0"), "egress.ip-permission.from-port": nothing,
		"egress.ip-permission.group-id": nothing, "egress.ip-permission.group-name": nothing, "egress.ip-permission.ipv6-cidr": nothing,
		"egress.ip-permission.prefix-list-id": nothing, "egress.ip-permission.protocol": constant[securityGroup]("-1"),
		"egress.ip-permission.to-port": nothing, "egress.ip-permission.user-id": nothing,
		"group-id": id, "group-name": constant[securityGroup](groupName),
		"ip-permission.cidr": nothing, "ip-permission.from-port": nothing, "ip-permission.group-id": id,
		"ip-permission.group-name": nothing, "ip-permission.ipv6-cidr": nothing, "ip-permission.prefix-list-id": nothing,
		"ip-permission.protocol": constant[securityGroup]("-1"), "ip-permission.to-port": nothing,
		"ip-permission.user-id": constant[securityGroup](n.scope.Account),
		"owner-id":              constant[securityGroup](n.scope.Account),
		"tag:":                  nothing, "tag-key": nothing,
		"vpc-id": func(g securityGroup) []string { return []string{g.of.ID} },
	}
}

// wireSecurityGroup is a default group: all comes in from its members, all goes out.
// Source: VPC user guide, "Default security groups for your VPCs".
func (n *network) wireSecurityGroup(g securityGroup) wireec2.SecurityGroup {
	permission := func(ranges []wireec2.IPRange, groups []wireec2.UserIDGroupPair) []wireec2.IPPermission {
		return []wireec2.IPPermission{{
			IPProtocol: new("-1"), IPRanges: ranges, UserIDGroupPairs: groups,
			IPv6Ranges: []wireec2.IPv6Range{}, PrefixListIDs: []wireec2.PrefixListID{},
		}}
	}
	name := arn.ARN{
		Partition: arn.Partition(n.scope.Region), Service: "ec2", Region: n.scope.Region, Account: n.scope.Account,
		Resource: "security-group/" + g.id,
	}
	return wireec2.SecurityGroup{
		GroupID: &g.id, GroupName: new(groupName), Description: new(groupDescription), VPCID: &g.of.ID, OwnerID: &n.scope.Account,
		SecurityGroupARN:    new(name.String()),
		IPPermissions:       permission([]wireec2.IPRange{}, []wireec2.UserIDGroupPair{{UserID: &n.scope.Account, GroupID: &g.id}}),
		IPPermissionsEgress: permission([]wireec2.IPRange{{CIDRIP: new("0.0.0.0/0")}}, []wireec2.UserIDGroupPair{}),
	}
}

// DescribeInternetGateways lists the one gateway, which belongs to the default VPC.
func (s *Service) DescribeInternetGateways(ctx context.Context, call *wire.Call, in *wireec2.DescribeInternetGatewaysRequest) (*wireec2.DescribeInternetGatewaysResult, error) {
	n, err := s.view(ctx, call)
	if err := cmp.Or(err, errDryRun(in.DryRun), onlyOne(in.InternetGatewayIDs, in.MaxResults, "internetGatewayIds")); err != nil {
		return nil, err
	}
	tables := n.routeTables()[:1]
	id := func(t routeTable) string { return t.gateway }
	if err := known(in.InternetGatewayIDs, tables, id, "InvalidInternetGatewayID.NotFound", "The internetGateway ID '%s' does not exist"); err != nil {
		return nil, err
	}
	nothing := func(routeTable) []string { return nil }
	kept, err := filter(pick(tables, in.InternetGatewayIDs, id), in.Filters, map[string]func(routeTable) []string{
		"attachment.state":    constant[routeTable]("available"),
		"attachment.vpc-id":   func(t routeTable) []string { return []string{t.of.ID} },
		"internet-gateway-id": func(t routeTable) []string { return []string{t.gateway} },
		"owner-id":            constant[routeTable](n.scope.Account),
		"tag:":                nothing, "tag-key": nothing,
	})
	if err != nil {
		return nil, err
	}
	page, next, err := paginate(kept, in.NextToken, in.MaxResults, id)
	out := &wireec2.DescribeInternetGatewaysResult{InternetGateways: []wireec2.InternetGateway{}, NextToken: next}
	for _, t := range page {
		out.InternetGateways = append(out.InternetGateways, wireec2.InternetGateway{
			InternetGatewayID: &t.gateway, OwnerID: &n.scope.Account, Tags: []wireec2.Tag{},
			Attachments: []wireec2.InternetGatewayAttachment{{State: new("available"), VPCID: &t.of.ID}},
		})
	}
	return out, err
}

// DescribeNetworkInterfaces lists none: nothing here has one. The filters are not looked at, since whatever they say, the
// list is empty.
func (s *Service) DescribeNetworkInterfaces(_ context.Context, _ *wire.Call, in *wireec2.DescribeNetworkInterfacesRequest) (*wireec2.DescribeNetworkInterfacesResult, error) {
	if len(in.NetworkInterfaceIDs) > 0 {
		return nil, refuse("InvalidNetworkInterfaceID.NotFound", "The networkInterface ID '%s' does not exist", in.NetworkInterfaceIDs[0])
	}
	return &wireec2.DescribeNetworkInterfacesResult{NetworkInterfaces: []wireec2.NetworkInterface{}}, errDryRun(in.DryRun)
}
