package client

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"postern/internal/eventloop"
	"postern/internal/gateway/integration"
	"postern/internal/gateway/integration/awsservice"
	"postern/internal/gateway/message"
	"postern/internal/http1"
)

// Transport sends requests.
type Transport interface {
	Do(req *http1.UpstreamRequest, deadline time.Time, resp *message.Response) error
}

// Services answers, in this process, calls of the AWS services that it has.
type Services interface {
	// Has reports whether it answers a service, by its signing name.
	Has(service string) bool
	// Serve answers a call that is signed, or not.
	Serve(ctx context.Context, req *message.Request, resp *message.Response)
}

// Options are the parts that a Client is made of.
type Options struct {
	// Transport is required.
	Transport Transport
	Endpoints Endpoints
	// Local answers services in this process, unless Endpoints name them. Nil: none.
	Local Services
	// Own are the credentials of this process, for AWS and for STS. Nil: none.
	Own Own
	// Roles are those that this process knows itself. Nil: none.
	Roles Roles
	// Callers gives the keys of callers, for integrations that call in their name. Nil: none.
	Callers Callers
	// Now is the clock. Default: time.Now.
	Now func() time.Time
}

// Client calls AWS services. Its methods may be called from any goroutine.
type Client struct {
	options Options
	signer  *v4.Signer
	roles   roleCache
}

// New makes a client.
func New(o Options) *Client {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Client{options: o, signer: v4.NewSigner(), roles: roleCache{now: o.Now, sessions: map[string]*session{}}}
}

// Do implements awsservice.Services.
func (c *Client) Do(ctx context.Context, call *awsservice.Call, resp *message.Response) error {
	endpoint, named := c.options.Endpoints.Of(call.Service)
	ctx, cancel := context.WithDeadline(ctx, call.Deadline)
	defer cancel()
	p, err := c.prepare(ctx, call, endpoint, named)
	if err != nil {
		return err
	}
	return c.send(ctx, call, p, resp)
}

// prepared is a call that is ready to be sent.
type prepared struct {
	req http1.UpstreamRequest
	// local tells that it is answered in this process.
	local bool
}

// prepare signs a call for the endpoint of its service.
func (c *Client) prepare(ctx context.Context, call *awsservice.Call, endpoint *Endpoint, named bool) (*prepared, error) {
	name := signingName(call.Subdomain, call.Service)
	host, region := hostOf(call.Partition, call.Region, call.Subdomain, call.Service)
	p := &prepared{
		req:   http1.UpstreamRequest{Method: call.Method, Host: host, Header: cloned(call.Header), Body: call.Body, Stream: call.Stream, StreamIdle: call.StreamIdle},
		local: !named && c.options.Local != nil && c.options.Local.Has(name),
	}
	path := call.Path
	if endpoint != nil {
		p.req.Address = endpoint.Address
		path = endpoint.path(call.Path)
		if call.Subdomain == "" {
			p.req.Host = hostHeader(endpoint.Address)
		}
	} else {
		p.req.Address = http1.Address{Scheme: "https", Host: host}
	}
	if mapped, ok := p.req.Header.GetFold("Host"); ok {
		p.req.Host = mapped
		p.req.Header.DelFold("Host")
	}
	p.req.Target = targetOf(path, call.RawQuery)
	credentials, err := c.credentials(ctx, &call.Principal, region, p.local, endpoint != nil)
	if err != nil || !credentials.HasKeys() {
		return p, err
	}
	s := signing{service: name, region: region, credentials: credentials, now: c.options.Now()}
	if err := s.sign(ctx, c.signer, &p.req, path, call.RawQuery); err != nil {
		return nil, fmt.Errorf("sign the call of %s: %w", name, err)
	}
	return p, nil
}

// path is the path on an endpoint.
func (e *Endpoint) path(path string) string {
	if strings.HasSuffix(e.Path, "/invocations") {
		return e.Path
	}
	return e.Path + path
}

// hostHeader is the Host of requests to an address.
func hostHeader(a http1.Address) string {
	own := uint16(80)
	if a.Scheme == "https" {
		own = 443
	}
	if a.Port == 0 || a.Port == own {
		if strings.IndexByte(a.Host, ':') >= 0 {
			return "[" + a.Host + "]"
		}
		return a.Host
	}
	return net.JoinHostPort(a.Host, strconv.Itoa(int(a.Port)))
}

// send sends what was prepared.
func (c *Client) send(ctx context.Context, call *awsservice.Call, p *prepared, resp *message.Response) error {
	if call.Signed != nil {
		call.Signed(p.req.Address.Scheme+"://"+p.req.Host+p.req.Target, p.req.Header)
	}
	p.req.Task = eventloop.Of(ctx)
	if p.local {
		p.req.Task.Block()
		c.serve(ctx, &p.req, resp)
		return nil
	}
	return c.options.Transport.Do(&p.req, call.Deadline, resp)
}

// serve has a call answered in this process.
func (c *Client) serve(ctx context.Context, req *http1.UpstreamRequest, resp *message.Response) {
	path, query, _ := strings.Cut(req.Target, "?")
	resp.Reset()
	c.options.Local.Serve(ctx, &message.Request{
		Method: req.Method, Target: req.Target, Path: path, RawQuery: query, Proto: "HTTP/1.1",
		Host: req.Host, Header: req.Header, Body: req.Body,
	}, resp)
}

// credentials are what a call is signed with; none for one that is sent without a signature.
func (c *Client) credentials(ctx context.Context, p *integration.Principal, region string, local, elsewhere bool) (aws.Credentials, error) {
	switch {
	case p.Caller != nil:
		eventloop.Of(ctx).Block()
		return c.callers(p.Caller)
	case p.Role != "":
		return c.assume(ctx, p.Role, region)
	case local:
		return aws.Credentials{}, nil
	}
	return c.own(ctx, elsewhere), nil
}
