package gateway

import (
	"encoding/hex"
	"encoding/pem"
	"time"

	"postern/internal/gateway/domain"
	"postern/internal/gateway/message"
)

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
