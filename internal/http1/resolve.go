package http1

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"postern/internal/eventloop"
)

// addressesFor is how long a name's addresses are kept.
const addressesFor = 5 * time.Second

// maxNames bounds the names that a resolver keeps.
const maxNames = 4096

// resolver keeps the addresses of names for a few seconds.
type resolver struct {
	// lookup is net.Resolver's LookupNetIP.
	lookup func(ctx context.Context, network, host string) ([]netip.Addr, error)

	mu    sync.Mutex
	names map[string]addresses
}

type addresses struct {
	list  []netip.Addr
	until time.Time
}

// resolve returns the addresses of a name, or of an address written as text.
func (r *resolver) resolve(t *eventloop.Task, host string, deadline time.Time) ([]netip.Addr, error) {
	if addr, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{addr}, nil
	}
	now := time.Now()
	r.mu.Lock()
	known, ok := r.names[host]
	r.mu.Unlock()
	if ok && now.Before(known.until) {
		return known.list, nil
	}
	t.Block()
	ctx, cancel := context.WithDeadline(context.Background(), deadline)
	defer cancel()
	list, err := r.lookup(ctx, "ip", host)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.names) >= maxNames || r.names == nil {
		r.names = map[string]addresses{}
	}
	r.names[host] = addresses{list, now.Add(addressesFor)}
	return list, nil
}
