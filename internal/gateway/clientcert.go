package gateway

import (
	"bytes"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"time"

	"postern/internal/gateway/domain"
	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/message"
)

// checkClientCert refuses a client that showed a domain with mutual TLS a certificate which nothing in its truststore vouches
// for, or none.
// Source: knowledge center, "How do I troubleshoot HTTP 403 Forbidden errors from an API Gateway custom domain name that
// requires mutual TLS?".
func checkClientCert(d *domain.Domain, req *message.Request) error {
	switch {
	case d.DomainName.MutualTLSAuthentication == nil:
		return nil
	case req.TLS == nil || len(req.TLS.PeerCertificates) == 0:
		return gatewayresponse.Forbidden
	case len(req.TLS.VerifiedChains) > 0:
		return nil
	}
	return gatewayresponse.Forbidden.WithLog("Access denied. Reason: " + fault(req.TLS.PeerCertificates[0]))
}

// fault is AWS's word for what is wrong with a certificate. Source: as checkClientCert.
func fault(c *x509.Certificate) string {
	switch {
	case c.SignatureAlgorithm == x509.SHA1WithRSA, c.SignatureAlgorithm == x509.ECDSAWithSHA1, c.SignatureAlgorithm == x509.MD5WithRSA:
		return "Client cert using an insecure Signature Algorithm"
	case bytes.Equal(c.RawSubject, c.RawIssuer):
		return "self signed certificate"
	}
	return "Could not find issuer for certificate"
}

// clientCert is the certificate that a client showed to a domain with mutual TLS; nil for other domains.
// Source: developer guide, "How to turn on mutual TLS authentication for your REST APIs in API Gateway".
func clientCert(d *domain.Domain, req *message.Request) *message.ClientCert {
	if d.DomainName.MutualTLSAuthentication == nil || req.TLS == nil || len(req.TLS.PeerCertificates) == 0 {
		return nil
	}
	leaf := req.TLS.PeerCertificates[0]
	return &message.ClientCert{
		PEM:          string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: leaf.Raw})),
		SubjectDN:    leaf.Subject.String(),
		IssuerDN:     leaf.Issuer.String(),
		SerialNumber: serialNumber(leaf.SerialNumber.Bytes()),
		NotBefore:    certificateTime(leaf.NotBefore),
		NotAfter:     certificateTime(leaf.NotAfter),
	}
}

// serialNumber writes a number as pairs of hexadecimal digits with colons between: "a1:0f".
func serialNumber(b []byte) string {
	var out []byte
	for i, c := range b {
		if i > 0 {
			out = append(out, ':')
		}
		out = hex.AppendEncode(out, []byte{c})
	}
	return string(out)
}

// certificateTime writes a time as OpenSSL does: "May 28 12:30:02 2019 GMT".
func certificateTime(t time.Time) string { return t.UTC().Format("Jan _2 15:04:05 2006") + " GMT" }
