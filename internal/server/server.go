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
	"time"

	"postern/internal/apidef"
	"postern/internal/aws/wire"
	"postern/internal/control"
	"postern/internal/gateway"
	"postern/internal/http1"
	"postern/internal/openapi"
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
	listener    net.Listener
	http        *http1.Server
	transport   *http1.Transport
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
		return nil, errors.Join(err, documents.Close())
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
	host, _, err := net.SplitHostPort(o.Listen)
	if err != nil {
		return fmt.Errorf("--listen wants HOST:PORT, not %q", o.Listen)
	}
	if !o.Insecure && o.Credentials == "" && !loopback(host) {
		return fmt.Errorf("--listen %s is beyond loopback, and callers of the AWS API are not verified: "+
			"anyone who reaches the port could change every API; name their keys with --credentials, "+
			"or say --insecure when something else guards the port", o.Listen)
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
	s.transport = &http1.Transport{}
	s.gateway = gateway.New(gateway.Options{Source: control.NewSource(s.store), Backends: gateway.Backends{Transport: s.transport}, Log: s.options.Log})
	s.control = control.New(s.store, control.Options{
		Log:       s.options.Log,
		Importer:  openapi.Importer{},
		Exporter:  openapi.Exporter{},
		Published: s.published,
		NewID:     s.options.NewID,
		Limits:    &limits,

		TestMethod: s.testMethod,
	})
	s.services = s.awsServices()
	s.http = &http1.Server{
		Handler: s, Refuse: s.refuse, Log: s.options.Log,
		MaxBody: s.maxBody, MaxHeader: gateway.MaxHeader, MaxTarget: gateway.MaxTarget,
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", s.options.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", s.options.Listen, err)
	}
	s.listener = listener
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	go func() {
		defer close(s.background)
		s.gateway.Run(background)
	}()
	return nil
}

// published lets a caller of the control plane have its answer once this node serves what the caller has changed. A node
// that cannot keep up says so and answers all the same: the change is durable, and served soon.
func (s *Server) published(ctx context.Context, revision int64) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := s.gateway.Follow(ctx, revision); err != nil {
		s.options.Log.LogAttrs(ctx, slog.LevelWarn, "the data plane lags behind the control plane",
			slog.Int64("revision", revision), slog.String("error", err.Error()))
	}
}

// Addr is the address that the server listens on, "127.0.0.1:4566".
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Control is the control plane, for commands that use it without the wire.
func (s *Server) Control() *control.Control { return s.control }

// Run serves until ctx ends. Then it accepts nothing more, waits up to Options.Grace for running requests, and closes
// the store. A request that does not end in time is cut, and Run says so.
func (s *Server) Run(ctx context.Context) error {
	served := make(chan error, 1)
	go func() { served <- s.http.Serve(s.listener) }()
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
	s.transport.Close()
	return errors.Join(failure, s.store.Close())
}
