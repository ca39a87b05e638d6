package ec2

import (
	"net/netip"
	"strconv"
	"strings"

	wireec2 "postern/internal/aws/wire/ec2"
	"postern/internal/aws/wire/ec2query"
)

// securityGroupRule lets something in, or out: one peer, of one kind, by one protocol.
type securityGroupRule struct {
	ID     string `json:"id"`
	Egress bool   `json:"egress,omitempty"`
	// Protocol is tcp, udp, icmp, icmpv6, a number, or -1 for all.
	Protocol string `json:"protocol"`
	// From and To are the ports, or the type and the code of ICMP; nil for protocols that have neither.
	From *int `json:"from,omitempty"`
	To   *int `json:"to,omitempty"`
	// One of these is the peer.
	CIDR       string `json:"cidr,omitempty"`
	IPv6CIDR   string `json:"ipv6Cidr,omitempty"`
	PrefixList string `json:"prefixList,omitempty"`
	Group      string `json:"group,omitempty"`

	Description string `json:"description,omitempty"`
	Tags        []tag  `json:"tags,omitempty"`
}

const (
	allProtocols = "-1"
	anywhere     = "0.0.0.0/0"
	// maxRules is how many rules a group has for each direction. Source: VPC user guide, "Amazon VPC quotas".
	maxRules = 60
)

// peer is what the rule lets in or out.
func (r *securityGroupRule) peer() string { return r.CIDR + r.IPv6CIDR + r.PrefixList + r.Group }

// same tells whether two rules let the same through; what is said of them has no part in it.
func (r *securityGroupRule) same(other *securityGroupRule) bool {
	return r.Egress == other.Egress && r.Protocol == other.Protocol && portText(r.From) == portText(other.From) &&
		portText(r.To) == portText(other.To) && r.peer() == other.peer()
}

// String is a rule as AWS's refusals have it. Known AWS answer for TCP, UDP and all protocols; inferred for others.
func (r *securityGroupRule) String() string {
	var b strings.Builder
	b.WriteString("peer: " + r.peer() + ", ")
	switch {
	case r.Protocol == allProtocols:
		b.WriteString("ALL, ")
	case r.Protocol == "icmp" || r.Protocol == "icmpv6":
		b.WriteString(strings.ToUpper(r.Protocol) + ", type: " + portText(r.From) + ", code: " + portText(r.To) + ", ")
	case r.From != nil:
		b.WriteString(strings.ToUpper(r.Protocol) + ", from port: " + portText(r.From) + ", to port: " + portText(r.To) + ", ")
	default:
		b.WriteString(r.Protocol + ", ")
	}
	return b.String() + "ALLOW"
}

// setProtocol reads a protocol, by name or number, and its ports. The texts are known AWS answers.
func (r *securityGroupRule) setProtocol(protocol *string, from, to *int) error {
	if protocol == nil {
		return ec2query.MissingParameter.Errorf("The request must contain the parameter ipProtocol")
	}
	name := strings.ToLower(*protocol)
	if named, ok := map[string]string{"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", "all": allProtocols}[name]; ok {
		name = named
	}
	r.Protocol, r.From, r.To = name, nil, nil
	switch name {
	case allProtocols:
		return nil
	case "tcp", "udp":
		if from == nil || to == nil {
			return refuse("InvalidParameterValue", "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.")
		}
		if *from < 0 || *to > 65535 || *from > *to {
			return refuse("InvalidParameterValue", "Invalid TCP/UDP port range (%d:%d)", *from, *to)
		}
		r.From, r.To = new(*from), new(*to)
		return nil
	case "icmp", "icmpv6":
		return r.setMessage(from, to)
	}
	if number, err := strconv.Atoi(name); err != nil || number < 0 || number > 255 {
		return refuse("InvalidParameterValue", "Invalid value '%s' for IP protocol. Unknown protocol.", *protocol)
	}
	return nil
}

