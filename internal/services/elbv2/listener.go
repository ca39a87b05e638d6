package elbv2

import (
	"context"
	"slices"
	"strings"

	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	model "postern/internal/aws/wire/elbv2"
)

// listener is a listener as it is stored.
type listener struct {
	ARN          string            `json:"listenerArn"`
	LoadBalancer string            `json:"loadBalancerArn"`
	Port         int               `json:"port"`
	Protocol     string            `json:"protocol"`
	Certificate  string            `json:"certificateArn,omitempty"`
	SSLPolicy    string            `json:"sslPolicy,omitempty"`
	ALPN         []string          `json:"alpnPolicy,omitempty"`
	Actions      []action          `json:"defaultActions"` // exactly one
	Attributes   map[string]string `json:"attributes,omitempty"`
	Tags         []tag             `json:"tags,omitempty"`
}

// groups are the target groups that the listener forwards to.
func (l *listener) groups() []weighted {
	var groups []weighted
	for _, a := range l.Actions {
		groups = append(groups, a.Groups...)
	}
	return groups
}

// defaultSSLPolicy is that of a TLS listener made by the API. Source: API reference, CreateListener.
const defaultSSLPolicy = "ELBSecurityPolicy-2016-08"

// protocolsOf are the protocols of a type of load balancer, as AWS lists them.
func protocolsOf(balancer string) []string {
	if balancer == application {
		return []string{"HTTPS", "HTTP"}
	}
	return []string{"UDP", "TCP", "TCP_UDP", "TLS"}
}

// CreateListener makes a listener. Source: Elastic Load Balancing API reference, CreateListener.
func (e *ELB) CreateListener(ctx context.Context, call *wire.Call, in *model.CreateListenerInput) (*model.CreateListenerOutput, error) {
	if len(in.DefaultActions) == 0 {
		return nil, awserr.ValidationError.Errorf("A listener must have a default action")
	}
	l := &listener{LoadBalancer: *in.LoadBalancerARN, Port: value(in.Port), Protocol: value(in.Protocol), ALPN: in.AlpnPolicy}
	return update(ctx, e, call, func(r records) (*model.CreateListenerOutput, error) {
		b, err := r.loadBalancer(l.LoadBalancer)
		if err != nil {
			return nil, err
		}
		if l.Tags, err = newTags(nil, in.Tags); err != nil {
			return nil, err
		}
		if err := l.apply(r, b, in.SSLPolicy, in.Certificates, in.DefaultActions, in.MutualAuthentication); err != nil {
			return nil, err
		}
		others, err := r.listenersOf(b.ARN)
		if err != nil {
			return nil, err
		}
		if len(others) >= maxListeners {
			return nil, model.TooManyListenersException.Errorf("The maximum number of listeners has been reached for load balancer '%s'", b.ARN)
		}
		l.ARN = arnOf(r.scope, "listener/"+shortType(b.Type)+"/"+b.Name+"/"+b.ID+"/"+e.options.NewID(idLength))
		return &model.CreateListenerOutput{Listeners: []model.Listener{l.answer()}}, put(r, kindListener, l.ARN, l)
	})
}

// ModifyListener changes a listener.
func (e *ELB) ModifyListener(ctx context.Context, call *wire.Call, in *model.ModifyListenerInput) (*model.ModifyListenerOutput, error) {
	return update(ctx, e, call, func(r records) (*model.ModifyListenerOutput, error) {
		l, err := r.listener(*in.ListenerARN)
		if err != nil {
			return nil, err
		}
		b, err := r.loadBalancer(l.LoadBalancer)
		if err != nil {
			return nil, err
		}
		set(&l.Port, in.Port)
		set(&l.Protocol, in.Protocol)
		if in.AlpnPolicy != nil {
			l.ALPN = in.AlpnPolicy
		}
		if err := l.apply(r, b, in.SSLPolicy, in.Certificates, in.DefaultActions, in.MutualAuthentication); err != nil {
			return nil, err
		}
		return &model.ModifyListenerOutput{Listeners: []model.Listener{l.answer()}}, put(r, kindListener, l.ARN, l)
	})
}

// apply takes over what was sent, and checks the listener as it is then.
func (l *listener) apply(r records, b *loadBalancer, policy *string, certificates []model.Certificate, actions []model.Action, mutual *model.MutualAuthenticationAttributes) error {
	if mutual != nil && value(mutual.Mode) != "" && value(mutual.Mode) != "off" {
		return model.InvalidConfigurationRequestException.Errorf("Postern's listeners do not ask callers for certificates")
	}
	if err := l.checkPlace(r, b); err != nil {
		return err
	}
	if err := l.applyTLS(policy, certificates); err != nil {
		return err
	}
	if actions != nil {
		var err error
		if l.Actions, err = newActions(actions, b.Type); err != nil {
			return err
		}
	}
	return l.checkGroups(r)
}

