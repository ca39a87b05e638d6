package forward

import (
	"math/rand/v2"
	"net"
	"strconv"
	"sync/atomic"
)

// Choice is where a call goes.
type Choice struct {
	// Address is "host:port"; empty when the load balancer answers itself.
	Address string
	// Secure tells that the target is talked to in TLS; Begun, that it is the load balancer who begins it.
	Secure, Begun bool
	Answer        *Answer
}

// pool is a target group and where its next call goes. Its members are never changed.
type pool struct {
	group   *Group
	members []*member
	next    atomic.Uint32
}

// maxHops bounds the load balancers that one call passes: a network load balancer and an application load balancer.
const maxHops = 2

// Choose chooses a target for a call through a load balancer, or a listener of it, by its ARN; secure tells that the call is
// made in TLS. It takes no lock. Targets take turns; those that are not healthy are left out while any other is, and get
// calls when none is: load balancers fail open.
func (f *Forwarder) Choose(arn string, port uint16, secure bool) (Choice, error) {
	return f.table.Load().choose(arn, port, secure, maxHops)
}

func (t *table) choose(arn string, port uint16, secure bool, hops int) (Choice, error) {
	if hops == 0 {
		return Choice{}, ErrLoop
	}
	l, err := t.listener(arn, port)
	if err != nil {
		return Choice{}, err
	}
	c := Choice{Secure: secure, Answer: l.Answer}
	ends := l.Protocol != "TCP" && l.Protocol != "TCP_UDP"
	switch l.Protocol {
	case "TCP", "TCP_UDP":
	case "TLS", "HTTPS":
		if !secure {
			return Choice{}, ErrProtocol
		}
	case "HTTP":
		if secure {
			return Choice{}, ErrProtocol
		}
	default:
		return Choice{}, ErrProtocol
	}
	if l.Answer != nil {
		return c, nil
	}
	p := t.pools[weighted(l.Groups)]
	if p == nil {
		return Choice{}, ErrNoGroup
	}
	m := p.take()
	if m == nil {
		return Choice{}, ErrNoTarget
	}
	if ends {
		c.Secure, c.Begun = p.group.Secure, p.group.Secure
	}
	target := &m.settings.target
	if target.Balancer != "" {
		return t.choose(target.Balancer, target.Port, c.Secure, hops-1)
	}
	c.Address = m.address
	return c, nil
}

// weighted draws one of the groups by its weight; "" when none has any.
func weighted(groups []WeightedGroup) string {
	if len(groups) == 1 {
		return groups[0].ARN
	}
	sum := 0
	for i := range groups {
		sum += groups[i].Weight
	}
	if sum == 0 {
		return ""
	}
	n := rand.IntN(sum)
	for i := range groups {
		if n -= groups[i].Weight; n < 0 {
			return groups[i].ARN
		}
	}
	return ""
}

// take gives the next healthy member, or the next that can be called at all; nil when there is none. The healthy take turns
// among themselves, so that a sick one's share is spread over all of them.
func (p *pool) take() *member {
	healthy, callable := 0, 0
	for _, m := range p.members {
		if m.callable() {
			callable++
			if m.healthy() {
				healthy++
			}
		}
	}
	turn := int(p.next.Add(1) - 1)
	switch {
	case healthy > 0:
		turn %= healthy
	case callable > 0:
		turn %= callable
	default:
		return nil
	}
	var last *member
	for _, m := range p.members {
		if !m.callable() || healthy > 0 && !m.healthy() {
			continue
		}
		if last = m; turn == 0 {
			break
		}
		turn--
	}
	if last == nil { // the healthy fell ill since they were counted
		return p.members[0].orNil()
	}
	return last
}

// addressOf joins a target's host and port.
func addressOf(host string, port uint16) string {
	return net.JoinHostPort(host, strconv.Itoa(int(port)))
}
