package metrics_test

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"postern/internal/gateway/message"
	"postern/internal/gateway/observe/metrics"
)

func page(t *testing.T, r *metrics.Registry) string {
	t.Helper()
	var b strings.Builder
	if err := r.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Source: developer guide, "Amazon API Gateway dimensions and metrics".
func TestCloudWatchNames(t *testing.T) {
	r := metrics.New()
	stage := r.Series(metrics.Dimensions{Account: "1", Region: "r", APIName: "pets", Stage: "prod"})
	method := r.Series(metrics.Dimensions{Account: "1", Region: "r", APIName: "pets", Stage: "prod", Method: "GET", Resource: "/pets/{id}"})
	for _, x := range []metrics.Exchange{
		{Status: 200, Latency: 30 * time.Millisecond, Called: true, IntegrationLatency: 20 * time.Millisecond, Cache: message.CacheMiss},
		{Status: 200, Latency: time.Millisecond, Cache: message.CacheHit},
		{Status: 429, Latency: time.Millisecond},
		{Status: 504, Latency: 29 * time.Second, Called: true, IntegrationLatency: 29 * time.Second},
	} {
		stage.Count(&x)
	}
	method.Count(&metrics.Exchange{Status: 200})
	r.Gauge("connections", "Open.", func() float64 { return 7 })
	got := page(t, r)
	const labels = `{ApiName="pets",Stage="prod",account_id="1",region="r"} `
	const detailed = `{ApiName="pets",Method="GET",Resource="/pets/{id}",Stage="prod",account_id="1",region="r"} `
	for _, want := range []string{
		"aws_apigateway_count_total" + labels + "4",
		"aws_apigateway_4xx_error_total" + labels + "1",
		"aws_apigateway_5xx_error_total" + labels + "1",
		"aws_apigateway_cache_hit_count_total" + labels + "1",
		"aws_apigateway_cache_miss_count_total" + labels + "1",
		"aws_apigateway_latency_seconds_count" + labels + "4",
		"aws_apigateway_integration_latency_seconds_count" + labels + "2",
		`aws_apigateway_integration_latency_seconds_bucket{ApiName="pets",Stage="prod",account_id="1",region="r",le="0.025"} 1`,
		"aws_apigateway_method_count_total" + detailed + "1",
		"postern_connections 7",
		"go_goroutines ",
	} {
		if !strings.Contains(got, "\n"+want) {
			t.Errorf("the page has no line %s", want)
		}
	}
	runtime.KeepAlive(stage)
	runtime.KeepAlive(method)
}

// APIs of one name share a series, as in CloudWatch; what no program counts in any more is forgotten.
func TestSeriesLiveAsLongAsTheirPrograms(t *testing.T) {
	r := metrics.New()
	d := metrics.Dimensions{APIName: "pets", Stage: "prod"}
	a, b := r.Series(d), r.Series(d)
	if a != b {
		t.Error("two series of the same dimensions")
	}
	a.Count(&metrics.Exchange{Status: 200})
	b.Count(&metrics.Exchange{Status: 200})
	if got := page(t, r); !strings.Contains(got, `aws_apigateway_count_total{ApiName="pets",Stage="prod",account_id="",region=""} 2`) {
		t.Error("the two do not count together")
	}
	a, b = nil, nil
	runtime.GC()
	if got := page(t, r); strings.Contains(got, `ApiName="pets"`) {
		t.Error("a series outlives its programs")
	}
}

func TestCountingAllocatesNothing(t *testing.T) {
	s := metrics.New().Series(metrics.Dimensions{APIName: "pets"})
	x := &metrics.Exchange{Status: 404, Latency: time.Millisecond, Called: true, Cache: message.CacheMiss}
	if n := testing.AllocsPerRun(100, func() { s.Count(x) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkCount(b *testing.B) {
	s := metrics.New().Series(metrics.Dimensions{APIName: "pets"})
	x := &metrics.Exchange{Status: 200, Latency: time.Millisecond, Called: true, IntegrationLatency: time.Millisecond}
	b.ReportAllocs()
	for b.Loop() {
		s.Count(x)
	}
}
