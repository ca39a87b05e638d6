package elbv2

import (
	"slices"
	"strconv"

	"postern/internal/aws/awserr"
	model "postern/internal/aws/wire/elbv2"
)

// action is what a listener does: forward, answer a fixed response, or redirect.
type action struct {
	Type   string     `json:"type"`
	Order  int        `json:"order,omitempty"`
	Groups []weighted `json:"targetGroups,omitempty"`
	Fixed  *fixed     `json:"fixedResponse,omitempty"`
	Moved  *moved     `json:"redirect,omitempty"`
}

// weighted is a target group and its share.
type weighted struct {
	ARN    string `json:"targetGroupArn"`
	Weight int    `json:"weight"`
}

type fixed struct {
	Status      string `json:"statusCode"`
	ContentType string `json:"contentType,omitempty"`
	Body        string `json:"messageBody,omitempty"`
}

type moved struct {
	Status   string `json:"statusCode"` // HTTP_301 or HTTP_302
	Protocol string `json:"protocol"`
	Host     string `json:"host"`
	Port     string `json:"port"`
	Path     string `json:"path"`
	Query    string `json:"query"`
}

// newActions checks a listener's default actions. Actions that authenticate are refused, as the last of them would.
func newActions(sent []model.Action, balancer string) ([]action, error) {
	if len(sent) != 1 {
		for i := range sent {
			if _, err := newAction(&sent[i], balancer); err != nil {
				return nil, err
			}
		}
		return nil, model.TooManyActionsException.Errorf("A listener can only have one default action")
	}
	a, err := newAction(&sent[0], balancer)
	return []action{a}, err
}

func newAction(in *model.Action, balancer string) (action, error) {
	a := action{Type: *in.Type, Order: value(in.Order)}
	switch {
	case a.Type == model.ActionTypeEnumForward:
		return a, a.forward(in)
	case balancer == network:
		return a, model.InvalidLoadBalancerActionException.Errorf("Network load balancers only support the action type 'forward'")
	case a.Type == model.ActionTypeEnumFixedResponse && in.FixedResponseConfig != nil:
		c := in.FixedResponseConfig
		a.Fixed = &fixed{Status: *c.StatusCode, ContentType: value(c.ContentType), Body: value(c.MessageBody)}
		return a, nil
	case a.Type == model.ActionTypeEnumRedirect && in.RedirectConfig != nil:
		return a, a.redirect(in.RedirectConfig)
	case a.Type == model.ActionTypeEnumFixedResponse, a.Type == model.ActionTypeEnumRedirect:
		return a, awserr.ValidationError.Errorf("The configuration of the %s action must be specified", a.Type)
	}
	return a, model.InvalidLoadBalancerActionException.Errorf("Postern's load balancers do not run actions of type '%s'", a.Type)
}

// forward takes over the target groups, of either form.
func (a *action) forward(in *model.Action) error {
	if c := in.ForwardConfig; c != nil {
		if s := c.TargetGroupStickinessConfig; s != nil && value(s.Enabled) {
			return model.InvalidConfigurationRequestException.Errorf("Postern's load balancers have no stickiness")
		}
		for _, g := range c.TargetGroups {
			w := weighted{ARN: value(g.TargetGroupARN), Weight: 1}
			set(&w.Weight, g.Weight)
			if w.Weight < 0 || w.Weight > 999 {
				return awserr.ValidationError.Errorf("The weight of a target group must be between 0 and 999")
			}
			a.Groups = append(a.Groups, w)
		}
	}
	arn := value(in.TargetGroupARN)
	switch {
	case arn == "" && len(a.Groups) == 0:
		return awserr.ValidationError.Errorf("A target group ARN must be specified")
	case arn == "":
	case len(a.Groups) == 0:
		a.Groups = []weighted{{arn, 1}}
	case len(a.Groups) > 1 || a.Groups[0].ARN != arn:
		return awserr.ValidationError.Errorf("The target group ARN must be the same in the action and in its forward configuration")
	}
	if len(a.Groups) > 5 {
		return awserr.ValidationError.Errorf("A forward action can have 5 target groups at most")
	}
	return nil
}

