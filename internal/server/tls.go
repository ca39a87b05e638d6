package server

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/big"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"postern/internal/gateway"
	"postern/internal/gateway/domain"
)

// TLSOptions say how the TLS port is served.
type TLSOptions struct {
	// Listen is the address of the TLS port; empty for none.
	Listen string
	// Certificate and Key are files in PEM, for every host that is no custom domain name. Default: a certificate that the
	// server signs itself at its start.
	Certificate, Key string
	// Truststores are files that take the place of objects of S3: the URI that domain names give, "s3://bucket/key", to the
	// file.
	Truststores map[string]string
}

// handshakes chooses certificates and rules for TLS connections by the name that the client asks for. Sources: developer
// guide, "Security policies for REST APIs in API Gateway", "How to turn on mutual TLS authentication for your REST APIs
// in API Gateway".
type handshakes struct {
	gateway *gateway.Gateway
	// keyPair returns a certificate of Certificate Manager.
	keyPair func(ctx context.Context, certificateARN string) (*tls.Certificate, error)
	// truststore returns the certificates in PEM that a truststore's URI and version name.
	truststore func(ctx context.Context, uri, version string) ([]byte, error)
	fallback   *tls.Config
	log        *slog.Logger

	mu sync.Mutex
	// configs are those of the domains that were asked for, by name.
	configs map[string]*domainConfig
	// swept is when old ones were forgotten last.
	swept time.Time
}

// domainConfig is the configuration of one domain, as it was made of its definition at a time.
type domainConfig struct {
	of     *domain.Domain
	made   time.Time
	config *tls.Config
}

// configLife is how long a configuration is used before certificate and truststore are looked up again.
const configLife = 10 * time.Second

func newHandshakes(o TLSOptions) (*handshakes, error) {
	certificate, err := defaultCertificate(o.Certificate, o.Key)
	if err != nil {
		return nil, err
	}
	h := &handshakes{configs: map[string]*domainConfig{}}
	h.fallback = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12, NextProtos: protocols()}
	return h, nil
}

// protocols are what is offered by ALPN.
func protocols() []string { return []string{"h2", "http/1.1"} }

// configFor is the configuration for the name that a client asks for. An error ends the handshake.
func (h *handshakes) configFor(hello *tls.ClientHelloInfo) (*tls.Config, error) {
	d := h.gateway.Domain(hello.ServerName)
	if d == nil {
		return h.fallback, nil
	}
	config, err := h.config(hello.Context(), d)
	recent := func(version uint16) bool { return version >= tls.VersionTLS12 }
	if err == nil && !slices.ContainsFunc(hello.SupportedVersions, recent) { // too old for HTTP/2: RFC 9113, 9.2
		config = config.Clone()
		config.NextProtos = []string{"http/1.1"}
	}
	return config, err
}

// config is the configuration of a domain.
func (h *handshakes) config(ctx context.Context, d *domain.Domain) (*tls.Config, error) {
	name := strings.ToLower(d.DomainName.Name)
	h.mu.Lock()
	known := h.configs[name]
	h.mu.Unlock()
	if known != nil && known.of == d && time.Since(known.made) < configLife {
		return known.config, nil
	}
	config, err := h.configOf(ctx, d)
	if err != nil {
		h.log.LogAttrs(ctx, slog.LevelError, "TLS connections to a custom domain name are refused",
			slog.String("domainName", name), slog.String("error", err.Error()))
		return nil, err
	}
	h.keep(name, &domainConfig{d, time.Now(), config})
	return config, nil
}

// keep keeps a configuration, and from time to time forgets those that are too old to be used: they hold the private keys
// of domain names that may be no more.
func (h *handshakes) keep(name string, c *domainConfig) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if c.made.Sub(h.swept) >= configLife {
		maps.DeleteFunc(h.configs, func(_ string, old *domainConfig) bool { return c.made.Sub(old.made) >= configLife })
		h.swept = c.made
	}
	h.configs[name] = c
}

var errNoCertificate = errors.New("the domain name has no certificate")

// configOf makes the configuration of a domain: its certificate, its security policy, and which authorities may vouch for
// its clients.
func (h *handshakes) configOf(ctx context.Context, d *domain.Domain) (*tls.Config, error) {
	certificate, err := h.certificate(ctx, d)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{Certificates: []tls.Certificate{*certificate}, MinVersion: minVersion(d.DomainName.SecurityPolicy), NextProtos: protocols()}
	if mutual := d.DomainName.MutualTLSAuthentication; mutual != nil {
		text, err := h.truststore(ctx, mutual.TruststoreURI, mutual.TruststoreVersion)
		if err != nil {
			return nil, fmt.Errorf("read the truststore %s: %w", mutual.TruststoreURI, err)
		}
		config.ClientCAs = x509.NewCertPool()
		if !config.ClientCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("the truststore %s holds no certificate", mutual.TruststoreURI)
		}
		config.ClientAuth = tls.RequireAnyClientCert // vouch verifies it
	}
	return config, nil
}

// certificate is the one that the domain was given: uploaded, or by the ARN of an edge-optimized or regional endpoint.
func (h *handshakes) certificate(ctx context.Context, d *domain.Domain) (*tls.Certificate, error) {
	if u := d.DomainName.Uploaded; u != nil {
		pair, err := tls.X509KeyPair([]byte(u.Body+"\n"+u.Chain), []byte(u.PrivateKey))
		return &pair, err
	}
	for _, certificateARN := range [...]string{d.DomainName.RegionalCertificateARN, d.DomainName.CertificateARN} {
		if certificateARN == "" {
			continue
		}
		pair, err := h.keyPair(ctx, certificateARN)
		if err != nil {
			return nil, fmt.Errorf("certificate %s: %w", certificateARN, err)
		}
		return pair, nil
	}
	return nil, errNoCertificate
}

// minVersion is the oldest version of TLS that a security policy allows.
func minVersion(policy string) uint16 {
	switch {
	case policy == "TLS_1_0":
		return tls.VersionTLS10
	case strings.HasPrefix(policy, "SecurityPolicy_TLS13_1_3_"), policy == "SecurityPolicy_TLS13_2025_EDGE":
		return tls.VersionTLS13
	default:
		return tls.VersionTLS12
	}
}

// defaultCertificate reads the certificate of hosts that are no custom domain name, or makes one.
func defaultCertificate(certificateFile, keyFile string) (tls.Certificate, error) {
	if certificateFile != "" {
		pair, err := tls.LoadX509KeyPair(certificateFile, keyFile)
		if err != nil {
			return pair, fmt.Errorf("read the TLS certificate: %w", err)
		}
		return pair, nil
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()),
		Subject:      pkix.Name{CommonName: "Postern"},
		NotBefore:    time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(1, 0, 0),
		DNSNames:    []string{"localhost", "*.execute-api.localhost"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		KeyUsage:    x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("make a TLS certificate: %w", err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}
