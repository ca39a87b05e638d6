package forward

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"syscall"
)

// Probe checks one target once; nil means that it passed. The error is a *CodeError when it answered an unwanted status.
type Probe func(ctx context.Context, target *Target, check *Check) error

// CodeError is an answer with a status that the check does not want.
type CodeError struct{ Status int }

// Error is AWS's wording.
func (e *CodeError) Error() string {
	return fmt.Sprintf("Health checks failed with these codes: [%d]", e.Status)
}

// Prober probes over TCP.
type Prober struct {
	// Fence refuses addresses that must not be called; nil refuses none.
	Fence func(netip.Addr) error
}

var errScheme = errors.New("health checks know TCP, HTTP and HTTPS only")

// Probe is a Probe: it connects, and for HTTP asks for the path.
func (p *Prober) Probe(ctx context.Context, target *Target, check *Check) error {
	port := check.Port
	if port == 0 {
		port = target.Port
	}
	address := addressOf(target.Host, port)
	switch check.Protocol {
	case "TCP":
		conn, err := p.dialer().DialContext(ctx, "tcp", address)
		if err != nil {
			return timedOut(ctx, err)
		}
		return conn.Close()
	case "HTTP", "HTTPS":
		return timedOut(ctx, p.ask(ctx, strings.ToLower(check.Protocol)+"://"+address+check.Path, check.Codes))
	}
	return errScheme
}

// timedOut makes the end of ctx, in whatever form it came, the deadline's.
func timedOut(ctx context.Context, err error) error {
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return context.DeadlineExceeded
	}
	return err
}

func (p *Prober) dialer() *net.Dialer {
	d := &net.Dialer{}
	if p.Fence != nil {
		d.Control = func(_, address string, _ syscall.RawConn) error {
			at, err := netip.ParseAddrPort(address)
			if err != nil {
				return err
			}
			return p.Fence(at.Addr())
		}
	}
	return d
}

// ask sends one GET and checks the status. Load balancers follow no redirect and check no certificate of a target.
func (p *Prober) ask(ctx context.Context, url, codes string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	req.Header.Set("User-Agent", "ELB-HealthChecker/2.0")
	transport := &http.Transport{
		DialContext: p.dialer().DialContext, DisableKeepAlives: true,
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, // see above
	}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return err
	}
	if err := resp.Body.Close(); err != nil {
		return err
	}
	if !MatchCodes(codes, resp.StatusCode) {
		return &CodeError{resp.StatusCode}
	}
	return nil
}

// MatchCodes tells whether a status is among codes: "200", "200,202", "200-299".
func MatchCodes(codes string, status int) bool {
	for part := range strings.SplitSeq(codes, ",") {
		low, high, isRange := strings.Cut(strings.TrimSpace(part), "-")
		from, err := strconv.Atoi(low)
		if err != nil {
			continue
		}
		to := from
		if isRange {
			if to, err = strconv.Atoi(high); err != nil {
				continue
			}
		}
		if from <= status && status <= to {
			return true
		}
	}
	return false
}

// resolving is a probe of targets that are load balancers: what is checked is a target of theirs.
func (f *Forwarder) resolving(probe Probe) Probe {
	return func(ctx context.Context, target *Target, check *Check) error {
		if target.Balancer == "" {
			return probe(ctx, target, check)
		}
		c, err := f.table.Load().choose(target.Balancer, target.Port, check.Protocol == "HTTPS", 1)
		if err != nil || c.Answer != nil {
			return err
		}
		host, text, err := net.SplitHostPort(c.Address)
		if err != nil {
			return err
		}
		port, err := strconv.ParseUint(text, 10, 16)
		if err != nil {
			return err
		}
		behind, own := Target{ID: target.ID, Host: host, Port: uint16(port)}, *check
		own.Port = 0
		return probe(ctx, &behind, &own)
	}
}
