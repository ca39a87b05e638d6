package gateway_test

import (
	"log/slog"
	"net/netip"
	"testing"

	"postern/internal/gateway"
	"postern/internal/gateway/message"
)

const measuredAPI = `
methods:
  ANY /proxy/{proxy+}:
    methodIntegration:
      type: HTTP_PROXY
      httpMethod: ANY
      uri: http://backend.example/base/{proxy}
      requestParameters: {integration.request.path.proxy: method.request.path.proxy}
  GET /fixed:
    methodIntegration: {type: HTTP_PROXY, httpMethod: GET, uri: "http://backend.example/base"}
  GET /http:
    methodIntegration: {type: HTTP, httpMethod: GET, uri: "http://backend.example/base", integrationResponses: {"200": {}}}
  GET /mock/{id}:
    methodIntegration:
      type: MOCK
      requestTemplates: {application/json: '{"statusCode": 200}'}
      integrationResponses: {"200": {responseTemplates: {application/json: "{\"id\": \"$input.params('id')\", \"stage\": \"$context.stage\"}"}}}
`

// exchange returns a function that serves one request of a browser's size, as a listener would: request and response are
// used again.
func exchange(tb testing.TB, target string) func() *message.Response {
	upstream := &quietUpstream{reply: []byte(`{"ok":true}`)}
	g := gateway.New(gateway.Options{
		Source: stages{{APIID: "api1", Stage: "prod"}: deployed(tb, measuredAPI)}, Backends: gateway.Backends{Transport: upstream}, Log: slog.New(slog.DiscardHandler),
	})
	req := &message.Request{Proto: "HTTP/1.1", Host: "api1.execute-api.us-east-1.amazonaws.com", RemoteAddr: netip.MustParseAddrPort("203.0.113.7:4711")}
	for _, name := range []string{"Host", "Accept", "Accept-Encoding", "Accept-Language", "Cache-Control", "Connection", "Cookie", "Origin", "Referer", "User-Agent"} {
		req.Header.Add(name, "some value of usual length")
	}
	resp := &message.Response{}
	return func() *message.Response {
		resp.Reset()
		req.Method, req.Target, req.Path = "GET", target, target
		g.Serve(req, resp)
		return resp
	}
}

// The counts include one string for the three ids of an exchange, and one for a target that is not constant.
func TestAllocationsPerExchange(t *testing.T) {
	if raceDetector {
		t.Skip("counts hold without the race detector")
	}
	tests := []struct {
		name, target string
		limit        float64
	}{
		{"HTTP_PROXY, constant uri", "/prod/fixed", 1},
		{"HTTP_PROXY with {proxy}", "/prod/proxy/pets/7", 2},
		{"HTTP", "/prod/http", 1},
		{"MOCK with a template", "/prod/mock/7", 5},
	}
	for _, tt := range tests {
		serve := exchange(t, tt.target)
		if status := serve().Status; status != 200 {
			t.Fatalf("%s: status %d", tt.name, status)
		}
		if n := testing.AllocsPerRun(200, func() { serve() }); n > tt.limit {
			t.Errorf("%s: %v allocations, want at most %v", tt.name, n, tt.limit)
		}
	}
}

func BenchmarkExchange(b *testing.B) {
	for _, target := range []string{"/prod/fixed", "/prod/proxy/pets/7", "/prod/http", "/prod/mock/7"} {
		b.Run(target[len("/prod/"):], func(b *testing.B) {
			serve := exchange(b, target)
			b.ReportAllocs()
			for b.Loop() {
				serve()
			}
		})
	}
}
