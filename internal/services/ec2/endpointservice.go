package ec2

import (
	"cmp"
	"context"
	"slices"

	"postern/internal/aws/wire"
	wireec2 "postern/internal/aws/wire/ec2"
)

// The types of endpoint that services here have.
const (
	interfaceEndpoint = "Interface"
	gatewayEndpoint   = "Gateway"
)

// executeAPI is the service whose endpoints lead to private APIs. Endpoints of the others are names.
const executeAPI = "execute-api"

// endpointService is a service that VPCs may have an endpoint of.
type endpointService struct {
	// name is the last part of its name, "execute-api".
	name, kind string
	zones      []string
	region     string
}

// endpointServices are the services of a region: the one that concerns APIs, and those that go with it.
// Source: AWS PrivateLink guide, "AWS services that integrate with AWS PrivateLink".
func endpointServices(region string) []endpointService {
	var names []string
	for _, z := range zones(region) {
		names = append(names, z.name)
	}
	all := []endpointService{{"dynamodb", gatewayEndpoint, names, region}, {"s3", gatewayEndpoint, names, region}}
	for _, name := range []string{
		"apigateway", "dynamodb", "ec2", "ecr.api", "ecr.dkr", "elasticloadbalancing", "events", executeAPI, "kinesis-firehose",
		"kinesis-streams", "kms", "lambda", "logs", "monitoring", "s3", "secretsmanager", "sns", "sqs", "ssm", "states", "sts",
	} {
		all = append(all, endpointService{name, interfaceEndpoint, names, region})
	}
	return all
}

func (v endpointService) fullName() string { return "com.amazonaws." + v.region + "." + v.name }

// dnsName is the public name, "execute-api.us-east-1.amazonaws.com", which private DNS leads to the endpoint.
func (v endpointService) dnsName() string { return v.name + "." + v.region + ".amazonaws.com" }

// privateNames are what private DNS leads to the endpoint; gateways have none. An API has a name below that of the service.
func (v endpointService) privateNames() []string {
	switch {
	case v.kind == gatewayEndpoint:
		return nil
	case v.name == executeAPI:
		return []string{"*." + v.dnsName(), v.dnsName()}
	}
	return []string{v.dnsName()}
}

func (v endpointService) id() string {
	return identifier("vpce-svc", v.region, v.name, v.kind)
}

// DescribeVPCEndpointServices lists the services that endpoints can be of. Known AWS answer.
func (s *Service) DescribeVPCEndpointServices(_ context.Context, call *wire.Call, in *wireec2.DescribeVPCEndpointServicesRequest) (*wireec2.DescribeVPCEndpointServicesResult, error) {
	all := endpointServices(call.Region)
	if len(in.ServiceRegions) > 0 && !slices.Contains(in.ServiceRegions, call.Region) {
		all = nil
	}
	missing := known(in.ServiceNames, all, endpointService.fullName, "InvalidServiceName", "The Vpc Endpoint Service '%s' does not exist")
	if err := cmp.Or(errDryRun(in.DryRun), missing); err != nil {
		return nil, err
	}
	nothing := func(endpointService) []string { return nil }
	// Source: EC2 API reference, DescribeVpcEndpointServices, Filter.
	kept, err := filter(pick(all, in.ServiceNames, endpointService.fullName), in.Filters, map[string]func(endpointService) []string{
		"owner":                      constant[endpointService]("amazon"),
		"service-name":               func(v endpointService) []string { return []string{v.fullName()} },
		"service-region":             constant[endpointService](call.Region),
		"service-type":               func(v endpointService) []string { return []string{v.kind} },
		"supported-ip-address-types": constant[endpointService]("ipv4"),
		"tag:":                       nothing, "tag-key": nothing,
	})
	if err != nil {
		return nil, err
	}
	page, next, err := paginate(kept, in.NextToken, in.MaxResults, endpointService.id)
	out := &wireec2.DescribeVPCEndpointServicesResult{ServiceNames: []string{}, ServiceDetails: []wireec2.ServiceDetail{}, NextToken: next}
	for _, v := range page {
		if !slices.Contains(out.ServiceNames, v.fullName()) {
			out.ServiceNames = append(out.ServiceNames, v.fullName())
		}
		out.ServiceDetails = append(out.ServiceDetails, v.wire())
	}
	return out, err
}

func (v endpointService) wire() wireec2.ServiceDetail {
	base := v.name + "." + v.region + ".vpce.amazonaws.com"
	out := wireec2.ServiceDetail{
		ServiceName: new(v.fullName()), ServiceID: new(v.id()), ServiceType: []wireec2.ServiceTypeDetail{{ServiceType: &v.kind}},
		ServiceRegion: &v.region, AvailabilityZones: v.zones, Owner: new("amazon"), BaseEndpointDNSNames: []string{base},
		VPCEndpointPolicySupported: new(true), AcceptanceRequired: new(false), ManagesVPCEndpoints: new(false), Tags: []wireec2.Tag{},
		SupportedIPAddressTypes: []string{"ipv4"},
	}
	if v.kind == gatewayEndpoint {
		out.BaseEndpointDNSNames = []string{v.dnsName()}
		return out
	}
	for _, name := range v.privateNames() {
		out.PrivateDNSNames = append(out.PrivateDNSNames, wireec2.PrivateDNSDetails{PrivateDNSName: new(name)})
	}
	out.PrivateDNSName, out.PrivateDNSNameVerificationState = out.PrivateDNSNames[0].PrivateDNSName, new("verified")
	return out
}

// prefixList is the blocks that a gateway endpoint leads to.
type prefixList struct {
	id, name string
	blocks   []string
}

// prefixLists are those of a region's gateway services. Their blocks are of the networks for documentation: nothing here is
// reached by them.
func prefixLists(region string) []prefixList {
	var all []prefixList
	for i, v := range endpointServices(region) {
		if v.kind == gatewayEndpoint {
			all = append(all, prefixList{"pl-" + identifier("pl", region, v.name)[4:12], v.fullName(), []string{[]string{"192.0.2.0/24", "198.51.100.0/24"}[i]}})
		}
	}
	return all
}

// DescribePrefixLists lists the blocks of gateway services. The text is inferred.
func (s *Service) DescribePrefixLists(_ context.Context, call *wire.Call, in *wireec2.DescribePrefixListsRequest) (*wireec2.DescribePrefixListsResult, error) {
	all, id := prefixLists(call.Region), func(p prefixList) string { return p.id }
	missing := known(in.PrefixListIDs, all, id, "InvalidPrefixListId.NotFound", "The prefix list ID '%s' does not exist")
	if err := cmp.Or(errDryRun(in.DryRun), missing); err != nil {
		return nil, err
	}
	kept, err := filter(pick(all, in.PrefixListIDs, id), in.Filters, map[string]func(prefixList) []string{
		"prefix-list-id":   func(p prefixList) []string { return []string{p.id} },
		"prefix-list-name": func(p prefixList) []string { return []string{p.name} },
	})
	if err != nil {
		return nil, err
	}
	page, next, err := paginate(kept, in.NextToken, in.MaxResults, id)
	out := &wireec2.DescribePrefixListsResult{PrefixLists: []wireec2.PrefixList{}, NextToken: next}
	for _, p := range page {
		out.PrefixLists = append(out.PrefixLists, wireec2.PrefixList{PrefixListID: &p.id, PrefixListName: &p.name, Cidrs: p.blocks})
	}
	return out, err
}
