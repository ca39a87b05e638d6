// Package tracing traces exchanges as AWS X-Ray does, and sends the traces by OpenTelemetry's protocol.
//
// What comes in: exchanges of stages with tracingEnabled, at their beginning and at their end. What goes out: the
// X-Amzn-Trace-Id that the integration sees, and for sampled exchanges two spans: one for the stage, one for the call of
// the integration. It is the only package that knows OpenTelemetry. Exchanges of stages without tracing never come here;
// a client's own decision passes through them all the same.
//
// Sources: developer guide, "Trace user requests to REST APIs using X-Ray in API Gateway" and "Understanding AWS X-Ray
// traces for Amazon API Gateway APIs"; X-Ray developer guide, "Tracing header" and "Configuring sampling rules".
package tracing

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"postern/internal/gateway/message"
)

// DefaultRate is the share of exchanges that X-Ray's default rule samples beyond the first of every second.
// Source: X-Ray developer guide, "Configuring sampling rules".
const DefaultRate = 0.05

// Options are the settings of a Tracer.
type Options struct {
	// Endpoint is the URL of an OpenTelemetry collector, "http://localhost:4318"; without a path, "/v1/traces" is meant.
	// Empty: exchanges are sampled and headers say so, and no span is sent.
	Endpoint string
	// Rate is the share of exchanges sampled beyond the first of every second, 0 to 1.
	Rate float64
	// Version is that of this program, told with the spans.
	Version string
	// Log gets failures to send. Required.
	Log *slog.Logger
}

// Tracer traces exchanges. Its methods may be called from any goroutine.
type Tracer struct {
	rate float64
	// second is the last second in which an exchange was sampled for being the first.
	second atomic.Int64
	// provider is nil when no spans are sent.
	provider *sdk.TracerProvider
	tracer   trace.Tracer
}

// New makes a tracer. The error is an endpoint that is no URL.
func New(ctx context.Context, o Options) (*Tracer, error) {
	t := &Tracer{rate: o.Rate}
	if o.Endpoint == "" {
		return t, nil
	}
	endpoint, err := url.Parse(o.Endpoint)
	if err != nil || endpoint.Scheme != "http" && endpoint.Scheme != "https" || endpoint.Host == "" {
		return nil, fmt.Errorf("send traces to %q: not a URL of http or https", o.Endpoint)
	}
	if strings.Trim(endpoint.Path, "/") == "" {
		endpoint.Path = "/v1/traces"
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(endpoint.String()))
	if err != nil {
		return nil, fmt.Errorf("send traces to %s: %w", o.Endpoint, err)
	}
	t.export(sdk.NewBatchSpanProcessor(&quiet{exporter, o.Log}), o.Version)
	return t, nil
}

func (t *Tracer) export(p sdk.SpanProcessor, version string) {
	t.provider = sdk.NewTracerProvider(
		sdk.WithSpanProcessor(p),
		sdk.WithIDGenerator(given{}),
		sdk.WithSampler(sdk.AlwaysSample()), // Begin has decided
		sdk.WithResource(resource.NewSchemaless(
			attribute.String("service.name", "postern"), attribute.String("service.version", version),
		)),
	)
	t.tracer = t.provider.Tracer("postern")
}

// Close sends what is left, and ends. Spans that end later are lost.
func (t *Tracer) Close(ctx context.Context) error {
	if t.provider == nil {
		return nil
	}
	return t.provider.Shutdown(ctx)
}

// Begin decides whether an exchange is sampled, unless its client has decided, and puts the decision and the span of the
// integration's call into x.TraceID.
func (t *Tracer) Begin(x *message.Exchange) {
	sent, _ := x.Request.Header.GetFold("X-Amzn-Trace-Id")
	h := parseHeader(x.TraceID)
	sampled := parseHeader(sent).sampled == "1"
	if h.sampled == "" {
		sampled = t.sample(x.Start)
	}
	call := rand.Uint64() | 1
	if sampled {
		x.Observed.SegmentID, x.Observed.CallID = rand.Uint64()|1, call
	}
	x.TraceID = h.with(call, sampled)
}

// sample takes the first exchange of a second, and a share of the others.
func (t *Tracer) sample(at time.Time) bool {
	second, last := at.Unix(), t.second.Load()
	if second != last && t.second.CompareAndSwap(last, second) {
		return true
	}
	return rand.Float64() < t.rate
}

// quiet logs what an exporter fails at, since nobody else listens.
type quiet struct {
	sdk.SpanExporter
	log *slog.Logger
}

// ExportSpans never fails.
func (q *quiet) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	if err := q.SpanExporter.ExportSpans(ctx, spans); err != nil {
		q.log.LogAttrs(ctx, slog.LevelWarn, "spans were lost", slog.Int("spans", len(spans)), slog.String("error", err.Error()))
	}
	return nil
}

// Sends tells whether spans go anywhere. A nil Tracer's do not.
func (t *Tracer) Sends() bool { return t != nil && t.provider != nil }
