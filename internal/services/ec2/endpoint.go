package ec2

import (
	"encoding/json"
	"net/netip"
	"slices"
	"strings"

	"postern/internal/aws/iampolicy"
	"postern/internal/aws/wire"
	wireec2 "postern/internal/aws/wire/ec2"
	"postern/internal/store"
)

// endpoint is a VPC endpoint: through one of execute-api callers come to private APIs.
type endpoint struct {
	ID  string `json:"id"`
	VPC string `json:"vpc"`
	// Service is the last part of the service's name, Type Interface or Gateway.
	Service string `json:"service"`
	Type    string `json:"type"`
	// Policy is the document as it was sent; empty lets everything through.
	Policy      string             `json:"policy,omitempty"`
	Groups      []string           `json:"groups,omitempty"`
	RouteTables []string           `json:"routeTables,omitempty"`
	Interfaces  []networkInterface `json:"interfaces,omitempty"`
	PrivateDNS  bool               `json:"privateDns,omitempty"`
	// Suffix is what the endpoint's DNS names have behind its identifier.
	Suffix string `json:"suffix,omitempty"`
	// Created is in milliseconds since the epoch.
	Created int64  `json:"created"`
	Token   string `json:"token,omitempty"`
	Tags    []tag  `json:"tags,omitempty"`
}

const noEndpoint = "The Vpc Endpoint Id '%s' does not exist"

func (n *network) endpoint(id string) (*endpoint, error) {
	if i := slices.IndexFunc(n.endpoints, func(e *endpoint) bool { return e.ID == id }); i >= 0 {
		return n.endpoints[i], nil
	}
	return nil, refuse("InvalidVpcEndpointId.NotFound", noEndpoint, id)
}

// changeEndpoint lets fn change an endpoint and writes it.
func (n *network) changeEndpoint(tx store.Tx, id string, fn func(*endpoint) error) error {
	e, err := n.endpoint(id)
	if err != nil {
		return err
	}
	if err := fn(e); err != nil {
		return err
	}
	return put(tx, n.scope, kindEndpoint, id, e)
}

// check refuses what an endpoint cannot be. Known AWS answers, but for those of gateways, which are inferred.
func (n *network) check(e *endpoint) error {
	for _, id := range e.Groups {
		g, err := n.group(&id, nil)
		if err != nil {
			return err
		}
		if g.VPC != e.VPC {
			return refuse("InvalidParameter", "Security group %s and VPC %s belong to different networks.", id, e.VPC)
		}
	}
	for _, id := range e.RouteTables {
		if !slices.ContainsFunc(n.routeTables(), func(t routeTable) bool { return t.id == id && t.of.ID == e.VPC }) {
			return refuse("InvalidRouteTableId.NotFound", "The routeTable ID '%s' does not exist", id)
		}
	}
	if e.Type == gatewayEndpoint {
		if len(e.Groups) > 0 || len(e.Interfaces) > 0 || e.PrivateDNS {
			return refuse("InvalidParameter", "Endpoint type (Gateway) takes neither subnets, security groups nor private DNS.")
		}
		return nil
	}
	if len(e.RouteTables) > 0 {
		return refuse("InvalidParameter", "Route table IDs are only supported for Gateway type VPC Endpoint.")
	}
	return n.checkPrivateDNS(e)
}

func (n *network) checkPrivateDNS(e *endpoint) error {
	if !e.PrivateDNS {
		return nil
	}
	of, err := n.vpc(e.VPC)
	if err != nil {
		return err
	}
	if of.NoDNSSupport || !orDefault(of.DNSHostnames, of.IsDefault) {
		return refuse("InvalidParameter", "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for %s", e.VPC)
	}
	if slices.ContainsFunc(n.endpoints, func(o *endpoint) bool {
		return o.ID != e.ID && o.VPC == e.VPC && o.Service == e.Service && o.PrivateDNS
	}) {
		return refuse("InvalidParameter", "private-dns-enabled cannot be set because there is already a conflicting DNS domain for %s in the VPC %s",
			n.service(e).dnsName(), e.VPC)
	}
	return nil
}

func (n *network) service(e *endpoint) endpointService {
	for _, v := range endpointServices(n.scope.Region) {
		if v.name == e.Service && v.kind == e.Type {
			return v
		}
	}
	return endpointService{name: e.Service, kind: e.Type, region: n.scope.Region}
}

// setPolicy keeps a policy document. One of execute-api decides calls, and must be one that can be evaluated; which words EC2 has
// for others, nobody has told.
func (e *endpoint) setPolicy(document string) error {
	if document == "" {
		e.Policy = ""
		return nil
	}
	if !json.Valid([]byte(document)) {
		return refuse("InvalidPolicyDocument", "This policy contains invalid Json")
	}
	if e.Service == executeAPI {
		if _, err := iampolicy.Parse([]byte(document), iampolicy.ResourcePolicy); err != nil {
			return refuse("InvalidPolicyDocument", "This policy cannot be read: %s", err.Error())
		}
	}
	e.Policy = document
	return nil
}

// fullAccess are the policies of endpoints that were given none. Known AWS answers.
const (
	fullInterfaceAccess = "{\n\t\"Statement\": [\n\t\t{\n\t\t\t\"Action\": \"*\",\n\t\t\t\"Effect\": \"Allow\",\n\t\t\t\"Principal\": \"*\",\n\t\t\t\"Resource\": \"*\"\n\t\t}\n\t]\n}"
	fullGatewayAccess   = `{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}`
)

func (e *endpoint) policy() string {
	switch {
	case e.Policy != "":
		return e.Policy
	case e.Type == gatewayEndpoint:
		return fullGatewayAccess
	}
	return fullInterfaceAccess
}

