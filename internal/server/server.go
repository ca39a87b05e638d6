// Package server builds a whole Postern from its parts, in order, and listens.
//
// What comes in: Options. What goes out: a Server that answers AWS calls, API calls and health checks on one port, and
// with TLS on another, and stops in good order. It decides nothing but which of the three a request is; see dispatch.go.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"net/netip"
	"time"

	"postern/internal/apidef"
	"postern/internal/aws/wire"
	"postern/internal/control"
	"postern/internal/eventloop"
	"postern/internal/gateway"
	"postern/internal/http1"
	"postern/internal/http2"
	"postern/internal/services/elbv2"
	"postern/internal/services/lambda"
	"postern/internal/store"
)

// Options say what to serve and where.
type Options struct {
	// Listen is the address of the port without TLS, "127.0.0.1:4566". Port 0 takes a free one.
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
	tls net.Listener
	// loop is nil where the system has none.
	loop      *eventloop.Loop
	http      *http1.Server
	http2     *http2.Server
	transport *http1.Transport
	elb       *elbv2.ELB
	lambda    *lambda.Lambda
	links     *vpcLinks
	endpoints *vpcEndpoints
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
		s.endLoop()
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
	if err := s.shutdown(grace); err != nil {
		failure = errors.Join(failure, fmt.Errorf("requests were still running after %s", s.options.Grace))
	}
	s.stop()
	<-s.background
	failure = errors.Join(failure, s.lambda.Close())
	s.transport.Close()
	s.endLoop()
	return errors.Join(failure, s.observing.close(ctx), s.store.Close())
}

// shutdown waits for running requests until ctx ends.
func (s *Server) shutdown(ctx context.Context) error {
	told := make(chan struct{})
	go func() {
		defer close(told)
		_ = s.http2.Shutdown(ctx) // its connections are s.http's, too
	}()
	err := s.http.Shutdown(ctx)
	<-told
	return err
}
