//go:build !linux

package runtime

import "net"

// ownPeer lets everyone on this machine in: there is no table to look into.
func ownPeer(net.Conn) bool { return true }
