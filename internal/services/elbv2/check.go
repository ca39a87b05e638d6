package elbv2

import (
	"regexp"
	"strconv"
	"strings"

	"postern/internal/aws/awserr"
	model "postern/internal/aws/wire/elbv2"
)

// check is a target group's health check.
type check struct {
	Protocol  string `json:"protocol"` // TCP, HTTP or HTTPS
	Port      string `json:"port"`     // digits, or trafficPort
	Path      string `json:"path,omitempty"`
	Codes     string `json:"httpCode,omitempty"`
	Interval  int    `json:"intervalSeconds"`
	Timeout   int    `json:"timeoutSeconds"`
	Healthy   int    `json:"healthyThresholdCount"`
	Unhealthy int    `json:"unhealthyThresholdCount"`
}

const trafficPort = "traffic-port"

// newCheck is the health check of a new target group. Defaults: Elastic Load Balancing API reference, CreateTargetGroup.
func newCheck(g *targetGroup, in *model.CreateTargetGroupInput) (check, error) {
	if in.HealthCheckEnabled != nil && !*in.HealthCheckEnabled {
		return check{}, awserr.ValidationError.Errorf("Health check enabled must be true for target groups with target type '%s'", g.TargetType)
	}
	c := check{Protocol: "TCP", Port: trafficPort, Interval: 30, Healthy: 5, Unhealthy: 2}
	if isHTTP(g.Protocol) || g.TargetType == byALB {
		c.Protocol = "HTTP"
	}
	set(&c.Protocol, in.HealthCheckProtocol)
	c.setDefaults(isHTTP(g.Protocol))
	c.set(in.HealthCheckPort, in.HealthCheckPath, in.HealthCheckIntervalSeconds, in.HealthCheckTimeoutSeconds,
		in.HealthyThresholdCount, in.UnhealthyThresholdCount, in.Matcher)
	return c, c.valid(g)
}

// setDefaults fills in what depends on the protocol of the check and on the type of load balancer that the group is for.
func (c *check) setDefaults(forApplication bool) {
	switch {
	case forApplication:
		c.Timeout = 5
	case c.Protocol == "HTTP":
		c.Timeout = 6
	default:
		c.Timeout = 10
	}
	if c.Protocol == "TCP" {
		return
	}
	c.Path, c.Codes = "/", "200"
	if !forApplication {
		c.Codes = "200-399"
	}
}

// set takes over what was sent.
func (c *check) set(port, path *string, interval, timeout, healthy, unhealthy *int, matcher *model.Matcher) {
	set(&c.Port, port)
	set(&c.Path, path)
	set(&c.Interval, interval)
	set(&c.Timeout, timeout)
	set(&c.Healthy, healthy)
	set(&c.Unhealthy, unhealthy)
	if matcher != nil {
		set(&c.Codes, matcher.HTTPCode)
	}
}

// modifyCheck changes the health check of a target group. With another protocol, path and codes begin anew.
func (g *targetGroup) modifyCheck(in *model.ModifyTargetGroupInput) error {
	if in.HealthCheckEnabled != nil && !*in.HealthCheckEnabled {
		return awserr.ValidationError.Errorf("Health check enabled must be true for target groups with target type '%s'", g.TargetType)
	}
	c := &g.Check
	if p := value(in.HealthCheckProtocol); p != "" && p != c.Protocol {
		timeout := c.Timeout
		c.Protocol, c.Path, c.Codes = p, "", ""
		c.setDefaults(isHTTP(g.Protocol))
		c.Timeout = timeout
	}
	c.set(in.HealthCheckPort, in.HealthCheckPath, in.HealthCheckIntervalSeconds, in.HealthCheckTimeoutSeconds,
		in.HealthyThresholdCount, in.UnhealthyThresholdCount, in.Matcher)
	return c.valid(g)
}

var codes = regexp.MustCompile(`^[1-5]\d\d(-[1-5]\d\d)?(,[1-5]\d\d(-[1-5]\d\d)?)*$`)

// valid checks a health check. The texts are inferred but for the interval's (public reports).
func (c *check) valid(g *targetGroup) error {
	port, err := strconv.ParseUint(c.Port, 10, 16)
	switch {
	case c.Protocol != "TCP" && !isHTTP(c.Protocol):
		return awserr.ValidationError.Errorf("Health check protocol '%s' must be one of 'HTTP, HTTPS, TCP'", c.Protocol)
	case c.Protocol == "TCP" && isHTTP(g.Protocol):
		return awserr.ValidationError.Errorf("Health check protocol 'TCP' is not supported for target groups with the protocol '%s'", g.Protocol)
	case c.Port != trafficPort && (err != nil || port == 0):
		return awserr.ValidationError.Errorf("Health check port '%s' must be '%s' or a number between 1 and 65535", c.Port, trafficPort)
	case c.Protocol == "TCP" && c.Path != "":
		return awserr.ValidationError.Errorf("Health check path cannot be specified with the health check protocol 'TCP'")
	case c.Protocol == "TCP" && c.Codes != "":
		return awserr.ValidationError.Errorf("Health check matcher cannot be specified with the health check protocol 'TCP'")
	case c.Protocol != "TCP" && (!strings.HasPrefix(c.Path, "/") || strings.ContainsAny(c.Path, " \r\n#")):
		return awserr.ValidationError.Errorf("Health check path '%s' is not valid", c.Path)
	case c.Protocol != "TCP" && !codes.MatchString(c.Codes):
		return awserr.ValidationError.Errorf("Health check matcher HTTP code '%s' is not valid", c.Codes)
	case c.Timeout > c.Interval && !isHTTP(g.Protocol):
		return awserr.ValidationError.Errorf("Health check timeout '%d' must be smaller than or equal to the interval '%d'", c.Timeout, c.Interval)
	case c.Timeout >= c.Interval && isHTTP(g.Protocol):
		return awserr.ValidationError.Errorf("Health check timeout '%d' must be smaller than the interval '%d'", c.Timeout, c.Interval)
	}
	return nil
}

func (c *check) answer(a *model.TargetGroup) {
	a.HealthCheckEnabled, a.HealthCheckProtocol, a.HealthCheckPort = new(true), &c.Protocol, &c.Port
	a.HealthCheckIntervalSeconds, a.HealthCheckTimeoutSeconds = &c.Interval, &c.Timeout
	a.HealthyThresholdCount, a.UnhealthyThresholdCount = &c.Healthy, &c.Unhealthy
	if c.Protocol != "TCP" {
		a.HealthCheckPath, a.Matcher = &c.Path, &model.Matcher{HTTPCode: &c.Codes}
	}
}