// checkPlace checks protocol and port. Text about the protocol: public reports.
func (l *listener) checkPlace(r records, b *loadBalancer) error {
	legal := protocolsOf(b.Type)
	switch {
	case l.Protocol == "":
		return awserr.ValidationError.Errorf("A listener protocol must be specified")
	case !slices.Contains(legal, l.Protocol):
		return awserr.ValidationError.Errorf("Listener protocol '%s' must be one of '%s'", l.Protocol, strings.Join(legal, ", "))
	case l.Port == 0:
		return awserr.ValidationError.Errorf("A listener port must be specified")
	}
	others, err := r.listenersOf(b.ARN)
	for _, o := range others {
		if o.Port == l.Port && o.ARN != l.ARN {
			return model.DuplicateListenerException.Errorf("A listener already exists on this port for this load balancer '%s'", b.ARN)
		}
	}
	return err
}

// applyTLS takes over certificate and policy, which only listeners that end TLS have. The certificate is not shown to
// anybody: callers are inside the gateway.
func (l *listener) applyTLS(policy *string, certificates []model.Certificate) error {
	if l.Protocol != "TLS" && l.Protocol != "HTTPS" {
		if len(certificates) > 0 || policy != nil || len(l.ALPN) > 0 {
			return awserr.ValidationError.Errorf("Certificates, SSL policies and ALPN policies cannot be specified for %s listeners", l.Protocol)
		}
		l.Certificate, l.SSLPolicy = "", ""
		return nil
	}
	if len(certificates) > 1 {
		return model.TooManyCertificatesException.Errorf("Only one certificate can be specified as the default of a listener")
	}
	if len(certificates) == 1 {
		l.Certificate = value(certificates[0].CertificateARN)
	}
	if l.Certificate == "" {
		return awserr.ValidationError.Errorf("A certificate must be specified for %s listeners", l.Protocol)
	}
	if l.SSLPolicy == "" {
		l.SSLPolicy = defaultSSLPolicy
	}
	set(&l.SSLPolicy, policy)
	if !strings.HasPrefix(l.SSLPolicy, "ELBSecurityPolicy-") {
		return model.SSLPolicyNotFoundException.Errorf("SSL policy '%s' not found", l.SSLPolicy)
	}
	return nil
}

// DescribeListeners answers listeners by ARN, or those of a load balancer.
func (e *ELB) DescribeListeners(ctx context.Context, call *wire.Call, in *model.DescribeListenersInput) (*model.DescribeListenersOutput, error) {
	if len(in.ListenerARNs) == 0 && in.LoadBalancerARN == nil {
		return nil, awserr.ValidationError.Errorf("You must specify either listener ARNs or a load balancer ARN")
	}
	return view(ctx, e, call, func(r records) (*model.DescribeListenersOutput, error) {
		found, err := r.listenersOrOf(in.ListenerARNs, value(in.LoadBalancerARN))
		if err != nil {
			return nil, err
		}
		cut, next, err := page(found, in.Marker, in.PageSize, func(l *listener) string { return l.ARN })
		if err != nil {
			return nil, err
		}
		out := &model.DescribeListenersOutput{Listeners: []model.Listener{}, NextMarker: next}
		for _, l := range cut {
			out.Listeners = append(out.Listeners, l.answer())
		}
		return out, nil
	})
}

func (r records) listenersOrOf(arns []string, balancer string) ([]*listener, error) {
	if len(arns) == 0 {
		if _, err := r.loadBalancer(balancer); err != nil {
			return nil, err
		}
		return r.listenersOf(balancer)
	}
	var found []*listener
	for _, arn := range arns {
		l, err := r.listener(arn)
		if err != nil {
			return nil, err
		}
		found = append(found, l)
	}
	return found, nil
}

func (r records) listener(arn string) (*listener, error) {
	if err := checkARN(arn, "listener", "listener"); err != nil {
		return nil, err
	}
	return get[listener](r, kindListener, arn, errNoListener)
}

// listenersOf are the listeners of a load balancer.
func (r records) listenersOf(balancer string) ([]*listener, error) {
	all, err := list[listener](r, kindListener)
	return slices.DeleteFunc(all, func(l *listener) bool { return l.LoadBalancer != balancer }), err
}

// DeleteListener removes a listener.
func (e *ELB) DeleteListener(ctx context.Context, call *wire.Call, in *model.DeleteListenerInput) (*model.DeleteListenerOutput, error) {
	return update(ctx, e, call, func(r records) (*model.DeleteListenerOutput, error) {
		l, err := r.listener(*in.ListenerARN)
		if err != nil {
			return nil, err
		}
		return &model.DeleteListenerOutput{}, r.delete(kindListener, l.ARN)
	})
}

func (l *listener) answer() model.Listener {
	out := model.Listener{
		ListenerARN: &l.ARN, LoadBalancerARN: &l.LoadBalancer, Port: &l.Port, Protocol: &l.Protocol,
		SSLPolicy: optional(l.SSLPolicy), AlpnPolicy: l.ALPN, DefaultActions: []model.Action{},
	}
	if l.Certificate != "" {
		out.Certificates = []model.Certificate{{CertificateARN: &l.Certificate}}
	}
	if l.Protocol == "HTTPS" {
		out.MutualAuthentication = &model.MutualAuthenticationAttributes{Mode: new("off")}
	}
	for i := range l.Actions {
		out.DefaultActions = append(out.DefaultActions, l.Actions[i].answer())
	}
	return out
}
