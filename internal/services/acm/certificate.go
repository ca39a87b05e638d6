package acm

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	model "postern/internal/aws/wire/acm"
	"postern/internal/store"
	"postern/internal/store/document"
)

// The kinds of document.
const (
	kindCertificate = "acmcertificate" // {arn}
	kindAuthority   = "acmauthority"   // one in each scope: the authority that issues what is requested
)

// certificate is a certificate as it is kept. Times are in milliseconds since the epoch.
type certificate struct {
	ARN        string            `json:"arn"`
	Body       string            `json:"certificate"` // PEM, the leaf alone
	Chain      string            `json:"chain,omitempty"`
	PrivateKey string            `json:"privateKey"`
	Imported   bool              `json:"imported,omitempty"`
	Created    int64             `json:"created"`
	Tags       map[string]string `json:"tags,omitempty"`
	// The next five are what was requested; empty for an imported certificate.
	DomainName       string   `json:"domainName,omitempty"`
	AlternativeNames []string `json:"alternativeNames,omitempty"`
	ValidationMethod string   `json:"validationMethod,omitempty"`
	IdempotencyToken string   `json:"idempotencyToken,omitempty"`
	Transparency     string   `json:"transparency,omitempty"`
}

// records are one scope's documents in one transaction.
type records struct {
	tx    store.Tx
	scope store.Scope
}

var errNotFound = errors.New("not found")

func (r records) key(kind, id string) store.Key { return store.Key{Scope: r.scope, Kind: kind, ID: id} }

// certificate reads a certificate; errNotFound when there is none.
func (r records) certificate(certificateARN string) (*certificate, error) {
	return document.Find[certificate](r.tx, r.key(kindCertificate, certificateARN), errNotFound)
}

func (r records) put(kind, id string, v any) error {
	return document.Put(r.tx, r.key(kind, id), v)
}

// named reads the certificate that a call names, or refuses the call.
func (r records) named(certificateARN string) (*certificate, error) {
	if err := checkARN(certificateARN); err != nil {
		return nil, err
	}
	c, err := r.certificate(certificateARN)
	if errors.Is(err, errNotFound) {
		return nil, model.ResourceNotFoundException.Errorf("Could not find certificate %s.", certificateARN)
	}
	return c, err
}

// leaf is the certificate itself.
func (c *certificate) leaf() (*x509.Certificate, error) {
	block, _ := pem.Decode([]byte(c.Body))
	if block == nil {
		return nil, fmt.Errorf("certificate %s is not PEM", c.ARN)
	}
	return x509.ParseCertificate(block.Bytes)
}

// names are the domain name and the alternative names, the first among them.
func (c *certificate) names(leaf *x509.Certificate) (domain string, all []string) {
	if c.DomainName != "" {
		return c.DomainName, append([]string{c.DomainName}, c.AlternativeNames...)
	}
	all = leaf.DNSNames
	if domain = leaf.Subject.CommonName; domain == "" && len(all) > 0 {
		domain = all[0]
	}
	return domain, all
}

// keyAlgorithm is the name of the certificate's key in the form of the answers, "RSA-2048" or "EC-prime256v1".
func keyAlgorithm(leaf *x509.Certificate) string {
	switch key := leaf.PublicKey.(type) {
	case *rsa.PublicKey:
		return fmt.Sprintf("RSA-%d", key.Size()*8)
	case *ecdsa.PublicKey:
		switch key.Curve.Params().BitSize {
		case 384:
			return "EC-secp384r1"
		case 521:
			return "EC-secp521r1"
		}
		return "EC-prime256v1"
	}
	return leaf.PublicKeyAlgorithm.String()
}

// signatureAlgorithm is SHA256WITHRSA and its like.
func signatureAlgorithm(leaf *x509.Certificate) string {
	hash, key, ok := strings.Cut(leaf.SignatureAlgorithm.String(), "-")
	if !ok {
		return leaf.SignatureAlgorithm.String()
	}
	if key != "RSA" { // ECDSA-SHA256
		hash, key = key, hash
	}
	return hash + "WITH" + key
}

// serial is the serial number as pairs of hexadecimal digits, with colons between.
func serial(leaf *x509.Certificate) string {
	digits := hex.EncodeToString(leaf.SerialNumber.Bytes())
	var pairs []string
	for i := 0; i+1 < len(digits); i += 2 {
		pairs = append(pairs, digits[i:i+2])
	}
	return strings.Join(pairs, ":")
}

// The names that ACM gives the usages of a key.
// Source: ACM API reference, KeyUsage and ExtendedKeyUsage.
var (
	keyUsages = []struct {
		usage x509.KeyUsage
		name  string
	}{
		{x509.KeyUsageDigitalSignature, "DIGITAL_SIGNATURE"},
		{x509.KeyUsageContentCommitment, "NON_REPUDIATION"},
		{x509.KeyUsageKeyEncipherment, "KEY_ENCIPHERMENT"},
		{x509.KeyUsageDataEncipherment, "DATA_ENCIPHERMENT"},
		{x509.KeyUsageKeyAgreement, "KEY_AGREEMENT"},
		{x509.KeyUsageCertSign, "CERTIFICATE_SIGNING"},
		{x509.KeyUsageCRLSign, "CRL_SIGNING"},
		{x509.KeyUsageEncipherOnly, "ENCIPHER_ONLY"},
		{x509.KeyUsageDecipherOnly, "DECIPHER_ONLY"},
	}
	extendedKeyUsages = []struct {
		usage     x509.ExtKeyUsage
		name, oid string
	}{
		{x509.ExtKeyUsageServerAuth, "TLS_WEB_SERVER_AUTHENTICATION", "1.3.6.1.5.5.7.3.1"},
		{x509.ExtKeyUsageClientAuth, "TLS_WEB_CLIENT_AUTHENTICATION", "1.3.6.1.5.5.7.3.2"},
		{x509.ExtKeyUsageCodeSigning, "CODE_SIGNING", "1.3.6.1.5.5.7.3.3"},
		{x509.ExtKeyUsageEmailProtection, "EMAIL_PROTECTION", "1.3.6.1.5.5.7.3.4"},
		{x509.ExtKeyUsageTimeStamping, "TIME_STAMPING", "1.3.6.1.5.5.7.3.8"},
		{x509.ExtKeyUsageOCSPSigning, "OCSP_SIGNING", "1.3.6.1.5.5.7.3.9"},
	}
)

func usageNames(leaf *x509.Certificate) (keys []string) {
	for _, u := range keyUsages {
		if leaf.KeyUsage&u.usage != 0 {
			keys = append(keys, u.name)
		}
	}
	return keys
}

func extendedUsages(leaf *x509.Certificate) (out []model.ExtendedKeyUsage) {
	for _, has := range leaf.ExtKeyUsage {
		for _, u := range extendedKeyUsages {
			if has == u.usage {
				out = append(out, model.ExtendedKeyUsage{Name: &u.name, OID: &u.oid})
			}
		}
	}
	return out
}
