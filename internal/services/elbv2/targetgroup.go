package elbv2

import (
	"context"
	"slices"

	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	model "postern/internal/aws/wire/elbv2"
)

// targetGroup is a target group as it is stored, with its targets.
type targetGroup struct {
	ARN           string            `json:"targetGroupArn"`
	Name          string            `json:"targetGroupName"`
	TargetType    string            `json:"targetType"`
	Protocol      string            `json:"protocol"`
	Version       string            `json:"protocolVersion,omitempty"` // of HTTP and HTTPS
	Port          int               `json:"port"`
	VPC           string            `json:"vpcId"`
	IPAddressType string            `json:"ipAddressType,omitempty"`
	Check         check             `json:"healthCheck"`
	Targets       []target          `json:"targets,omitempty"`
	Attributes    map[string]string `json:"attributes,omitempty"`
	Tags          []tag             `json:"tags,omitempty"`
}

// The types of target.
const (
	byInstance = "instance"
	byIP       = "ip"
	byALB      = "alb"
)

// CreateTargetGroup makes a target group; one of the same name and settings is answered as it is.
// Source: Elastic Load Balancing API reference, CreateTargetGroup.
func (e *ELB) CreateTargetGroup(ctx context.Context, call *wire.Call, in *model.CreateTargetGroupInput) (*model.CreateTargetGroupOutput, error) {
	g, err := newTargetGroup(in)
	if err != nil {
		return nil, err
	}
	return update(ctx, e, call, func(r records) (*model.CreateTargetGroupOutput, error) {
		all, err := list[targetGroup](r, kindTargetGroup)
		if err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(all, func(o *targetGroup) bool { return o.Name == g.Name }); i >= 0 {
			if !all[i].sameAs(g) {
				return nil, model.DuplicateTargetGroupNameException.Errorf("A target group with the same name '%s' exists, but with different settings", g.Name)
			}
			answer, err := r.targetGroupAnswers(all[i])
			return &model.CreateTargetGroupOutput{TargetGroups: answer}, err
		}
		if len(all) >= maxGroups {
			return nil, model.TooManyTargetGroupsException.Errorf("The maximum number of target groups has been reached")
		}
		g.ARN = arnOf(r.scope, "targetgroup/"+g.Name+"/"+e.options.NewID(idLength))
		answer, err := r.targetGroupAnswers(g)
		if err != nil {
			return nil, err
		}
		return &model.CreateTargetGroupOutput{TargetGroups: answer}, put(r, kindTargetGroup, g.ARN, g)
	})
}

func (g *targetGroup) sameAs(o *targetGroup) bool {
	return g.TargetType == o.TargetType && g.Protocol == o.Protocol && g.Version == o.Version && g.Port == o.Port &&
		g.VPC == o.VPC && g.Check == o.Check
}

// newTargetGroup checks what CreateTargetGroup was given, and fills in the defaults.
func newTargetGroup(in *model.CreateTargetGroupInput) (*targetGroup, error) {
	g := &targetGroup{
		Name: *in.Name, TargetType: byInstance, Protocol: value(in.Protocol), Port: value(in.Port), VPC: value(in.VPCID), IPAddressType: "ipv4",
	}
	set(&g.TargetType, in.TargetType)
	set(&g.IPAddressType, in.IPAddressType)
	if err := checkName("target group", g.Name); err != nil {
		return nil, err
	}
	switch {
	case g.TargetType == model.TargetTypeEnumLambda:
		return nil, model.InvalidConfigurationRequestException.Errorf("Postern has no target groups of type 'lambda'")
	case g.Protocol == "":
		return nil, awserr.ValidationError.Errorf("A protocol must be specified")
	case g.Port == 0:
		return nil, awserr.ValidationError.Errorf("A port must be specified")
	case g.VPC == "":
		return nil, awserr.ValidationError.Errorf("A VPC ID must be specified")
	case g.TargetType == byALB && g.Protocol != "TCP":
		return nil, model.InvalidConfigurationRequestException.Errorf("Target groups with target type 'alb' must have the protocol 'TCP'")
	case !isHTTP(g.Protocol) && !slices.Contains(networkProtocols, g.Protocol):
		return nil, model.InvalidConfigurationRequestException.Errorf("Postern has no target groups with the protocol '%s'", g.Protocol)
	case in.TargetControlPort != nil:
		return nil, model.InvalidConfigurationRequestException.Errorf("Postern has no target groups with a target control port")
	}
	if isHTTP(g.Protocol) {
		g.Version = "HTTP1"
		set(&g.Version, in.ProtocolVersion)
		if g.Version != "HTTP1" {
			return nil, model.InvalidConfigurationRequestException.Errorf("Postern has no target groups with the protocol version '%s'", g.Version)
		}
	}
	var err error
	if g.Check, err = newCheck(g, in); err != nil {
		return nil, err
	}
	g.Tags, err = newTags(nil, in.Tags)
	return g, err
}

func isHTTP(protocol string) bool { return protocol == "HTTP" || protocol == "HTTPS" }

// networkProtocols are those of network load balancers. A target group of UDP takes no calls of a gateway.
var networkProtocols = []string{"TCP", "TLS", "UDP", "TCP_UDP"}

