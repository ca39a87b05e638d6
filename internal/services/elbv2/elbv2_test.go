package elbv2_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	model "postern/internal/aws/wire/elbv2"
	"postern/internal/services/elbv2"
	"postern/internal/services/elbv2/forward"
	"postern/internal/store"
	"postern/internal/store/memory"
)

// bench is a service with a clock of its own, whose targets are all well unless sick.
type bench struct {
	*elbv2.ELB
	t     *testing.T
	ctx   context.Context
	call  *wire.Call
	store store.Store
	inUse string

	mu    sync.Mutex
	clock time.Time
}

func newBench(t *testing.T) *bench {
	b := &bench{
		t: t, ctx: t.Context(), store: memory.New(), clock: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		call: &wire.Call{Account: "123456789012", Region: "us-east-1"},
	}
	n := 0
	b.ELB = elbv2.New(b.store, elbv2.Options{
		Clock: b.now, Log: slog.New(slog.DiscardHandler), Instances: map[string]string{"i-0123456789abcdef0": "10.0.0.9"},
		NewID: func(int) string { n++; return fmt.Sprintf("%016d", n) },
		Forwarder: forward.New(forward.Options{Probe: func(context.Context, *forward.Target, *forward.Check) error {
			return errors.New("nobody is at home")
		}}),
		InUse: func(_ store.Tx, _ store.Scope, arn string) (bool, error) { return arn == b.inUse, nil },
	})
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); b.Run(ctx) }()
	t.Cleanup(func() { stop(); <-done; _ = b.store.Close() })
	return b
}

func (b *bench) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.clock
}

func (b *bench) later(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.clock = b.clock.Add(d)
}