// place puts network interfaces into subnets that have none of the endpoint, and takes them out of those that are not named.
// Known AWS answers.
func (n *network) place(e *endpoint, subnets []string, newID func(int) string) error {
	e.Interfaces = slices.DeleteFunc(slices.Clone(e.Interfaces), func(i networkInterface) bool { return !slices.Contains(subnets, i.Subnet) })
	for _, id := range subnets {
		in, err := n.subnet(id)
		if err != nil {
			return refuse("InvalidSubnetId.NotFound", "The subnet ID '%s' does not exist", id)
		}
		if in.VPC != e.VPC {
			return refuse("InvalidParameter", "Subnet %s and VPC %s belong to different networks.", id, e.VPC)
		}
		if slices.ContainsFunc(e.Interfaces, func(i networkInterface) bool { return i.Subnet == id }) {
			continue
		}
		if slices.ContainsFunc(e.Interfaces, func(i networkInterface) bool { return n.zoneOf(i.Subnet) == in.Zone }) {
			return refuse("DuplicateSubnetsInSameZone", "Found another VPC endpoint subnet in the availability zone of %s. "+
				"VPC endpoint subnets should be in different availability zones supported by the VPC endpoint service.", id)
		}
		address, err := n.freeAddress(in, e)
		if err != nil {
			return err
		}
		e.Interfaces = append(e.Interfaces, networkInterface{ID: "eni-" + newID(idDigits), Subnet: id, Address: address.String()})
	}
	return nil
}

func (n *network) zoneOf(subnetID string) string {
	if in, err := n.subnet(subnetID); err == nil {
		return in.Zone
	}
	return ""
}

// freeAddress is the first address of a subnet that AWS does not keep and no interface has. Known AWS answer.
func (n *network) freeAddress(in *subnet, e *endpoint) (netip.Addr, error) {
	prefix, err := netip.ParsePrefix(in.CIDR)
	if err != nil {
		return netip.Addr{}, err
	}
	address := prefix.Addr().Next().Next().Next().Next()
	for range in.addresses() {
		taken := func(i networkInterface) bool { return i.Address == address.String() && i.Subnet == in.ID }
		if !slices.ContainsFunc(n.interfaces(), taken) && !slices.ContainsFunc(e.Interfaces, taken) {
			return address, nil
		}
		address = address.Next()
	}
	return address, refuse("InsufficientFreeAddressesInSubnet", "There are not enough free addresses in subnet '%s' to satisfy the requested number of instances.", in.ID)
}

// wireEndpoint is an endpoint as AWS describes it.
func (n *network) wireEndpoint(e *endpoint, state string) *wireec2.VPCEndpoint {
	out := &wireec2.VPCEndpoint{
		VPCEndpointID: &e.ID, VPCEndpointType: &e.Type, VPCID: &e.VPC, ServiceName: new(n.service(e).fullName()), State: &state,
		PolicyDocument: new(e.policy()), RouteTableIDs: append([]string{}, e.RouteTables...), SubnetIDs: []string{},
		Groups: []wireec2.SecurityGroupIdentifier{}, PrivateDNSEnabled: &e.PrivateDNS, RequesterManaged: new(false),
		NetworkInterfaceIDs: []string{}, DNSEntries: n.dnsEntries(e), CreationTimestamp: new(wire.Millis(e.Created)), Tags: wireTags(e.Tags),
		OwnerID: &n.scope.Account, ServiceRegion: &n.scope.Region, IPAddressType: new("ipv4"),
		DNSOptions: &wireec2.DNSOptions{DNSRecordIPType: new("ipv4")},
	}
	if e.Type == gatewayEndpoint {
		out.IPAddressType, out.DNSOptions = nil, nil
	}
	for _, i := range e.Interfaces {
		out.SubnetIDs, out.NetworkInterfaceIDs = append(out.SubnetIDs, i.Subnet), append(out.NetworkInterfaceIDs, i.ID)
	}
	for _, id := range e.Groups {
		one := wireec2.SecurityGroupIdentifier{GroupID: &id}
		if g, err := n.group(&id, nil); err == nil {
			one.GroupName = &g.Name
		}
		out.Groups = append(out.Groups, one)
	}
	return out
}

// hostedZone is the identifier of the zone in which names are.
func hostedZone(of ...string) string {
	return "Z" + strings.ToUpper(strings.TrimPrefix(identifier("zone", of...), "zone-"))[:13]
}

// dnsEntries are the names of an interface endpoint: its own, one a zone, and the service's when private DNS leads here.
// Source: AWS PrivateLink guide, "Access an AWS service using an interface VPC endpoint".
func (n *network) dnsEntries(e *endpoint) []wireec2.DNSEntry {
	all := []wireec2.DNSEntry{}
	if e.Type != interfaceEndpoint {
		return all
	}
	service := n.service(e)
	zone := new(hostedZone(n.scope.Region))
	rest := "." + service.name + "." + n.scope.Region + ".vpce.amazonaws.com"
	all = append(all, wireec2.DNSEntry{DNSName: new(e.ID + "-" + e.Suffix + rest), HostedZoneID: zone})
	for _, i := range e.Interfaces {
		all = append(all, wireec2.DNSEntry{DNSName: new(e.ID + "-" + e.Suffix + "-" + n.zoneOf(i.Subnet) + rest), HostedZoneID: zone})
	}
	if e.PrivateDNS {
		private := new(hostedZone(n.scope.Account, e.ID))
		for _, name := range service.privateNames() {
			all = append(all, wireec2.DNSEntry{DNSName: new(name), HostedZoneID: private})
		}
	}
	return all
}
