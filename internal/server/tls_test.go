package server

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// authority signs the certificates of a test.
type authority struct {
	certificate *x509.Certificate
	key         crypto.Signer
	pem         string
}

func newAuthority(t *testing.T, name string) *authority {
	t.Helper()
	a := &authority{}
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	a.certificate, a.key, a.pem = a.sign(t, template)
	return a
}

// sign makes a certificate, in the first place the authority's own.
func (a *authority) sign(t *testing.T, template *x509.Certificate) (*x509.Certificate, crypto.Signer, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template.SerialNumber = big.NewInt(0xa10f)
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	parent, signer := template, crypto.Signer(key)
	if a.certificate != nil {
		parent, signer = a.certificate, a.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return leaf, key, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// issue makes a key pair for a server's name, or for a client when name is empty.
func (a *authority) issue(t *testing.T, name string) (tls.Certificate, string, string) {
	t.Helper()
	template := &x509.Certificate{Subject: pkix.Name{CommonName: "leaf"}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
	if name != "" {
		template.DNSNames, template.ExtKeyUsage = []string{name}, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	}
	_, key, certificate := a.sign(t, template)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	keyText := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	pair, err := tls.X509KeyPair([]byte(certificate), []byte(keyText))
	if err != nil {
		t.Fatal(err)
	}
	return pair, certificate, keyText
}

// visitor calls the TLS port of a server.
type visitor struct {
	server *Server
	roots  *x509.CertPool
	// sni is the name that the handshake asks for, host the name in the request.
	sni, host string
	shows     *tls.Certificate
	max       uint16
}

func (v visitor) get(t *testing.T, path string) (status int, body string, err error) {
	t.Helper()
	config := &tls.Config{RootCAs: v.roots, ServerName: v.sni, MinVersion: tls.VersionTLS10, MaxVersion: v.max}
	if v.shows != nil { // whatever authorities the server asks for
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return v.shows, nil }
	}
	transport := &http.Transport{
		TLSClientConfig: config, ForceAttemptHTTP2: true, // as browsers and curl do
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "tcp", v.server.TLSAddr())
		},
	}
	defer transport.CloseIdleConnections()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+v.sni+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = v.host
	resp, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(text), err
}

// acmCall calls Certificate Manager.
func acmCall(t *testing.T, s *Server, operation, body string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+s.Addr()+"/", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/acm/aws4_request, SignedHeaders=host, Signature=0")
	req.Header.Set("X-Amz-Target", "CertificateManager."+operation)
	req.Header.Set("Content-Type", "application/x-amz-json-1.1")
	status, text, _ := do(t, req)
	if status != http.StatusOK {
		t.Fatalf("%s: %d %s", operation, status, text)
	}
	return text
}

// customDomain makes a domain name with a certificate of its own, in front of a MOCK API.
func customDomain(t *testing.T, s *Server, a *authority, name, more string) {
	t.Helper()
	_, certificate, key := a.issue(t, name)
	encoded := base64.StdEncoding.EncodeToString
	certificateARN := field(t, acmCall(t, s, "ImportCertificate", fmt.Sprintf(`{"Certificate": %q, "PrivateKey": %q, "CertificateChain": %q}`,
		encoded([]byte(certificate)), encoded([]byte(key)), encoded([]byte(a.pem)))), "CertificateArn")
	api := deployMock(t, s)
	call(t, s, "POST", "/domainnames", fmt.Sprintf(`{"domainName": %q, "regionalCertificateArn": %q,
		"endpointConfiguration": {"types": ["REGIONAL"]}%s}`, name, certificateARN, more))
	call(t, s, "POST", "/domainnames/"+name+"/basepathmappings", fmt.Sprintf(`{"basePath": "v1", "restApiId": %q, "stage": "dev"}`, api))
}

// deployMock deploys an API whose GET /who answers the serial number of the client's certificate, and the path.
func deployMock(t *testing.T, s *Server) string {
	t.Helper()
	return field(t, deployDefinition(t, s, `{"swagger": "2.0", "info": {"title": "who", "version": "1"}, "paths": {"/who": {"get": {
		"responses": {"200": {"description": "ok"}},
		"x-amazon-apigateway-integration": {"type": "mock", "requestTemplates": {"application/json": "{\"statusCode\": 200}"},
			"responses": {"default": {"statusCode": "200", "responseTemplates": {
				"application/json": "$context.identity.clientCert.serialNumber $context.path"}}}}}}}}`), "id")
}

