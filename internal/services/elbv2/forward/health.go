package forward

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
)

// The states of a target, and the reasons for them. Source: Elastic Load Balancing API reference, TargetHealth.
const (
	Initial   = "initial"
	Healthy   = "healthy"
	Unhealthy = "unhealthy"
	Unused    = "unused"
	Draining  = "draining"
)

// Health is how a target is.
type Health struct {
	State string
	// Reason is AWS's code, "Target.Timeout", and Description its words; both are empty for a healthy target.
	Reason, Description string
}

// What targets are before anything is known of them. Source: as above.
var (
	beginning = Health{Initial, "Elb.InitialHealthChecking", "Initial health checks in progress"}
	notInUse  = Health{Unused, "Target.NotInUse", "Target group is not configured to receive traffic from the load balancer"}
	leaving   = Health{Draining, "Target.DeregistrationInProgress", "Target deregistration is in progress"}
)

type memberKey struct {
	group, id string
	port      uint16
}

// settings are what a member is made from.
type settings struct {
	target Target
	check  Check
	used   bool
}

// member is a target of a group, with what its checks found.
type member struct {
	settings settings
	address  string
	health   atomic.Pointer[Health]
	cancel   context.CancelFunc // nil when it is not checked
}

func newMember(s settings) *member {
	m := &member{settings: s, address: addressOf(s.target.Host, s.target.Port)}
	health := beginning
	switch {
	case s.target.Draining:
		health = leaving
	case !s.used:
		health = notInUse
	case s.target.Problem != "":
		health = Health{Unhealthy, "Target.InvalidState", s.target.Problem}
	}
	m.health.Store(&health)
	return m
}

// checked tells whether the member's health is found out by checks.
func (m *member) checked() bool {
	return m.settings.used && !m.settings.target.Draining && m.settings.target.Problem == ""
}

// callable tells whether calls may go to the member, healthy or not.
func (m *member) callable() bool {
	return !m.settings.target.Draining && m.settings.target.Problem == ""
}

func (m *member) healthy() bool { return m.health.Load().State == Healthy }

// orNil is m if it can be called.
func (m *member) orNil() *member {
	if m.callable() {
		return m
	}
	return nil
}

func (m *member) end() {
	if m.cancel != nil {
		m.cancel()
	}
}

// follow checks the member, at once and then at each interval, until ctx ends.
func (m *member) follow(ctx context.Context, probe Probe) {
	var t tally
	ticker := time.NewTicker(m.settings.check.Interval)
	defer ticker.Stop()
	for {
		checking, cancel := context.WithTimeout(ctx, m.settings.check.Timeout)
		err := probe(checking, &m.settings.target, &m.settings.check)
		cancel()
		if ctx.Err() != nil {
			return
		}
		if next, changed := t.note(*m.health.Load(), err, &m.settings.check); changed {
			m.health.Store(&next)
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

// tally counts the checks in a row that went one way.
type tally struct{ passed, failed int }

// note tells what a target is after one more check. One that was never known healthy or unhealthy needs to pass only once.
func (t *tally) note(now Health, err error, c *Check) (next Health, changed bool) {
	if err == nil {
		t.passed, t.failed = t.passed+1, 0
		if now.State == Initial || now.State == Unhealthy && t.passed >= c.Healthy {
			return Health{State: Healthy}, true
		}
		return now, false
	}
	t.passed, t.failed = 0, t.failed+1
	why := reasonOf(err)
	if t.failed >= c.Unhealthy || now.State == Unhealthy {
		return why, why != now
	}
	return now, false
}

// reasonOf words why a check failed. Source: as for Health.
func reasonOf(err error) Health {
	if bad, ok := errors.AsType[*CodeError](err); ok {
		return Health{Unhealthy, "Target.ResponseCodeMismatch", bad.Error()}
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return Health{Unhealthy, "Target.Timeout", "Request timed out"}
	}
	return Health{Unhealthy, "Target.FailedHealthChecks", "Health checks failed"}
}
