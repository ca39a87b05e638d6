package gateway_test

import (
	"net/netip"
	"testing"

	"postern/internal/apidef"
	"postern/internal/gateway/message"
)

// BenchmarkTraffic shows what a key, a throttle of each kind, a quota and a validator cost beside the same method without them,
// from as many goroutines as there are cores, all with one key. There is no lock to wait for:
//
//	go test ./internal/gateway -run '^$' -bench Traffic -cpu 1,2,4 -mutexprofile mutex.out && go tool pprof -top mutex.out
func BenchmarkTraffic(b *testing.B) {
	const proxy = `{type: HTTP_PROXY, httpMethod: GET, uri: "http://b/x"}`
	many := &apidef.ThrottleSettings{RateLimit: new(1e9), BurstLimit: new(1 << 30)}
	for _, c := range []struct{ name, api string }{
		{"without", "methods:\n  GET /x: {methodIntegration: " + proxy + "}\n"},
		{"with", `
stage: {methodSettings: {"*/*": {throttlingRateLimit: 1.0e+9, throttlingBurstLimit: 1000000000}}}
requestValidators: [{id: v, validateRequestParameters: true}]
methods:
  GET /x: {apiKeyRequired: true, requestValidatorId: v, requestParameters: {method.request.querystring.id: true}, methodIntegration: ` + proxy + "}\n"},
	} {
		b.Run(c.name, func(b *testing.B) {
			w := newGuarded(b, c.api, &quietUpstream{reply: []byte(`{"ok":true}`)}, func(gold, _ *apidef.UsagePlan) {
				gold.Throttle, gold.Quota = many, &apidef.QuotaSettings{Limit: 1 << 40, Period: "MONTH"}
			})
			if got := w.ask("/prod/x?id=7", "x-api-key: "+gold); got != `200 {"ok":true}` {
				b.Fatal(got)
			}
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				req := &message.Request{
					Proto: "HTTP/1.1", Host: "api1.execute-api.us-east-1.amazonaws.com", RemoteAddr: netip.MustParseAddrPort("203.0.113.7:4711"),
				}
				for _, name := range []string{"Host", "Accept", "Accept-Encoding", "Accept-Language", "Connection", "Cookie", "Referer", "User-Agent"} {
					req.Header.Add(name, "some value of usual length")
				}
				req.Header.Add("x-api-key", gold)
				resp := &message.Response{}
				for pb.Next() {
					resp.Reset()
					req.Method, req.Target, req.Path, req.RawQuery = "GET", "/prod/x?id=7", "/prod/x", "id=7"
					w.gateway.Serve(req, resp)
				}
			})
		})
	}
}
