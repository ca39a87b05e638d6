package runtime

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"net"
	"os"
	"strconv"
)

// ownPeer tells whether the other end of a connection over loopback belongs to this server's user. A port can be found
// by trying; the functions of one user are no business of another's.
func ownPeer(c net.Conn) bool {
	local, ok1 := c.LocalAddr().(*net.TCPAddr)
	remote, ok2 := c.RemoteAddr().(*net.TCPAddr)
	if !ok1 || !ok2 {
		return false
	}
	table, err := os.Open("/proc/net/tcp")
	if err != nil {
		return false
	}
	defer table.Close()
	want := []byte(tableAddress(remote) + " " + tableAddress(local) + " ")
	lines := bufio.NewScanner(table)
	for lines.Scan() {
		line := lines.Bytes()
		if !bytes.Contains(line, want) {
			continue
		}
		if fields := bytes.Fields(line); len(fields) > 7 {
			uid, err := strconv.Atoi(string(fields[7]))
			return err == nil && uid == os.Getuid()
		}
	}
	return false
}

// tableAddress is how the kernel's table of connections writes an IPv4 address: the bytes of the address as a number of
// this machine, then the port, in hexadecimal.
func tableAddress(a *net.TCPAddr) string {
	ip := a.IP.To4()
	if ip == nil {
		return ""
	}
	return fmt.Sprintf("%08X:%04X", binary.NativeEndian.Uint32(ip), a.Port)
}
