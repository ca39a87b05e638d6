package elbv2

import (
	"context"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"time"

	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	model "postern/internal/aws/wire/elbv2"
	"postern/internal/services/elbv2/forward"
)

// target is a target of a group.
type target struct {
	ID   string `json:"id"`
	Port int    `json:"port"`
	Zone string `json:"availabilityZone,omitempty"`
	// DrainUntil is when a target that was deregistered is gone, in milliseconds since the epoch; 0 while it is registered.
	DrainUntil int64 `json:"drainUntil,omitempty"`
}

var instanceID = regexp.MustCompile(`^i-[0-9a-f]{8,17}$`)

// hasTarget tells whether a target is registered.
func (g *targetGroup) hasTarget(id string) bool {
	return slices.ContainsFunc(g.Targets, func(t target) bool { return t.ID == id && t.DrainUntil == 0 })
}

// newTarget checks a target that is registered with the group. An address may be any, not only one of the VPC.
func (g *targetGroup) newTarget(r records, in *model.TargetDescription) (target, error) {
	t := target{ID: *in.ID, Port: g.Port, Zone: value(in.AvailabilityZone)}
	set(&t.Port, in.Port)
	switch g.TargetType {
	case byIP:
		if _, err := netip.ParseAddr(t.ID); err != nil {
			return t, awserr.ValidationError.Errorf("The IP address '%s' is not valid", t.ID)
		}
	case byInstance:
		if !instanceID.MatchString(t.ID) {
			return t, awserr.ValidationError.Errorf("Instance ID '%s' is not valid", t.ID)
		}
	case byALB:
		b, err := r.loadBalancer(t.ID)
		if err != nil {
			return t, err
		}
		listeners, err := r.listenersOf(b.ARN)
		if err != nil {
			return t, err
		}
		if b.Type != application || !slices.ContainsFunc(listeners, func(l *listener) bool { return l.Port == t.Port }) {
			return t, model.InvalidTargetException.Errorf("Target '%s' must be an application load balancer with a listener on port %d", t.ID, t.Port)
		}
	}
	return t, nil
}

// RegisterTargets registers targets; those that are registered stay as they are.
// Source: Elastic Load Balancing API reference, RegisterTargets.
func (e *ELB) RegisterTargets(ctx context.Context, call *wire.Call, in *model.RegisterTargetsInput) (*model.RegisterTargetsOutput, error) {
	return update(ctx, e, call, func(r records) (*model.RegisterTargetsOutput, error) {
		g, err := r.targetGroup(*in.TargetGroupARN)
		if err != nil {
			return nil, err
		}
		g.forget(e.now())
		for i := range in.Targets {
			t, err := g.newTarget(r, &in.Targets[i])
			if err != nil {
				return nil, err
			}
			at := slices.IndexFunc(g.Targets, func(o target) bool { return o.ID == t.ID && o.Port == t.Port })
			if at < 0 {
				g.Targets = append(g.Targets, t)
			} else {
				g.Targets[at].DrainUntil = 0
			}
		}
		if len(g.Targets) > maxTargets {
			return nil, model.TooManyTargetsException.Errorf("The maximum number of targets of a target group is %d", maxTargets)
		}
		return &model.RegisterTargetsOutput{}, put(r, kindTargetGroup, g.ARN, g)
	})
}

// DeregisterTargets takes targets out of a group. They drain for the deregistration delay: they get no new calls.
func (e *ELB) DeregisterTargets(ctx context.Context, call *wire.Call, in *model.DeregisterTargetsInput) (*model.DeregisterTargetsOutput, error) {
	return update(ctx, e, call, func(r records) (*model.DeregisterTargetsOutput, error) {
		g, err := r.targetGroup(*in.TargetGroupARN)
		if err != nil {
			return nil, err
		}
		users, err := r.groupUsers()
		if err != nil {
			return nil, err
		}
		now := e.now()
		until := now.Add(g.deregistrationDelay()).UnixMilli()
		if len(users[g.ARN]) == 0 {
			until = now.UnixMilli() // nobody calls its targets
		}
		g.forget(now)
		for i := range g.Targets {
			t := &g.Targets[i]
			if t.DrainUntil == 0 && slices.ContainsFunc(in.Targets, t.isMeant) {
				t.DrainUntil = until
			}
		}
		g.forget(now)
		return &model.DeregisterTargetsOutput{}, put(r, kindTargetGroup, g.ARN, g)
	})
}

// isMeant tells whether a description is the target's; one without a port means every port.
func (t *target) isMeant(d model.TargetDescription) bool {
	return *d.ID == t.ID && (d.Port == nil || *d.Port == t.Port)
}

// forget drops the targets that have drained.
func (g *targetGroup) forget(now time.Time) {
	g.Targets = slices.DeleteFunc(g.Targets, func(t target) bool { return t.DrainUntil != 0 && t.DrainUntil <= now.UnixMilli() })
}

func (g *targetGroup) deregistrationDelay() time.Duration {
	seconds, _ := strconv.Atoi(g.attribute(deregistrationDelay)) // checked when it was set
	return time.Duration(seconds) * time.Second
}

// DescribeTargetHealth answers how the targets are, as this node's checks found them.
func (e *ELB) DescribeTargetHealth(ctx context.Context, call *wire.Call, in *model.DescribeTargetHealthInput) (*model.DescribeTargetHealthOutput, error) {
	return view(ctx, e, call, func(r records) (*model.DescribeTargetHealthOutput, error) {
		g, err := r.targetGroup(*in.TargetGroupARN)
		if err != nil {
			return nil, err
		}
		g.forget(e.now())
		out := &model.DescribeTargetHealthOutput{TargetHealthDescriptions: []model.TargetHealthDescription{}}
		for _, t := range g.Targets {
			if len(in.Targets) == 0 || slices.ContainsFunc(in.Targets, t.isMeant) {
				out.TargetHealthDescriptions = append(out.TargetHealthDescriptions, g.healthAnswer(t, e.health(g, t)))
			}
		}
		for _, d := range in.Targets {
			if !slices.ContainsFunc(g.Targets, func(t target) bool { return t.isMeant(d) }) {
				t := target{ID: *d.ID, Port: g.Port}
				set(&t.Port, d.Port)
				out.TargetHealthDescriptions = append(out.TargetHealthDescriptions, g.healthAnswer(t, notRegistered))
			}
		}
		return out, nil
	})
}

// notRegistered is the health of what is no target.
var notRegistered = forward.Health{
	State: forward.Unused, Reason: "Target.NotRegistered", Description: "Target is not registered to the target group",
}

// registering is the health of a target that this node has not heard of yet.
var registering = forward.Health{
	State: forward.Initial, Reason: "Elb.RegistrationInProgress", Description: "Target registration is in progress",
}

// health is what this node's checks found.
func (e *ELB) health(g *targetGroup, t target) forward.Health {
	if health, ok := e.options.Forwarder.Health(g.ARN, t.ID, uint16(t.Port)); ok {
		return health
	}
	return registering
}

func (g *targetGroup) healthAnswer(t target, health forward.Health) model.TargetHealthDescription {
	port := g.Check.Port
	if port == trafficPort {
		port = strconv.Itoa(t.Port)
	}
	return model.TargetHealthDescription{
		Target:          &model.TargetDescription{ID: &t.ID, Port: &t.Port, AvailabilityZone: optional(t.Zone)},
		HealthCheckPort: &port,
		TargetHealth:    &model.TargetHealth{State: &health.State, Reason: optional(health.Reason), Description: optional(health.Description)},
	}
}
