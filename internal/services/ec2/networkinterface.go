package ec2

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"postern/internal/aws/wire"
	wireec2 "postern/internal/aws/wire/ec2"
)

// networkInterface is where an endpoint stands in a subnet. Nothing else has one here.
type networkInterface struct {
	ID      string `json:"id"`
	Subnet  string `json:"subnet"`
	Address string `json:"address"`
	of      *endpoint
}

func (n *network) interfaces() (all []networkInterface) {
	for _, e := range n.endpoints {
		for _, i := range e.Interfaces {
			i.of = e
			all = append(all, i)
		}
	}
	return all
}

// DescribeNetworkInterfaces lists the interfaces of VPC endpoints. The filters that it does not know are of what they have
// not, and such a filter lets nothing through.
func (s *Service) DescribeNetworkInterfaces(ctx context.Context, call *wire.Call, in *wireec2.DescribeNetworkInterfacesRequest) (*wireec2.DescribeNetworkInterfacesResult, error) {
	n, err := s.view(ctx, call)
	if err := cmp.Or(err, onlyOne(in.NetworkInterfaceIDs, in.MaxResults, "networkInterfaceIds")); err != nil {
		return nil, err
	}
	all, id := n.interfaces(), func(i networkInterface) string { return i.ID }
	missing := known(in.NetworkInterfaceIDs, all, id, "InvalidNetworkInterfaceID.NotFound", "The networkInterface ID '%s' does not exist")
	if err := cmp.Or(missing, errDryRun(in.DryRun)); err != nil {
		return nil, err
	}
	filters := n.interfaceFilters()
	for _, f := range in.Filters {
		if f.Name != nil && filters[*f.Name] == nil && !strings.HasPrefix(*f.Name, "tag:") {
			filters[*f.Name] = func(networkInterface) []string { return nil }
		}
	}
	kept, err := filter(pick(all, in.NetworkInterfaceIDs, id), in.Filters, filters)
	if err != nil {
		return nil, err
	}
	page, next, err := paginate(kept, in.NextToken, in.MaxResults, id)
	out := &wireec2.DescribeNetworkInterfacesResult{NetworkInterfaces: []wireec2.NetworkInterface{}, NextToken: next}
	for _, i := range page {
		out.NetworkInterfaces = append(out.NetworkInterfaces, n.wireInterface(i))
	}
	return out, err
}

// Source: EC2 API reference, DescribeNetworkInterfaces, Filter.
func (n *network) interfaceFilters() map[string]func(networkInterface) []string {
	address := func(i networkInterface) []string { return []string{i.Address} }
	nothing := func(networkInterface) []string { return nil }
	return map[string]func(networkInterface) []string{
		"addresses.private-ip-address": address, "private-ip-address": address,
		"attachment.status": constant[networkInterface]("attached"),
		"availability-zone": func(i networkInterface) []string { return []string{n.zoneOf(i.Subnet)} },
		"description":       func(i networkInterface) []string { return []string{i.description()} },
		"group-id":          func(i networkInterface) []string { return i.of.Groups },
		"group-name": func(i networkInterface) (names []string) {
			for _, g := range n.groups {
				if slices.Contains(i.of.Groups, g.ID) {
					names = append(names, g.Name)
				}
			}
			return names
		},
		"interface-type":       constant[networkInterface]("vpc_endpoint"),
		"network-interface-id": func(i networkInterface) []string { return []string{i.ID} },
		"owner-id":             constant[networkInterface](n.scope.Account),
		"requester-managed":    constant[networkInterface]("true"),
		"status":               constant[networkInterface]("in-use"),
		"subnet-id":            func(i networkInterface) []string { return []string{i.Subnet} },
		"tag:":                 nothing, "tag-key": nothing,
		"vpc-id": func(i networkInterface) []string { return []string{i.of.VPC} },
	}
}

func (i networkInterface) description() string { return "VPC Endpoint Interface " + i.of.ID }

func (n *network) wireInterface(i networkInterface) wireec2.NetworkInterface {
	groups := []wireec2.GroupIdentifier{}
	for _, g := range n.groups {
		if slices.Contains(i.of.Groups, g.ID) {
			groups = append(groups, wireec2.GroupIdentifier{GroupID: &g.ID, GroupName: &g.Name})
		}
	}
	return wireec2.NetworkInterface{
		NetworkInterfaceID: &i.ID, SubnetID: &i.Subnet, VPCID: &i.of.VPC, AvailabilityZone: new(n.zoneOf(i.Subnet)), OwnerID: &n.scope.Account,
		Description: new(i.description()), InterfaceType: new("vpc_endpoint"), Status: new("in-use"), Groups: groups,
		PrivateIPAddress: &i.Address, RequesterManaged: new(true), SourceDestCheck: new(true), TagSet: []wireec2.Tag{},
		PrivateIPAddresses: []wireec2.NetworkInterfacePrivateIPAddress{{Primary: new(true), PrivateIPAddress: &i.Address}},
		IPv6Addresses:      []wireec2.NetworkInterfaceIPv6Address{},
		Attachment: &wireec2.NetworkInterfaceAttachment{
			AttachmentID: new("ela-attach" + i.ID[len("eni"):]), DeviceIndex: new(1), InstanceOwnerID: new("amazon-aws"),
			DeleteOnTermination: new(false), Status: new("attached"),
		},
	}
}
