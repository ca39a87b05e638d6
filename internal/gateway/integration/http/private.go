package http

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/integration"
	"postern/internal/gateway/integration/connection"
	"postern/internal/gateway/message"
	"postern/internal/http1"
)

// maxTargets is how many targets of a load balancer one call tries to connect to. Nothing has been sent to one that takes
// no connection, so that any request may go to the next.
const maxTargets = 3

// errNoWay is why a private integration could not be called: what it is wrapped with is its link's or its load balancer's.
var errNoWay = errors.New("no way through the VPC link")

// doPrivate sends the request to a target of the load balancer behind the VPC link.
func (b *Backend) doPrivate(c *call, x *message.Exchange, deadline time.Time) error {
	tried := ""
	for attempt := 1; ; attempt++ {
		target, err := b.private.Choose(c.endpoint)
		if err != nil {
			return fmt.Errorf("%w: %w", errNoWay, err)
		}
		if target.Answer != nil {
			balancerAnswers(x.Response, target.Answer, c)
			return nil
		}
		b.aim(c, &target)
		err = b.transport.Do(&c.req, deadline, x.Response)
		if attempt == maxTargets || !errors.Is(err, http1.ErrConnect) || target.Address == tried {
			return err
		}
		tried = target.Address
	}
}

// aim turns the request to a target. Host header and TLS server name stay those of the uri.
// Source: developer guide, "Private integrations for REST APIs in API Gateway".
func (b *Backend) aim(c *call, t *connection.Target) {
	a := b.addressOf(c.endpoint)
	a.Via = t.Address
	secure := a.Scheme == "https"
	switch {
	case t.Secure && t.Unchecked:
		a.Scheme, a.TLS = "https", b.tls.Unchecked
	case !t.Secure:
		a.Scheme, a.TLS = "http", nil
	}
	if secure != t.Secure && c.req.Host == "" {
		c.req.Host = c.endpoint.Authority()
	}
	c.req.Address = a
}

// privateFailure is what the client is answered when a call through a VPC link failed. What never reached a target is a
// fault of the API's configuration.
// Source: AWS knowledge center, "How do I troubleshoot 500 errors for API Gateway VPC link integrations".
func privateFailure(x *message.Exchange, err error) error {
	if errors.Is(err, errNoWay) || errors.Is(err, http1.ErrConnect) || errors.Is(err, http1.ErrFenced) {
		return gatewayresponse.Configuration("There was an internal error while executing your request")
	}
	return integration.UpstreamFailure(x, err)
}

// appendStage puts the stage's name in front of the path, as links of the second version have it unless
// $context.requestOverride.path was set. Source: as for aim.
func (b *Backend) appendStage(dst []byte, x *message.Exchange) []byte {
	if b.private == nil || !b.private.KeepsStage() {
		return dst
	}
	if x.RequestOverride != nil {
		if _, set := x.RequestOverride.GetString("path"); set {
			return dst
		}
	}
	return append(append(dst, '/'), x.Stage...)
}

// balancerAnswers answers what a load balancer answers itself: a fixed response or a redirect.
// Source: user guide for application load balancers, "Action types".
func balancerAnswers(resp *message.Response, a *connection.Answer, c *call) {
	resp.Reset()
	resp.Status = a.Status
	if a.ContentType != "" {
		resp.Header.Add("Content-Type", a.ContentType)
	}
	if a.Location != "" {
		resp.Header.Add("Location", redirected(a.Location, c.endpoint, c.req.Target))
	}
	resp.SetBody(append(resp.Memory(), a.Body...))
}

// redirected fills in what a redirect keeps of the request's address.
func redirected(location string, e integration.Endpoint, target string) string {
	path, query, _ := strings.Cut(target, "?")
	host := integration.Endpoint{Host: e.Host}.Authority()
	return strings.NewReplacer("#{protocol}", e.Scheme, "#{host}", host, "#{port}", e.PortText(),
		"#{path}", strings.TrimPrefix(path, "/"), "#{query}", query).Replace(location)
}
