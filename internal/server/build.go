package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"postern/internal/apidef"
	"postern/internal/control"
	"postern/internal/gateway"
	"postern/internal/http1"
	"postern/internal/http2"
	"postern/internal/openapi"
	"postern/internal/services/acm"
)

// build wires the parts over the store, from the inside out.
func (s *Server) build(ctx context.Context) error {
	limits, err := s.options.limits()
	if err != nil {
		return err
	}
	if err := s.loadCredentials(ctx); err != nil {
		return err
	}
	if err := s.openObserving(ctx); err != nil {
		return err
	}
	s.principals = s.openPrincipals()
	if s.loop, err = openLoop(); err != nil {
		return err
	}
	s.transport = &http1.Transport{Loop: s.loop, MaxPerUpstream: s.options.UpstreamConnections}
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
	s.endpoints = newVPCEndpoints(s.store, s.credentials == nil, s.options.Log)
	access, err := s.access()
	if err != nil {
		return err
	}
	source := control.NewSource(s.store)
	certificates := acm.New(acm.Options{Store: s.store, InUseBy: source.CertificateUsers})
	s.gateway = gateway.New(gateway.Options{Source: source, Domains: source, Access: access, Traffic: s.openTraffic(source), Backends: backends, Outlets: s.outlets(), Log: s.options.Log})
	s.control = s.newControl(&limits)
	s.services = s.awsServices(certificates)
	s.credentials.attach(s.principals, s.services)
	s.http = &http1.Server{
		Handler: s, Refuse: s.refuse, Log: s.options.Log,
		MaxBody: s.maxBody, MaxHeader: gateway.MaxHeader, MaxTarget: gateway.MaxTarget,
	}
	s.http2 = http2.New(s.http)
	s.http.HTTP2 = s.http2.ServeConn
	s.gauges()
	if s.listener, err = s.listen(ctx, s.options.Listen); err != nil {
		return err
	}
	if s.tls, err = s.openTLS(ctx, certificates, backends.Services); err != nil {
		return errors.Join(err, s.listener.Close())
	}
	s.run(ctx)
	return nil
}

// loadCredentials reads the access keys that calls of the AWS API must be signed with, if there are any.
func (s *Server) loadCredentials(ctx context.Context) (err error) {
	if s.options.Credentials == "" {
		return nil
	}
	if s.credentials, err = LoadCredentials(s.options.Credentials); err != nil {
		return err
	}
	for _, warning := range s.credentials.Warnings {
		s.options.Log.LogAttrs(ctx, slog.LevelWarn, warning)
	}
	return nil
}

// newControl makes the control plane, which asks the data plane for usage and for tests.
func (s *Server) newControl(limits *apidef.Limits) *control.Control {
	return control.New(s.store, control.Options{
		Log:       s.options.Log,
		Importer:  openapi.Importer{},
		Exporter:  openapi.Exporter{},
		Published: s.published,
		NewID:     s.options.NewID,
		Limits:    limits,
		LogRole:   control.AccountLogRole,

		WriteUsage:      s.traffic.counters.Flush,
		AccountThrottle: s.traffic.accountThrottle(),
		TestMethod:      s.testMethod, TestAuthorizer: s.testAuthorizer,
	})
}

// run starts what follows the store, and what writes behind requests, until stop is called.
func (s *Server) run(ctx context.Context) {
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	s.links.start()
	var running sync.WaitGroup
	for _, run := range []func(context.Context){
		s.gateway.Run, s.lambda.Run, s.elb.Run, s.links.Run, s.endpoints.Run, s.traffic.keys.Run, s.traffic.counters.Run, s.observing.logs.Run, s.observing.lines.Run,
	} {
		running.Go(func() { run(background) })
	}
	go func() {
		running.Wait()
		close(s.background)
	}()
}
