package http1

import "net/netip"

var (
	linkLocal4   = netip.MustParsePrefix("169.254.0.0/16")
	linkLocal6   = netip.MustParsePrefix("fe80::/10")
	metadata6    = netip.MustParseAddr("fd00:ec2::254")
	translated64 = netip.MustParsePrefix("64:ff9b::/96")
)

// RefuseMetadata is the default Fence: it refuses link-local addresses, where clouds keep their instance metadata and
// credentials (169.254.0.0/16, fe80::/10, fd00:ec2::254), also when they are written as IPv6.
func RefuseMetadata(addr netip.Addr) error {
	addr = addr.Unmap()
	if translated64.Contains(addr) {
		b := addr.As16()
		addr = netip.AddrFrom4([4]byte(b[12:]))
	}
	addr = addr.WithZone("")
	if linkLocal4.Contains(addr) || linkLocal6.Contains(addr) || addr == metadata6 {
		return ErrFenced
	}
	return nil
}
