// Package metrics counts exchanges under CloudWatch's names and dimensions, for Prometheus to read.
//
// What comes in: finished exchanges, at series that were found when their stage was compiled. What goes out: a page in
// Prometheus's text form, with the process's own figures. Counting takes no lock. A series lives as long as a program that
// counts in it.
//
// CloudWatch's dimension sets are (ApiName, Stage), which is always counted, and (ApiName, Stage, Method, Resource), which
// methods with metricsEnabled count as well, in metrics of their own so that nothing is added up twice.
// Source: developer guide, "Amazon API Gateway dimensions and metrics".
package metrics

import (
	"io"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/common/expfmt"

	"postern/internal/gateway/weakmap"
)

// Dimensions name a series. Method and Resource are empty for that of a whole stage.
type Dimensions struct {
	Account, Region, APIName, Stage string
	// Method is a verb or ANY, and Resource the resource's path template.
	Method, Resource string
}

// Registry holds all series of a node. Its methods may be called from any goroutine.
type Registry struct {
	registry *prometheus.Registry
	series   weakmap.Map[Dimensions, Series]
}

// New makes a registry with the figures of the process and of Go's runtime.
func New() *Registry {
	r := &Registry{registry: prometheus.NewRegistry()}
	r.registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		unchecked{r},
	)
	return r
}

// Series returns the one series of these dimensions. Who counts in it must hold it.
func (r *Registry) Series(d Dimensions) *Series {
	for _, value := range [...]*string{&d.APIName, &d.Stage, &d.Method, &d.Resource} {
		if len(*value) > maxDimension {
			*value = (*value)[:maxDimension]
		}
	}
	return r.series.Get(d, func() *Series { return newSeries(d) })
}

// maxDimension is the longest value of a dimension. Source: developer guide, "Amazon API Gateway important notes".
const maxDimension = 255

// Gauge adds a figure of the node that is asked for when the page is read, as "postern_" and name.
func (r *Registry) Gauge(name, help string, value func() float64) {
	r.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "postern", Name: name, Help: help}, value))
}

// Counter is Gauge for a figure that only grows; name ends in "_total".
func (r *Registry) Counter(name, help string, value func() float64) {
	r.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Namespace: "postern", Name: name, Help: help}, value))
}

// ContentType is that of the page which Write writes.
const ContentType = "text/plain; version=0.0.4; charset=utf-8"

// Write writes the page.
func (r *Registry) Write(w io.Writer) error {
	families, err := r.registry.Gather()
	if err != nil {
		return err
	}
	encoder := expfmt.NewEncoder(w, expfmt.NewFormat(expfmt.TypeTextPlain))
	for _, f := range families {
		if err := encoder.Encode(f); err != nil {
			return err
		}
	}
	return nil
}

// unchecked collects the series, which come and go.
type unchecked struct{ r *Registry }

// Describe says nothing, so that Prometheus expects any metric.
func (unchecked) Describe(chan<- *prometheus.Desc) {}

// Collect collects each series that somebody holds.
func (u unchecked) Collect(out chan<- prometheus.Metric) {
	for _, s := range u.r.series.All() {
		s.collect(out)
	}
}
