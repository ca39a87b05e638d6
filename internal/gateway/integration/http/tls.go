package http

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"sync"

	"postern/internal/gateway/integration"
)

// TLS holds the TLS settings of a stage's integrations. Connections are pooled by the address of a setting, so that stages
// with the same client certificate share one TLS: see TLSSettings.
type TLS struct {
	// Known checks certificates against the authorities that the system knows; nil is the transport's own setting, without a
	// client certificate.
	Known *tls.Config
	// AnyAuthority is tlsConfig.insecureSkipVerification: the certificate may come from an authority that nobody knows,
	// or be signed by itself. Expiry, host name and the chain up to a root in it are checked all the same.
	// Source: API Gateway API reference, TlsConfig, insecureSkipVerification.
	AnyAuthority *tls.Config
	// Unchecked is what a load balancer that ended the caller's TLS session begins to its targets.
	// Source: user guide for network load balancers, "Target groups": their certificates are not checked.
	Unchecked *tls.Config
}

// TLSSettings makes the TLS settings of stages, one for each client certificate, and keeps them. It is used when stages are
// compiled, never by requests.
type TLSSettings struct {
	mu sync.Mutex
	// by is keyed by the certificate and its key in PEM; "" is no certificate.
	by map[string]TLS
}

// NewTLSSettings makes an empty TLSSettings.
func NewTLSSettings() *TLSSettings { return &TLSSettings{by: map[string]TLS{}} }

// Of gives the settings of a stage. It fails for a client certificate that is not there, has expired or cannot be read.
func (s *TLSSettings) Of(env *integration.Environment) (TLS, error) {
	key := ""
	if c := env.ClientCertificate; c != nil {
		key = c.PEMEncodedCertificate + c.PEMEncodedPrivateKey
	} else if env.ClientCertificateID != "" {
		return TLS{}, fmt.Errorf("Client certificate %s not found", env.ClientCertificateID) //nolint:staticcheck // a line of the execution log
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if known, ok := s.by[key]; ok {
		return known, nil
	}
	made := newTLS(nil)
	if key != "" {
		pair, err := tls.X509KeyPair([]byte(env.ClientCertificate.PEMEncodedCertificate), []byte(env.ClientCertificate.PEMEncodedPrivateKey))
		if err != nil {
			return TLS{}, fmt.Errorf("Client certificate %s cannot be used: %w", env.ClientCertificateID, err) //nolint:staticcheck // as above
		}
		made = newTLS(&pair)
	}
	s.by[key] = made
	return made, nil
}

func newTLS(client *tls.Certificate) TLS {
	made := TLS{
		AnyAuthority: &tls.Config{
			// The package's own check knows roots by the system only; verifyAnyAuthority takes its place.
			InsecureSkipVerify: true, // VerifyConnection does what this leaves out
			VerifyConnection:   verifyAnyAuthority,
		},
		Unchecked: &tls.Config{InsecureSkipVerify: true},
	}
	if client != nil {
		made.Known = &tls.Config{}
	}
	for _, config := range []*tls.Config{made.Known, made.AnyAuthority} {
		if client == nil || config == nil {
			continue
		}
		// Shown whatever authorities the backend names: it was told of this certificate, which signed itself.
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return client, nil }
		// A session is resumed with the certificate that it began with, so that stages with different ones share none.
		config.ClientSessionCache = tls.NewLRUClientSessionCache(0)
	}
	return made
}

var errNoCertificate = errors.New("the peer showed no certificate")

// verifyAnyAuthority checks a chain whose root may be any certificate that signed itself and came with it.
func verifyAnyAuthority(state tls.ConnectionState) error {
	if len(state.PeerCertificates) == 0 {
		return errNoCertificate
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	intermediates := x509.NewCertPool()
	for _, c := range state.PeerCertificates {
		if bytes.Equal(c.RawIssuer, c.RawSubject) && c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil {
			roots.AddCert(c)
		} else {
			intermediates.AddCert(c)
		}
	}
	_, err = state.PeerCertificates[0].Verify(x509.VerifyOptions{DNSName: state.ServerName, Roots: roots, Intermediates: intermediates})
	if err != nil {
		return &tls.CertificateVerificationError{UnverifiedCertificates: state.PeerCertificates, Err: err}
	}
	return nil
}
