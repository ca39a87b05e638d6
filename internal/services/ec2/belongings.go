package ec2

import (
	"cmp"
	"context"
	"strconv"

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
