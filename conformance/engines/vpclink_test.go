package engines

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// TestVPCLink is the registry's example "VPC Link", with a target group, a listener and a target, so that the call has
// where to go; the integration's URI gives the Host header only.
func TestVPCLink(t *testing.T) {
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.Method, " ", r.Host, r.URL.Path, " ", r.Header.Get("X-Authorization"), " ", r.Header.Get("X-Foo"))
	}))
	t.Cleanup(backend.Close)

	e := start(t)
	n := &network{engine: e}
	n.applyBalancer()
	n.applyGroup()
	n.applyListener()
	n.applyTarget(backend.Listener.Addr())
	link := e.applyLink(n.balancer)
	a := e.newAPI(&apigateway.CreateRestApiInput{Name: aws.String("example")}, "test", &apigateway.PutMethodInput{
		RequestModels: map[string]string{"application/json": "Error"},
	})
	a.integration(&apigateway.PutIntegrationInput{
		Type: types.IntegrationTypeHttp, IntegrationHttpMethod: aws.String("GET"), Uri: aws.String("http://www.example.com/pets"),
		ConnectionType: types.ConnectionTypeVpcLink, ConnectionId: link, ContentHandling: types.ContentHandlingStrategyConvertToText,
		PassthroughBehavior: aws.String("WHEN_NO_MATCH"),
		RequestParameters: map[string]string{
			"integration.request.header.X-Authorization": "'static'", "integration.request.header.X-Foo": "'Bar'",
		},
		RequestTemplates: map[string]string{"application/json": "", "application/xml": "#set($inputRoot = $input.path('$'))\n{ }"},
	}, "HttpMethod", "Uri", "ConnectionId", "ContentHandling", "RequestTemplates", "RequestParameters")
	a.responses(nil)
	a.deploy()
	e.plan()
	a.answers(200, "GET www.example.com/pets static Bar")

	// An engine sends every entry of the map whose one entry changed.
	a.changeIntegration(
		replace("/requestParameters/integration.request.header.X-Foo", "'Baz'"),
		replace("/requestParameters/integration.request.header.X-Authorization", "'static'"),
	)
	a.redeploy()
	e.plan()
	a.answers(200, "GET www.example.com/pets static Baz")
	e.destroy()
}

// network is what a VPC link leads to.
type network struct {
	*engine
	vpc, balancer, group string
}

// balancerState is what an engine reads of a load balancer.
type balancerState struct {
	LoadBalancer elbtypes.LoadBalancer
	Attributes   map[string]string
	Tags         []elbtypes.Tag
}

func (n *network) applyBalancer() {
	n.t.Helper()
	subnet := n.firstSubnet()
	n.apply(resource{
		address: "load balancer",
		create: func() error {
			out, err := n.balancers.CreateLoadBalancer(n.ctx, &elb.CreateLoadBalancerInput{
				Name: aws.String("example"), Scheme: elbtypes.LoadBalancerSchemeEnumInternal, Type: elbtypes.LoadBalancerTypeEnumNetwork,
				Subnets: []string{subnet},
			})
			if err != nil {
				return err
			}
			n.balancer, n.vpc = *out.LoadBalancers[0].LoadBalancerArn, *out.LoadBalancers[0].VpcId
			if err := n.active(); err != nil {
				return err
			}
			_, err = n.balancers.ModifyLoadBalancerAttributes(n.ctx, &elb.ModifyLoadBalancerAttributesInput{
				LoadBalancerArn: &n.balancer, Attributes: []elbtypes.LoadBalancerAttribute{
					{Key: aws.String("load_balancing.cross_zone.enabled"), Value: aws.String("false")},
					{Key: aws.String("deletion_protection.enabled"), Value: aws.String("false")},
				},
			})
			return errors.Join(err, n.active())
		},
		read: func() (any, error) { return n.readBalancer() },
		remove: func() error {
			_, err := n.balancers.DeleteLoadBalancer(n.ctx, &elb.DeleteLoadBalancerInput{LoadBalancerArn: &n.balancer})
			return errors.Join(err, n.noInterfaces())
		},
		demands: []string{
			"LoadBalancer.LoadBalancerName", "LoadBalancer.DNSName", "LoadBalancer.CanonicalHostedZoneId", "LoadBalancer.Scheme",
			"LoadBalancer.Type", "LoadBalancer.VpcId", "LoadBalancer.IpAddressType", "LoadBalancer.State.Code", "LoadBalancer.AvailabilityZones",
		},
		gone: is[*elbtypes.LoadBalancerNotFoundException],
	})
}

