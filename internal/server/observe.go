package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"postern/internal/gateway/integration/awsservice"
	"postern/internal/gateway/message"
	"postern/internal/gateway/observe"
	"postern/internal/gateway/observe/delivery"
	"postern/internal/gateway/observe/metrics"
	"postern/internal/gateway/observe/tracing"
	"postern/internal/services/logs"
	"postern/internal/store"
)

// ObserveOptions say where logs, metrics and traces of APIs go.
type ObserveOptions struct {
	// AccessLog is a file that gets the access log lines of every stage that has access logs, besides their log groups;
	// "-" is Stdout. Empty: none.
	AccessLog string
	Stdout    io.Writer
	// OTLPEndpoint is the URL of an OpenTelemetry collector that gets the traces of stages with tracingEnabled. Empty: none
	// are sent.
	OTLPEndpoint string
	// TraceRate is the share of exchanges that are traced beyond the first of every second, 0 to 1.
	TraceRate float64
	// LogGroupBytes bounds the events kept of one log group. 0: logs.DefaultMaxGroupBytes, or an eighth of it where data
	// lives in memory.
	LogGroupBytes int64
}

// observing is what observes exchanges, and CloudWatch Logs, which keeps what is logged.
type observing struct {
	logs    *logs.Logs
	lines   *delivery.Queue
	metrics *metrics.Registry
	tracer  *tracing.Tracer
	// file is what AccessLog names; nil for none.
	file *os.File
	// services calls Firehose. Set by build, before anything is observed.
	services awsservice.Services
}

// openObserving makes the parts; they write to the store that is open. close ends them, also after an error.
func (s *Server) openObserving(ctx context.Context) error {
	o := s.options.Observe
	if !(o.TraceRate >= 0 && o.TraceRate <= 1) {
		return fmt.Errorf("--trace-rate must be 0 to 1, not %v", o.TraceRate)
	}
	if o.LogGroupBytes == 0 && s.options.Data == memoryData {
		o.LogGroupBytes = logs.DefaultMaxGroupBytes / 8
	}
	s.observing.logs = logs.New(logs.Options{Store: s.store, MaxGroupBytes: o.LogGroupBytes, Log: s.options.Log})
	file, err := s.observing.openFile(&o)
	if err != nil {
		return fmt.Errorf("--access-log: %w", err)
	}
	s.observing.lines = delivery.New(delivery.Options{
		Groups: logGroups{s.observing.logs}, Streams: deliveryStreams{&s.observing}, Stream: nodeStream(), File: file, Log: s.options.Log,
	})
	if s.observing.tracer, err = tracing.New(ctx, tracing.Options{
		Endpoint: o.OTLPEndpoint, Rate: o.TraceRate, Version: s.options.Version, Log: s.options.Log,
	}); err != nil {
		return fmt.Errorf("--otlp-endpoint: %w", err)
	}
	s.observing.metrics = metrics.New()
	return nil
}

// openFile opens what --access-log names; nil for nothing.
func (o *observing) openFile(options *ObserveOptions) (io.Writer, error) {
	switch options.AccessLog {
	case "":
		return nil, nil //nolint:nilnil // no file is a fine answer
	case "-":
		return options.Stdout, nil
	}
	var err error
	o.file, err = os.OpenFile(options.AccessLog, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o640)
	return o.file, err
}

// outlets are the observing parts as the gateway knows them.
func (s *Server) outlets() observe.Outlets {
	o := &s.observing
	return observe.Outlets{Lines: o.lines, AccessFile: s.options.Observe.AccessLog != "", Metrics: o.metrics, Tracer: o.tracer}
}

// gauges adds the figures of this node to the metrics.
func (s *Server) gauges() {
	m := s.observing.metrics
	m.Gauge("client_connections", "Open connections of clients.", func() float64 { return float64(s.http.Connections()) })
	m.Gauge("upstreams", "Upstreams that have connections.", func() float64 { return float64(s.transport.Stats().Upstreams) })
	m.Gauge("upstream_connections_active", "Connections to upstreams in use.", func() float64 { return float64(s.transport.Stats().Active) })
	m.Gauge("upstream_connections_idle", "Connections to upstreams that are kept.", func() float64 { return float64(s.transport.Stats().Idle) })
	m.Counter("log_lines_dropped_total", "Lines of access and execution logs that were lost.", func() float64 { return float64(s.observing.lines.Dropped()) })
}

// close ends what Run of the parts does not end.
func (o *observing) close(ctx context.Context) error {
	var err error
	if o.tracer != nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		err = o.tracer.Close(ctx)
	}
	if o.file != nil {
		err = errors.Join(err, o.file.Close())
	}
	return err
}

// metrics answers /_postern/metrics.
func (s *Server) metrics(resp *message.Response) {
	page := &body{resp.Body}
	if err := s.observing.metrics.Write(page); err != nil {
		s.options.Log.LogAttrs(context.Background(), slog.LevelError, "metrics could not be written", slog.String("error", err.Error()))
		answer(resp, 500, "InternalFailure", "The metrics could not be written.")
		return
	}
	resp.Status = 200
	resp.Header.Add("Content-Type", metrics.ContentType)
	resp.Body = page.text
}

// body is a text as a Writer.
type body struct{ text []byte }

func (b *body) Write(p []byte) (int, error) {
	b.text = append(b.text, p...)
	return len(p), nil
}

// logGroups is CloudWatch Logs, as package delivery wants it.
type logGroups struct{ logs *logs.Logs }

func (g logGroups) Append(ctx context.Context, account, region, group, stream string, events []delivery.Event) error {
	list := make([]logs.Event, len(events))
	for i, e := range events {
		list[i] = logs.Event(e)
	}
	return g.logs.Append(ctx, store.Scope{Account: account, Region: region}, group, stream, list)
}

// nodeStream is the log stream of this node in every group: 32 digits, as AWS names them, and the same after a restart.
func nodeStream() string {
	name, err := os.Hostname()
	if err != nil {
		name = "postern"
	}
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:16])
}