func (a *action) redirect(c *model.RedirectActionConfig) error {
	m := &moved{Status: *c.StatusCode, Protocol: "#{protocol}", Host: "#{host}", Port: "#{port}", Path: "/#{path}", Query: "#{query}"}
	set(&m.Protocol, c.Protocol)
	set(&m.Host, c.Host)
	set(&m.Port, c.Port)
	set(&m.Path, c.Path)
	set(&m.Query, c.Query)
	if m.Protocol == "#{protocol}" && m.Host == "#{host}" && m.Port == "#{port}" && m.Path == "/#{path}" {
		return model.InvalidLoadBalancerActionException.Errorf("The redirect configuration is not valid because it creates a loop")
	}
	a.Moved = m
	return nil
}

// location is the Location header, in which the parts that are kept of the request are filled in for each call.
func (m *moved) location() string {
	location := m.Protocol + "://" + m.Host + ":" + m.Port + m.Path
	if m.Query != "" {
		location += "?" + m.Query
	}
	return location
}

func (m *moved) status() int {
	if m.Status == model.RedirectActionStatusCodeEnumHTTP301 {
		return 301
	}
	return 302
}

func (f *fixed) status() int {
	n, _ := strconv.Atoi(f.Status) // the model's pattern allows digits only
	return n
}

// checkGroups checks that the target groups are there, fit the listener, and belong to no other load balancer.
func (l *listener) checkGroups(r records) error {
	users, err := r.groupUsers()
	if err != nil {
		return err
	}
	for _, w := range l.groups() {
		g, err := r.targetGroup(w.ARN)
		if err != nil {
			return err
		}
		if !slices.Contains(forwardsTo(l.Protocol), g.Protocol) {
			return model.IncompatibleProtocolsException.Errorf("Target group protocol '%s' is incompatible with listener protocol '%s'", g.Protocol, l.Protocol)
		}
		if slices.ContainsFunc(users[g.ARN], func(b string) bool { return b != l.LoadBalancer }) {
			return model.TargetGroupAssociationLimitException.Errorf("The following target groups cannot be associated with more than one load balancer: %s", g.ARN)
		}
	}
	return nil
}

// forwardsTo are the protocols of the target groups that a listener may forward to. Source: user guides, "Listeners".
func forwardsTo(protocol string) []string {
	switch protocol {
	case "HTTP", "HTTPS":
		return []string{"HTTP", "HTTPS"}
	case "TLS":
		return []string{"TCP", "TLS"}
	case "TCP":
		return []string{"TCP", "TCP_UDP"}
	case "UDP":
		return []string{"UDP", "TCP_UDP"}
	}
	return []string{"TCP_UDP"}
}

func (a *action) answer() model.Action {
	out := model.Action{Type: &a.Type, Order: optional(a.Order)}
	if len(a.Groups) > 0 {
		config := &model.ForwardActionConfig{}
		for i := range a.Groups {
			config.TargetGroups = append(config.TargetGroups, model.TargetGroupTuple{TargetGroupARN: &a.Groups[i].ARN, Weight: &a.Groups[i].Weight})
		}
		out.ForwardConfig = config
		if len(a.Groups) == 1 {
			out.TargetGroupARN = &a.Groups[0].ARN
		}
	}
	if f := a.Fixed; f != nil {
		out.FixedResponseConfig = &model.FixedResponseActionConfig{
			StatusCode: &f.Status, ContentType: optional(f.ContentType), MessageBody: optional(f.Body),
		}
	}
	if m := a.Moved; m != nil {
		out.RedirectConfig = &model.RedirectActionConfig{
			StatusCode: &m.Status, Protocol: &m.Protocol, Host: &m.Host, Port: &m.Port, Path: &m.Path, Query: &m.Query,
		}
	}
	return out
}
