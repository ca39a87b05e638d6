package http_test

import (
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	nethttp "net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postern/internal/apidef"
	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/integration"
	"postern/internal/gateway/integration/connection"
	"postern/internal/gateway/integration/http"
	"postern/internal/gateway/message"
	"postern/internal/http1"
	"postern/java"
)

// links answers each call with the next of its targets, and keeps what it was asked.
type links struct {
	targets []connection.Target
	err     error
	asked   []connection.Way
}

func (l *links) Choose(w connection.Way) (connection.Target, error) {
	l.asked = append(l.asked, w)
	if l.err != nil {
		return connection.Target{}, l.err
	}
	return l.targets[(len(l.asked)-1)%len(l.targets)], nil
}

// through calls a private integration.
func through(t *testing.T, in *apidef.Integration, l connection.Links, change func(*message.Exchange)) (*message.Exchange, error) {
	t.Helper()
	transport := &http1.Transport{}
	t.Cleanup(transport.Close)
	in.ConnectionType = apidef.OverVPCLink
	if in.Type == "" {
		in.Type = apidef.HTTPProxy
	}
	if in.HTTPMethod == "" {
		in.HTTPMethod = "GET"
	}
	env := &integration.Environment{AccountID: "111111111111", Region: "us-east-1", APIID: "api1", Variables: map[string]string{"link": "abc123", "empty": ""}}
	b, err := http.New(&apidef.Method{Integration: in}, env, &http.Options{Transport: transport, TLS: http.NewTLSSettings(), Links: l})
	if err != nil {
		t.Fatal(err)
	}
	x := &message.Exchange{Request: &message.Request{Method: "GET"}, Response: &message.Response{}, Trace: &message.Trace{}, Stage: "prod"}
	if change != nil {
		change(x)
	}
	return x, b.Run(t.Context(), x)
}

// target is an HTTP server that shows Host and request target of what it got.
func target(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(nethttp.HandlerFunc(func(w nethttp.ResponseWriter, r *nethttp.Request) {
		w.Header().Set("X-Host", r.Host)
		w.Header().Set("X-Target", r.RequestURI)
	}))
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// Source: developer guide, "Private integrations for REST APIs in API Gateway": the URI routes nothing, but names Host header
// and TLS server; its port and scheme tell the listener. On links of the second version the scheme is HTTP unless the URI is
// https on port 443, and the stage is part of the path unless requestOverride.path is set.
func TestPrivateCallsGoToTheTarget(t *testing.T) {
	address := target(t)
	const listener = "arn:aws:elasticloadbalancing:us-east-1:111111111111:listener/app/a/1/2"
	overridden := func(x *message.Exchange) {
		x.RequestOverride = &java.Map{}
		x.RequestOverride.Put("path", &java.Map{})
	}
	tests := []struct {
		name         string
		in           apidef.Integration
		change       func(*message.Exchange)
		asked        connection.Way
		host, target string
	}{
		{
			"a link of the first version",
			apidef.Integration{URI: "http://pets.internal:8080/v1/pets", ConnectionID: "abc123"},
			nil,
			connection.Way{LinkID: "abc123", Port: 8080},
			"pets.internal:8080", "/v1/pets",
		},
		{
			"named by a stage variable",
			apidef.Integration{URI: "http://pets.internal/v1", ConnectionID: "${stageVariables.link}"},
			nil,
			connection.Way{LinkID: "abc123", Port: 80},
			"pets.internal", "/v1",
		},
		{
			"https that the load balancer ends",
			apidef.Integration{URI: "https://pets.internal/v1", ConnectionID: "abc123"},
			nil,
			connection.Way{LinkID: "abc123", Port: 443, Secure: true},
			"pets.internal", "/v1",
		},
		{
			"a link of the second version",
			apidef.Integration{URI: "http://pets.internal/v1", ConnectionID: "v2", IntegrationTarget: listener},
			nil,
			connection.Way{LinkID: "v2", Target: listener, Port: 80},
			"pets.internal", "/prod/v1",
		},
		{
			"whose path an override has set",
			apidef.Integration{URI: "http://pets.internal/v1", ConnectionID: "v2", IntegrationTarget: listener},
			overridden,
			connection.Way{LinkID: "v2", Target: listener, Port: 80},
			"pets.internal", "/v1",
		},
		{
			"whose https is on another port",
			apidef.Integration{URI: "https://pets.internal:8443/v1", ConnectionID: "v2", IntegrationTarget: listener},
			nil,
			connection.Way{LinkID: "v2", Target: listener, Port: 8443},
			"pets.internal:8443", "/prod/v1",
		},
		{
			"whose https is on 443",
			apidef.Integration{URI: "https://pets.internal:443/v1", ConnectionID: "v2", IntegrationTarget: listener},
			nil,
			connection.Way{LinkID: "v2", Target: listener, Port: 443, Secure: true},
			"pets.internal", "/prod/v1",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := &links{targets: []connection.Target{{Address: address}}}
			x, err := through(t, &tt.in, l, tt.change)
			if err != nil {
				t.Fatal(err)
			}
			tt.asked.AccountID, tt.asked.Region = "111111111111", "us-east-1"
			if diff := cmp.Diff([]connection.Way{tt.asked}, l.asked); diff != "" {
				t.Errorf("asked (-want +got):\n%s", diff)
			}
			host, _ := x.Response.Header.GetFold("X-Host")
			got, _ := x.Response.Header.GetFold("X-Target")
			if host != tt.host || got != tt.target {
				t.Errorf("the target saw %s%s, want %s%s", host, got, tt.host, tt.target)
			}
		})
	}
}