func deployDefinition(t *testing.T, s *Server, definition string) string {
	t.Helper()
	made := call(t, s, "POST", "/restapis?mode=import", definition)
	call(t, s, "POST", "/restapis/"+field(t, made, "id")+"/deployments", `{"stageName": "dev"}`)
	return made
}

// A custom domain name is served with its own certificate, chosen by SNI, below its base paths.
func TestCustomDomain(t *testing.T) {
	a := newAuthority(t, "ca")
	o := options()
	o.TLS.Listen = "127.0.0.1:0"
	s, _ := run(t, o)
	customDomain(t, s, a, "shop.example.com", "")
	customDomain(t, s, a, "old.example.com", `, "securityPolicy": "TLS_1_0"`)
	roots := x509.NewCertPool()
	roots.AddCert(a.certificate)
	shop := visitor{server: s, roots: roots, sni: "shop.example.com", host: "shop.example.com"}
	if status, body, err := shop.get(t, "/v1/who"); err != nil || status != 200 || body != " /v1/who" {
		t.Errorf("GET /v1/who: %d %q %v", status, body, err)
	}
	// Knowledge center, "How do I resolve HTTP 403 errors of a custom domain name": the stage is no part of the path.
	if status, body, err := shop.get(t, "/dev/who"); err != nil || status != 403 || body != `{"message":"Forbidden"}` {
		t.Errorf("GET /dev/who, which no mapping matches: %d %q %v", status, body, err)
	}
	if status, body, err := shop.get(t, "/v1/dev/who"); err != nil || status != 403 || body != `{"message":"Missing Authentication Token"}` {
		t.Errorf("GET /v1/dev/who: %d %q %v", status, body, err)
	}
	// Security policies: TLS_1_2 is the least of a domain that says nothing.
	shop.max = tls.VersionTLS11
	if _, _, err := shop.get(t, "/v1/who"); err == nil {
		t.Error("TLS 1.1 is accepted by a domain with the policy TLS_1_2")
	}
	old := visitor{server: s, roots: roots, sni: "old.example.com", host: "old.example.com", max: tls.VersionTLS10}
	if status, _, err := old.get(t, "/v1/who"); err != nil || status != 200 {
		t.Errorf("TLS 1.0 to a domain with the policy TLS_1_0: %d %v", status, err)
	}
	// A name that is no domain gets the server's own certificate, which nobody vouches for.
	other := visitor{server: s, roots: roots, sni: "other.example.com", host: "other.example.com"}
	if _, _, err := other.get(t, "/v1/who"); err == nil {
		t.Error("other.example.com has a certificate of the test's authority")
	}
}

// runWithTruststore runs a server with a TLS port, where the truststore s3://bucket/ca.pem holds an authority.
func runWithTruststore(t *testing.T, a *authority) *Server {
	t.Helper()
	store := filepath.Join(t.TempDir(), "truststore.pem")
	if err := os.WriteFile(store, []byte(a.pem), 0o600); err != nil {
		t.Fatal(err)
	}
	o := options()
	o.TLS = TLSOptions{Listen: "127.0.0.1:0", Truststores: map[string]string{"s3://bucket/ca.pem": store}}
	s, _ := run(t, o)
	return s
}

