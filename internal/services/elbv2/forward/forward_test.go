package forward

import (
	"context"
	"errors"
	"maps"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// probes answers for targets by their address, "" for one that is well.
type probes struct {
	// gate, unless nil, holds every check up until it is closed.
	gate chan struct{}

	mu   sync.Mutex
	sick map[string]error
	seen map[string]int
}

func (p *probes) probe(ctx context.Context, target *Target, _ *Check) error {
	if p.gate != nil {
		select {
		case <-p.gate:
		case <-ctx.Done():
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.seen == nil {
		p.seen = map[string]int{}
	}
	p.seen[target.Host]++
	err := p.sick[target.Host]
	if errors.Is(err, context.DeadlineExceeded) {
		p.mu.Unlock()
		<-ctx.Done()
		p.mu.Lock()
	}
	return err
}

// count is how often a target was checked.
func (p *probes) count(host string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seen[host]
}

func (p *probes) set(sick map[string]error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sick = maps.Clone(sick)
}

var errDown = errors.New("connection refused")

const (
	balancerARN = "arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/net/b/1"
	groupARN    = "arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/g/1"
)

func oneListener(protocol string) []Balancer {
	return []Balancer{{ARN: balancerARN, Listeners: []Listener{
		{ARN: "listener", Port: 80, Protocol: protocol, Groups: []WeightedGroup{{groupARN, 1}}},
	}}}
}

func group(hosts ...string) Group {
	g := Group{ARN: groupARN, Check: Check{Protocol: "TCP", Interval: 30 * time.Second, Timeout: 10 * time.Second, Healthy: 3, Unhealthy: 2}}
	for _, h := range hosts {
		g.Targets = append(g.Targets, Target{ID: h, Host: h, Port: 8080})
	}
	return g
}

// shares counts who gets 60 calls.
func shares(t *testing.T, f *Forwarder) map[string]int {
	t.Helper()
	got := map[string]int{}
	for range 60 {
		c, err := f.Choose(balancerARN, 80, false)
		if err != nil {
			t.Fatal(err)
		}
		got[c.Address]++
	}
	return got
}

// Source: user guide for network load balancers, "Health checks for your target groups": thresholds and failing open; that
// a new target needs to pass once only is the user guide for application load balancers'.
func TestHealthDecidesWhoGetsCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &probes{gate: make(chan struct{}), sick: map[string]error{"c": errDown}}
		f := New(Options{Probe: p.probe})
		defer f.Close()
		f.Publish(oneListener("TCP"), []Group{group("a", "b", "c")})
		steps := []struct {
			name  string
			after time.Duration
			sick  map[string]error
			want  map[string]int
		}{
			{"before any check all get calls", 0, nil, map[string]int{"a:8080": 20, "b:8080": 20, "c:8080": 20}},
			{"a new target is healthy after one check", time.Second, nil, map[string]int{"a:8080": 30, "b:8080": 30}},
			{"one failure changes nothing", 30 * time.Second, map[string]error{"b": errDown}, map[string]int{"a:8080": 20, "b:8080": 20, "c:8080": 20}},
			{"two in a row do", 30 * time.Second, map[string]error{"b": errDown}, map[string]int{"a:8080": 30, "c:8080": 30}},
			{"when none is healthy all get calls", 60 * time.Second, map[string]error{"a": errDown, "b": errDown, "c": errDown}, map[string]int{"a:8080": 20, "b:8080": 20, "c:8080": 20}},
			{"two passes are not enough to come back", 60 * time.Second, map[string]error{"b": errDown, "c": errDown}, map[string]int{"a:8080": 20, "b:8080": 20, "c:8080": 20}},
			{"three are", 30 * time.Second, map[string]error{"b": errDown, "c": errDown}, map[string]int{"a:8080": 60}},
		}
		for i, s := range steps {
			if s.sick != nil {
				p.set(s.sick)
			}
			if i == 1 {
				close(p.gate)
			}
			if i > 0 {
				time.Sleep(s.after)
				synctest.Wait()
			}
			if diff := cmp.Diff(s.want, shares(t, f)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", s.name, diff)
			}
		}
	})
}

