package cli

import (
	"io"

	"postern/internal/server"
)

// Observing are the flags of logs, metrics and traces.
type Observing struct {
	AccessLog     string  `placeholder:"FILE" help:"File that gets the access log lines of every stage with access logs, besides their log groups; - is stdout. Default: log groups only."`
	OTLPEndpoint  string  `name:"otlp-endpoint" placeholder:"URL" help:"OpenTelemetry collector that gets the traces of stages with tracing, http://localhost:4318. Default: traces are sent nowhere."`
	TraceRate     float64 `default:"0.05" placeholder:"SHARE" help:"Share of requests traced beyond the first of every second, 0 to 1. Default: ${default}."`
	LogGroupBytes int64   `placeholder:"BYTES" help:"Most events kept of one log group, in bytes; the oldest go first. Default: 67108864, and 8388608 for --data :memory:."`
}

func (o *Observing) options(stdout io.Writer) server.ObserveOptions {
	return server.ObserveOptions{
		AccessLog: o.AccessLog, Stdout: stdout, OTLPEndpoint: o.OTLPEndpoint, TraceRate: o.TraceRate, LogGroupBytes: o.LogGroupBytes,
	}
}
