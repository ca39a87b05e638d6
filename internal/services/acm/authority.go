package acm

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"time"

	model "postern/internal/aws/wire/acm"
	"postern/internal/store"
	"postern/internal/store/document"
)

// lifetime is how long an issued certificate is valid: AWS's, in days.
// Source: ACM user guide, "ACM certificate characteristics".
const lifetime = 198 * 24 * time.Hour

// authority signs what is requested. It is made when a scope needs it first, and kept.
type authority struct {
	Certificate string `json:"certificate"`
	PrivateKey  string `json:"privateKey"`
}

// authority reads the scope's authority, or makes it.
func (r records) authority(now time.Time) (*authority, error) {
	a, err := document.Get[authority](r.tx, r.key(kindAuthority, "authority"))
	if !errors.Is(err, store.ErrNotFound) {
		return a, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		Subject:   pkix.Name{Organization: []string{"Postern"}, CommonName: "Postern certificate authority " + r.scope.Region},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(10, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	if template.SerialNumber, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127)); err != nil {
		return nil, err
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("make the certificate authority: %w", err)
	}
	a = &authority{Certificate: encode("CERTIFICATE", der)}
	if a.PrivateKey, err = encodeKey(key); err != nil {
		return nil, err
	}
	return a, r.put(kindAuthority, "authority", a)
}

// sign makes the certificate that c asks for.
func (a *authority) sign(c *certificate, key crypto.Signer, now time.Time) error {
	pair, err := tls.X509KeyPair([]byte(a.Certificate), []byte(a.PrivateKey))
	if err != nil {
		return fmt.Errorf("read the certificate authority: %w", err)
	}
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: c.DomainName}, DNSNames: append([]string{c.DomainName}, c.AlternativeNames...),
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(lifetime), BasicConstraintsValid: true,
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	if template.SerialNumber, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127)); err != nil {
		return err
	}
	der, err := x509.CreateCertificate(rand.Reader, template, pair.Leaf, key.Public(), pair.PrivateKey)
	if err != nil {
		return fmt.Errorf("issue a certificate for %s: %w", c.DomainName, err)
	}
	c.Body, c.Chain = encode("CERTIFICATE", der), a.Certificate
	c.PrivateKey, err = encodeKey(key)
	return err
}

// newKey makes a key of the algorithm that a request names.
func newKey(algorithm string) (crypto.Signer, error) {
	switch algorithm {
	case model.KeyAlgorithmEcPrime256v1:
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case model.KeyAlgorithmEcSecp384r1:
		return ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case model.KeyAlgorithmEcSecp521r1:
		return ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	case model.KeyAlgorithmRsa3072:
		return rsa.GenerateKey(rand.Reader, 3072)
	case model.KeyAlgorithmRsa4096:
		return rsa.GenerateKey(rand.Reader, 4096)
	case model.KeyAlgorithmRsa2048:
		return rsa.GenerateKey(rand.Reader, 2048)
	}
	return nil, model.InvalidParameterException.Errorf("The key algorithm %s is not supported for requested certificates.", algorithm)
}

func encodeKey(key crypto.Signer) (string, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "", fmt.Errorf("encode a private key: %w", err)
	}
	return encode("PRIVATE KEY", der), nil
}

func encode(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}
