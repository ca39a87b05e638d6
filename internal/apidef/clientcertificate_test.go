package apidef

import (
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"strings"
	"testing"
	"time"
)

// A backend can check the certificate, and the gateway can use it.
// Source: developer guide, "Generate and configure an SSL certificate for backend authentication in API Gateway".
func TestGenerateClientCertificate(t *testing.T) {
	now := time.Unix(1700000000, 5)
	made, err := GenerateClientCertificate(now)
	if err != nil {
		t.Fatal(err)
	}
	if made.CreatedDate != 1700000000 || made.ExpirationDate != made.CreatedDate+365*24*3600 {
		t.Errorf("valid from %d to %d", made.CreatedDate, made.ExpirationDate)
	}
	// API reference, "GenerateClientCertificate": lines end with CRLF, the last with nothing.
	lines := strings.Split(made.PEMEncodedCertificate, "\r\n")
	if lines[0] != "-----BEGIN CERTIFICATE-----" || lines[len(lines)-1] != "-----END CERTIFICATE-----" ||
		len(lines[1]) != 64 || strings.Contains(strings.Join(lines, ""), "\n") {
		t.Errorf("the certificate is %q", made.PEMEncodedCertificate)
	}
	pair, err := tls.X509KeyPair([]byte(made.PEMEncodedCertificate), []byte(made.PEMEncodedPrivateKey))
	if err != nil {
		t.Fatal(err)
	}
	if key, ok := pair.PrivateKey.(*rsa.PrivateKey); !ok || key.N.BitLen() != 2048 {
		t.Errorf("the key is a %T", pair.PrivateKey)
	}
	trusted := x509.NewCertPool()
	trusted.AddCert(pair.Leaf)
	_, err = pair.Leaf.Verify(x509.VerifyOptions{
		Roots: trusted, CurrentTime: now.Add(time.Hour),
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
	if err != nil {
		t.Errorf("a backend that trusts the certificate refuses it: %v", err)
	}
}