func (n *network) active() error {
	waiter := elb.NewLoadBalancerAvailableWaiter(n.balancers, func(o *elb.LoadBalancerAvailableWaiterOptions) { o.MinDelay = pause })
	return waiter.Wait(n.ctx, &elb.DescribeLoadBalancersInput{LoadBalancerArns: []string{n.balancer}}, patience)
}

func (n *network) readBalancer() (*balancerState, error) {
	found, err := n.balancers.DescribeLoadBalancers(n.ctx, &elb.DescribeLoadBalancersInput{LoadBalancerArns: []string{n.balancer}})
	if err != nil {
		return nil, err
	}
	attributes, err := n.balancers.DescribeLoadBalancerAttributes(n.ctx, &elb.DescribeLoadBalancerAttributesInput{LoadBalancerArn: &n.balancer})
	if err != nil {
		return nil, err
	}
	state := &balancerState{LoadBalancer: found.LoadBalancers[0], Attributes: map[string]string{}}
	for _, a := range attributes.Attributes {
		state.Attributes[*a.Key] = *a.Value
	}
	for _, key := range []string{"load_balancing.cross_zone.enabled", "deletion_protection.enabled", "access_logs.s3.enabled"} {
		if state.Attributes[key] != "false" {
			n.t.Errorf("%s is %q", key, state.Attributes[key])
		}
	}
	state.Tags, err = n.tags(n.balancer)
	return state, err
}

// tags reads a resource's tags: one description, although there are none.
func (n *network) tags(arn string) ([]elbtypes.Tag, error) {
	out, err := n.balancers.DescribeTags(n.ctx, &elb.DescribeTagsInput{ResourceArns: []string{arn}})
	if err != nil {
		return nil, err
	}
	if len(out.TagDescriptions) != 1 || *out.TagDescriptions[0].ResourceArn != arn {
		n.t.Fatalf("tags of %s: %+v", arn, out.TagDescriptions)
	}
	return out.TagDescriptions[0].Tags, nil
}

var subnetID = regexp.MustCompile(`<subnetId>(subnet-[0-9a-f]+)</subnetId>`)

// firstSubnet is a subnet of the default VPC.
func (n *network) firstSubnet() string {
	n.t.Helper()
	answer, err := n.ec2(url.Values{"Action": {"DescribeSubnets"}, "Filter.1.Name": {"default-for-az"}, "Filter.1.Value.1": {"true"}})
	if err != nil {
		n.t.Fatal(err)
	}
	found := subnetID.FindStringSubmatch(answer)
	if found == nil {
		n.t.Fatalf("no subnet: %s", answer)
	}
	return found[1]
}

// noInterfaces looks for what a deleted load balancer left in its subnets.
func (n *network) noInterfaces() error {
	answer, err := n.ec2(url.Values{
		"Action": {"DescribeNetworkInterfaces"}, "Filter.1.Name": {"attachment.instance-owner-id"}, "Filter.1.Value.1": {"amazon-elb"},
	})
	if err == nil && !strings.Contains(answer, "<networkInterfaceSet/>") {
		err = errors.New(answer)
	}
	return err
}

func (n *network) applyGroup() {
	n.t.Helper()
	name := aws.String("example")
	// An engine asks first, lest it takes over what somebody else made.
	_, err := n.balancers.DescribeTargetGroups(n.ctx, &elb.DescribeTargetGroupsInput{Names: []string{*name}})
	if !is[*elbtypes.TargetGroupNotFoundException](err) {
		n.t.Fatalf("a target group that is not there: %v", err)
	}
	n.apply(resource{
		address: "target group",
		create: func() error {
			out, err := n.balancers.CreateTargetGroup(n.ctx, &elb.CreateTargetGroupInput{
				Name: name, Port: aws.Int32(80), Protocol: elbtypes.ProtocolEnumTcp, VpcId: &n.vpc, TargetType: elbtypes.TargetTypeEnumIp,
			})
			if err != nil {
				return err
			}
			n.group = *out.TargetGroups[0].TargetGroupArn
			return failed(n.balancers.ModifyTargetGroupAttributes(n.ctx, &elb.ModifyTargetGroupAttributesInput{
				TargetGroupArn: &n.group, Attributes: []elbtypes.TargetGroupAttribute{
					{Key: aws.String("deregistration_delay.timeout_seconds"), Value: aws.String("300")},
					{Key: aws.String("proxy_protocol_v2.enabled"), Value: aws.String("false")},
				},
			}))
		},
		read: func() (any, error) { return n.readGroup() },
		remove: func() error {
			return failed(n.balancers.DeleteTargetGroup(n.ctx, &elb.DeleteTargetGroupInput{TargetGroupArn: &n.group}))
		},
		demands: []string{"TargetGroupName", "Port", "Protocol", "VpcId", "TargetType", "HealthCheckProtocol", "HealthCheckPort", "HealthyThresholdCount"},
		gone:    is[*elbtypes.TargetGroupNotFoundException],
	})
}