// Source: AWS knowledge center, "How do I troubleshoot 500 errors for API Gateway VPC link integrations": the log line, and
// what leads to it. What happens to a call that reached its target is the same as over the internet.
func TestPrivateCallsThatFail(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dead := closed.Addr().String()
	_ = closed.Close()
	resets := strings.TrimPrefix(rawServer(t, func(c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0) }), "http://")
	hold := make(chan struct{})
	defer close(hold)
	hangs := strings.TrimPrefix(rawServer(t, func(net.Conn) { <-hold }), "http://")
	const internal = "There was an internal error while executing your request"
	to := func(addresses ...string) *links {
		l := &links{}
		for _, a := range addresses {
			l.targets = append(l.targets, connection.Target{Address: a})
		}
		return l
	}
	tests := []struct {
		name      string
		links     connection.Links
		kind, log string
		choices   int
	}{
		{"a link that is not there", &links{err: errors.New("no such VPC link")}, "API_CONFIGURATION_ERROR", internal, 1},
		{"a gateway that knows no links", nil, "API_CONFIGURATION_ERROR", internal, 0},
		{"a target that refuses connections", to(dead), "API_CONFIGURATION_ERROR", internal, 2},
		{"targets that all do", to(dead, "127.0.0.2:1", "127.0.0.3:1"), "API_CONFIGURATION_ERROR", internal, 3},
		{"a target that may not be called", to("169.254.169.254:80"), "API_CONFIGURATION_ERROR", internal, 1},
		{"a target that resets", to(resets), "INTEGRATION_FAILURE", "Connection reset by peer", 1},
		{"a target that hangs", to(hangs), "INTEGRATION_TIMEOUT", "Execution failed due to a timeout error", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := through(t, &apidef.Integration{URI: "http://pets.internal", ConnectionID: "abc123", TimeoutInMillis: 300, HTTPMethod: "POST"}, tt.links, nil)
			e, ok := errors.AsType[*gatewayresponse.Error](err)
			if !ok || e.Type() != tt.kind || !strings.Contains(e.Log(), tt.log) {
				t.Fatalf("%v, want %s %q", err, tt.kind, tt.log)
			}
			if l, ok := tt.links.(*links); ok && len(l.asked) != tt.choices {
				t.Errorf("%d targets were chosen, want %d", len(l.asked), tt.choices)
			}
		})
	}
}

