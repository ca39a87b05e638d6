package apigateway

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"postern/internal/aws/wire"
	"postern/internal/gateway/message"
)

const putIntegrationBody = `{"type":"HTTP","httpMethod":"POST","uri":"http://example.com/pets/{id}",` +
	`"requestParameters":{"integration.request.path.id":"method.request.path.id"},` +
	`"requestTemplates":{"application/json":"{\"id\": \"$input.params('id')\"}"},"cacheKeyParameters":[],"timeoutInMillis":29000}`

// Whatever the body, the answer is an error of the table or the handler is reached; what it was given is legal.
func FuzzPutIntegration(f *testing.F) {
	f.Add(putIntegrationBody)
	f.Add(`{"type":"MOCK","requestTemplates":{"application/json":null},"tlsConfig":{"insecureSkipVerification":"true"}}`)
	f.Add(`{"type":"AWS","cacheKeyParameters":["a",null],"timeoutInMillis":"50","x":[{}]}`)
	service := NewService(&recorder{}, slog.New(slog.DiscardHandler))
	f.Fuzz(func(t *testing.T, body string) {
		resp := new(message.Response)
		service.Serve(context.Background(), newCall(), request("PUT", "/restapis/a/resources/b/methods/GET/integration", body), resp)
		if !json.Valid(resp.Body) {
			t.Fatalf("the answer is no JSON: %s", resp.Body)
		}
		switch resp.Status {
		case 201:
			if !json.Valid([]byte(body)) {
				t.Errorf("accepted, but no JSON: %q", body)
			}
		case 400:
			if kind, _ := resp.Header.GetFold("x-amzn-ErrorType"); !strings.HasSuffix(kind, "Exception") {
				t.Errorf("error type %q", kind)
			}
		default:
			t.Errorf("%d %s", resp.Status, resp.Body)
		}
	})
}

var getIntegrationAnswer = Integration{
	Type: new("HTTP"), HTTPMethod: new("POST"), URI: new("http://example.com/pets/{id}"), ConnectionType: new("INTERNET"),
	RequestParameters:   map[string]string{"integration.request.path.id": "method.request.path.id"},
	RequestTemplates:    map[string]string{"application/json": `{"id": "$input.params('id')"}`},
	PassthroughBehavior: new("WHEN_NO_MATCH"), TimeoutInMillis: new(29000), CacheNamespace: new("abc123"),
	CacheKeyParameters: []string{},
	IntegrationResponses: map[string]IntegrationResponse{
		"200": {StatusCode: new("200"), ResponseTemplates: map[string]string{"application/json": ""}},
	},
}

// benchmarked answers both operations without work of its own.
type benchmarked struct{ Unimplemented }

func (benchmarked) GetIntegration(context.Context, *wire.Call, *GetIntegrationRequest) (*Integration, error) {
	return &getIntegrationAnswer, nil
}

func (benchmarked) PutIntegration(context.Context, *wire.Call, *PutIntegrationRequest) (*Integration, error) {
	return &getIntegrationAnswer, nil
}

// roundTrip gives a function that serves the same request again and again.
func roundTrip(t testing.TB, method, body string) func() {
	service := NewService(benchmarked{}, slog.New(slog.DiscardHandler))
	req := request(method, "/restapis/a1b2c3d4e5/resources/abc123/methods/GET/integration", body)
	resp, call := new(message.Response), newCall()
	return func() {
		resp.Reset()
		service.Serve(context.Background(), call, req, resp)
		if resp.Status >= 300 {
			t.Fatalf("%d %s", resp.Status, resp.Body)
		}
	}
}

func TestAllocations(t *testing.T) {
	for _, c := range []struct {
		method, body string
		most         float64
	}{
		{"GET", "", 6},
		{"PUT", putIntegrationBody, 30},
	} {
		serve := roundTrip(t, c.method, c.body)
		serve()
		if got := testing.AllocsPerRun(100, serve); got > c.most {
			t.Errorf("%sIntegration: %.0f allocations, want at most %.0f", c.method, got, c.most)
		}
	}
}

func BenchmarkGetIntegration(b *testing.B) { benchmark(b, "GET", "") }

func BenchmarkPutIntegration(b *testing.B) { benchmark(b, "PUT", putIntegrationBody) }

func benchmark(b *testing.B, method, body string) {
	serve := roundTrip(b, method, body)
	b.ReportAllocs()
	for b.Loop() {
		serve()
	}
}
