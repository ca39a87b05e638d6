package forward

import (
	"slices"
	"time"
)

// Balancer is a load balancer as it forwards.
type Balancer struct {
	ARN       string
	Listeners []Listener
}

// Listener takes the calls to one port of a load balancer.
type Listener struct {
	ARN  string
	Port uint16
	// Protocol is "TCP", which passes bytes on, "TLS", "HTTP" or "HTTPS", which end TLS; any other takes no calls.
	Protocol string
	// Groups are the target groups that it forwards to. It is empty when the listener answers itself.
	Groups []WeightedGroup
	// Answer is what it answers itself, nil for a listener that forwards.
	Answer *Answer
}

// WeightedGroup is a target group and its share of the calls.
type WeightedGroup struct {
	ARN    string
	Weight int
}

// Answer is a fixed response or a redirect.
type Answer struct {
	Status            int
	ContentType, Body string
	// Location is that of a redirect, with AWS's #{placeholders}.
	Location string
}

// Group is a target group.
type Group struct {
	ARN string
	// Secure tells that the load balancer talks TLS to the targets, when it has ended the caller's session.
	Secure  bool
	Check   Check
	Targets []Target
}

// Target is one target of a group.
type Target struct {
	// ID is an address, an instance's id, or the ARN of a load balancer.
	ID   string
	Port uint16
	// Host is what ID means, a name or an address; "" when nobody knows.
	Host string
	// Problem says why the target cannot be called, "" if it can.
	Problem string
	// Balancer is the ARN of a load balancer that the calls go on to, "" for none.
	Balancer string
	// Draining targets get no calls any more.
	Draining bool
}

// Check is how the health of targets is found out.
type Check struct {
	// Protocol is "TCP", "HTTP" or "HTTPS". The certificate of an HTTPS target is not checked.
	Protocol string
	// Port is 0 for the target's own.
	Port uint16
	// Path is what HTTP asks for, Codes the statuses that it wants: "200", "200,202" or "200-299", also mixed.
	Path, Codes string
	// Interval and Timeout are those of one check.
	Interval, Timeout time.Duration
	// Healthy and Unhealthy are how many checks in a row change the mind of a target that was known before.
	Healthy, Unhealthy int
}

// table is what Choose reads. It is never changed.
type table struct {
	balancers map[string]*Balancer
	listeners map[string]*Listener
	pools     map[string]*pool
}

func newTable(balancers []Balancer) *table {
	t := &table{balancers: map[string]*Balancer{}, listeners: map[string]*Listener{}, pools: map[string]*pool{}}
	for i := range balancers {
		b := &balancers[i]
		t.balancers[b.ARN] = b
		for j := range b.Listeners {
			t.listeners[b.Listeners[j].ARN] = &b.Listeners[j]
		}
	}
	return t
}

// usedGroups are the groups that a listener forwards to.
func usedGroups(balancers []Balancer) map[string]bool {
	used := map[string]bool{}
	for _, b := range balancers {
		for _, l := range b.Listeners {
			for _, g := range l.Groups {
				used[g.ARN] = true
			}
		}
	}
	return used
}

// listener finds the listener that takes the calls to an ARN: the listener's own, or the load balancer's with a port.
func (t *table) listener(arn string, port uint16) (*Listener, error) {
	if l := t.listeners[arn]; l != nil {
		return l, nil
	}
	b := t.balancers[arn]
	if b == nil {
		return nil, ErrNoBalancer
	}
	i := slices.IndexFunc(b.Listeners, func(l Listener) bool { return l.Port == port })
	if i < 0 {
		return nil, ErrNoListener
	}
	return &b.Listeners[i], nil
}