// setMessage reads ICMP's type and code, -1 for all; all types have all codes. The text is inferred.
func (r *securityGroupRule) setMessage(kind, code *int) error {
	all := -1
	r.From, r.To = &all, &all
	if kind != nil {
		r.From = new(*kind)
	}
	if code != nil {
		r.To = new(*code)
	}
	if *r.From < -1 || *r.From > 255 || *r.To < -1 || *r.To > 255 || *r.From == -1 && *r.To != -1 {
		return refuse("InvalidParameterValue", "ICMP code (%d) and type (%d) are out of range", *r.To, *r.From)
	}
	return nil
}

// block reads a CIDR block of a peer; bits of hosts are cut off. Known AWS answer.
func block(text string, is4 bool) (string, error) {
	prefix, err := netip.ParsePrefix(text)
	if err != nil || prefix.Addr().Is4() != is4 {
		return "", refuse("InvalidParameterValue", "CIDR block %s is malformed", text)
	}
	return prefix.Masked().String(), nil
}

// describe sets what is said of the rule. Known AWS answer.
func (r *securityGroupRule) describe(text *string) error {
	r.Description = ""
	if text == nil {
		return nil
	}
	if !groupText.MatchString(*text) {
		return refuse("InvalidParameterValue", "Invalid rule description. "+allowedText)
	}
	r.Description = *text
	return nil
}

func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// wirePermissions are the rules of one direction, gathered by protocol and ports.
func (n *network) wirePermissions(g *securityGroup, egress bool) []wireec2.IPPermission {
	all, at := []wireec2.IPPermission{}, map[string]int{}
	for _, r := range g.Rules {
		if r.Egress != egress {
			continue
		}
		key := r.Protocol + "/" + portText(r.From) + "/" + portText(r.To)
		i, ok := at[key]
		if !ok {
			i, at[key] = len(all), len(all)
			all = append(all, wireec2.IPPermission{
				IPProtocol: new(r.Protocol), FromPort: r.From, ToPort: r.To, IPRanges: []wireec2.IPRange{}, IPv6Ranges: []wireec2.IPv6Range{},
				UserIDGroupPairs: []wireec2.UserIDGroupPair{}, PrefixListIDs: []wireec2.PrefixListID{},
			})
		}
		n.addPeer(&all[i], r)
	}
	return all
}

func (n *network) addPeer(p *wireec2.IPPermission, r securityGroupRule) {
	said := optional(r.Description)
	switch {
	case r.CIDR != "":
		p.IPRanges = append(p.IPRanges, wireec2.IPRange{CIDRIP: &r.CIDR, Description: said})
	case r.IPv6CIDR != "":
		p.IPv6Ranges = append(p.IPv6Ranges, wireec2.IPv6Range{CIDRIPv6: &r.IPv6CIDR, Description: said})
	case r.PrefixList != "":
		p.PrefixListIDs = append(p.PrefixListIDs, wireec2.PrefixListID{PrefixListID: &r.PrefixList, Description: said})
	default:
		p.UserIDGroupPairs = append(p.UserIDGroupPairs, wireec2.UserIDGroupPair{UserID: &n.scope.Account, GroupID: &r.Group, Description: said})
	}
}

// wireRule is a rule by itself: here -1 stands for ports that it has not.
func (n *network) wireRule(g *securityGroup, r securityGroupRule) wireec2.SecurityGroupRule {
	out := wireec2.SecurityGroupRule{
		SecurityGroupRuleID: &r.ID, GroupID: &g.ID, GroupOwnerID: &n.scope.Account, IsEgress: &r.Egress, IPProtocol: &r.Protocol,
		FromPort: new(-1), ToPort: new(-1), CIDRIPv4: optional(r.CIDR), CIDRIPv6: optional(r.IPv6CIDR), PrefixListID: optional(r.PrefixList),
		Description: optional(r.Description), Tags: wireTags(r.Tags), SecurityGroupRuleARN: new(n.arn("security-group-rule/" + r.ID)),
	}
	if out.Tags == nil {
		out.Tags = []wireec2.Tag{}
	}
	if r.From != nil {
		out.FromPort, out.ToPort = r.From, r.To
	}
	if r.Group != "" {
		// AWS names the account, too. A provider that was told not to ask for its account takes that for another's, and
		// would change the rule again and again.
		out.ReferencedGroupInfo = &wireec2.ReferencedSecurityGroup{GroupID: &r.Group, VPCID: &g.VPC}
	}
	return out
}
