package gateway_test

import (
	"context"
	"log/slog"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/gateway"
	"postern/internal/gateway/message"
	"postern/internal/gateway/observe"
	"postern/internal/gateway/observe/delivery"
	"postern/internal/gateway/observe/metrics"
	"postern/internal/gateway/observe/tracing"
)

// watched is what a session's gateway has told its outlets.
type watched struct {
	// events are the messages of each log group since the last request.
	events  map[string][]string
	queue   *delivery.Queue
	metrics *metrics.Registry
}

func (w *watched) outlets() observe.Outlets {
	w.queue = delivery.New(delivery.Options{Groups: w, Log: slog.New(slog.DiscardHandler)})
	w.metrics = metrics.New()
	tracer, err := tracing.New(context.Background(), tracing.Options{Rate: 1, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		panic(err)
	}
	return observe.Outlets{Lines: w.queue, Metrics: w.metrics, Tracer: tracer}
}

// Append implements delivery.Groups.
func (w *watched) Append(_ context.Context, _, _, group, _ string, events []delivery.Event) error {
	if w.events == nil {
		w.events = map[string][]string{}
	}
	for _, e := range events {
		w.events[group] = append(w.events[group], e.Message)
	}
	return nil
}

// logged wants all that a group got of the last request; "nothing" if it got nothing. $R is the request id, $E the
// extended request id, $n any number, $h any hexadecimal digits; "..." at the end of a line is any rest.
func (d *session) logged(group, text string) {
	d.t.Helper()
	d.queue.Flush(d.t.Context())
	got := d.events[group]
	want := strings.Split(strings.TrimRight(text, "\n"), "\n")
	if want[0] == "nothing" {
		want = nil
	}
	if len(got) != len(want) {
		d.t.Errorf("%s (-want +got):\n%s", d.at, cmp.Diff(want, got))
		return
	}
	for i := range want {
		if !regexp.MustCompile(d.pattern(want[i])).MatchString(got[i]) {
			d.t.Errorf("%s, line %d:\n got %s\nwant %s", d.at, i+1, got[i], want[i])
		}
	}
}

func (d *session) pattern(line string) string {
	requestID, _ := d.response.Header.GetFold("x-amzn-RequestId")
	extendedID, _ := d.response.Header.GetFold("x-amz-apigw-id")
	line, open := strings.CutSuffix(line, "...")
	line = regexp.QuoteMeta(line)
	for name, value := range map[string]string{
		`\$R`: regexp.QuoteMeta(requestID), `\$E`: regexp.QuoteMeta(extendedID), `\$n`: `\d+`, `\$h`: `[0-9a-f]+`,
	} {
		line = strings.ReplaceAll(line, name, value)
	}
	if open {
		return `\A(?s:` + line + `.*)\z`
	}
	return `\A(?s:` + line + `)\z`
}

func (d *session) metricLines(text string) {
	d.t.Helper()
	var page strings.Builder
	if err := d.metrics.Write(&page); err != nil {
		d.t.Fatal(err)
	}
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		absent, not := strings.CutPrefix(line, "!")
		if found := strings.Contains(page.String(), "\n"+absent); found == not {
			var near []string
			for l := range strings.SplitSeq(page.String(), "\n") {
				if strings.HasPrefix(l, "aws_") {
					near = append(near, l)
				}
			}
			d.t.Errorf("%s: %q is there: %v\n%s", d.at, absent, found, strings.Join(near, "\n"))
		}
	}
}

