package ec2

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	wireec2 "postern/internal/aws/wire/ec2"
	"postern/internal/aws/wire/ec2query"
	"postern/internal/store"
)

// errOtherEndpoints refuses what endpoints here do not have. The text is Postern's own.
func errOtherEndpoints(ipType *string, dns *wireec2.DNSOptionsSpecification, addresses []wireec2.SubnetConfiguration) error {
	if ipType != nil && *ipType != "ipv4" || len(addresses) > 0 ||
		dns != nil && (dns.DNSRecordIPType != nil && *dns.DNSRecordIPType != "ipv4" || dns.PrivateDNSPreference != nil || len(dns.PrivateDNSSpecifiedDomains) > 0 ||
			dns.PrivateDNSOnlyForInboundResolverEndpoint != nil && *dns.PrivateDNSOnlyForInboundResolverEndpoint) {
		return refuse("UnsupportedOperation", "Postern's VPC endpoints have IPv4 addresses, which it chooses.")
	}
	return nil
}

// CreateVPCEndpoint makes an endpoint. It is "pending" in this answer and "available" in every later one, but callers of
// private APIs come through it at once. Known AWS answers.
func (s *Service) CreateVPCEndpoint(ctx context.Context, call *wire.Call, in *wireec2.CreateVPCEndpointRequest) (*wireec2.CreateVPCEndpointResult, error) {
	if in.ServiceNetworkARN != nil || in.ResourceConfigurationARN != nil || in.ServiceRegion != nil && *in.ServiceRegion != call.Region {
		return nil, refuse("UnsupportedOperation", "Postern's VPC endpoints are of services of their own region.")
	}
	if in.ServiceName == nil {
		return nil, ec2query.MissingParameter.Errorf("The request must contain the parameter serviceName")
	}
	tags, err := newTags(in.TagSpecifications, "vpc-endpoint")
	if err := cmp.Or(err, errOtherEndpoints(in.IPAddressType, in.DNSOptions, in.SubnetConfigurations)); err != nil {
		return nil, err
	}
	made := &endpoint{
		ID: "vpce-" + s.options.NewID(idDigits), VPC: *in.VPCID, Type: gatewayEndpoint, Groups: in.SecurityGroupIDs, RouteTables: in.RouteTableIDs,
		Suffix: s.options.NewID(8), Created: s.options.Now().UnixMilli(), Token: valueOf(in.ClientToken), Tags: tags,
	}
	if in.VPCEndpointType != nil {
		made.Type = *in.VPCEndpointType
	}
	// Known AWS answer: what says nothing of private DNS gets it, if its type has it.
	made.PrivateDNS = made.Type == interfaceEndpoint
	if in.PrivateDNSEnabled != nil {
		made.PrivateDNS = *in.PrivateDNSEnabled
	}
	out := &wireec2.CreateVPCEndpointResult{ClientToken: in.ClientToken}
	err = s.store.Update(ctx, func(tx store.Tx) error {
		n, err := readNetwork(tx, scopeOf(call))
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(n.endpoints, func(e *endpoint) bool { return made.Token != "" && e.Token == made.Token }); i >= 0 {
			out.VPCEndpoint = n.wireEndpoint(n.endpoints[i], "available")
			return nil
		}
		if err := cmp.Or(s.settle(n, made, in), errDryRun(in.DryRun)); err != nil {
			return err
		}
		out.VPCEndpoint = n.wireEndpoint(made, "pending")
		return put(tx, n.scope, kindEndpoint, made.ID, made)
	})
	if err != nil {
		return nil, err
	}
	return out, s.published(ctx)
}

// settle gives a new endpoint its service, policy, groups and interfaces.
func (s *Service) settle(n *network, made *endpoint, in *wireec2.CreateVPCEndpointRequest) error {
	if _, err := n.vpc(made.VPC); err != nil {
		return refuse("InvalidVpcId.NotFound", "The Vpc Id %s does not exist", made.VPC)
	}
	of, err := serviceOf(n.scope.Region, *in.ServiceName, made.Type)
	if err != nil {
		return err
	}
	made.Service = of.name
	if made.Type == interfaceEndpoint && len(made.Groups) == 0 {
		made.Groups = []string{n.identifier("sg", made.VPC)}
	}
	return cmp.Or(made.setPolicy(valueOf(in.PolicyDocument)), n.place(made, in.SubnetIDs, s.options.NewID), n.check(made))
}

// serviceOf finds a service by its whole name, with endpoints of a type.
func serviceOf(region, name, kind string) (endpointService, error) {
	found := false
	for _, v := range endpointServices(region) {
		if v.fullName() == name && v.kind == kind {
			return v, nil
		}
		found = found || v.fullName() == name
	}
	if found {
		return endpointService{}, refuse("InvalidParameter", "Endpoint type (%s) does not match available service types ([%s]).", kind, otherType(kind))
	}
	return endpointService{}, refuse("InvalidServiceName", "The Vpc Endpoint Service '%s' does not exist", name)
}

func otherType(kind string) string {
	if kind == interfaceEndpoint {
		return gatewayEndpoint
	}
	return interfaceEndpoint
}

