package observe_test

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"testing"

	"postern/internal/apidef"
	"postern/internal/gateway/message"
	"postern/internal/gateway/observe"
	"postern/internal/gateway/observe/delivery"
	"postern/internal/gateway/observe/metrics"
)

// groups remembers the messages that it is given.
type groups []string

func (g *groups) Append(_ context.Context, _, _, _, _ string, events []delivery.Event) error {
	for _, e := range events {
		*g = append(*g, e.Message)
	}
	return nil
}

// A streamed answer is told of when it has ended, once, with the length that was sent; the exchange has long been reused.
func TestStreamedAnswers(t *testing.T) {
	got := &groups{}
	outlets := &observe.Outlets{
		Metrics: metrics.New(), Lines: delivery.New(delivery.Options{Groups: got, Log: slog.New(slog.DiscardHandler)}),
	}
	stage := outlets.Stage(&apidef.Deployed{Stage: &apidef.Stage{
		StageName: "prod",
		AccessLogSettings: &apidef.AccessLogSettings{
			DestinationARN: "arn:aws:logs:us-east-1:1:log-group:g", Format: "$context.requestId $context.status $context.responseLength",
		},
	}}, &apidef.Snapshot{}, false)
	x := &message.Exchange{
		Request: &message.Request{}, RequestID: "r1",
		Response: &message.Response{Status: 201, Stream: io.NopCloser(strings.NewReader("some text"))},
	}
	var watch observe.Watch
	watch.Stage(stage)
	watch.End(x)
	answer := x.Response.Stream
	x.Reset()
	outlets.Lines.Flush(t.Context())
	if len(*got) != 0 {
		t.Fatalf("told before the end: %q", *got)
	}
	if text, err := io.ReadAll(answer); string(text) != "some text" || err != nil {
		t.Fatalf("%q, %v", text, err)
	}
	for range 2 {
		if err := answer.Close(); err != nil {
			t.Fatal(err)
		}
	}
	outlets.Lines.Flush(t.Context())
	if len(*got) != 1 || (*got)[0] != "r1 201 9" {
		t.Errorf("told: %q", *got)
	}
	var page strings.Builder
	if err := outlets.Metrics.Write(&page); err != nil || !strings.Contains(page.String(), `aws_apigateway_count_total{ApiName="",Stage="prod",account_id="",region=""} 1`) {
		t.Errorf("counted: %v\n%s", err, page.String())
	}
}

// What a stage wants and no outlet takes is named, so that nothing is silently ignored.
func TestUnservedSettingsAreNamed(t *testing.T) {
	logged := map[string]*apidef.MethodSetting{"*/*": {LoggingLevel: "INFO"}}
	lines := delivery.New(delivery.Options{Log: slog.New(slog.DiscardHandler)})
	for _, c := range []struct {
		sentence string
		outlets  observe.Outlets
		deployed apidef.Deployed
		want     string
	}{
		{"a plain stage", observe.Outlets{}, apidef.Deployed{Stage: &apidef.Stage{}}, ""},
		{
			"no destination",
			observe.Outlets{Lines: lines},
			apidef.Deployed{Stage: &apidef.Stage{AccessLogSettings: &apidef.AccessLogSettings{Format: "$context.requestId"}}},
			"accessLogSettings (no destination)",
		},
		{
			"no destination but the file",
			observe.Outlets{Lines: lines, AccessFile: true},
			apidef.Deployed{Stage: &apidef.Stage{AccessLogSettings: &apidef.AccessLogSettings{Format: "$context.requestId"}}},
			"",
		},
		{
			"no role",
			observe.Outlets{Lines: lines},
			apidef.Deployed{Stage: &apidef.Stage{MethodSettings: logged}},
			"methodSettings.loggingLevel (the account has no cloudwatchRoleArn)",
		},
		{"a role", observe.Outlets{Lines: lines}, apidef.Deployed{Stage: &apidef.Stage{MethodSettings: logged}, CloudwatchRoleARN: "arn"}, ""},
		{
			"no collector",
			observe.Outlets{Lines: lines},
			apidef.Deployed{Stage: &apidef.Stage{TracingEnabled: true}},
			"tracingEnabled (--otlp-endpoint names where spans go)",
		},
	} {
		if got := strings.Join(c.outlets.Unserved(&c.deployed), ", "); got != c.want {
			t.Errorf("%s: %q, want %q", c.sentence, got, c.want)
		}
	}
}
