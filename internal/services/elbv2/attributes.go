package elbv2

import (
	"context"
	"maps"
	"strconv"

	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	model "postern/internal/aws/wire/elbv2"
)

// attribute is one attribute that a kind of resource has.
type attribute struct {
	key, initial string
	legal        legality
}

// legality is what values an attribute takes.
type legality uint8

const (
	anyText legality = iota
	boolean
	number
	// onlyInitial marks attributes that would change what is forwarded, and how, in a way that Postern does not know.
	onlyInitial
)

// The attributes that the package itself reads.
const (
	deletionProtection  = "deletion_protection.enabled"
	deregistrationDelay = "deregistration_delay.timeout_seconds"
)

// loadBalancerAttributes are the attributes of a type of load balancer, in AWS's order.
// Source: Elastic Load Balancing API reference, LoadBalancerAttribute.
func loadBalancerAttributes(balancer string) []attribute {
	if balancer == network {
		return []attribute{
			{deletionProtection, "false", boolean},
			{"access_logs.s3.enabled", "false", boolean},
			{"access_logs.s3.bucket", "", anyText},
			{"access_logs.s3.prefix", "", anyText},
			{"ipv6.deny_all_igw_traffic", "false", boolean},
			{"load_balancing.cross_zone.enabled", "false", boolean},
			{"dns_record.client_routing_policy", "any_availability_zone", anyText},
			{"zonal_shift.config.enabled", "false", boolean},
			{"secondary_ips.auto_assigned.per_subnet", "0", number},
		}
	}
	return []attribute{
		{deletionProtection, "false", boolean},
		{"access_logs.s3.enabled", "false", boolean},
		{"access_logs.s3.bucket", "", anyText},
		{"access_logs.s3.prefix", "", anyText},
		{"idle_timeout.timeout_seconds", "60", number},
		{"routing.http2.enabled", "true", boolean},
		{"routing.http.drop_invalid_header_fields.enabled", "false", boolean},
		{"routing.http.xff_client_port.enabled", "false", boolean},
		{"routing.http.preserve_host_header.enabled", "false", boolean},
		{"routing.http.xff_header_processing.mode", "append", anyText},
		{"routing.http.desync_mitigation_mode", "defensive", anyText},
		{"routing.http.x_amzn_tls_version_and_cipher_suite.enabled", "false", boolean},
		{"waf.fail_open.enabled", "false", boolean},
		{"load_balancing.cross_zone.enabled", "true", boolean},
		{"ipv6.deny_all_igw_traffic", "false", boolean},
		{"client_keep_alive.seconds", "3600", number},
		{"connection_logs.s3.enabled", "false", boolean},
		{"connection_logs.s3.bucket", "", anyText},
		{"connection_logs.s3.prefix", "", anyText},
		{"zonal_shift.config.enabled", "false", boolean},
	}
}

// targetGroupAttributes are the attributes of a target group. Source: API reference, TargetGroupAttribute.
func (g *targetGroup) attributes() []attribute {
	list := []attribute{
		{deregistrationDelay, "300", number},
		{"stickiness.enabled", "false", onlyInitial},
		{"load_balancing.cross_zone.enabled", "use_load_balancer_configuration", anyText},
		{"target_group_health.dns_failover.minimum_healthy_targets.count", "1", anyText},
		{"target_group_health.dns_failover.minimum_healthy_targets.percentage", "off", anyText},
		{"target_group_health.unhealthy_state_routing.minimum_healthy_targets.count", "1", anyText},
		{"target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage", "off", anyText},
	}
	if isHTTP(g.Protocol) {
		return append(list,
			attribute{"stickiness.type", "lb_cookie", anyText},
			attribute{"stickiness.lb_cookie.duration_seconds", "86400", number},
			attribute{"stickiness.app_cookie.cookie_name", "", anyText},
			attribute{"stickiness.app_cookie.duration_seconds", "86400", number},
			attribute{"slow_start.duration_seconds", "0", onlyInitial},
			attribute{"load_balancing.algorithm.type", "round_robin", onlyInitial},
			attribute{"load_balancing.algorithm.anomaly_mitigation", "off", onlyInitial},
		)
	}
	preserve := "true"
	if g.TargetType == byIP && (g.Protocol == "TCP" || g.Protocol == "TLS") {
		preserve = "false"
	}
	return append(list,
		attribute{"stickiness.type", "source_ip", anyText},
		attribute{"proxy_protocol_v2.enabled", "false", onlyInitial},
		attribute{"preserve_client_ip.enabled", preserve, boolean},
		attribute{"deregistration_delay.connection_termination.enabled", "false", boolean},
		attribute{"target_health_state.unhealthy.connection_termination.enabled", "true", boolean},
		attribute{"target_health_state.unhealthy.draining_interval_seconds", "0", number},
	)
}

