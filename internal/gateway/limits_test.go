package gateway_test

import (
	"log/slog"
	"strings"
	"testing"

	"postern/internal/gateway"
	"postern/internal/gateway/message"
)

// Source: developer guide, "Quotas for configuring and running a REST API in API Gateway"; the body of the 413 from
// captured replies (case 105), the other two inferred.
func TestLimits(t *testing.T) {
	up := &quietUpstream{}
	source := stages{{APIID: "api1", Stage: "prod"}: deployed(t, measuredAPI+`
gatewayResponses: [{responseType: REQUEST_TOO_LARGE, statusCode: "400"}, {responseType: DEFAULT_4XX, responseParameters: {gatewayresponse.header.x: "'y'"}}]
`)}
	g := gateway.New(gateway.Options{Source: source, Backends: gateway.Backends{Transport: up}, Log: slog.New(slog.DiscardHandler)})
	tests := []struct {
		name        string
		change      func(r *message.Request)
		status      int
		contentType string
		body        string
	}{
		{"a body of 10 MB", func(r *message.Request) { r.Body = make([]byte, 10485760) }, 200, "application/json", ""},
		{"a larger body", func(r *message.Request) { r.Body = make([]byte, 10485761) }, 413, "text/plain", "HTTP content length exceeded 10485760 bytes."},
		{"a long target", func(r *message.Request) { r.RawQuery = strings.Repeat("x", gateway.MaxTarget) }, 414, "application/json", `{"message":"Request URI too long"}`},
		{"much header", func(r *message.Request) { r.Header.Add("x", strings.Repeat("x", gateway.MaxHeader)) }, 431, "text/plain", "HTTP header is larger than 10240 bytes."},
	}
	for _, tt := range tests {
		req := &message.Request{Method: "GET", Path: "/prod/fixed", Host: "api1.execute-api.x"}
		tt.change(req)
		resp := &message.Response{}
		g.Serve(req, resp)
		contentType, _ := resp.Header.GetFold("Content-Type")
		if resp.Status != tt.status || contentType != tt.contentType || string(resp.Body) != tt.body {
			t.Errorf("%s: %d %s %q, want %d %s %q", tt.name, resp.Status, contentType, resp.Body, tt.status, tt.contentType, tt.body)
		}
		if _, custom := resp.Header.GetFold("x"); custom {
			t.Errorf("%s: answered by the customer's gateway response", tt.name)
		}
	}
	resp := &message.Response{}
	g.Refuse(&message.Request{}, resp, 413)
	if _, ok := resp.Header.GetFold("x-amzn-RequestId"); resp.Status != 413 || !ok {
		t.Errorf("what the listener refuses is answered %d, %v", resp.Status, resp.Header)
	}
}

// What the endpoint of an API takes may be less. Source: as for TestLimits; the answers inferred from those of all APIs.
func TestLimitsOfEndpoints(t *testing.T) {
	const kb8 = 8192
	tests := []struct {
		endpoint       string
		target, header int
		status         int
		body           string
	}{
		{"REGIONAL", kb8, kb8, 200, ""},
		{"EDGE", kb8 - len("/prod/fixed"), kb8, 200, ""},
		{"EDGE", kb8, 0, 414, `{"message":"Request URI too long"}`},
		{"PRIVATE", kb8, 0, 414, `{"message":"Request URI too long"}`},
		{"PRIVATE", 0, 8000, 431, "HTTP header is larger than 8000 bytes."},
	}
	for _, tt := range tests {
		source := stages{{APIID: "api1", Stage: "prod"}: deployed(t, measuredAPI+"restApi: {endpointConfiguration: {types: ["+tt.endpoint+"]}}\n")}
		g := gateway.New(gateway.Options{Source: source, Backends: gateway.Backends{Transport: &quietUpstream{}}, Log: slog.New(slog.DiscardHandler)})
		req := &message.Request{Method: "GET", Path: "/prod/fixed", Host: "api1.execute-api.x", RawQuery: strings.Repeat("x", tt.target)}
		req.Header.Add("x", strings.Repeat("x", tt.header))
		resp := &message.Response{}
		if g.Serve(req, resp); resp.Status != tt.status || string(resp.Body) != tt.body {
			t.Errorf("%s, a query of %d bytes and headers of %d: %d %q, want %d %q", tt.endpoint, tt.target, tt.header, resp.Status, resp.Body, tt.status, tt.body)
		}
	}
}

// A panic ends its own exchange only.
func TestAPanicIsAnswered(t *testing.T) {
	g := gateway.New(gateway.Options{
		Source: stages{{APIID: "api1", Stage: "prod"}: deployed(t, measuredAPI)}, Backends: gateway.Backends{Transport: nil}, Log: slog.New(slog.DiscardHandler),
	})
	for range 3 {
		resp := &message.Response{}
		g.Serve(&message.Request{Method: "GET", Path: "/prod/fixed", Host: "api1.execute-api.x"}, resp)
		if resp.Status != 500 || string(resp.Body) != `{"message": "Internal server error"}` {
			t.Errorf("a panic is answered %d %s", resp.Status, resp.Body)
		}
	}
}
