// Package gateway is the data plane: it runs the APIs that are deployed.
//
// What comes in: requests as a listener read them, and from the control plane what is deployed to stages. What goes out:
// answers, and calls of the backends that integrations name. It never reads or writes definitions, and never answers but
// through the response it is given.
//
// A request's way is written in pipeline.go; the packages below are its steps.
package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"

	"postern/internal/apidef"
	"postern/internal/gateway/compression"
	"postern/internal/gateway/domain"
	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/message"
	"postern/internal/gateway/observe"
	"postern/internal/gateway/program"
	"postern/internal/gateway/route"
)

// Options are the parts that a Gateway is made of.
type Options struct {
	// Source is where stages come from. Required.
	Source program.Source
	// Domains is where custom domain names come from. Nil: there are none.
	Domains  domain.Source
	Access   Access
	Traffic  Traffic
	Backends Backends
	// Outlets take access logs, execution logs, metrics and traces.
	Outlets observe.Outlets
	// Log gets faults of the gateway itself, never of an API. Required.
	Log *slog.Logger
	// MaxPrograms bounds the compiled stages kept. Default 1000.
	MaxPrograms int
}

// Gateway is the front door of the data plane. Its methods may be called from any goroutine.
type Gateway struct {
	pipeline *pipeline
	table    *program.Table
	// domains is nil when there are none.
	domains   *domain.Directory
	log       *slog.Logger
	exchanges sync.Pool
}

// New makes a gateway. It serves at once; Run keeps it up to date.
func New(o Options) *Gateway {
	p := &pipeline{access: newAccess(o.Access, o.Log), traffic: o.Traffic.withDefaults(), backends: o.Backends, http: o.Backends.http()}
	compile := func(key apidef.StageKey, d *apidef.Deployed) (*program.Program, error) {
		return compileObserved(key, d, p, &o)
	}
	g := &Gateway{
		pipeline:  p,
		table:     program.NewTable(program.Options{Source: o.Source, Compile: compile, MaxPrograms: o.MaxPrograms, Log: o.Log}),
		log:       o.Log,
		exchanges: sync.Pool{New: func() any { return new(message.Exchange) }},
	}
	if o.Domains != nil {
		g.domains = domain.NewDirectory(o.Domains, o.Log)
	}
	return g
}

// Run follows what is deployed until ctx ends. It must be called once.
func (g *Gateway) Run(ctx context.Context) {
	var following sync.WaitGroup
	if g.domains != nil {
		following.Go(func() { g.domains.Run(ctx) })
	}
	g.table.Run(ctx)
	following.Wait()
}

// Follow waits until everything deployed up to a revision of the store is what Serve runs, or ctx ends.
func (g *Gateway) Follow(ctx context.Context, revision int64) error {
	if g.domains != nil {
		if err := g.domains.Follow(ctx, revision); err != nil {
			return err
		}
	}
	return g.table.Follow(ctx, revision)
}

// Domain returns the custom domain name that serves a host; nil when none does.
func (g *Gateway) Domain(host string) *domain.Domain {
	if g.domains == nil {
		return nil
	}
	return g.domains.Lookup(host)
}

// Matches tells whether a request is addressed to an API, and not to AWS's own services.
func (g *Gateway) Matches(req *message.Request) bool {
	if g.Domain(req.Host) != nil {
		return true
	}
	_, ok := route.Resolve(req)
	return ok
}

// Serve answers one request that is addressed to an API; of another it says false, and leaves it alone. resp must be empty.
func (g *Gateway) Serve(req *message.Request, resp *message.Response) bool {
	return g.ServeTraced(req, resp, nil)
}

// ServeTraced is Serve, and writes the execution log into trace unless that is nil.
func (g *Gateway) ServeTraced(req *message.Request, resp *message.Response, trace *message.Trace) bool {
	to, ok := g.resolve(req)
	if !ok {
		return false
	}
	x := g.exchanges.Get().(*message.Exchange) // the pool holds nothing else
	x.Request, x.Response, x.Trace = req, resp, trace
	identify(x)
	var watch observe.Watch
	g.serve(x, &to, &watch)
	resp.Header.Add("x-amzn-RequestId", x.RequestID)
	resp.Header.Add("x-amz-apigw-id", x.ExtendedRequestID)
	g.observed(x, &watch)
	x.Reset()
	g.exchanges.Put(x)
	return true
}