// A trace that somebody brings is told everything, whatever the stage's logging says; and the stage's log nothing more.
func TestATraceOfOnesOwn(t *testing.T) {
	d := &session{t: t, at: "ServeTraced"}
	d.deploy(`
cloudwatchRoleArn: arn:aws:iam::111111111111:role/logs
stage: {methodSettings: {"*/*": {throttlingRateLimit: 10000, throttlingBurstLimit: 5000, loggingLevel: INFO}}}
methods: {GET /: {methodIntegration: {type: HTTP_PROXY, httpMethod: GET, uri: "http://b/"}}}`)
	d.request("GET /prod\n")
	if full := lines(&d.trace); !strings.Contains(full, "Endpoint request headers: ") {
		t.Errorf("the trace is not complete:\n%s", full)
	}
	d.queue.Flush(t.Context())
	for _, line := range d.events["API-Gateway-Execution-Logs_api1/prod"] {
		if strings.Contains(line, "headers") {
			t.Errorf("logged without data tracing: %s", line)
		}
	}
	var resp message.Response
	d.events = nil
	d.gateway.Serve(&message.Request{Method: "GET", Path: "/prod", Host: "api1.execute-api.us-east-1.amazonaws.com"}, &resp)
	d.queue.Flush(t.Context())
	if n := len(d.events["API-Gateway-Execution-Logs_api1/prod"]); n != 8 {
		t.Errorf("%d lines without a trace of one's own: %q", n, d.events)
	}
}

// Metrics and access logs cost no memory for each request; what waits to be written is in buffers that are used again.
func TestAllocationsOfObserving(t *testing.T) {
	if raceDetector {
		t.Skip("counts hold without the race detector")
	}
	w := &watched{}
	g := gateway.New(gateway.Options{
		Source: stages{{APIID: "api1", Stage: "prod"}: deployed(t, `
restApi: {name: pets}
stage:
  methodSettings: {"*/*": {throttlingRateLimit: -1, throttlingBurstLimit: -1, metricsEnabled: true, loggingLevel: ERROR}}
  accessLogSettings: {destinationArn: "arn:aws:logs:us-east-1:111111111111:log-group:access", format: "$context.requestId $context.requestTime $context.status $context.responseLength $context.integrationLatency $context.identity.userAgent"}
methods: {GET /: {methodIntegration: {type: HTTP_PROXY, httpMethod: GET, uri: "http://backend.example/"}}}`)},
		Backends: gateway.Backends{Transport: &quietUpstream{}}, Outlets: w.outlets(), Log: slog.New(slog.DiscardHandler),
	})
	req := &message.Request{Method: "GET", Path: "/prod", Host: "api1.execute-api.us-east-1.amazonaws.com"}
	resp := &message.Response{}
	serve := func() {
		resp.Reset()
		g.Serve(req, resp)
	}
	for range 5000 {
		serve()
	}
	w.queue.Flush(t.Context())
	if n := testing.AllocsPerRun(200, serve); n > 1 {
		t.Errorf("%v allocations, want the one string of the ids", n)
	}
}

func BenchmarkObserving(b *testing.B) {
	const api = `
restApi: {name: pets}
stage:
  methodSettings: {"*/*": {throttlingRateLimit: -1, throttlingBurstLimit: -1}}
  accessLogSettings: {destinationArn: "arn:aws:logs:us-east-1:111111111111:log-group:access", format: "$context.requestId $context.requestTime $context.status $context.responseLength $context.integrationLatency"}
methods: {GET /: {methodIntegration: {type: HTTP_PROXY, httpMethod: GET, uri: "http://backend.example/"}}}`
	for _, c := range []struct {
		name    string
		outlets observe.Outlets
	}{
		{"nothing", observe.Outlets{}},
		{"metrics", observe.Outlets{Metrics: metrics.New()}},
		{"metrics and access log", observe.Outlets{Metrics: metrics.New(), Lines: delivery.New(delivery.Options{Log: slog.New(slog.DiscardHandler)})}},
	} {
		b.Run(c.name, func(b *testing.B) {
			g := gateway.New(gateway.Options{
				Source:   stages{{APIID: "api1", Stage: "prod"}: deployed(b, api)},
				Backends: gateway.Backends{Transport: &quietUpstream{}}, Outlets: c.outlets, Log: slog.New(slog.DiscardHandler),
			})
			req := &message.Request{Method: "GET", Path: "/prod", Host: "api1.execute-api.us-east-1.amazonaws.com"}
			resp := &message.Response{}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				resp.Reset()
				g.Serve(req, resp)
				if i%10000 == 0 && c.outlets.Lines != nil {
					c.outlets.Lines.Flush(b.Context())
				}
			}
		})
	}
}
