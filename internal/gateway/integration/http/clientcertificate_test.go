package http_test

import (
	"crypto/tls"
	"errors"
	"log/slog"
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
)

// Source: developer guide, "Generate and configure an SSL certificate for backend authentication in API Gateway".
func TestStageShowsItsCertificate(t *testing.T) {
	one, err := apidef.GenerateClientCertificate(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	two, err := apidef.GenerateClientCertificate(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(nethttp.HandlerFunc(func(w nethttp.ResponseWriter, r *nethttp.Request) {
		for _, c := range r.TLS.PeerCertificates {
			w.Header().Set("X-Serial", c.SerialNumber.String()+" "+c.Subject.CommonName)
		}
	}))
	server.TLS = &tls.Config{
		Certificates: []tls.Certificate{newAuthority(t).server(t, "localhost", time.Now().Add(time.Hour), true)},
		ClientAuth:   tls.RequestClientCert,
	}
	server.StartTLS()
	defer server.Close()
	uri := strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	transport, settings := realTransport(t), http.NewTLSSettings()
	shown := func(env *integration.Environment) string {
		t.Helper()
		in := &apidef.Integration{Type: apidef.HTTPProxy, HTTPMethod: "GET", URI: uri, TLSConfig: &apidef.TLSConfig{InsecureSkipVerification: true}}
		b, err := http.New(&apidef.Method{Integration: in}, env, &http.Options{Transport: transport, TLS: settings})
		if err != nil {
			t.Fatal(err)
		}
		x := &message.Exchange{Request: &message.Request{Method: "GET"}, Response: &message.Response{}}
		if err := b.Run(t.Context(), x); err != nil {
			t.Fatal(err)
		}
		serial, _ := x.Response.Header.GetFold("X-Serial")
		return serial
	}
	// In turn, twice: neither connections nor TLS sessions of one stage serve another.
	for range 2 {
		a := shown(&integration.Environment{ClientCertificateID: "one", ClientCertificate: one})
		b := shown(&integration.Environment{ClientCertificateID: "two", ClientCertificate: two})
		none := shown(&integration.Environment{})
		if !strings.HasSuffix(a, " ApiGateway") || a == b || none != "" {
			t.Errorf("shown: %q, %q, %q", a, b, none)
		}
	}
}

func TestClientCertificatesThatCannotBeShown(t *testing.T) {
	for name, env := range map[string]*integration.Environment{
		"not there":  {ClientCertificateID: "abc123"},
		"unreadable": {ClientCertificateID: "abc123", ClientCertificate: &apidef.ClientCertificate{PEMEncodedCertificate: "x"}},
	} {
		_, err := http.New(&apidef.Method{Integration: &apidef.Integration{Type: apidef.HTTP, URI: "https://a"}}, env, &http.Options{TLS: http.NewTLSSettings()})
		if err == nil || !strings.Contains(err.Error(), "Client certificate abc123") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A backend that wants a certificate which it trusts, and gets none, ends the handshake or the connection.
func TestBackendThatRefusesTheCaller(t *testing.T) {
	server := httptest.NewUnstartedServer(nethttp.HandlerFunc(func(nethttp.ResponseWriter, *nethttp.Request) {}))
	server.TLS = &tls.Config{
		Certificates: []tls.Certificate{newAuthority(t).server(t, "localhost", time.Now().Add(time.Hour), true)},
		ClientAuth:   tls.RequireAndVerifyClientCert,
	}
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server.StartTLS()
	defer server.Close()
	_, err := call(t, &apidef.Integration{
		URI: strings.Replace(server.URL, "127.0.0.1", "localhost", 1), TLSConfig: &apidef.TLSConfig{InsecureSkipVerification: true},
	})
	if e, ok := errors.AsType[*gatewayresponse.Error](err); !ok || e.Type() != "INTEGRATION_FAILURE" {
		t.Errorf("answered %v, want a network error (inferred)", err)
	}
}