// Mutual TLS lets in who shows a certificate that the truststore vouches for, over a connection to that very domain.
// Source: developer guide, "How to turn on mutual TLS authentication for your REST APIs in API Gateway".
func TestMutualTLS(t *testing.T) {
	a, stranger := newAuthority(t, "ca"), newAuthority(t, "stranger")
	s := runWithTruststore(t, a)
	customDomain(t, s, a, "safe.example.com", `, "mutualTlsAuthentication": {"truststoreUri": "s3://bucket/ca.pem"}`)
	customDomain(t, s, a, "open.example.com", "")
	customDomain(t, s, a, "lost.example.com", `, "mutualTlsAuthentication": {"truststoreUri": "s3://bucket/none.pem"}`)
	roots := x509.NewCertPool()
	roots.AddCert(a.certificate)
	known, _, _ := a.issue(t, "")
	unknown, _, _ := stranger.issue(t, "")
	serving, _, _ := a.issue(t, "shop.example.com")
	for _, c := range []struct {
		name      string
		sni, host string
		shows     *tls.Certificate
		want      string
	}{
		{"a certificate that the truststore vouches for", "safe.example.com", "safe.example.com", &known, "200 a1:0f /v1/who"},
		{"no certificate", "safe.example.com", "safe.example.com", nil, "refused"},
		{"a certificate of another authority", "safe.example.com", "safe.example.com", &unknown, `403 {"message":"Forbidden"}`},
		{"a certificate of a server", "safe.example.com", "safe.example.com", &serving, `403 {"message":"Forbidden"}`},
		{"a connection to a domain without mutual TLS", "open.example.com", "safe.example.com", &known, `403 {"message":"Forbidden"}`},
		{"a domain without mutual TLS", "open.example.com", "open.example.com", nil, "200  /v1/who"},
		{"a truststore that cannot be read", "lost.example.com", "lost.example.com", &known, "refused"},
	} {
		v := visitor{server: s, roots: roots, sni: c.sni, host: c.host, shows: c.shows}
		got := "refused"
		if status, body, err := v.get(t, "/v1/who"); err == nil {
			got = fmt.Sprint(status, " ", body)
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	// Without TLS there is nothing to go by.
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+s.Addr()+"/v1/who", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "safe.example.com"
	if status, body, _ := do(t, req); status != http.StatusForbidden {
		t.Errorf("without TLS: %d %s, want 403", status, body)
	}
}

// A domain may bring its certificate along instead of naming one: API reference, CreateDomainName, certificateBody.
func TestUploadedCertificate(t *testing.T) {
	a := newAuthority(t, "ca")
	o := options()
	o.TLS.Listen = "127.0.0.1:0"
	s, _ := run(t, o)
	_, certificate, key := a.issue(t, "edge.example.com")
	made := call(t, s, "POST", "/domainnames", fmt.Sprintf(`{"domainName": "edge.example.com", "certificateName": "mine",
		"certificateBody": %q, "certificatePrivateKey": %q, "certificateChain": %q}`, certificate, key, a.pem))
	if !strings.Contains(made, `"certificateName":"mine"`) || !strings.Contains(made, `"certificateUploadDate":`) || strings.Contains(made, "PRIVATE KEY") {
		t.Errorf("the domain name is answered as %s", made)
	}
	api := deployMock(t, s)
	call(t, s, "POST", "/domainnames/edge.example.com/basepathmappings", fmt.Sprintf(`{"restApiId": %q, "stage": "dev"}`, api))
	roots := x509.NewCertPool()
	roots.AddCert(a.certificate)
	v := visitor{server: s, roots: roots, sni: "edge.example.com", host: "edge.example.com"}
	if status, body, err := v.get(t, "/who"); err != nil || status != 200 || body != " /who" {
		t.Errorf("GET /who: %d %q %v", status, body, err)
	}
}

// With the endpoint access mode STRICT the name asked for in the handshake must be the Host: developer guide, "Security
// policies for REST APIs in API Gateway".
func TestStrictAccess(t *testing.T) {
	a := newAuthority(t, "ca")
	o := options()
	o.TLS.Listen = "127.0.0.1:0"
	s, _ := run(t, o)
	customDomain(t, s, a, "open.example.com", "")
	customDomain(t, s, a, "strict.example.com", `, "securityPolicy": "SecurityPolicy_TLS13_1_3_2025_09", "endpointAccessMode": "STRICT"`)
	roots := x509.NewCertPool()
	roots.AddCert(a.certificate)
	for _, c := range []struct {
		sni, host string
		max       uint16
		want      int
	}{
		{"strict.example.com", "strict.example.com", 0, 200},
		{"open.example.com", "strict.example.com", 0, 403},
		{"strict.example.com", "strict.example.com", tls.VersionTLS12, 0},
	} {
		v := visitor{server: s, roots: roots, sni: c.sni, host: c.host, max: c.max}
		if status, body, _ := v.get(t, "/v1/who"); status != c.want {
			t.Errorf("asked for %s, Host %s, at most TLS %x: %d %s, want %d", c.sni, c.host, c.max, status, body, c.want)
		}
	}
}

// What a handshake was made of does not outlive its use: the private key of a deleted domain name goes.
func TestConfigurationsOfDomainsAreForgotten(t *testing.T) {
	now := time.Now()
	h := &handshakes{configs: map[string]*domainConfig{
		"gone.example.com":  {made: now.Add(-configLife)},
		"fresh.example.com": {made: now.Add(-configLife / 2)},
	}}
	h.keep("new.example.com", &domainConfig{made: now})
	if len(h.configs) != 2 || h.configs["gone.example.com"] != nil {
		t.Errorf("%d configurations are kept, want those of fresh.example.com and new.example.com", len(h.configs))
	}
}