// Source: Elastic Load Balancing API reference, TargetHealth: the states and reasons.
func TestHealthHasReasons(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &probes{
			gate: make(chan struct{}),
			sick: map[string]error{"refuses": errDown, "hangs": context.DeadlineExceeded, "errs": &CodeError{503}},
		}
		f := New(Options{Probe: p.probe})
		defer f.Close()
		g := group("well", "refuses", "hangs", "errs")
		g.Targets = append(g.Targets,
			Target{ID: "i-1", Port: 8080, Problem: "nobody knows its host"},
			Target{ID: "gone", Host: "gone", Port: 8080, Draining: true})
		f.Publish(oneListener("TCP"), []Group{g})
		if got, _ := f.Health(groupARN, "well", 8080); got != beginning {
			t.Errorf("before the first check: %+v", got)
		}
		close(p.gate)
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		for id, want := range map[string]Health{
			"well":    {State: Healthy},
			"refuses": {Unhealthy, "Target.FailedHealthChecks", "Health checks failed"},
			"hangs":   {Unhealthy, "Target.Timeout", "Request timed out"},
			"errs":    {Unhealthy, "Target.ResponseCodeMismatch", "Health checks failed with these codes: [503]"},
			"i-1":     {Unhealthy, "Target.InvalidState", "nobody knows its host"},
			"gone":    {Draining, "Target.DeregistrationInProgress", "Target deregistration is in progress"},
		} {
			if got, ok := f.Health(groupARN, id, 8080); got != want || !ok {
				t.Errorf("%s is %+v, want %+v", id, got, want)
			}
		}
		if p.count("gone") > 0 {
			t.Error("a draining target was checked")
		}
	})
}

// A change keeps what is known of the targets that stay, and ends the checks of those that go.
func TestPublishKeepsHealth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &probes{}
		f := New(Options{Probe: p.probe})
		defer f.Close()
		f.Publish(oneListener("TCP"), []Group{group("a", "b")})
		time.Sleep(time.Second)
		synctest.Wait()
		g := group("a", "c")
		g.Check.Healthy = 5
		f.Publish(oneListener("TCP"), []Group{g})
		if got, _ := f.Health(groupARN, "a", 8080); got.State != Healthy {
			t.Errorf("a became %+v", got)
		}
		if _, ok := f.Health(groupARN, "b", 8080); ok {
			t.Error("b is still there")
		}
		before := p.count("b")
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		if p.count("b") != before {
			t.Error("b is still checked")
		}
		f.Publish(nil, []Group{g})
		if got, _ := f.Health(groupARN, "a", 8080); got != notInUse {
			t.Errorf("without a listener a is %+v", got)
		}
	})
}

