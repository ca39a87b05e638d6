package policy

import (
	"fmt"
	"net/netip"
	"regexp"
	"strings"

	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/message"
)

// VPCEndpoint is an interface VPC endpoint, through which private APIs are called. Who connects from one of its networks
// came through it; nothing that a request says has a part in that.
type VPCEndpoint struct {
	// ID is "vpce-0123456789abcdef0", and VPC "vpc-0123456789abcdef0" or empty.
	ID, VPC  string
	Networks []netip.Prefix
	// Account and Region are whose the endpoint is; empty when the configuration names it, and then it is everybody's.
	Account, Region string
	// NoPrivateDNS is whether only a host that names the endpoint leads through it.
	NoPrivateDNS bool
	// Policy decides who may call what through the endpoint; nil lets everybody through.
	Policy *Policy
}

// VPCEndpoints are the endpoints of this node.
type VPCEndpoints []VPCEndpoint

var vpcEndpointPattern = regexp.MustCompile(`^(vpce-[a-z0-9]+)(?:@(vpc-[a-z0-9]+))?$`)

// ParseVPCEndpoint reads "vpce-0123" or "vpce-0123@vpc-0456", and networks in CIDR notation, separated by commas.
func ParseVPCEndpoint(name, networks string) (VPCEndpoint, error) {
	m := vpcEndpointPattern.FindStringSubmatch(name)
	if m == nil {
		return VPCEndpoint{}, fmt.Errorf("a VPC endpoint is called vpce-ID or vpce-ID@vpc-ID, not %q", name)
	}
	e := VPCEndpoint{ID: m[1], VPC: m[2]}
	for text := range strings.SplitSeq(networks, ",") {
		network, err := netip.ParsePrefix(strings.TrimSpace(text))
		if err != nil {
			return e, fmt.Errorf("the networks of %s: %w", e.ID, err)
		}
		e.Networks = append(e.Networks, network.Masked())
	}
	return e, nil
}

// Enter notes through which endpoint a request came to an API, and returns it; nil for a public API. A private API is
// called through endpoints only, and a public one through none: else the answer is 403 Forbidden.
//
// A host {api-id}-{vpce-id}.execute-api... or {vpce-id}-{suffix}.execute-api... names the endpoint, which must be one of the
// caller's network; any other host leaves it to the network, as private DNS does. There an endpoint of the API's own account
// goes before those of others. An endpoint leads to APIs of its own region.
// Sources: developer guide, "Invoke a private API"; knowledge center, "HTTP 403 errors".
func (list VPCEndpoints) Enter(x *message.Exchange, private bool) (*VPCEndpoint, error) {
	named := namedEndpoint(x.Request.Host)
	switch {
	case !private && named == "":
		return nil, nil //nolint:nilnil // a public API has no endpoint, and that is no fault
	case !private:
		return nil, gatewayresponse.Forbidden
	}
	e := list.of(x, named)
	if e == nil {
		return nil, gatewayresponse.Forbidden
	}
	x.Identity.VPCEID, x.Identity.VPCID = e.ID, e.VPC
	return e, nil
}

// of finds the endpoint that a caller came through; named, unless empty, must be its id.
func (list VPCEndpoints) of(x *message.Exchange, named string) *VPCEndpoint {
	from := x.Request.RemoteAddr.Addr().Unmap()
	var found *VPCEndpoint
	for i := range list {
		e := &list[i]
		if named != "" && e.ID != named || named == "" && e.NoPrivateDNS || e.Region != "" && e.Region != x.Region || !e.has(from) {
			continue
		}
		if e.Account == "" || e.Account == x.AccountID {
			return e
		}
		if found == nil {
			found = e
		}
	}
	return found
}

func (e *VPCEndpoint) has(from netip.Addr) bool {
	for _, network := range e.Networks {
		if network.Contains(from) {
			return true
		}
	}
	return false
}

// namedEndpoint is the endpoint that a host names, or "".
func namedEndpoint(host string) string {
	const executeAPI, prefix = "execute-api", "vpce-"
	label, rest, _ := strings.Cut(host, ".")
	if strings.IndexByte(label, '-') < 0 || len(rest) < len(executeAPI) || !message.EqualFold(rest[:len(executeAPI)], executeAPI) {
		return ""
	}
	label = strings.ToLower(label)
	if !strings.HasPrefix(label, prefix) {
		i := strings.Index(label, "-"+prefix)
		if i < 0 {
			return ""
		}
		label = label[i+1:]
	}
	id, _, _ := strings.Cut(label[len(prefix):], "-")
	return label[:len(prefix)+len(id)]
}
