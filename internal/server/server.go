// Package server builds a whole Postern from its parts, in order, and listens.
//
// What comes in: Options. What goes out: a Server that answers AWS calls, API calls and health checks on one port, and
// stops in good order. It decides nothing but which of the three a request is; see dispatch.go.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"net/netip"
	"sync"
	"time"

	"postern/internal/apidef"
	"postern/internal/aws/wire"
	"postern/internal/control"
	"postern/internal/gateway"
	"postern/internal/http1"
	"postern/internal/openapi"
	"postern/internal/services/acm"
	"postern/internal/services/elbv2"
	"postern/internal/services/lambda"
	"postern/internal/store"
)

// Options say what to serve and where.
type Options struct {
	// Listen is the address of the one port, "127.0.0.1:4566". Port 0 takes a free one.
	Listen string
	// Data is the directory of the SQLite store, or ":memory:".
	Data string
	// Account and Region are those of calls that name none.
	Account, Region string
	// Quotas gives quotas of the control plane other figures than the defaults, by the names of apidef.Limits.
	Quotas map[string]int
	// Credentials is the file with the access keys that callers of the AWS API sign with; see LoadCredentials. Empty:
	// callers are not verified.
	Credentials string
	// Access says how callers of deployed APIs are known.
	Access AccessOptions
	// AWSEndpoints say where integrations reach AWS services, each "[SERVICE=]URL"; see client.ParseEndpoints. A service that
	// none names is this server's own, if it answers it, or else AWS's.
	AWSEndpoints []string
	// VPCLinks name the hosts, "host:port", that a VPC link leads to, by the link's id or by the ARN of its target. They go
	// before the load balancers of the Elastic Load Balancing API.
	VPCLinks map[string][]string
	// Instances are the hosts of EC2 instances that are targets of load balancers, by instance id.
	Instances map[string]string
	// StreamRate bounds a streamed response beyond its first 10 MB, in bytes a second; 0 is no bound.
	StreamRate int
	// UpstreamConnections bounds the connections to one upstream; requests beyond it wait for one until their timeout. 0 is
	// no bound.
	UpstreamConnections int
	// TLS says how the TLS port is served.
	TLS TLSOptions
	// Traffic bounds what callers of APIs may ask for.
	Traffic TrafficOptions
	// Functions bounds the processes that run Lambda functions.
	Functions FunctionOptions
	// Observe says where logs, metrics and traces go.
	Observe ObserveOptions
	// Insecure allows to listen beyond loopback although callers of the AWS API are not verified.
	Insecure bool
	// Grace bounds how long running requests may take once the server stops.
	Grace time.Duration
	// Version is shown by the health check.
	Version string
	Log     *slog.Logger
	// NewID makes the identifiers of what is created, n characters of [a-z0-9]; nil makes random ones.
	NewID func(n int) string
}

// Server is a running Postern.
type Server struct {
	options  Options
	store    store.Store
	control  *control.Control
	gateway  *gateway.Gateway
	services map[string]*wire.Service
	// credentials is nil when callers are not verified.
	credentials *Credentials
	principals  principals
	listener    net.Listener
	// tls is the TLS port; nil for none.
	tls       net.Listener
	http      *http1.Server
	transport *http1.Transport
	elb       *elbv2.ELB
	lambda    *lambda.Lambda
	links     *vpcLinks
	traffic   traffic
	observing observing
	// stop ends what runs in the background; background is closed when it has ended.
	stop       context.CancelFunc
	background chan struct{}
}

// Open builds every part and starts to listen; Run serves. The caller's ctx bounds the start only.
func Open(ctx context.Context, o Options) (*Server, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	documents, err := openStore(o.Data)
	if err != nil {
		return nil, fmt.Errorf("open the store: %w", err)
	}
	s := &Server{options: o, store: documents, background: make(chan struct{})}
	if err := s.build(ctx); err != nil {
		if s.lambda != nil {
			err = errors.Join(err, s.lambda.Close())
		}
		return nil, errors.Join(err, s.observing.close(ctx), documents.Close())
	}
	return s, nil
}

// check refuses options that AWS's rules or safety forbid.
func (o *Options) check() error {
	if len(o.Account) != 12 || !digits(o.Account) {
		return fmt.Errorf("--account must be 12 digits, not %q", o.Account)
	}
	if o.Region == "" {
		return errors.New("--region must not be empty")
	}
	if err := o.checkAddress("--listen", o.Listen); err != nil {
		return err
	}
	if o.TLS.Listen == "" {
		return nil
	}
	if (o.TLS.Certificate == "") != (o.TLS.Key == "") {
		return errors.New("--tls-certificate and --tls-key go together")
	}
	return o.checkAddress("--tls-listen", o.TLS.Listen)
}

// checkAddress refuses an address that is none, or that strangers reach while callers are not verified.
func (o *Options) checkAddress(flag, address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("%s wants HOST:PORT, not %q", flag, address)
	}
	if !o.Insecure && o.Credentials == "" && !loopback(host) {
		return fmt.Errorf("%s %s is beyond loopback, and callers of the AWS API are not verified: "+
			"anyone who reaches the port could change every API; name their keys with --credentials, "+
			"or say --insecure when something else guards the port", flag, address)
	}
	return nil
}