// A target that takes no connection costs nothing but the time: whatever the method, the call goes to the next.
func TestPrivateCallsGoToTheNextTarget(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dead := closed.Addr().String()
	_ = closed.Close()
	l := &links{targets: []connection.Target{{Address: dead}, {Address: target(t)}}}
	if _, err := through(t, &apidef.Integration{URI: "http://pets.internal", ConnectionID: "abc123", HTTPMethod: "POST"}, l, nil); err != nil || len(l.asked) != 2 {
		t.Errorf("%d choices, %v", len(l.asked), err)
	}
}

// Source: user guides for load balancers: TCP passes TLS on, so that the certificate must be the URI's host's; a load balancer
// that begins TLS itself checks no certificate.
func TestPrivateTLS(t *testing.T) {
	a := newAuthority(t)
	server := httptest.NewUnstartedServer(nethttp.HandlerFunc(func(w nethttp.ResponseWriter, r *nethttp.Request) {
		w.Header().Set("X-Server-Name", r.TLS.ServerName)
		w.Header().Set("X-Host", r.Host)
	}))
	server.TLS = &tls.Config{Certificates: []tls.Certificate{a.server(t, "pets.internal", time.Now().Add(time.Hour), true)}}
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server.StartTLS()
	defer server.Close()
	address := server.Listener.Addr().String()
	tests := []struct {
		name, uri string
		target    connection.Target
		skip      bool
		log       string
	}{
		{"passed on, of an authority that nobody knows", "https://pets.internal", connection.Target{Address: address, Secure: true}, false, "PKIX path building failed"},
		{"passed on, that check skipped", "https://pets.internal", connection.Target{Address: address, Secure: true}, true, ""},
		{"passed on, to another host's certificate", "https://cats.internal", connection.Target{Address: address, Secure: true}, true, "Host name 'cats.internal' does not match the certificate subject provided by the peer (CN=pets.internal)"},
		{"begun by the load balancer", "http://cats.internal", connection.Target{Address: address, Secure: true, Unchecked: true}, false, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			x, err := through(t, &apidef.Integration{
				URI: tt.uri, ConnectionID: "abc123", TLSConfig: &apidef.TLSConfig{InsecureSkipVerification: tt.skip},
			}, &links{targets: []connection.Target{tt.target}}, nil)
			if tt.log == "" {
				host, _ := x.Response.Header.GetFold("X-Host")
				name, _ := x.Response.Header.GetFold("X-Server-Name")
				if want := tt.uri[strings.Index(tt.uri, "//")+2:]; err != nil || host != want || name != want {
					t.Errorf("%v; Host %q, server name %q, want %q", err, host, name, want)
				}
				return
			}
			if e, ok := errors.AsType[*gatewayresponse.Error](err); !ok || !strings.Contains(e.Log(), tt.log) {
				t.Errorf("%v, want %q", err, tt.log)
			}
		})
	}
}

// Source: user guide for application load balancers, fixed-response and redirect actions.
func TestLoadBalancersAnswerThemselves(t *testing.T) {
	tests := []struct {
		name     string
		answer   connection.Answer
		status   int
		location string
		body     string
	}{
		{"a fixed response", connection.Answer{Status: 503, ContentType: "text/plain", Body: "closed"}, 503, "", "closed"},
		{"a redirect", connection.Answer{Status: 301, Location: "#{protocol}://other.example:#{port}/#{path}?#{query}"}, 301, "http://other.example:8080/v1/pets?type=dog", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			x, err := through(t, &apidef.Integration{URI: "http://pets.internal:8080/v1/pets?type=dog", ConnectionID: "abc123"},
				&links{targets: []connection.Target{{Answer: &tt.answer}}}, nil)
			if err != nil {
				t.Fatal(err)
			}
			location, _ := x.Response.Header.GetFold("Location")
			if x.Response.Status != tt.status || location != tt.location || string(x.Response.Body) != tt.body {
				t.Errorf("%d %q %q", x.Response.Status, location, x.Response.Body)
			}
		})
	}
}