// DescribeVPCEndpoints lists endpoints.
func (s *Service) DescribeVPCEndpoints(ctx context.Context, call *wire.Call, in *wireec2.DescribeVPCEndpointsRequest) (*wireec2.DescribeVPCEndpointsResult, error) {
	n, err := s.view(ctx, call)
	if err := cmp.Or(err, errDryRun(in.DryRun), onlyOne(in.VPCEndpointIDs, in.MaxResults, "vpcEndpointIds")); err != nil {
		return nil, err
	}
	id := func(e *endpoint) string { return e.ID }
	if err := known(in.VPCEndpointIDs, n.endpoints, id, "InvalidVpcEndpointId.NotFound", noEndpoint); err != nil {
		return nil, err
	}
	// Source: EC2 API reference, DescribeVpcEndpoints, Filter.
	kept, err := filter(pick(n.endpoints, in.VPCEndpointIDs, id), in.Filters, map[string]func(*endpoint) []string{
		"ip-address-type":    constant[*endpoint]("ipv4"),
		"service-name":       func(e *endpoint) []string { return []string{n.service(e).fullName()} },
		"service-region":     constant[*endpoint](n.scope.Region),
		"tag:":               func(e *endpoint) []string { return tagPairs(e.Tags) },
		"tag-key":            func(e *endpoint) []string { return tagKeys(e.Tags) },
		"vpc-endpoint-id":    func(e *endpoint) []string { return []string{e.ID} },
		"vpc-endpoint-state": constant[*endpoint]("available"),
		"vpc-endpoint-type":  func(e *endpoint) []string { return []string{e.Type} },
		"vpc-id":             func(e *endpoint) []string { return []string{e.VPC} },
	})
	if err != nil {
		return nil, err
	}
	page, next, err := paginate(kept, in.NextToken, in.MaxResults, id)
	out := &wireec2.DescribeVPCEndpointsResult{VPCEndpoints: []wireec2.VPCEndpoint{}, NextToken: next}
	for _, e := range page {
		out.VPCEndpoints = append(out.VPCEndpoints, *n.wireEndpoint(e, "available"))
	}
	return out, err
}

// ModifyVPCEndpoint changes an endpoint.
func (s *Service) ModifyVPCEndpoint(ctx context.Context, call *wire.Call, in *wireec2.ModifyVPCEndpointRequest) (*wireec2.ModifyVPCEndpointResult, error) {
	if err := errOtherEndpoints(in.IPAddressType, in.DNSOptions, in.SubnetConfigurations); err != nil {
		return nil, err
	}
	err := s.store.Update(ctx, func(tx store.Tx) error {
		n, err := readNetwork(tx, scopeOf(call))
		if err != nil {
			return err
		}
		return n.changeEndpoint(tx, *in.VPCEndpointID, func(e *endpoint) error {
			return cmp.Or(s.modify(n, e, in), errDryRun(in.DryRun))
		})
	})
	if err != nil {
		return nil, err
	}
	return &wireec2.ModifyVPCEndpointResult{Return: new(true)}, s.published(ctx)
}

func (s *Service) modify(n *network, e *endpoint, in *wireec2.ModifyVPCEndpointRequest) error {
	if in.ResetPolicy != nil && *in.ResetPolicy {
		e.Policy = ""
	}
	if in.PolicyDocument != nil {
		if err := e.setPolicy(*in.PolicyDocument); err != nil {
			return err
		}
	}
	var subnets []string
	for _, i := range e.Interfaces {
		subnets = append(subnets, i.Subnet)
	}
	e.Groups = changed(e.Groups, in.AddSecurityGroupIDs, in.RemoveSecurityGroupIDs)
	e.RouteTables = changed(e.RouteTables, in.AddRouteTableIDs, in.RemoveRouteTableIDs)
	if in.PrivateDNSEnabled != nil {
		e.PrivateDNS = *in.PrivateDNSEnabled
	}
	if e.Type == interfaceEndpoint && len(e.Groups) == 0 {
		return refuse("InvalidParameter", "At least one security group must be associated with the VPC endpoint %s.", e.ID)
	}
	return cmp.Or(n.place(e, changed(subnets, in.AddSubnetIDs, in.RemoveSubnetIDs), s.options.NewID), n.check(e))
}

// changed is a list without some, and with others behind.
func changed(list, add, remove []string) []string {
	list = slices.DeleteFunc(slices.Clone(list), func(id string) bool { return slices.Contains(remove, id) || slices.Contains(add, id) })
	for _, id := range add {
		if !slices.Contains(list, id) {
			list = append(list, id)
		}
	}
	return list
}

// DeleteVPCEndpoints deletes endpoints, at once. It tells which it could not, and deletes the others.
// Source: EC2 API reference, DeleteVpcEndpoints.
func (s *Service) DeleteVPCEndpoints(ctx context.Context, call *wire.Call, in *wireec2.DeleteVPCEndpointsRequest) (*wireec2.DeleteVPCEndpointsResult, error) {
	out := new(wireec2.DeleteVPCEndpointsResult)
	err := s.store.Update(ctx, func(tx store.Tx) error {
		n, err := readNetwork(tx, scopeOf(call))
		if err := cmp.Or(err, errDryRun(in.DryRun)); err != nil {
			return err
		}
		out.Unsuccessful = []wireec2.UnsuccessfulItem{}
		for _, id := range in.VPCEndpointIDs {
			if _, err := n.endpoint(id); err != nil {
				out.Unsuccessful = append(out.Unsuccessful, unsuccessful(id, err))
				continue
			}
			if err := tx.Delete(store.Key{Scope: n.scope, Kind: kindEndpoint, ID: id}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, s.published(ctx)
}

func unsuccessful(id string, err error) wireec2.UnsuccessfulItem {
	item := wireec2.UnsuccessfulItem{ResourceID: &id}
	if e, ok := errors.AsType[*awserr.Error](err); ok {
		item.Error = &wireec2.UnsuccessfulItemError{Code: &e.Code.Name, Message: &e.Message}
	}
	return item
}
