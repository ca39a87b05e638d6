// Package acm is Certificate Manager, as far as custom domain names need it: certificates that were imported, and
// certificates that it issues itself, kept in the store with their keys.
//
// What comes in: the operations of the ACM API (2015-12-08). What goes out: certificates as clients see them, and for the
// server's own listeners a key pair by ARN. It asks nobody about domains: a certificate that is requested is issued at once,
// by an authority of this store, and never a private key leaves it through an operation.
package acm

import (
	"context"
	"crypto/tls"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"

	"postern/internal/aws/arn"
	"postern/internal/aws/wire"
	model "postern/internal/aws/wire/acm"
	"postern/internal/store"
)

// Options are the parts of an ACM.
type Options struct {
	// Store keeps the certificates. Required.
	Store store.Store
	// InUseBy returns the ARNs of what uses a certificate. Default: nothing does.
	InUseBy func(ctx context.Context, certificateARN string) ([]string, error)
	// Now is the clock. Default time.Now.
	Now func() time.Time
}

// ACM keeps certificates. Its methods may be called from any goroutine.
type ACM struct{ options Options }

// New makes an ACM.
func New(o Options) *ACM {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.InUseBy == nil {
		o.InUseBy = func(context.Context, string) ([]string, error) { return nil, nil }
	}
	return &ACM{options: o}
}

// ErrNoCertificate is what KeyPair returns for an ARN that names no certificate here.
var ErrNoCertificate = errors.New("acm: no such certificate")

// KeyPair returns the certificate that an ARN names, with its chain and its key.
func (a *ACM) KeyPair(ctx context.Context, certificateARN string) (*tls.Certificate, error) {
	parsed, err := arn.Parse(certificateARN)
	if err != nil {
		return nil, ErrNoCertificate
	}
	var pair tls.Certificate
	err = a.options.Store.View(ctx, func(tx store.Tx) error {
		c, err := records{tx, store.Scope{Account: parsed.Account, Region: parsed.Region}}.certificate(certificateARN)
		if err != nil {
			return err
		}
		pair, err = tls.X509KeyPair([]byte(c.Body+"\n"+c.Chain), []byte(c.PrivateKey))
		return err
	})
	if errors.Is(err, errNotFound) {
		return nil, ErrNoCertificate
	}
	return &pair, err
}

// scopeOf is the account and region that a call acts on.
func scopeOf(call *wire.Call) store.Scope {
	return store.Scope{Account: call.Account, Region: call.Region}
}

func newARN(scope store.Scope) string {
	return arn.ARN{
		Partition: arn.Partition(scope.Region), Service: "acm", Region: scope.Region, Account: scope.Account,
		Resource: "certificate/" + uuid.NewString(),
	}.String()
}

func (a *ACM) view(ctx context.Context, call *wire.Call, fn func(records) error) error {
	return a.options.Store.View(ctx, func(tx store.Tx) error { return fn(records{tx, scopeOf(call)}) })
}

func (a *ACM) update(ctx context.Context, call *wire.Call, fn func(records) error) error {
	return a.options.Store.Update(ctx, func(tx store.Tx) error { return fn(records{tx, scopeOf(call)}) })
}

// checkARN refuses what is no certificate's ARN.
func checkARN(certificateARN string) error {
	if parsed, err := arn.Parse(certificateARN); err != nil || parsed.Service != "acm" || !strings.HasPrefix(parsed.Resource, "certificate/") {
		return model.InvalidARNException.Errorf("The following ARN is not a valid certificate ARN: %s", certificateARN)
	}
	return nil
}