func (n *network) readGroup() (any, error) {
	found, err := n.balancers.DescribeTargetGroups(n.ctx, &elb.DescribeTargetGroupsInput{TargetGroupArns: []string{n.group}})
	if err != nil {
		return nil, err
	}
	found.TargetGroups[0].LoadBalancerArns = nil // what the listener does to it
	_, err = n.balancers.DescribeTargetGroupAttributes(n.ctx, &elb.DescribeTargetGroupAttributesInput{TargetGroupArn: &n.group})
	if err != nil {
		return nil, err
	}
	_, err = n.tags(n.group)
	return found.TargetGroups[0], err
}

func (n *network) applyListener() {
	n.t.Helper()
	var arn string
	n.apply(resource{
		address: "listener",
		create: func() error {
			out, err := n.balancers.CreateListener(n.ctx, &elb.CreateListenerInput{
				LoadBalancerArn: &n.balancer, Port: aws.Int32(80), Protocol: elbtypes.ProtocolEnumTcp,
				DefaultActions: []elbtypes.Action{{Type: elbtypes.ActionTypeEnumForward, TargetGroupArn: &n.group}},
			})
			if err == nil {
				arn = *out.Listeners[0].ListenerArn
			}
			return err
		},
		read: func() (any, error) {
			out, err := n.balancers.DescribeListeners(n.ctx, &elb.DescribeListenersInput{ListenerArns: []string{arn}})
			if err != nil {
				return nil, err
			}
			_, err = n.tags(arn)
			return out.Listeners[0], err
		},
		remove: func() error {
			return failed(n.balancers.DeleteListener(n.ctx, &elb.DeleteListenerInput{ListenerArn: &arn}))
		},
		demands: []string{"ListenerArn", "LoadBalancerArn", "Port", "Protocol", "DefaultActions"},
		gone:    is[*elbtypes.ListenerNotFoundException],
	})
}

// applyTarget registers the backend. An engine does not look for a target again that it took out.
func (n *network) applyTarget(addr net.Addr) {
	n.t.Helper()
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		n.t.Fatal(err)
	}
	number, err := strconv.ParseInt(port, 10, 32)
	if err != nil {
		n.t.Fatal(err)
	}
	targets := []elbtypes.TargetDescription{{Id: &host, Port: aws.Int32(int32(number))}}
	n.apply(resource{
		address: "target",
		create: func() error {
			return failed(n.balancers.RegisterTargets(n.ctx, &elb.RegisterTargetsInput{TargetGroupArn: &n.group, Targets: targets}))
		},
		read: func() (any, error) {
			out, err := n.balancers.DescribeTargetHealth(n.ctx, &elb.DescribeTargetHealthInput{TargetGroupArn: &n.group, Targets: targets})
			if err != nil {
				return nil, err
			}
			if len(out.TargetHealthDescriptions) != 1 {
				return nil, fmt.Errorf("%d descriptions of one target", len(out.TargetHealthDescriptions))
			}
			return out.TargetHealthDescriptions[0].Target, nil
		},
		remove: func() error {
			return failed(n.balancers.DeregisterTargets(n.ctx, &elb.DeregisterTargetsInput{TargetGroupArn: &n.group, Targets: targets}))
		},
		demands: []string{"Id", "Port"},
	})
}

// applyLink makes the link and asks until it is AVAILABLE; deleted, it is there for a while.
func (e *engine) applyLink(balancer string) (id *string) {
	e.t.Helper()
	get := func() (*apigateway.GetVpcLinkOutput, error) {
		return e.gateway.GetVpcLink(e.ctx, &apigateway.GetVpcLinkInput{VpcLinkId: id})
	}
	e.apply(resource{
		address: "vpc link",
		create: func() error {
			out, err := e.gateway.CreateVpcLink(e.ctx, &apigateway.CreateVpcLinkInput{Name: aws.String("example"), TargetArns: []string{balancer}})
			if err != nil {
				return err
			}
			id = out.Id
			e.await("the link to be AVAILABLE", func() (bool, error) {
				link, err := get()
				switch {
				case err != nil:
					return false, err
				case link.Status == types.VpcLinkStatusFailed:
					return false, errors.New(aws.ToString(link.StatusMessage))
				}
				return link.Status == types.VpcLinkStatusAvailable, nil
			})
			return nil
		},
		read: func() (any, error) { return get() },
		remove: func() error {
			return failed(e.gateway.DeleteVpcLink(e.ctx, &apigateway.DeleteVpcLinkInput{VpcLinkId: id}))
		},
		demands: []string{"Id", "Name", "Status", "TargetArns"},
		gone:    absent,
	})
	return id
}