// serve runs the exchange. A panic ends it like any other fault of the gateway.
func (g *Gateway) serve(x *message.Exchange, to *addressee, watch *observe.Watch) {
	var responses *gatewayresponse.Responses
	defer func() {
		if r := recover(); r != nil {
			g.log.LogAttrs(context.Background(), slog.LevelError, "panic", slog.String("requestId", x.RequestID),
				slog.Any("value", r), slog.String("stack", string(debug.Stack())))
			g.fail(x, responses, fmt.Errorf("panic: %v", r))
		}
	}()
	ctx := x.Request.Task.Context()
	m, responses, err := g.route(ctx, x, to, watch)
	if err == nil {
		err = run(ctx, m.Steps, x)
	}
	if err == nil && x.Response.Status < 200 {
		// An interim status ends no exchange. RFC 9110, 15.2.
		err = gatewayresponse.Configuration("Invalid response status: " + strconv.Itoa(x.Response.Status))
	}
	if err != nil {
		g.fail(x, responses, err)
	}
}

func run(ctx context.Context, steps []Step, x *message.Exchange) error {
	for _, step := range steps {
		if err := step(ctx, x); err != nil {
			return err
		}
	}
	return nil
}

// fail answers an early end.
func (g *Gateway) fail(x *message.Exchange, responses *gatewayresponse.Responses, err error) {
	e, ok := errors.AsType[*gatewayresponse.Error](err)
	if !ok {
		g.log.LogAttrs(context.Background(), slog.LevelError, "exchange failed", slog.String("apiId", x.APIID),
			slog.String("stage", x.Stage), slog.String("requestId", x.RequestID), slog.String("error", err.Error()))
		e = gatewayresponse.Internal
	}
	responses.Answer(x, e)
	if x.Called {
		x.Response.Header.SetFold("X-Amzn-Trace-Id", x.TraceID)
	}
	if x.Called && x.Observed.IntegrationError == "" {
		x.Observed.IntegrationError = e.Log()
	}
	observe.Failed(x, e.Log())
}

// route finds the method that serves the exchange, and fills in what is known of its address.
func (g *Gateway) route(
	ctx context.Context, x *message.Exchange, to *addressee, watch *observe.Watch,
) (*program.Method, *gatewayresponse.Responses, error) {
	req := x.Request
	if err := checkLimits(req); err != nil {
		return nil, nil, err
	}
	if err := compression.DecodeRequest(req, MaxBody); err != nil {
		return nil, nil, err
	}
	if to.Stage == "" {
		return nil, nil, gatewayresponse.Forbidden
	}
	x.APIID, x.Stage, x.Path, x.ContextPath = to.APIID, to.Stage, to.Path, to.ContextPath
	x.DomainName, x.DomainPrefix = route.DomainName(req.Host)
	x.Query = route.AppendQuery(x.Query, req.RawQuery)
	p, err := g.table.Program(ctx, to.APIID, to.Stage)
	if errors.Is(err, apidef.ErrNoStage) {
		return nil, nil, gatewayresponse.Forbidden
	}
	if err != nil {
		return nil, nil, err
	}
	d := p.Deployment()
	x.AccountID, x.Region = p.AccountID, p.Region
	x.DeploymentID, x.StageVariables, x.Canary = d.ID, d.Variables, d.Canary
	watch.Stage(d.Watch)
	if to.domain != nil {
		x.Observed.BasePathMatched, x.Identity.ClientCert = to.basePath, clientCert(to.domain, req)
	} else if d.EndpointDisabled {
		return nil, d.Responses, gatewayresponse.Forbidden
	}
	if verb := route.Method(req); verb != req.Method {
		req.SentMethod, req.Method = req.Method, verb
	}
	m, ok := d.Find(req.Method, to.Path, &x.PathParameters)
	if ok {
		x.ResourceID, x.ResourcePath, x.MethodHTTP = m.ResourceID, m.ResourcePath, m.HTTPMethod
		watch.Begin(x, m.Watch)
	}
	switch {
	case to.refused != nil: // only now, so that the method's stage can log it
		return nil, nil, to.refused
	case !ok:
		return nil, d.Responses, unknownRoute(req)
	}
	return m, d.Responses, nil
}

// unknownRoute answers a path or a verb that no method serves. An Authorization header that is no AWS signature is
// complained of first (captured replies).
func unknownRoute(req *message.Request) error {
	if value, ok := req.Header.GetFold("Authorization"); ok && value != "" && !strings.HasPrefix(value, "AWS4-") {
		return gatewayresponse.IncompleteSignature(value)
	}
	return gatewayresponse.MissingAuthenticationToken
}
