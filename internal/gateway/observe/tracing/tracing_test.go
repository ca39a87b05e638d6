package tracing

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"postern/internal/gateway/message"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

const root = "1-5759e988-bd862e3fe1be46a994272793"

// exchange is one with the header that a client sent, and the trace id that the gateway made of it.
func exchange(sent, traceID string) *message.Exchange {
	x := &message.Exchange{
		Request: &message.Request{Method: "GET"}, Response: &message.Response{Status: 200}, TraceID: traceID, Start: start,
		APIID: "a1", Stage: "prod", RequestID: "r1",
	}
	if sent != "" {
		x.Request.Header.Add("x-amzn-trace-id", sent)
	}
	return x
}

// Sources: X-Ray developer guide, "Tracing header", for a client's decision; recorded AWS answer (trace id) for Root and
// Parent; that other fields stay in front is how load balancers write them.
func TestHeaders(t *testing.T) {
	for _, c := range []struct {
		sentence, sent, traceID string
		want                    string // PARENT stands for a span of the gateway's
		sampled                 bool
	}{
		{"a new trace", "", "Root=" + root, "Root=" + root + ";Parent=PARENT;Sampled=1", true},
		{
			"a client that samples", "Root=" + root + ";Parent=53995c3f42cd8ad8;Sampled=1", "Root=" + root + ";Parent=53995c3f42cd8ad8;Sampled=1",
			"Root=" + root + ";Parent=PARENT;Sampled=1", true,
		},
		{
			"a client that does not sample", "Root=" + root + ";Sampled=0", "Root=" + root + ";Parent=53995c3f42cd8ad8;Sampled=0",
			"Root=" + root + ";Parent=PARENT;Sampled=0", false,
		},
		{
			"a load balancer in between", "Self=1-1-1;Root=" + root, "Self=1-1-1;Root=" + root + ";Parent=53995c3f42cd8ad8",
			"Self=1-1-1;Root=" + root + ";Parent=PARENT;Sampled=1", true,
		},
	} {
		tracer, err := New(t.Context(), Options{Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		x := exchange(c.sent, c.traceID)
		tracer.Begin(x)
		h := parseHeader(x.TraceID)
		if got := strings.Replace(x.TraceID, "Parent="+h.parent, "Parent=PARENT", 1); got != c.want || h.parent == "53995c3f42cd8ad8" {
			t.Errorf("%s: %s, want %s", c.sentence, x.TraceID, c.want)
		}
		if sampled := x.Observed.SegmentID != 0; sampled != c.sampled {
			t.Errorf("%s: sampled %v", c.sentence, sampled)
		}
	}
}

// Source: X-Ray developer guide, "Configuring sampling rules": one request each second, and five percent of the others.
func TestSampling(t *testing.T) {
	none, _ := New(t.Context(), Options{Rate: 0})
	taken := 0
	for i := range 1000 {
		if none.sample(start.Add(time.Duration(i) * 10 * time.Millisecond)) {
			taken++
		}
	}
	if taken != 10 {
		t.Errorf("%d of the exchanges of ten seconds, want the first of each", taken)
	}
	all, _ := New(t.Context(), Options{Rate: 1})
	for range 3 {
		if !all.sample(start) {
			t.Error("a rate of 1 leaves exchanges out")
		}
	}
}

// Sources: developer guide, "Understanding AWS X-Ray traces for Amazon API Gateway APIs"; the X-Ray ids are those of
// OpenTelemetry without their hyphens (X-Ray developer guide, "Sending trace data to AWS X-Ray").
func TestSpans(t *testing.T) {
	recorder := tracetest.NewSpanRecorder()
	tracer := &Tracer{}
	tracer.export(recorder, "test")
	x := exchange("Root="+root+";Parent=53995c3f42cd8ad8;Sampled=1", "Root="+root+";Parent=53995c3f42cd8ad8;Sampled=1")
	tracer.Begin(x)
	x.Observed.CallStart, x.Observed.CallEnd = start.Add(time.Millisecond), start.Add(3*time.Millisecond)
	x.Observed.IntegrationStatus, x.Response.Status = 502, 500
	tracer.End(tracer.Span(x, Name{"pets/prod", "backend.example"}), start.Add(4*time.Millisecond), 31)

	spans := recorder.Ended()
	if len(spans) != 2 {
		t.Fatalf("%d spans", len(spans))
	}
	call, segment := spans[0], spans[1]
	if got := segment.SpanContext().TraceID().String(); got != "5759e988bd862e3fe1be46a994272793" {
		t.Errorf("trace %s", got)
	}
	if segment.Parent().SpanID().String() != "53995c3f42cd8ad8" || call.Parent().SpanID() != segment.SpanContext().SpanID() {
		t.Errorf("parents: %s, %s", segment.Parent().SpanID(), call.Parent().SpanID())
	}
	if told := parseHeader(x.TraceID).parent; call.SpanContext().SpanID().String() != told {
		t.Errorf("the integration was told of span %s, its call is %s", told, call.SpanContext().SpanID())
	}
	if segment.Name() != "pets/prod" || call.Name() != "backend.example" {
		t.Errorf("names: %s, %s", segment.Name(), call.Name())
	}
	if !segment.StartTime().Equal(start) || segment.EndTime().Sub(start) != 4*time.Millisecond || call.EndTime().Sub(call.StartTime()) != 2*time.Millisecond {
		t.Error("times")
	}
	found := map[string]string{}
	for _, a := range segment.Attributes() {
		found[string(a.Key)] = a.Value.String()
	}
	for key, want := range map[string]string{
		"aws:api_id": "a1", "aws:api_stage": "prod", "aws.api_gateway.request_id": "r1", "http.response.status_code": "500",
		"http.response.body.size": "31",
	} {
		if found[key] != want {
			t.Errorf("%s is %q, want %q", key, found[key], want)
		}
	}
}

// A collector gets the spans at the latest when the tracer closes.
func TestExport(t *testing.T) {
	got := make(chan string, 1)
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got <- r.URL.Path }))
	defer collector.Close()
	tracer, err := New(t.Context(), Options{Endpoint: collector.URL, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	x := exchange("", "Root="+root)
	tracer.Begin(x)
	tracer.End(tracer.Span(x, Name{Segment: "pets/prod"}), start, 0)
	if err := tracer.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if path := <-got; path != "/v1/traces" {
		t.Errorf("the collector was called at %s", path)
	}
}

func FuzzHeader(f *testing.F) {
	f.Add("Self=1-1-1;Root=" + root + ";Parent=53995c3f42cd8ad8;Sampled=1")
	f.Fuzz(func(t *testing.T, text string) {
		h := parseHeader(text)
		again := parseHeader(h.with(1, true))
		if again.root != h.root || again.parent != "0000000000000001" || again.sampled != "1" {
			t.Errorf("%q becomes %q", text, h.with(1, true))
		}
		if _, ok := traceID(h.root); !ok && len(h.root) == 35 && strings.Trim(h.root, "0123456789abcdefABCDEF-") == "" && strings.Trim(h.root[2:], "0-") != "" && h.root[:2] == "1-" && h.root[10] == '-' && strings.Count(h.root, "-") == 2 {
			t.Errorf("%q is no trace id", h.root)
		}
		parentID(h.parent)
	})
}

var _ sdk.IDGenerator = given{}
