package http_test

import (
	"cmp"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"net"
	nethttp "net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"postern/internal/apidef"
	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/integration"
	"postern/internal/gateway/integration/http"
	"postern/internal/gateway/message"
	"postern/internal/http1"
)

// call runs an HTTP_PROXY integration against uri over the real transport.
func call(t *testing.T, in *apidef.Integration) (*message.Exchange, error) {
	t.Helper()
	transport := &http1.Transport{}
	t.Cleanup(transport.Close)
	in.Type, in.HTTPMethod = apidef.HTTPProxy, "GET"
	b, err := http.New(&apidef.Method{Integration: in}, &integration.Environment{APIID: "api1"}, &http.Options{Transport: transport, TLS: http.NewTLSSettings()})
	if err != nil {
		t.Fatal(err)
	}
	x := &message.Exchange{Request: &message.Request{Method: "GET"}, Response: &message.Response{}, Trace: &message.Trace{}}
	return x, b.Run(t.Context(), x)
}

// rawServer answers each connection with what serve does to it, after the request's head was read.
func rawServer(t *testing.T, serve func(net.Conn)) (uri string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = c.Read(make([]byte, 4096))
			serve(c)
			_ = c.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	return "http://" + l.Addr().String()
}

func writes(text string) func(net.Conn) {
	return func(c net.Conn) { _, _ = io.WriteString(c, text) }
}

