package elbv2

import (
	"regexp"
	"strings"

	"postern/internal/aws/awserr"
	model "postern/internal/aws/wire/elbv2"
)

// The types of load balancer that Postern has.
const (
	application = "application"
	network     = "network"
)

// newLoadBalancer checks what CreateLoadBalancer was given, but for the subnets' zones, and fills in the defaults.
// Source: Elastic Load Balancing API reference, CreateLoadBalancer.
func newLoadBalancer(in *model.CreateLoadBalancerInput) (*loadBalancer, error) {
	b := &loadBalancer{
		Name: *in.Name, Type: application, Scheme: "internet-facing", IPAddressType: "ipv4",
		SecurityGroups: in.SecurityGroups, OwnedPool: value(in.CustomerOwnedIPv4Pool), SourceNAT: value(in.EnablePrefixForIPv6SourceNat),
	}
	set(&b.Type, in.Type)
	set(&b.Scheme, in.Scheme)
	set(&b.IPAddressType, in.IPAddressType)
	if in.IpamPools != nil {
		b.IPAMPool = value(in.IpamPools.IPv4IpamPoolID)
	}
	if err := checkName("load balancer", b.Name); err != nil {
		return nil, err
	}
	if b.Type != application && b.Type != network {
		return nil, model.InvalidConfigurationRequestException.Errorf("Postern has no load balancers of type '%s'", b.Type)
	}
	if err := checkSubnets(in.Subnets, in.SubnetMappings); err != nil {
		return nil, err
	}
	if err := b.checkAddresses(); err != nil {
		return nil, err
	}
	var err error
	b.Tags, err = newTags(nil, in.Tags)
	return b, err
}

// set replaces a default by what was sent.
func set[T any](v *T, sent *T) {
	if sent != nil {
		*v = *sent
	}
}

var nameChars = regexp.MustCompile(`^[a-zA-Z0-9-]+$`)

// maxName bounds the names of load balancers and target groups, in characters.
const maxName = 32

// checkName checks the name of a load balancer or of a target group. Text about the length: public reports.
func checkName(what, name string) error {
	switch {
	case len(name) > maxName:
		return awserr.ValidationError.Errorf("The %s name '%s' cannot be longer than '%d' characters", what, name, maxName)
	case !nameChars.MatchString(name):
		return awserr.ValidationError.Errorf("The %s name '%s' can only contain characters that are alphanumeric characters or hyphens(-)", what, name)
	case strings.HasPrefix(name, "-") || strings.HasSuffix(name, "-"):
		return awserr.ValidationError.Errorf("The %s name '%s' cannot begin or end with '-'", what, name)
	case what == "load balancer" && strings.HasPrefix(name, "internal-"):
		return awserr.ValidationError.Errorf("The load balancer name '%s' cannot begin with 'internal-'", name)
	}
	return nil
}

func (b *loadBalancer) checkAddresses() error {
	if b.IPAddressType == "dualstack-without-public-ipv4" && (b.Type != application || b.Scheme == "internal") {
		return model.InvalidConfigurationRequestException.Errorf("The IP address type 'dualstack-without-public-ipv4' is only valid for internet-facing application load balancers")
	}
	return nil
}

// checkZones wants two zones for an application load balancer. Text: public reports.
func (b *loadBalancer) checkZones() error {
	names := map[string]bool{}
	for _, z := range b.Zones {
		if names[z.Name] {
			return model.InvalidConfigurationRequestException.Errorf("A load balancer cannot be attached to multiple subnets in the same Availability Zone")
		}
		names[z.Name] = true
	}
	if b.Type == application && len(names) < 2 {
		return awserr.ValidationError.Errorf("At least two subnets in two different Availability Zones must be specified")
	}
	return nil
}

// shortType is the type as ARNs have it.
func shortType(balancer string) string {
	if balancer == application {
		return "app"
	}
	return "net"
}

// dnsName is what AWS would name the load balancer. Nothing resolves it.
// Source: user guides, "DNS name" of each type.
func (b *loadBalancer) dnsName(region string) string {
	if b.Type == network {
		return b.Name + "-" + b.ID + ".elb." + region + ".amazonaws.com"
	}
	name := b.Name + "-" + b.ID
	if b.Scheme == "internal" {
		name = "internal-" + name
	}
	return name + "." + region + ".elb.amazonaws.com"
}

// hostedZone is the Route 53 zone of a region's load balancers; regions that are not listed show that of us-east-1.
// Source: AWS general reference, "Elastic Load Balancing endpoints and quotas".
func hostedZone(balancer, region string) string {
	for _, z := range [...]struct{ region, application, network string }{
		{"us-east-2", "Z3AADJGX6KTTL2", "ZLMOA37VPKANP"},
		{"us-west-1", "Z368ELLRRE2KJ0", "Z24FKFUX50B4VW"},
		{"us-west-2", "Z1H1FL5HABSF5", "Z18D5FSROUN65G"},
		{"eu-west-1", "Z32O12XQLNTSW2", "Z2IFOLAFXWLO4F"},
		{"eu-central-1", "Z215JYRZR1TBD5", "Z3F0SRJ5LGBH90"},
		{"ap-northeast-1", "Z14GRHDCWA56QT", "Z31USIVHYNEOWT"},
		{"ap-southeast-1", "Z1LMS91P8CMLE5", "ZKVM4W9LS7TM"},
		{"ap-southeast-2", "Z1GM3OXH4ZPM65", "ZCT6FZBF4DROD"},
		{"us-east-1", "Z35SXDOTRQ7X7K", "Z26RNL4JYFTOTI"},
	} {
		if z.region == region || z.region == "us-east-1" {
			if balancer == application {
				return z.application
			}
			return z.network
		}
	}
	return ""
}
