package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"postern/internal/gateway/message"
)

// buckets are the bounds of latencies, in seconds, up to the longest that an integration may take.
var buckets = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 29}

// Series counts the exchanges of a stage or of a method.
type Series struct {
	count, errors4XX, errors5XX, hits, misses prometheus.Counter
	latency, integrationLatency               prometheus.Histogram
}

// Exchange is what a series counts of one exchange.
type Exchange struct {
	Status int
	// Latency is from the request's arrival to the end of its answer.
	Latency time.Duration
	// Called tells that the integration was called, and IntegrationLatency how long it took.
	Called             bool
	IntegrationLatency time.Duration
	Cache              message.CacheResult
}

// Count counts an exchange. A status that a gateway response was given counts as what it is.
// Source: developer guide, "Amazon API Gateway dimensions and metrics".
func (s *Series) Count(x *Exchange) {
	s.count.Inc()
	switch {
	case x.Status >= 500:
		s.errors5XX.Inc()
	case x.Status >= 400:
		s.errors4XX.Inc()
	}
	switch x.Cache {
	case message.CacheHit:
		s.hits.Inc()
	case message.CacheMiss:
		s.misses.Inc()
	case message.NotCached:
	}
	s.latency.Observe(x.Latency.Seconds())
	if x.Called {
		s.integrationLatency.Observe(x.IntegrationLatency.Seconds())
	}
}

func newSeries(d Dimensions) *Series {
	subsystem, of := "apigateway", "of a stage"
	labels := prometheus.Labels{"account_id": d.Account, "region": d.Region, "ApiName": d.APIName, "Stage": d.Stage}
	if d.Method != "" {
		subsystem, of = "apigateway_method", "of a method with detailed metrics"
		labels["Method"], labels["Resource"] = d.Method, d.Resource
	}
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{
			Namespace: "aws", Subsystem: subsystem, Name: name, Help: help + " " + of + ".", ConstLabels: labels,
		})
	}
	histogram := func(name, help string) prometheus.Histogram {
		return prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: "aws", Subsystem: subsystem, Name: name, Help: help + " " + of + ".", ConstLabels: labels, Buckets: buckets,
		})
	}
	return &Series{
		count:              counter("count_total", "CloudWatch's Count: requests"),
		errors4XX:          counter("4xx_error_total", "CloudWatch's 4XXError: answers with a status of 400 to 499"),
		errors5XX:          counter("5xx_error_total", "CloudWatch's 5XXError: answers with a status of 500 and above"),
		hits:               counter("cache_hit_count_total", "CloudWatch's CacheHitCount: requests answered from the stage cache"),
		misses:             counter("cache_miss_count_total", "CloudWatch's CacheMissCount: requests that the stage cache could not answer"),
		latency:            histogram("latency_seconds", "CloudWatch's Latency: from the request's arrival to the end of its answer"),
		integrationLatency: histogram("integration_latency_seconds", "CloudWatch's IntegrationLatency: the call of the integration"),
	}
}

func (s *Series) collect(out chan<- prometheus.Metric) {
	for _, c := range [...]prometheus.Collector{s.count, s.errors4XX, s.errors5XX, s.hits, s.misses, s.latency, s.integrationLatency} {
		c.Collect(out)
	}
}
