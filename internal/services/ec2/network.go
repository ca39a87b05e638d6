package ec2

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"postern/internal/store"
	"postern/internal/store/document"
)

// The kinds of document. They hold what callers made or changed; what an account has from the start is not stored.
const (
	kindVPC    = "ec2-vpc"    // {id}
	kindSubnet = "ec2-subnet" // {id}
	// kindGroup and kindEndpoint are security groups and VPC endpoints.
	kindGroup    = "ec2-security-group" // {id}
	kindEndpoint = "ec2-vpc-endpoint"   // {id}
	// kindDeleted marks a default subnet that a caller has deleted.
	kindDeleted = "ec2-deleted" // {id}
)

type vpc struct {
	ID        string `json:"id"`
	CIDR      string `json:"cidr"`
	Tenancy   string `json:"tenancy"`
	Tags      []tag  `json:"tags,omitempty"`
	IsDefault bool   `json:"-"`
	// DNSHostnames is whether hosts get names; nil when nobody has said so, and then those of the default VPC do.
	// Source: VPC user guide, "DNS attributes for your VPC".
	DNSHostnames *bool `json:"dnsHostnames,omitempty"`
	// NoDNSSupport is whether names are not resolved.
	NoDNSSupport   bool `json:"noDnsSupport,omitempty"`
	AddressMetrics bool `json:"addressMetrics,omitempty"`
	// IPv6CIDR is a /56 that Amazon is said to have given; empty for none.
	IPv6CIDR string `json:"ipv6Cidr,omitempty"`
}

type subnet struct {
	ID        string `json:"id"`
	VPC       string `json:"vpc"`
	CIDR      string `json:"cidr"`
	Zone      string `json:"zone"`
	ZoneID    string `json:"zoneId"`
	Tags      []tag  `json:"tags,omitempty"`
	IsDefault bool   `json:"-"`
	// PublicAddresses is whether hosts get them; nil when nobody has said so, and then those of default subnets do.
	PublicAddresses *bool `json:"publicAddresses,omitempty"`
	// IPv6CIDR is a /64 of the VPC's; empty for none. IPv6Addresses is whether hosts get one.
	IPv6CIDR      string `json:"ipv6Cidr,omitempty"`
	IPv6Addresses bool   `json:"ipv6Addresses,omitempty"`
}

type tag struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// network is all that an account has in a region.
type network struct {
	scope   store.Scope
	vpcs    []*vpc
	subnets []*subnet
	groups  []*securityGroup
	// endpoints have no part in what is there from the start.
	endpoints []*endpoint
}

// defaultCIDR is that of a default VPC. Source: VPC user guide, "Default VPC components".
const defaultCIDR = "172.31.0.0/16"

// readNetwork reads the documents and adds what is there from the start. Default subnets are /20, one a zone. A document
// with the identifier of what is there from the start has what callers changed of it.
func readNetwork(tx store.Tx, scope store.Scope) (*network, error) {
	n := &network{scope: scope}
	vpcs, err := document.List[vpc](tx, scope, kindVPC, "")
	if err != nil {
		return nil, err
	}
	subnets, err := document.List[subnet](tx, scope, kindSubnet, "")
	if err != nil {
		return nil, err
	}
	first := &vpc{ID: n.identifier("vpc", "default"), CIDR: defaultCIDR, Tenancy: "default", IsDefault: true}
	if i := slices.IndexFunc(vpcs, func(v *vpc) bool { return v.ID == first.ID }); i >= 0 {
		first = vpcs[i]
		first.IsDefault = true
		vpcs = slices.Delete(vpcs, i, i+1)
	}
	n.vpcs = append(n.vpcs, first)
	deleted := map[string]bool{}
	if err := tx.Scan(scope, kindDeleted, "", "", func(doc store.Document) bool { deleted[doc.Key.ID] = true; return true }); err != nil {
		return nil, err
	}
	for i, z := range zones(scope.Region) {
		one := &subnet{
			ID: n.identifier("subnet", "default", z.name), VPC: first.ID, CIDR: fmt.Sprintf("172.31.%d.0/20", i*16),
			Zone: z.name, ZoneID: z.id, IsDefault: true,
		}
		if i := slices.IndexFunc(subnets, func(v *subnet) bool { return v.ID == one.ID }); i >= 0 {
			one = subnets[i]
			one.IsDefault = true
			subnets = slices.Delete(subnets, i, i+1)
		}
		if !deleted[one.ID] {
			n.subnets = append(n.subnets, one)
		}
	}
	n.vpcs, n.subnets = append(n.vpcs, vpcs...), append(n.subnets, subnets...)
	groups, err := document.List[securityGroup](tx, scope, kindGroup, "")
	if err != nil {
		return nil, err
	}
	n.readGroups(groups)
	n.endpoints, err = document.List[endpoint](tx, scope, kindEndpoint, "")
	return n, err
}

func put[T any](tx store.Tx, scope store.Scope, kind, id string, one *T) error {
	return document.Put(tx, store.Key{Scope: scope, Kind: kind, ID: id}, one)
}

// identifier is the identifier of what is always there, made from where it is: "vpc-0" and sixteen hexadecimal digits.
func identifier(prefix string, of ...string) string {
	sum := sha256.Sum256([]byte(prefix + "/" + strings.Join(of, "/")))
	return prefix + "-0" + hex.EncodeToString(sum[:])[:16]
}

func (n *network) identifier(prefix string, of ...string) string {
	return identifier(prefix, append([]string{n.scope.Account, n.scope.Region}, of...)...)
}

func (n *network) vpc(id string) (*vpc, error) {
	if i := slices.IndexFunc(n.vpcs, func(v *vpc) bool { return v.ID == id }); i >= 0 {
		return n.vpcs[i], nil
	}
	return nil, refuse("InvalidVpcID.NotFound", "The vpc ID '%s' does not exist", id)
}

func (n *network) subnet(id string) (*subnet, error) {
	if i := slices.IndexFunc(n.subnets, func(v *subnet) bool { return v.ID == id }); i >= 0 {
		return n.subnets[i], nil
	}
	return nil, refuse("InvalidSubnetID.NotFound", "The subnet ID '%s' does not exist", id)
}

// subnetsOf are the subnets of a VPC.
func (n *network) subnetsOf(vpcID string) []*subnet {
	var of []*subnet
	for _, one := range n.subnets {
		if one.VPC == vpcID {
			of = append(of, one)
		}
	}
	return of
}

// addresses is how many addresses of a subnet are free: AWS keeps five of each.
// Source: VPC user guide, "Subnet CIDR blocks".
func (s *subnet) addresses() int {
	prefix, err := netip.ParsePrefix(s.CIDR)
	if err != nil {
		return 0
	}
	return 1<<(32-prefix.Bits()) - 5
}