func must[T any](b *bench, out T, err error) T {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

func (b *bench) networkBalancer(name string) string {
	b.t.Helper()
	out, err := b.CreateLoadBalancer(b.ctx, b.call, &model.CreateLoadBalancerInput{
		Name: &name, Type: new("network"), Scheme: new("internal"), Subnets: []string{"subnet-1"},
	})
	return *must(b, out, err).LoadBalancers[0].LoadBalancerARN
}

func (b *bench) group(name, protocol, targetType string) string {
	b.t.Helper()
	out, err := b.CreateTargetGroup(b.ctx, b.call, &model.CreateTargetGroupInput{
		Name: &name, Protocol: &protocol, Port: new(8080), VPCID: new("vpc-1"), TargetType: &targetType,
	})
	return *must(b, out, err).TargetGroups[0].TargetGroupARN
}

func (b *bench) listen(balancer, group, protocol string, port int) (string, error) {
	out, err := b.CreateListener(b.ctx, b.call, &model.CreateListenerInput{
		LoadBalancerARN: &balancer, Protocol: &protocol, Port: &port,
		DefaultActions: []model.Action{{Type: new("forward"), TargetGroupARN: &group}},
	})
	if err != nil {
		return "", err
	}
	return *out.Listeners[0].ListenerARN, nil
}

func refusal(t *testing.T, err error, code, text string) {
	t.Helper()
	e, ok := errors.AsType[*awserr.Error](err)
	if !ok || e.Code.Name != code || e.Message != text {
		t.Errorf("got %v, want %s: %s", err, code, text)
	}
}

// Source: Elastic Load Balancing API reference, CreateLoadBalancer; what tools read of it: AWS provider of Terraform.
func TestLoadBalancerIsMadeAndBecomesActive(t *testing.T) {
	b := newBench(t)
	out, err := b.CreateLoadBalancer(b.ctx, b.call, &model.CreateLoadBalancerInput{
		Name: new("test"), Type: new("network"), Scheme: new("internal"), Subnets: []string{"subnet-1"}, Tags: []model.Tag{{Key: new("k"), Value: new("v")}},
	})
	lb := must(b, out, err).LoadBalancers[0]
	want := model.LoadBalancer{
		LoadBalancerARN:  new("arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/test/0000000000000001"),
		LoadBalancerName: new("test"), DNSName: new("test-0000000000000001.elb.us-east-1.amazonaws.com"),
		CanonicalHostedZoneID: new("Z26RNL4JYFTOTI"), Scheme: new("internal"), Type: new("network"), IPAddressType: new("ipv4"),
		VPCID: new("vpc-00000000"), State: &model.LoadBalancerState{Code: new("provisioning")}, CreatedTime: new(wire.Millis(1767225600000)),
		AvailabilityZones: []model.AvailabilityZone{{ZoneName: new("us-east-1a"), SubnetID: new("subnet-1"), LoadBalancerAddresses: []model.LoadBalancerAddress{}}},
	}
	if diff := cmp.Diff(want, lb); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	b.later(time.Second)
	described, err := b.DescribeLoadBalancers(b.ctx, b.call, &model.DescribeLoadBalancersInput{Names: []string{"test"}})
	if got := *must(b, described, err).LoadBalancers[0].State.Code; got != "active" {
		t.Errorf("a second later it is %s", got)
	}
	tags, err := b.DescribeTags(b.ctx, b.call, &model.DescribeTagsInput{ResourceARNs: []string{*lb.LoadBalancerARN}})
	if got := must(b, tags, err).TagDescriptions; len(got) != 1 || *got[0].Tags[0].Key != "k" {
		t.Errorf("tags are %+v", got)
	}
	if _, err := b.DeleteLoadBalancer(b.ctx, b.call, &model.DeleteLoadBalancerInput{LoadBalancerARN: lb.LoadBalancerARN}); err != nil {
		t.Error(err)
	}
	_, err = b.DescribeLoadBalancers(b.ctx, b.call, &model.DescribeLoadBalancersInput{LoadBalancerARNs: []string{*lb.LoadBalancerARN}})
	refusal(t, err, "LoadBalancerNotFound", "Load balancers '["+*lb.LoadBalancerARN+"]' not found")
	if _, err := b.DeleteLoadBalancer(b.ctx, b.call, &model.DeleteLoadBalancerInput{LoadBalancerARN: lb.LoadBalancerARN}); err != nil {
		t.Errorf("deleting it again: %v", err)
	}
}

// Texts: public reports and deployment logs where they are known, else inferred.
func TestRefusals(t *testing.T) {
	b := newBench(t)
	nlb, other := b.networkBalancer("nlb"), b.networkBalancer("other")
	tcp, web := b.group("tcp", "TCP", "ip"), b.group("web", "HTTP", "ip")
	if _, err := b.listen(nlb, tcp, "TCP", 80); err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("a", 33)
	balancer := func(in model.CreateLoadBalancerInput) error {
		if in.Name == nil {
			in.Name = new("new")
		}
		_, err := b.CreateLoadBalancer(b.ctx, b.call, &in)
		return err
	}
	group := func(in model.CreateTargetGroupInput) error {
		if in.Name == nil {
			in.Name = new("new")
		}
		if in.VPCID == nil {
			in.VPCID = new("vpc-1")
		}
		_, err := b.CreateTargetGroup(b.ctx, b.call, &in)
		return err
	}
	listen := func(balancer, group, protocol string, port int) error {
		_, err := b.listen(balancer, group, protocol, port)
		return err
	}
	register := func(group, id string) error {
		_, err := b.RegisterTargets(b.ctx, b.call, &model.RegisterTargetsInput{TargetGroupARN: &group, Targets: []model.TargetDescription{{ID: &id}}})
		return err
	}
	attribute := func(group, key, value string) error {
		_, err := b.ModifyTargetGroupAttributes(b.ctx, b.call, &model.ModifyTargetGroupAttributesInput{
			TargetGroupARN: &group, Attributes: []model.TargetGroupAttribute{{Key: &key, Value: &value}},
		})
		return err
	}
	protected := func() error {
		_, err := b.ModifyLoadBalancerAttributes(b.ctx, b.call, &model.ModifyLoadBalancerAttributesInput{
			LoadBalancerARN: &other, Attributes: []model.LoadBalancerAttribute{{Key: new("deletion_protection.enabled"), Value: new("true")}},
		})
		if err == nil {
			_, err = b.DeleteLoadBalancer(b.ctx, b.call, &model.DeleteLoadBalancerInput{LoadBalancerARN: &other})
		}
		return err
	}
	linked := func() error {
		b.inUse = nlb
		_, err := b.DeleteLoadBalancer(b.ctx, b.call, &model.DeleteLoadBalancerInput{LoadBalancerARN: &nlb})
		return err
	}
	deleteGroup := func() error {
		_, err := b.DeleteTargetGroup(b.ctx, b.call, &model.DeleteTargetGroupInput{TargetGroupARN: &tcp})
		return err
	}
	find := func(arn string) error {
		_, err := b.DescribeListeners(b.ctx, b.call, &model.DescribeListenersInput{ListenerARNs: []string{arn}})
		return err
	}
	const missing = "arn:aws:elasticloadbalancing:us-east-1:123456789012:"
	subnet := []string{"subnet-1"}
	tests := []struct {
		name       string
		err        error
		code, text string
	}{
		{"a long name", balancer(model.CreateLoadBalancerInput{Name: &long, Subnets: subnet}), "ValidationError", "The load balancer name '" + long + "' cannot be longer than '32' characters"},
		{"one subnet for an application load balancer", balancer(model.CreateLoadBalancerInput{Subnets: subnet}), "ValidationError", "At least two subnets in two different Availability Zones must be specified"},
		{"no subnet", balancer(model.CreateLoadBalancerInput{Type: new("network")}), "ValidationError", "At least one subnet must be specified"},
		{"another type", balancer(model.CreateLoadBalancerInput{Type: new("gateway"), Subnets: subnet}), "InvalidConfigurationRequest", "Postern has no load balancers of type 'gateway'"},
		{"a name that is taken", balancer(model.CreateLoadBalancerInput{Name: new("nlb"), Type: new("network"), Subnets: subnet}), "DuplicateLoadBalancerName", "A load balancer with the same name 'nlb' exists, but with different settings"},
		{"the same again", balancer(model.CreateLoadBalancerInput{Name: new("nlb"), Type: new("network"), Scheme: new("internal"), Subnets: subnet}), "", ""},
		{"a group's name that is taken", group(model.CreateTargetGroupInput{Name: new("tcp"), Protocol: new("TCP"), Port: new(1)}), "DuplicateTargetGroupName", "A target group with the same name 'tcp' exists, but with different settings"},
		{"a group without a protocol", group(model.CreateTargetGroupInput{Port: new(1)}), "ValidationError", "A protocol must be specified"},
		{"a timeout as long as the interval", group(model.CreateTargetGroupInput{Name: new("even"), Protocol: new("TCP"), Port: new(1), HealthCheckIntervalSeconds: new(10)}), "", ""},
		{"a timeout longer than the interval", group(model.CreateTargetGroupInput{Protocol: new("TCP"), Port: new(1), HealthCheckIntervalSeconds: new(9)}), "ValidationError", "Health check timeout '10' must be smaller than or equal to the interval '9'"},
		{"a web check's timeout as long as the interval", group(model.CreateTargetGroupInput{Protocol: new("HTTP"), Port: new(1), HealthCheckIntervalSeconds: new(5)}), "ValidationError", "Health check timeout '5' must be smaller than the interval '5'"},
		{"functions as targets", group(model.CreateTargetGroupInput{TargetType: new("lambda")}), "InvalidConfigurationRequest", "Postern has no target groups of type 'lambda'"},
		{"a port that has a listener", listen(nlb, tcp, "TCP", 80), "DuplicateListener", "A listener already exists on this port for this load balancer '" + nlb + "'"},
		{"a protocol of the other type", listen(nlb, web, "HTTP", 81), "ValidationError", "Listener protocol 'HTTP' must be one of 'UDP, TCP, TCP_UDP, TLS'"},
		{"a group of another protocol", listen(nlb, web, "TCP", 81), "IncompatibleProtocols", "Target group protocol 'HTTP' is incompatible with listener protocol 'TCP'"},
		{"a group of another load balancer", listen(other, tcp, "TCP", 80), "TargetGroupAssociationLimit", "The following target groups cannot be associated with more than one load balancer: " + tcp},
		{"TLS without a certificate", listen(nlb, tcp, "TLS", 443), "ValidationError", "A certificate must be specified for TLS listeners"},
		{"a group that is not there", listen(nlb, missing+"targetgroup/x/1", "TCP", 81), "TargetGroupNotFound", "One or more target groups not found"},
		{"a listener that is not there", find(missing + "listener/net/x/1/2"), "ListenerNotFound", "One or more listeners not found"},
		{"what is no listener's ARN", find(nlb), "ValidationError", "'" + nlb + "' is not a valid listener ARN"},
		{"a host name as target", register(tcp, "example.com"), "ValidationError", "The IP address 'example.com' is not valid"},
		{"an attribute that is none", attribute(tcp, "x.y", "1"), "ValidationError", "Target group attribute key 'x.y' is not recognized"},
		{"an attribute that would be ignored", attribute(tcp, "proxy_protocol_v2.enabled", "true"), "InvalidConfigurationRequest", "Postern has the value 'false' only for the attribute 'proxy_protocol_v2.enabled'"},
		{"a number that is none", attribute(tcp, "deregistration_delay.timeout_seconds", "x"), "ValidationError", "Target group attribute value 'x' is not valid for the key 'deregistration_delay.timeout_seconds'"},
		{"deleting what is protected", protected(), "OperationNotPermitted", "Load balancer '" + other + "' cannot be deleted because deletion protection is enabled"},
		{"deleting what a VPC link needs", linked(), "ResourceInUse", "Load balancer '" + nlb + "' cannot be deleted because it is currently associated with another service"},
		{"deleting what a listener needs", deleteGroup(), "ResourceInUse", "Target group '" + tcp + "' is currently in use by a listener or a rule"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.code != "" {
				refusal(t, tt.err, tt.code, tt.text)
			} else if tt.err != nil {
				t.Error(tt.err)
			}
		})
	}
}

