// Package sts answers AWS Security Token Service: who a caller is, and temporary credentials for roles and users.
//
// What comes in: typed calls from the wire, and access keys of temporary credentials to look up. What goes out: typed
// answers, sessions in the store, and whom they belong to. Roles and what they may do are package iam's; it never verifies
// a signature itself.
package sts

import (
	"context"
	"crypto/rand"
	"time"

	"postern/internal/aws/iampolicy"
	"postern/internal/aws/wire"
	wirests "postern/internal/aws/wire/sts"
	"postern/internal/services/iam"
	"postern/internal/store"
)

// Directory is what sessions need of IAM.
type Directory interface {
	Role(ctx context.Context, roleARN string) (iam.Role, error)
	MayAssume(ctx context.Context, roleARN string, r *iampolicy.Request) (iampolicy.Decision, error)
	AccessKey(ctx context.Context, id string) (iam.Identity, bool, error)
	PolicyDocument(ctx context.Context, account, policyARN string) (string, bool, error)
}

// Service answers the operations of STS. Its methods may be called from any goroutine.
type Service struct {
	wirests.Unimplemented
	store   store.Store
	options Options
}

var _ wirests.Handler = (*Service)(nil)

// Options are what the service needs besides its store. Directory is required.
type Options struct {
	Directory Directory
	// Clock tells the time; nil is time.Now.
	Clock func() time.Time
	// NewID makes n characters of [A-Z2-7]; nil makes random ones.
	NewID func(n int) string
	// NewSecret makes n characters of [A-Za-z0-9+/]; nil makes random ones.
	NewSecret func(n int) string
}

// New makes the service over a store.
func New(s store.Store, o Options) *Service {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.NewID == nil {
		o.NewID = func(n int) string { return random(n, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") }
	}
	if o.NewSecret == nil {
		o.NewSecret = func(n int) string {
			return random(n, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
		}
	}
	return &Service{store: s, options: o}
}

// random draws n characters; the alphabet's length divides 256, so that each is equally likely.
func random(n int, alphabet string) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	for i := range b {
		b[i] = alphabet[int(b[i])%len(alphabet)]
	}
	return string(b)
}

// GetCallerIdentity tells who calls.
func (s *Service) GetCallerIdentity(ctx context.Context, call *wire.Call, _ *wirests.GetCallerIdentityRequest) (*wirests.GetCallerIdentityResponse, error) {
	who, err := s.caller(ctx, call)
	if err != nil {
		return nil, err
	}
	return &wirests.GetCallerIdentityResponse{UserID: &who.UserID, Account: &who.Account, ARN: &who.ARN}, nil
}
