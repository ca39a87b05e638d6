// Package ec2 answers Amazon EC2's networks: the default VPC of a fresh account, VPCs and subnets that callers make, and
// what belongs to them: route tables, network ACLs, security groups, internet gateways, VPC endpoints.
//
// What comes in: typed calls from the wire. What goes out: typed answers, and documents in the store for what is not the
// account's from the start, and entrances: through which endpoints callers come to private APIs. It never carries a packet:
// load balancers and VPC links use these networks as names.
//
// The default VPC is in no store, but for what callers change of it. It, its subnets and what belongs to any VPC have
// identifiers that are made from the account, the region and the place, so that they are the same on every node and after
// every start.
package ec2

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"time"

	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	wireec2 "postern/internal/aws/wire/ec2"
	"postern/internal/store"
)

// Service answers the operations of EC2. Its methods may be called from any goroutine.
type Service struct {
	wireec2.Unimplemented
	store   store.Store
	options Options
}

var _ wireec2.Handler = (*Service)(nil)

// Options are what the service needs besides its store. The zero value is ready to use.
type Options struct {
	// NewID makes n hexadecimal digits; nil makes random ones.
	NewID func(n int) string
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Published returns once the data plane knows what was changed up to a revision of the store; nil waits for nobody.
	Published func(ctx context.Context, revision int64)
}

// New makes the service over a store.
func New(s store.Store, o Options) *Service {
	if o.NewID == nil {
		o.NewID = randomHex
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Service{store: s, options: o}
}

// published lets a caller have its answer once the data plane knows of it.
func (s *Service) published(ctx context.Context) error {
	if s.options.Published == nil {
		return nil
	}
	revision, err := s.store.Revision(ctx)
	if err == nil {
		s.options.Published(ctx, revision)
	}
	return err
}

func randomHex(n int) string {
	b := make([]byte, (n+1)/2)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)[:n]
}

func scopeOf(call *wire.Call) store.Scope {
	return store.Scope{Account: call.Account, Region: call.Region}
}

// errDryRun is what a call answers that would have succeeded and was not meant to.
// Source: EC2 API reference, "Common query parameters", DryRun.
func errDryRun(dryRun *bool) error {
	if dryRun == nil || !*dryRun {
		return nil
	}
	return awserr.Code{Name: "DryRunOperation", Status: http.StatusPreconditionFailed}.Errorf(
		"Request would have succeeded, but DryRun flag is set.")
}

// refuse gives one of EC2's errors, which no model declares.
// Source: EC2 API reference, "Error codes for the Amazon EC2 API".
func refuse(code, format string, args ...any) error {
	return awserr.Code{Name: code, Status: http.StatusBadRequest}.Errorf(format, args...)
}

// view gives the caller's networks as they are.
func (s *Service) view(ctx context.Context, call *wire.Call) (n *network, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		n, err = readNetwork(tx, scopeOf(call))
		return err
	})
	return n, err
}