// Source: Elastic Load Balancing API reference, CreateTargetGroup: the defaults by protocol.
func TestHealthCheckDefaults(t *testing.T) {
	b := newBench(t)
	type defaults struct {
		Protocol, Path, Codes      string
		Timeout, Healthy, Unhealth int
	}
	tests := []struct {
		name string
		in   model.CreateTargetGroupInput
		want defaults
	}{
		{"tcp", model.CreateTargetGroupInput{Protocol: new("TCP")}, defaults{"TCP", "", "", 10, 5, 2}},
		{"tcp-over-http", model.CreateTargetGroupInput{Protocol: new("TCP"), HealthCheckProtocol: new("HTTP")}, defaults{"HTTP", "/", "200-399", 6, 5, 2}},
		{"tls-over-https", model.CreateTargetGroupInput{Protocol: new("TLS"), HealthCheckProtocol: new("HTTPS"), HealthCheckPath: new("/up")}, defaults{"HTTPS", "/up", "200-399", 10, 5, 2}},
		{"http", model.CreateTargetGroupInput{Protocol: new("HTTP")}, defaults{"HTTP", "/", "200", 5, 5, 2}},
		{"alb", model.CreateTargetGroupInput{Protocol: new("TCP"), TargetType: new("alb")}, defaults{"HTTP", "/", "200-399", 6, 5, 2}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.in.Name, tt.in.Port, tt.in.VPCID = &tt.name, new(80), new("vpc-1")
			out, err := b.CreateTargetGroup(b.ctx, b.call, &tt.in)
			g := must(b, out, err).TargetGroups[0]
			got := defaults{Protocol: *g.HealthCheckProtocol, Timeout: *g.HealthCheckTimeoutSeconds, Healthy: *g.HealthyThresholdCount, Unhealth: *g.UnhealthyThresholdCount}
			if g.HealthCheckPath != nil {
				got.Path, got.Codes = *g.HealthCheckPath, *g.Matcher.HTTPCode
			}
			if diff := cmp.Diff(tt.want, got); diff != "" || *g.HealthCheckIntervalSeconds != 30 || *g.HealthCheckPort != "traffic-port" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Source: Elastic Load Balancing API reference, DescribeTargetHealth, DeregisterTargets.
func TestTargetsComeAndGo(t *testing.T) {
	b := newBench(t)
	nlb, group := b.networkBalancer("nlb"), b.group("g", "TCP", "instance")
	_, err := b.RegisterTargets(b.ctx, b.call, &model.RegisterTargetsInput{TargetGroupARN: &group, Targets: []model.TargetDescription{
		{ID: new("i-0123456789abcdef0")}, {ID: new("i-0123456789abcdef0"), Port: new(9090)}, {ID: new("i-00000000000000001")},
	}})
	must(b, 0, err)
	health := func(asked ...model.TargetDescription) (got []string) {
		t.Helper()
		out, err := b.DescribeTargetHealth(b.ctx, b.call, &model.DescribeTargetHealthInput{TargetGroupARN: &group, Targets: asked})
		for _, d := range must(b, out, err).TargetHealthDescriptions {
			reason := ""
			if d.TargetHealth.Reason != nil {
				reason = " " + *d.TargetHealth.Reason
			}
			got = append(got, fmt.Sprintf("%s:%d %s%s", *d.Target.ID, *d.Target.Port, *d.TargetHealth.State, reason))
		}
		return got
	}
	check := func(when string, got, want []string) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", when, diff)
		}
	}
	check("before a listener", health(), []string{
		"i-0123456789abcdef0:8080 unused Target.NotInUse", "i-0123456789abcdef0:9090 unused Target.NotInUse", "i-00000000000000001:8080 unused Target.NotInUse",
	})
	if _, err := b.listen(nlb, group, "TCP", 80); err != nil {
		t.Fatal(err)
	}
	check("with one", health(), []string{
		"i-0123456789abcdef0:8080 initial Elb.InitialHealthChecking", "i-0123456789abcdef0:9090 initial Elb.InitialHealthChecking",
		"i-00000000000000001:8080 unhealthy Target.InvalidState",
	})
	deregister := func(d model.TargetDescription) {
		_, err := b.DeregisterTargets(b.ctx, b.call, &model.DeregisterTargetsInput{TargetGroupARN: &group, Targets: []model.TargetDescription{d}})
		must(b, 0, err)
	}
	deregister(model.TargetDescription{ID: new("i-0123456789abcdef0"), Port: new(8080)})
	deregister(model.TargetDescription{ID: new("i-00000000000000001")})
	check("deregistered", health(), []string{
		"i-0123456789abcdef0:8080 draining Target.DeregistrationInProgress", "i-0123456789abcdef0:9090 initial Elb.InitialHealthChecking",
		"i-00000000000000001:8080 draining Target.DeregistrationInProgress",
	})
	b.later(300 * time.Second)
	check("after the delay", health(), []string{"i-0123456789abcdef0:9090 initial Elb.InitialHealthChecking"})
	check("asked for one that is none", health(model.TargetDescription{ID: new("i-00000000000000001")}), []string{"i-00000000000000001:8080 unused Target.NotRegistered"})
}

// Every answer of a listing ends somewhere, and begins where the one before ended.
func TestListingsHavePages(t *testing.T) {
	b := newBench(t)
	for i := range 5 {
		b.networkBalancer(fmt.Sprintf("lb-%d", i))
	}
	var names []string
	var marker *string
	for range 3 {
		out, err := b.DescribeLoadBalancers(b.ctx, b.call, &model.DescribeLoadBalancersInput{PageSize: new(2), Marker: marker})
		for _, lb := range must(b, out, err).LoadBalancers {
			names = append(names, *lb.LoadBalancerName)
		}
		marker = out.NextMarker
	}
	if diff := cmp.Diff([]string{"lb-0", "lb-1", "lb-2", "lb-3", "lb-4"}, names); diff != "" || marker != nil {
		t.Errorf("marker %v (-want +got):\n%s", marker, diff)
	}
	limits, err := b.DescribeAccountLimits(b.ctx, b.call, &model.DescribeAccountLimitsInput{PageSize: new(3)})
	if out := must(b, limits, err); len(out.Limits) != 3 || out.NextMarker == nil {
		t.Errorf("limits: %+v", out)
	}
}

// What is deleted is not forwarded to; a listener's action can be changed.
func TestForwarderFollows(t *testing.T) {
	b := newBench(t)
	nlb := b.networkBalancer("nlb")
	one, two := b.group("one", "TCP", "ip"), b.group("two", "TCP", "ip")
	for group, ip := range map[string]string{one: "10.0.0.1", two: "10.0.0.2"} {
		_, err := b.RegisterTargets(b.ctx, b.call, &model.RegisterTargetsInput{TargetGroupARN: &group, Targets: []model.TargetDescription{{ID: &ip}}})
		must(b, 0, err)
	}
	l, err := b.listen(nlb, one, "TCP", 80)
	must(b, 0, err)
	goes := func(want string) {
		t.Helper()
		c, err := b.Forwarder().Choose(nlb, 80, false)
		if c.Address != want {
			t.Errorf("goes to %q (%v), want %q", c.Address, err, want)
		}
	}
	goes("10.0.0.1:8080")
	_, err = b.ModifyListener(b.ctx, b.call, &model.ModifyListenerInput{ListenerARN: &l, DefaultActions: []model.Action{{
		Type: new("forward"), ForwardConfig: &model.ForwardActionConfig{TargetGroups: []model.TargetGroupTuple{{TargetGroupARN: &one, Weight: new(0)}, {TargetGroupARN: &two}}},
	}}})
	must(b, 0, err)
	goes("10.0.0.2:8080")
	_, err = b.DeleteListener(b.ctx, b.call, &model.DeleteListenerInput{ListenerARN: &l})
	must(b, 0, err)
	goes("")
}