func TestChooseFindsTheListener(t *testing.T) {
	const alb = "arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/app/a/2"
	fixed := &Answer{Status: 503, Body: "closed"}
	balancers := []Balancer{
		{ARN: balancerARN, Listeners: []Listener{
			{ARN: "l80", Port: 80, Protocol: "TCP", Groups: []WeightedGroup{{"plain", 1}}},
			{ARN: "l443", Port: 443, Protocol: "TLS", Groups: []WeightedGroup{{"plain", 1}}},
			{ARN: "l8443", Port: 8443, Protocol: "TLS", Groups: []WeightedGroup{{"secure", 1}}},
			{ARN: "l53", Port: 53, Protocol: "UDP", Groups: []WeightedGroup{{"plain", 1}}},
			{ARN: "l81", Port: 81, Protocol: "TCP", Groups: []WeightedGroup{{"none", 1}}},
			{ARN: "l82", Port: 82, Protocol: "TCP", Groups: []WeightedGroup{{"plain", 0}, {"secure", 0}}},
			{ARN: "l83", Port: 83, Protocol: "TCP", Groups: []WeightedGroup{{"albs", 1}}},
			{ARN: "l84", Port: 84, Protocol: "TCP", Groups: []WeightedGroup{{"loop", 1}}},
		}},
		{ARN: alb, Listeners: []Listener{
			{ARN: "a80", Port: 80, Protocol: "HTTP", Groups: []WeightedGroup{{"plain", 0}, {"secure", 1}}},
			{ARN: "a81", Port: 81, Protocol: "HTTP", Answer: fixed},
		}},
	}
	groups := []Group{
		{ARN: "plain", Targets: []Target{{ID: "p", Host: "p", Port: 1}}},
		{ARN: "secure", Secure: true, Targets: []Target{{ID: "s", Host: "::1", Port: 2}}},
		{ARN: "none", Targets: []Target{{ID: "d", Host: "d", Port: 1, Draining: true}, {ID: "i-1", Problem: "unknown"}}},
		{ARN: "albs", Targets: []Target{{ID: alb, Balancer: alb, Port: 80}}},
		{ARN: "loop", Targets: []Target{{ID: balancerARN, Balancer: balancerARN, Port: 84}}},
	}
	for i := range groups {
		groups[i].Check = Check{Protocol: "TCP", Interval: time.Hour, Timeout: time.Minute, Healthy: 2, Unhealthy: 2}
	}
	f := New(Options{Probe: func(context.Context, *Target, *Check) error { return nil }})
	defer f.Close()
	f.Publish(balancers, groups)
	tests := []struct {
		name   string
		arn    string
		port   uint16
		secure bool
		want   Choice
		err    error
	}{
		{"by port", balancerARN, 80, false, Choice{Address: "p:1"}, nil},
		{"TCP passes TLS on", balancerARN, 80, true, Choice{Address: "p:1", Secure: true}, nil},
		{"by the listener's own ARN, whatever the port", "l80", 9, false, Choice{Address: "p:1"}, nil},
		{"TLS is ended", balancerARN, 443, true, Choice{Address: "p:1"}, nil},
		{"and begun anew", balancerARN, 8443, true, Choice{Address: "[::1]:2", Secure: true, Begun: true}, nil},
		{"plain HTTP to a TLS listener", balancerARN, 443, false, Choice{}, ErrProtocol},
		{"TLS to an HTTP listener", alb, 80, true, Choice{}, ErrProtocol},
		{"a group without weight gets nothing", alb, 80, false, Choice{Address: "[::1]:2", Secure: true, Begun: true}, nil},
		{"a listener that answers itself", alb, 81, false, Choice{Answer: fixed}, nil},
		{"through one load balancer to another", balancerARN, 83, false, Choice{Address: "[::1]:2", Secure: true, Begun: true}, nil},
		{"in a circle", balancerARN, 84, false, Choice{}, ErrLoop},
		{"UDP", balancerARN, 53, false, Choice{}, ErrProtocol},
		{"no such port", balancerARN, 8080, false, Choice{}, ErrNoListener},
		{"no such load balancer", "arn:x", 80, false, Choice{}, ErrNoBalancer},
		{"no target that can be called", balancerARN, 81, false, Choice{}, ErrNoTarget},
		{"no weight at all", balancerARN, 82, false, Choice{}, ErrNoGroup},
	}
	for _, tt := range tests {
		got, err := f.Choose(tt.arn, tt.port, tt.secure)
		if diff := cmp.Diff(tt.want, got); diff != "" || !errors.Is(err, tt.err) {
			t.Errorf("%s: %v, want %v (-want +got):\n%s", tt.name, err, tt.err, diff)
		}
	}
}

func TestChooseAllocatesNothing(t *testing.T) {
	f := New(Options{Probe: func(context.Context, *Target, *Check) error { return nil }})
	defer f.Close()
	f.Publish(oneListener("TCP"), []Group{group("a", "b", "c")})
	if n := testing.AllocsPerRun(100, func() {
		if _, err := f.Choose(balancerARN, 80, false); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations a choice, want none", n)
	}
}

// Choices and changes at once: run with the race detector.
func TestHammer(t *testing.T) {
	f := New(Options{Probe: func(context.Context, *Target, *Check) error { return errDown }})
	var done sync.WaitGroup
	for range 4 {
		done.Go(func() {
			for range 500 {
				if _, err := f.Choose(balancerARN, 80, false); err != nil && !errors.Is(err, ErrNoBalancer) && !errors.Is(err, ErrNoTarget) {
					t.Error(err)
				}
			}
		})
	}
	for i := range 50 {
		f.Publish(oneListener("TCP"), []Group{group([]string{"a", "b", "c"}[:i%4%3+1]...)})
		f.Health(groupARN, "a", 8080)
	}
	done.Wait()
	f.Close()
	f.Publish(oneListener("TCP"), []Group{group("late")}) // after Close: nothing begins
}