// attributes are the attributes of a listener. Source: API reference, ListenerAttribute.
func (l *listener) attributes() []attribute {
	switch l.Protocol {
	case "TCP", "TCP_UDP":
		return []attribute{{"tcp.idle_timeout.seconds", "350", number}}
	case "HTTP", "HTTPS":
		return []attribute{{"routing.http.response.server.enabled", "true", onlyInitial}}
	}
	return nil
}

func valueOf(list []attribute, stored map[string]string, key string) string {
	if v, ok := stored[key]; ok {
		return v
	}
	for _, a := range list {
		if a.key == key {
			return a.initial
		}
	}
	return ""
}

func (b *loadBalancer) attribute(list []attribute, key string) string {
	return valueOf(list, b.Attributes, key)
}

func (g *targetGroup) attribute(key string) string { return valueOf(g.attributes(), g.Attributes, key) }

// sent is an attribute as a call names it.
type sent struct{ key, value *string }

// modify sets attributes. what is "Load balancer", "Target group" or "Listener".
func modify(what string, list []attribute, stored *map[string]string, changes []sent) error {
	next := map[string]string{}
	maps.Copy(next, *stored)
	for _, c := range changes {
		key, v := value(c.key), value(c.value)
		if err := checkAttribute(what, list, key, v); err != nil {
			return err
		}
		next[key] = v
	}
	*stored = next
	return nil
}

// checkAttribute checks one attribute. Text about the key: public reports; the others are inferred.
func checkAttribute(what string, list []attribute, key, v string) error {
	for _, a := range list {
		if a.key != key {
			continue
		}
		_, err := strconv.ParseUint(v, 10, 31)
		switch {
		case a.legal == boolean && v != "true" && v != "false", a.legal == number && err != nil:
			return awserr.ValidationError.Errorf("%s attribute value '%s' is not valid for the key '%s'", what, v, key)
		case a.legal == onlyInitial && v != a.initial:
			return model.InvalidConfigurationRequestException.Errorf("Postern has the value '%s' only for the attribute '%s'", a.initial, key)
		}
		return nil
	}
	return awserr.ValidationError.Errorf("%s attribute key '%s' is not recognized", what, key)
}

// each calls yield with every attribute and its value.
func each(list []attribute, stored map[string]string, yield func(key, value string)) {
	for _, a := range list {
		yield(a.key, valueOf(list, stored, a.key))
	}
}

// DescribeLoadBalancerAttributes answers the attributes of a load balancer.
func (e *ELB) DescribeLoadBalancerAttributes(ctx context.Context, call *wire.Call, in *model.DescribeLoadBalancerAttributesInput) (*model.DescribeLoadBalancerAttributesOutput, error) {
	return view(ctx, e, call, func(r records) (*model.DescribeLoadBalancerAttributesOutput, error) {
		b, err := r.loadBalancer(*in.LoadBalancerARN)
		if err != nil {
			return nil, err
		}
		return &model.DescribeLoadBalancerAttributesOutput{Attributes: b.attributeAnswers()}, nil
	})
}

// ModifyLoadBalancerAttributes sets attributes of a load balancer.
func (e *ELB) ModifyLoadBalancerAttributes(ctx context.Context, call *wire.Call, in *model.ModifyLoadBalancerAttributesInput) (*model.ModifyLoadBalancerAttributesOutput, error) {
	return changed(ctx, e, call, *in.LoadBalancerARN, func(_ records, b *loadBalancer) (*model.ModifyLoadBalancerAttributesOutput, error) {
		var changes []sent
		for _, a := range in.Attributes {
			changes = append(changes, sent{a.Key, a.Value})
		}
		err := modify("Load balancer", loadBalancerAttributes(b.Type), &b.Attributes, changes)
		return &model.ModifyLoadBalancerAttributesOutput{Attributes: b.attributeAnswers()}, err
	})
}