// DescribeTargetGroups answers target groups: by ARN or name, those of a load balancer, or all.
func (e *ELB) DescribeTargetGroups(ctx context.Context, call *wire.Call, in *model.DescribeTargetGroupsInput) (*model.DescribeTargetGroupsOutput, error) {
	return view(ctx, e, call, func(r records) (*model.DescribeTargetGroupsOutput, error) {
		found, err := r.targetGroups(in)
		if err != nil {
			return nil, err
		}
		cut, next, err := page(found, in.Marker, in.PageSize, func(g *targetGroup) string { return g.ARN })
		if err != nil {
			return nil, err
		}
		answers, err := r.targetGroupAnswers(cut...)
		return &model.DescribeTargetGroupsOutput{TargetGroups: answers, NextMarker: next}, err
	})
}

func (r records) targetGroups(in *model.DescribeTargetGroupsInput) ([]*targetGroup, error) {
	if len(in.TargetGroupARNs) > 0 {
		var found []*targetGroup
		for _, arn := range in.TargetGroupARNs {
			g, err := r.targetGroup(arn)
			if err != nil {
				return nil, err
			}
			found = append(found, g)
		}
		return found, nil
	}
	all, err := list[targetGroup](r, kindTargetGroup)
	if err != nil {
		return nil, err
	}
	for _, name := range in.Names {
		if !slices.ContainsFunc(all, func(g *targetGroup) bool { return g.Name == name }) {
			return nil, errNoTargetGroup
		}
	}
	if len(in.Names) > 0 {
		all = slices.DeleteFunc(all, func(g *targetGroup) bool { return !slices.Contains(in.Names, g.Name) })
	}
	if in.LoadBalancerARN == nil {
		return all, nil
	}
	if _, err := r.loadBalancer(*in.LoadBalancerARN); err != nil {
		return nil, err
	}
	users, err := r.groupUsers()
	return slices.DeleteFunc(all, func(g *targetGroup) bool { return !slices.Contains(users[g.ARN], *in.LoadBalancerARN) }), err
}

// The refusals of what is not there. Texts: public reports.
var (
	errNoTargetGroup = model.TargetGroupNotFoundException.Errorf("One or more target groups not found")
	errNoListener    = model.ListenerNotFoundException.Errorf("One or more listeners not found")
)

func (r records) targetGroup(arn string) (*targetGroup, error) {
	if err := checkARN(arn, "targetgroup", "target group"); err != nil {
		return nil, err
	}
	return get[targetGroup](r, kindTargetGroup, arn, errNoTargetGroup)
}

// groupUsers are the load balancers that forward to each target group.
func (r records) groupUsers() (map[string][]string, error) {
	listeners, err := list[listener](r, kindListener)
	users := map[string][]string{}
	for _, l := range listeners {
		for _, g := range l.groups() {
			if !slices.Contains(users[g.ARN], l.LoadBalancer) {
				users[g.ARN] = append(users[g.ARN], l.LoadBalancer)
			}
		}
	}
	return users, err
}

// ModifyTargetGroup changes a target group's health checks.
func (e *ELB) ModifyTargetGroup(ctx context.Context, call *wire.Call, in *model.ModifyTargetGroupInput) (*model.ModifyTargetGroupOutput, error) {
	return update(ctx, e, call, func(r records) (*model.ModifyTargetGroupOutput, error) {
		g, err := r.targetGroup(*in.TargetGroupARN)
		if err != nil {
			return nil, err
		}
		if err := g.modifyCheck(in); err != nil {
			return nil, err
		}
		answers, err := r.targetGroupAnswers(g)
		if err != nil {
			return nil, err
		}
		return &model.ModifyTargetGroupOutput{TargetGroups: answers}, put(r, kindTargetGroup, g.ARN, g)
	})
}

// DeleteTargetGroup removes a target group that no listener forwards to; of one that is not there it removes nothing.
// Text: public deployment logs.
func (e *ELB) DeleteTargetGroup(ctx context.Context, call *wire.Call, in *model.DeleteTargetGroupInput) (*model.DeleteTargetGroupOutput, error) {
	arn := *in.TargetGroupARN
	if err := checkARN(arn, "targetgroup", "target group"); err != nil {
		return nil, err
	}
	return update(ctx, e, call, func(r records) (*model.DeleteTargetGroupOutput, error) {
		users, err := r.groupUsers()
		if err != nil {
			return nil, err
		}
		if len(users[arn]) > 0 {
			return nil, model.ResourceInUseException.Errorf("Target group '%s' is currently in use by a listener or a rule", arn)
		}
		return &model.DeleteTargetGroupOutput{}, r.delete(kindTargetGroup, arn)
	})
}

func (r records) targetGroupAnswers(groups ...*targetGroup) ([]model.TargetGroup, error) {
	users, err := r.groupUsers()
	if err != nil {
		return nil, err
	}
	out := make([]model.TargetGroup, 0, len(groups))
	for _, g := range groups {
		balancers := users[g.ARN]
		if balancers == nil {
			balancers = []string{}
		}
		a := model.TargetGroup{
			TargetGroupARN: &g.ARN, TargetGroupName: &g.Name, TargetType: &g.TargetType, Protocol: &g.Protocol,
			ProtocolVersion: optional(g.Version), Port: &g.Port, VPCID: &g.VPC, IPAddressType: optional(g.IPAddressType),
			LoadBalancerARNs: balancers,
		}
		g.Check.answer(&a)
		out = append(out, a)
	}
	return out, nil
}
