package apidef

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
	"time"

	"postern/internal/aws/awserr"
)

// ClientCertificate is what a stage shows to HTTP backends, so that they know the gateway.
// Source: API Gateway API reference, ClientCertificate.
type ClientCertificate struct {
	ID                    string `json:"clientCertificateId"`
	Description           string `json:"description,omitempty"`
	PEMEncodedCertificate string `json:"pemEncodedCertificate"`
	// PEMEncodedPrivateKey is PKCS #8. It is stored, and never answered.
	PEMEncodedPrivateKey string            `json:"pemEncodedPrivateKey"`
	CreatedDate          int64             `json:"createdDate"`    // seconds since the epoch
	ExpirationDate       int64             `json:"expirationDate"` // seconds since the epoch
	Tags                 map[string]string `json:"tags,omitempty"`
}

// ErrNoClientCertificate is what operations on an unknown client certificate answer; the text is inferred.
var ErrNoClientCertificate = awserr.NotFound.Errorf("Invalid Client Certificate identifier specified")

// errNoSuchClientCertificate is what a stage that is to show an unknown client certificate answers; the text is inferred.
var errNoSuchClientCertificate = awserr.BadRequest.Errorf("Invalid Client Certificate identifier specified")

const (
	clientKeyBits      = 2048
	clientCertLifetime = 365 * 24 * time.Hour
)

// GenerateClientCertificate makes a key pair and signs its certificate with the key itself, for 365 days from now.
// Source: developer guide, "Generate and configure an SSL certificate for backend authentication in API Gateway".
func GenerateClientCertificate(now time.Time) (*ClientCertificate, error) {
	key, err := rsa.GenerateKey(rand.Reader, clientKeyBits)
	if err != nil {
		return nil, fmt.Errorf("generate client certificate: %w", err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 63))
	if err != nil {
		return nil, fmt.Errorf("generate client certificate: %w", err)
	}
	now = now.Truncate(time.Second)
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{Country: []string{"US"}, Locality: []string{"Seattle"}, CommonName: "ApiGateway"},
		NotBefore:    now,
		NotAfter:     now.Add(clientCertLifetime),
		KeyUsage:     x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, fmt.Errorf("generate client certificate: %w", err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("generate client certificate: %w", err)
	}
	return &ClientCertificate{
		PEMEncodedCertificate: printedPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate})),
		PEMEncodedPrivateKey:  string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})),
		CreatedDate:           now.Unix(),
		ExpirationDate:        template.NotAfter.Unix(),
	}, nil
}

// printedPEM returns a certificate in the lines of AWS's answers: they end with CRLF, the last with nothing.
//
// Source: API reference, "GenerateClientCertificate", the sample's pemEncodedCertificate.
func printedPEM(block []byte) string {
	return strings.ReplaceAll(strings.TrimSuffix(string(block), "\n"), "\n", "\r\n")
}

var clientCertificatePaths = PatchTable[ClientCertificate]{
	Refuse: refuseListing,
	Paths: []PatchPath[ClientCertificate]{
		{Pattern: "/description", Ops: Replace, Apply: func(v *ClientCertificate, c Change) error {
			v.Description = c.Value
			return nil
		}},
	},
}

// Patch returns the client certificate with the operations applied.
func (v *ClientCertificate) Patch(ops []PatchOperation) (*ClientCertificate, error) {
	next := clone(v)
	return next, clientCertificatePaths.Apply(next, ops)
}