func (b *loadBalancer) attributeAnswers() []model.LoadBalancerAttribute {
	out := []model.LoadBalancerAttribute{}
	each(loadBalancerAttributes(b.Type), b.Attributes, func(key, v string) {
		out = append(out, model.LoadBalancerAttribute{Key: &key, Value: &v})
	})
	return out
}

// DescribeTargetGroupAttributes answers the attributes of a target group.
func (e *ELB) DescribeTargetGroupAttributes(ctx context.Context, call *wire.Call, in *model.DescribeTargetGroupAttributesInput) (*model.DescribeTargetGroupAttributesOutput, error) {
	return view(ctx, e, call, func(r records) (*model.DescribeTargetGroupAttributesOutput, error) {
		g, err := r.targetGroup(*in.TargetGroupARN)
		if err != nil {
			return nil, err
		}
		return &model.DescribeTargetGroupAttributesOutput{Attributes: g.attributeAnswers()}, nil
	})
}

// ModifyTargetGroupAttributes sets attributes of a target group.
func (e *ELB) ModifyTargetGroupAttributes(ctx context.Context, call *wire.Call, in *model.ModifyTargetGroupAttributesInput) (*model.ModifyTargetGroupAttributesOutput, error) {
	return update(ctx, e, call, func(r records) (*model.ModifyTargetGroupAttributesOutput, error) {
		g, err := r.targetGroup(*in.TargetGroupARN)
		if err != nil {
			return nil, err
		}
		var changes []sent
		for _, a := range in.Attributes {
			changes = append(changes, sent{a.Key, a.Value})
		}
		if err := modify("Target group", g.attributes(), &g.Attributes, changes); err != nil {
			return nil, err
		}
		return &model.ModifyTargetGroupAttributesOutput{Attributes: g.attributeAnswers()}, put(r, kindTargetGroup, g.ARN, g)
	})
}

func (g *targetGroup) attributeAnswers() []model.TargetGroupAttribute {
	out := []model.TargetGroupAttribute{}
	each(g.attributes(), g.Attributes, func(key, v string) {
		out = append(out, model.TargetGroupAttribute{Key: &key, Value: &v})
	})
	return out
}

// DescribeListenerAttributes answers the attributes of a listener.
func (e *ELB) DescribeListenerAttributes(ctx context.Context, call *wire.Call, in *model.DescribeListenerAttributesInput) (*model.DescribeListenerAttributesOutput, error) {
	return view(ctx, e, call, func(r records) (*model.DescribeListenerAttributesOutput, error) {
		l, err := r.listener(*in.ListenerARN)
		if err != nil {
			return nil, err
		}
		return &model.DescribeListenerAttributesOutput{Attributes: l.attributeAnswers()}, nil
	})
}

// ModifyListenerAttributes sets attributes of a listener.
func (e *ELB) ModifyListenerAttributes(ctx context.Context, call *wire.Call, in *model.ModifyListenerAttributesInput) (*model.ModifyListenerAttributesOutput, error) {
	return update(ctx, e, call, func(r records) (*model.ModifyListenerAttributesOutput, error) {
		l, err := r.listener(*in.ListenerARN)
		if err != nil {
			return nil, err
		}
		var changes []sent
		for _, a := range in.Attributes {
			changes = append(changes, sent{a.Key, a.Value})
		}
		if err := modify("Listener", l.attributes(), &l.Attributes, changes); err != nil {
			return nil, err
		}
		return &model.ModifyListenerAttributesOutput{Attributes: l.attributeAnswers()}, put(r, kindListener, l.ARN, l)
	})
}

func (l *listener) attributeAnswers() []model.ListenerAttribute {
	out := []model.ListenerAttribute{}
	each(l.attributes(), l.Attributes, func(key, v string) {
		out = append(out, model.ListenerAttribute{Key: &key, Value: &v})
	})
	return out
}
