package http

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
)

// TLS holds the TLS settings that integrations share. Connections are pooled by the address of a setting, so a program
// makes one TLS and keeps it.
type TLS struct {
	// AnyAuthority is tlsConfig.insecureSkipVerification: the certificate may come from an authority that nobody knows,
	// or be signed by itself. Expiry, host name and the chain up to a root in it are checked all the same.
	// Source: API Gateway API reference, TlsConfig, insecureSkipVerification.
	AnyAuthority *tls.Config
}

// NewTLS makes the settings.
func NewTLS() TLS {
	return TLS{AnyAuthority: &tls.Config{
		// The package's own check knows roots by the system only; verifyAnyAuthority takes its place.
		InsecureSkipVerify: true, // VerifyConnection does what this leaves out
		VerifyConnection:   verifyAnyAuthority,
	}}
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