func TestUpstreamsThatDoNotAnswer(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refusing := "http://" + closed.Addr().String()
	_ = closed.Close()
	hold := make(chan struct{})
	defer close(hold)
	waits := func(net.Conn) { <-hold }
	const (
		timeout = "INTEGRATION_TIMEOUT"
		network = "INTEGRATION_FAILURE"
		config  = "API_CONFIGURATION_ERROR"
	)
	tests := []struct {
		name, uri string
		want, log string
		called    bool
		evidence  string
	}{
		{"never answers", rawServer(t, waits), timeout, "Execution failed due to a timeout error", true, "captured reply"},
		{"stops in the middle of the body", rawServer(t, func(c net.Conn) { writes("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")(c); <-hold }), timeout, "Execution failed due to a timeout error", true, "inferred"},
		{"closes without an answer", rawServer(t, writes("")), network, "Connection is closed", true, "captured log"},
		{"closes in the middle of the body", rawServer(t, writes("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")), network, "Connection is closed", true, "inferred"},
		{"closes in the middle of a chunk", rawServer(t, writes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nabc")), network, "Connection is closed", true, "inferred"},
		{"resets", rawServer(t, func(c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0) }), network, "Connection reset by peer", true, "captured log"},
		{"speaks no HTTP", rawServer(t, writes("220 smtp ready\r\n\r\n")), network, "valid HTTP response", true, "inferred"},
		{"has a bad header", rawServer(t, writes("HTTP/1.1 200 OK\r\nno colon\r\n\r\n")), network, "valid HTTP response", true, "inferred"},
		{"announces 11 MB", rawServer(t, writes("HTTP/1.1 200 OK\r\nContent-Length: 11534336\r\n\r\n")), config, "larger than allowed maximum of 10485760 bytes", true, "inferred"},
		{"refuses", refusing, network, "Connection refused", true, "captured reply; the log is inferred"},
		{"does not resolve", "http://does-not-exist.invalid/", config, "Invalid endpoint address", false, "recorded AWS answer: an address that cannot be called"},
		{"is the metadata service", "http://169.254.169.254/latest", config, "Invalid endpoint address", false, "ours"},
		{"is no TLS", strings.Replace(rawServer(t, writes("plain")), "http:", "https:", 1), network, "handshake", true, "inferred"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			x, err := call(t, &apidef.Integration{URI: tt.uri, TimeoutInMillis: 300})
			e, ok := errors.AsType[*gatewayresponse.Error](err)
			if !ok {
				t.Fatalf("answered %v with status %d, want %s", err, x.Response.Status, tt.want)
			}
			if e.Type() != tt.want || !strings.Contains(e.Log(), tt.log) || x.Called != tt.called {
				t.Errorf("%s, %q, called %v; want %s, %q, %v (%s)\n%v", e.Type(), e.Log(), x.Called, tt.want, tt.log, tt.called, tt.evidence, x.Trace.Lines)
			}
		})
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	x, err := call(t, &apidef.Integration{URI: rawServer(t, writes("HTTP/1.1 302 Found\r\nLocation: http://elsewhere/\r\nContent-Length: 0\r\n\r\n"))})
	if err != nil || x.Response.Status != 302 {
		t.Fatalf("status %d, %v; want the backend's 302 (inferred)", x.Response.Status, err)
	}
	if location, _ := x.Response.Header.GetFold("Location"); location != "http://elsewhere/" {
		t.Errorf("Location %q is not the backend's", location)
	}
}

// authority makes certificates.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	key := newKey(t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "some authority"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	return &authority{sign(t, template, template, key, key), key}
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func sign(t *testing.T, template, parent *x509.Certificate, key, signer *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

// server makes a server certificate; a nil authority signs it with itself.
func (a *authority) server(t *testing.T, host string, until time.Time, chain bool) tls.Certificate {
	key := newKey(t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host},
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: until, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if a == nil {
		return tls.Certificate{Certificate: [][]byte{sign(t, template, template, key, key).Raw}, PrivateKey: key}
	}
	out := tls.Certificate{Certificate: [][]byte{sign(t, template, a.cert, key, a.key).Raw}, PrivateKey: key}
	if chain {
		out.Certificate = append(out.Certificate, a.cert.Raw)
	}
	return out
}

// Source: API Gateway API reference, TlsConfig, insecureSkipVerification: what it skips and what is checked all the same.
func TestCertificates(t *testing.T) {
	a := newAuthority(t)
	later, past := time.Now().Add(time.Hour), time.Now().Add(-24*time.Hour)
	tests := []struct {
		name string
		cert tls.Certificate
		skip bool
		log  string // empty: the call goes through
		host string // of the uri; "" is localhost
	}{
		{"skipped, of no address", a.server(t, "localhost", later, true), true, "Host name '127.0.0.1' does not match the certificate subject provided by the peer (CN=localhost)", "127.0.0.1"},
		{"an authority that nobody knows", a.server(t, "localhost", later, true), false, "PKIX path building failed", ""},
		{"the same, skipped", a.server(t, "localhost", later, true), true, "", ""},
		{"signed by itself", (*authority)(nil).server(t, "localhost", later, false), false, "PKIX path building failed", ""},
		{"signed by itself, skipped", (*authority)(nil).server(t, "localhost", later, false), true, "", ""},
		{"skipped without a root in the chain", a.server(t, "localhost", later, false), true, "PKIX path building failed", ""},
		{"skipped, expired", a.server(t, "localhost", past, true), true, "validity check failed", ""},
		{"skipped, of another host", a.server(t, "other.example", later, true), true, "Host name 'localhost' does not match the certificate subject provided by the peer (CN=other.example)", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewUnstartedServer(nethttp.HandlerFunc(func(nethttp.ResponseWriter, *nethttp.Request) {}))
			server.TLS = &tls.Config{Certificates: []tls.Certificate{tt.cert}}
			server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
			server.StartTLS()
			defer server.Close()
			_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
			_, err := call(t, &apidef.Integration{
				URI: "https://" + cmp.Or(tt.host, "localhost") + ":" + port, TimeoutInMillis: 5000, TLSConfig: &apidef.TLSConfig{InsecureSkipVerification: tt.skip},
			})
			if tt.log == "" {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			e, ok := errors.AsType[*gatewayresponse.Error](err)
			if !ok || e.Type() != "API_CONFIGURATION_ERROR" || !strings.Contains(e.Log(), tt.log) {
				t.Errorf("%v; want a configuration error with %q", err, tt.log)
				if ok {
					t.Log(e.Type(), e.Log())
				}
			}
		})
	}
}
