package tracing

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"postern/internal/gateway/message"
)

// Name says what a method's spans are called. It is made when the stage is compiled.
type Name struct {
	// Segment is "{API name}/{stage}".
	Segment string
	// Call is the host that the integration calls, or "Lambda".
	Call string
}

// Span is a sampled exchange, on its way to being told. It holds nothing of the exchange but strings.
type Span struct {
	name                      Name
	traceID                   trace.TraceID
	parent                    trace.SpanID
	segment, call             trace.SpanID
	start, callStart, callEnd time.Time
	status, integrationStatus int
	attributes                []attribute.KeyValue
}

// Span describes an exchange that has been answered; nil when it is not sampled or nobody listens.
func (t *Tracer) Span(x *message.Exchange, name Name) *Span {
	if x.Observed.SegmentID == 0 || t.provider == nil {
		return nil
	}
	h := parseHeader(x.TraceID)
	id, ok := traceID(h.root)
	if !ok {
		return nil // a client's root that is none
	}
	sent, _ := x.Request.Header.GetFold("X-Amzn-Trace-Id")
	return &Span{
		name: name, traceID: id, parent: parentID(parseHeader(sent).parent),
		segment: spanID(x.Observed.SegmentID), call: spanID(x.Observed.CallID),
		start: x.Start, callStart: x.Observed.CallStart, callEnd: x.Observed.CallEnd,
		status: x.Response.Status, integrationStatus: x.Observed.IntegrationStatus,
		attributes: attributes(x),
	}
}

// attributes are X-Ray's annotations and data of a segment, and OpenTelemetry's names for those of HTTP.
func attributes(x *message.Exchange) []attribute.KeyValue {
	return []attribute.KeyValue{
		attribute.String("aws:api_id", x.APIID),
		attribute.String("aws:api_stage", x.Stage),
		attribute.String("aws.xray.origin", "AWS::ApiGateway::Stage"),
		attribute.String("aws.api_gateway.account_id", x.AccountID),
		attribute.String("aws.api_gateway.rest_api_id", x.APIID),
		attribute.String("aws.api_gateway.stage", x.Stage),
		attribute.String("aws.api_gateway.request_id", x.RequestID),
		attribute.String("extended_request_id", x.ExtendedRequestID),
		attribute.String("http.request.method", x.Request.Method),
		attribute.String("http.route", x.ResourcePath),
		attribute.String("url.path", x.ContextPath),
		attribute.String("server.address", x.DomainName),
		attribute.String("client.address", x.SourceIP),
		attribute.String("user_agent.original", x.UserAgent),
		attribute.Int("http.response.status_code", x.Response.Status),
	}
}

// End tells of the exchange: end is when its answer was complete, and length its body's, in bytes.
func (t *Tracer) End(s *Span, end time.Time, length int64) {
	ctx := context.Background()
	if s.parent.IsValid() {
		ctx = trace.ContextWithRemoteSpanContext(ctx, trace.NewSpanContext(trace.SpanContextConfig{
			TraceID: s.traceID, SpanID: s.parent, TraceFlags: trace.FlagsSampled, Remote: true,
		}))
	}
	ctx, segment := t.tracer.Start(withIDs(ctx, s.traceID, s.segment), s.name.Segment,
		trace.WithTimestamp(s.start), trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(s.attributes...))
	segment.SetAttributes(attribute.Int64("http.response.body.size", length))
	if s.status >= 500 {
		segment.SetStatus(codes.Error, "")
	}
	if !s.callStart.IsZero() {
		_, call := t.tracer.Start(withIDs(ctx, s.traceID, s.call), s.name.Call,
			trace.WithTimestamp(s.callStart), trace.WithSpanKind(trace.SpanKindClient))
		if s.integrationStatus != 0 {
			call.SetAttributes(attribute.Int("http.response.status_code", s.integrationStatus))
		}
		if s.integrationStatus == 0 || s.integrationStatus >= 500 {
			call.SetStatus(codes.Error, "")
		}
		call.End(trace.WithTimestamp(s.callEnd))
	}
	segment.End(trace.WithTimestamp(end))
}

// given is an ID generator that takes the ids of the context: those that x.TraceID has told the integration.
type given struct{}

type idsKey struct{}

type ids struct {
	trace trace.TraceID
	span  trace.SpanID
}

func withIDs(ctx context.Context, t trace.TraceID, s trace.SpanID) context.Context {
	return context.WithValue(ctx, idsKey{}, ids{t, s})
}

// NewIDs gives both ids.
func (given) NewIDs(ctx context.Context) (trace.TraceID, trace.SpanID) {
	id, _ := ctx.Value(idsKey{}).(ids)
	return id.trace, id.span
}

// NewSpanID gives the span's.
func (given) NewSpanID(ctx context.Context, _ trace.TraceID) trace.SpanID {
	id, _ := ctx.Value(idsKey{}).(ids)
	return id.span
}