// limits are AWS's quotas, but for the number of APIs: that one protects AWS's machines, and these are the user's own.
func (o *Options) limits() (apidef.Limits, error) {
	limits := apidef.DefaultLimits()
	limits.EdgeAPIs, limits.RegionalAPIs, limits.PrivateAPIs = math.MaxInt, math.MaxInt, math.MaxInt
	for name, n := range o.Quotas {
		if err := limits.Set(name, n); err != nil {
			return limits, err
		}
	}
	return limits, nil
}

func digits(s string) bool {
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}

// build wires the parts over the store, from the inside out.
func (s *Server) build(ctx context.Context) error {
	limits, err := s.options.limits()
	if err != nil {
		return err
	}
	if s.options.Credentials != "" {
		if s.credentials, err = LoadCredentials(s.options.Credentials); err != nil {
			return err
		}
		for _, warning := range s.credentials.Warnings {
			s.options.Log.LogAttrs(ctx, slog.LevelWarn, warning)
		}
	}
	if err := s.openObserving(ctx); err != nil {
		return err
	}
	s.principals = s.openPrincipals()
	s.transport = &http1.Transport{MaxPerUpstream: s.options.UpstreamConnections}
	if err := s.balancers(); err != nil {
		return err
	}
	if s.lambda, err = s.openFunctions(); err != nil {
		return err
	}
	backends, err := s.backends()
	if err != nil {
		return fmt.Errorf("--aws-endpoint: %w", err)
	}
	s.observing.services = backends.Services
	access, err := s.access()
	if err != nil {
		return err
	}
	source := control.NewSource(s.store)
	certificates := acm.New(acm.Options{Store: s.store, InUseBy: source.CertificateUsers})
	s.gateway = gateway.New(gateway.Options{Source: source, Domains: source, Access: access, Traffic: s.openTraffic(source), Backends: backends, Outlets: s.outlets(), Log: s.options.Log})
	s.control = control.New(s.store, control.Options{
		Log:       s.options.Log,
		Importer:  openapi.Importer{},
		Exporter:  openapi.Exporter{},
		Published: s.published,
		NewID:     s.options.NewID,
		Limits:    &limits,
		LogRole:   control.AccountLogRole,

		WriteUsage:      s.traffic.counters.Flush,
		AccountThrottle: s.traffic.accountThrottle(),
		TestMethod:      s.testMethod, TestAuthorizer: s.testAuthorizer,
	})
	s.services = s.awsServices(certificates)
	s.credentials.attach(s.principals, s.services)
	s.http = &http1.Server{
		Handler: s, Refuse: s.refuse, Log: s.options.Log,
		MaxBody: s.maxBody, MaxHeader: gateway.MaxHeader, MaxTarget: gateway.MaxTarget,
	}
	s.gauges()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", s.options.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", s.options.Listen, err)
	}
	s.listener = listener
	if s.tls, err = s.openTLS(ctx, certificates, backends.Services); err != nil {
		return errors.Join(err, listener.Close())
	}
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	s.links.start()
	var running sync.WaitGroup
	for _, run := range []func(context.Context){s.gateway.Run, s.lambda.Run, s.elb.Run, s.links.Run, s.traffic.keys.Run, s.traffic.counters.Run, s.observing.logs.Run, s.observing.lines.Run} {
		running.Go(func() { run(background) })
	}
	go func() {
		running.Wait()
		close(s.background)
	}()
	return nil
}

// published lets a caller of the control plane have its answer once this node serves what the caller has changed. A node
// that cannot keep up says so and answers all the same: the change is durable, and served soon.
func (s *Server) published(ctx context.Context, revision int64) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := errors.Join(s.gateway.Follow(ctx, revision), s.links.Follow(ctx, revision), s.traffic.keys.Follow(ctx, revision)); err != nil {
		s.options.Log.LogAttrs(ctx, slog.LevelWarn, "the data plane lags behind the control plane",
			slog.Int64("revision", revision), slog.String("error", err.Error()))
	}
}

// Addr is the address that the server listens on, "127.0.0.1:4566".
func (s *Server) Addr() string { return s.listener.Addr().String() }

// TLSAddr is the address of the TLS port; empty when there is none.
func (s *Server) TLSAddr() string {
	if s.tls == nil {
		return ""
	}
	return s.tls.Addr().String()
}

// Control is the control plane, for commands that use it without the wire.
func (s *Server) Control() *control.Control { return s.control }

// Run serves until ctx ends. Then it accepts nothing more, waits up to Options.Grace for running requests, and closes
// the store. A request that does not end in time is cut, and Run says so.
func (s *Server) Run(ctx context.Context) error {
	served := make(chan error, 2)
	go func() { served <- s.http.Serve(s.listener) }()
	if s.tls != nil {
		go func() { served <- s.http.Serve(s.tls) }()
	}
	var failure error
	select {
	case <-ctx.Done():
	case failure = <-served:
		failure = fmt.Errorf("serve: %w", failure)
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.options.Grace)
	defer cancel()
	if err := s.http.Shutdown(grace); err != nil {
		failure = errors.Join(failure, fmt.Errorf("requests were still running after %s", s.options.Grace))
	}
	s.stop()
	<-s.background
	failure = errors.Join(failure, s.lambda.Close())
	s.transport.Close()
	return errors.Join(failure, s.observing.close(ctx), s.store.Close())
}
