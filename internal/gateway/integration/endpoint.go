package integration

import (
	"strconv"
	"strings"
)

// Endpoint is where a call goes.
type Endpoint struct {
	// Scheme is "http" or "https".
	Scheme string
	// Host is a name or an address, without brackets.
	Host string
	// Port is 0 where it is the scheme's own.
	Port uint16
}

// String gives "https://host:port", the port left out where it is the scheme's own.
func (e Endpoint) String() string { return e.Scheme + "://" + e.Authority() }

// Authority gives "host:port", as the Host header has it.
func (e Endpoint) Authority() string {
	host := e.Host
	if strings.IndexByte(host, ':') >= 0 {
		host = "[" + host + "]"
	}
	if e.Port != 0 {
		host += ":" + strconv.Itoa(int(e.Port))
	}
	return host
}

// PortText is the port in digits, also where it is the scheme's own.
func (e Endpoint) PortText() string {
	switch {
	case e.Port != 0:
		return strconv.Itoa(int(e.Port))
	case e.Scheme == "https":
		return "443"
	}
	return "80"
}

// parseEndpoint reads "http://host:port" or "https://host:port".
func parseEndpoint(where string) (Endpoint, bool) {
	scheme, authority, ok := strings.Cut(where, "://")
	e := Endpoint{Scheme: strings.ToLower(scheme)}
	own := uint64(80)
	switch {
	case !ok:
		return e, false
	case e.Scheme == "https":
		own = 443
	case e.Scheme != "http":
		return e, false
	}
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		authority = authority[i+1:]
	}
	e.Host = authority
	if i := strings.LastIndexByte(authority, ':'); i >= 0 && !strings.HasSuffix(authority, "]") {
		port, err := strconv.ParseUint(authority[i+1:], 10, 16)
		if err != nil || port == 0 {
			return e, false
		}
		if e.Host = authority[:i]; port != own {
			e.Port = uint16(port)
		}
	}
	if inner, ok := strings.CutPrefix(e.Host, "["); ok {
		if e.Host, ok = strings.CutSuffix(inner, "]"); !ok {
			return e, false
		}
		return e, usableHost(e.Host, ":%")
	}
	return e, usableHost(e.Host, "")
}

// usableHost reports whether a host can be called at all. more are characters allowed besides those of names.
func usableHost(host, more string) bool {
	if host == "" || host[0] == '.' || host[0] == '-' {
		return false
	}
	for i := range len(host) {
		switch c := host[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '.', c == '-', c == '_':
		case strings.IndexByte(more, c) >= 0:
		default:
			return false
		}
	}
	return true
}
