package observe

import (
	"io"
	"sync"
	"time"

	"postern/internal/gateway/message"
	"postern/internal/gateway/observe/accesslog"
	"postern/internal/gateway/observe/delivery"
	"postern/internal/gateway/observe/metrics"
	"postern/internal/gateway/observe/tracing"
)

// Watch observes one exchange, from the moment its stage is known until it is answered. The zero value observes nothing.
type Watch struct {
	stage  *Stage
	method *Method
	// trace is the exchange's own trace, when nobody brought one.
	trace *message.Trace
}

var traces = sync.Pool{New: func() any { return new(message.Trace) }}

// Stage tells that the exchange belongs to a stage, whether it reaches a method or not.
func (w *Watch) Stage(s *Stage) { w.stage = s }

// Begin tells which method serves the exchange. From here on its execution log is written, if the method has one.
func (w *Watch) Begin(x *message.Exchange, m *Method) {
	m = m.of(x.Request.Method)
	w.method = m
	if m.level != off && x.Trace == nil {
		w.trace = traces.Get().(*message.Trace) // the pool holds nothing else
		w.trace.Brief = m.brief
		x.Trace = w.trace
	}
	if w.stage.traced {
		w.stage.outlets.Tracer.Begin(x)
	}
	if x.Trace.On() {
		line(x, "Extended Request Id: ", x.ExtendedRequestID)
	}
}

// End tells that the exchange is answered: it is counted, logged and traced. A streamed answer ends with its stream.
func (w *Watch) End(x *message.Exchange) {
	if w.stage == nil {
		return
	}
	if w.method != nil && w.method.level != off {
		w.logExecution(x)
	}
	if x.Response.Stream != nil {
		w.stream(x)
		return
	}
	x.Observed.End, x.Observed.ResponseLength = x.Now(), int64(len(x.Response.Body))
	if w.stage.access != nil {
		w.logAccess(x)
	}
	e := ending{stage: w.stage, method: w.method, exchange: measured(x)}
	if x.Observed.SegmentID != 0 {
		e.span = w.span(x)
	}
	e.end(x.Start, x.Observed.End, x.Observed.ResponseLength)
}

func (w *Watch) logAccess(x *message.Exchange) {
	for _, to := range w.stage.accessTo {
		w.stage.outlets.Lines.Put(to, func(b delivery.Batch) {
			b.Line(x.Observed.End, func(dst []byte) []byte { return w.stage.access.Append(dst, x) })
		})
	}
}

func (w *Watch) span(x *message.Exchange) *tracing.Span {
	name := tracing.Name{Segment: w.stage.name}
	if w.method != nil {
		name = w.method.name
	}
	return w.stage.outlets.Tracer.Span(x, name)
}

// measured is what metrics count of an exchange, but for its latency.
func measured(x *message.Exchange) metrics.Exchange {
	o := &x.Observed
	m := metrics.Exchange{Status: x.Response.Status, Cache: o.Cache, Called: !o.CallEnd.IsZero()}
	if m.Called {
		m.IntegrationLatency = o.CallEnd.Sub(o.CallStart)
	}
	return m
}

// logExecution writes the lines of the exchange's trace. A stage that logs errors writes only exchanges that ended early.
func (w *Watch) logExecution(x *message.Exchange) {
	t := x.Trace
	if t.On() && (w.method.level == everything || x.Error != nil) {
		for _, to := range w.stage.executionTo {
			w.stage.outlets.Lines.Put(to, func(b delivery.Batch) {
				for i := range t.Lines {
					if l := &t.Lines[i]; !l.Note && (!l.Data || !w.method.brief) {
						b.Line(l.At, func(dst []byte) []byte { return appendEvent(dst, x.RequestID, l.Text) })
					}
				}
			})
		}
	}
	if w.trace != nil {
		x.Trace = nil
		w.trace.Reset()
		traces.Put(w.trace)
		w.trace = nil
	}
}

// appendEvent appends a line as it stands in a stage's execution log, cut as AWS cuts it.
func appendEvent(dst []byte, requestID, text string) []byte {
	before := len(dst)
	dst = append(dst, '(')
	dst = append(dst, requestID...)
	dst = append(dst, ") "...)
	dst = append(dst, text...)
	if len(dst)-before > lineLimit {
		dst = append(dst[:before+lineLimit-len(truncated)], truncated...)
	}
	return dst
}

// ending is what is left to tell of an exchange once its length and its end are known.
type ending struct {
	stage    *Stage
	method   *Method
	exchange metrics.Exchange
	span     *tracing.Span
}

func (e *ending) end(start, end time.Time, length int64) {
	e.exchange.Latency = end.Sub(start)
	if e.stage.series != nil {
		e.stage.series.Count(&e.exchange)
	}
	if e.method != nil && e.method.series != nil {
		e.method.series.Count(&e.exchange)
	}
	if e.span != nil {
		e.stage.outlets.Tracer.End(e.span, end, length)
	}
}

// stream lets the exchange's streamed answer tell of its own end.
func (w *Watch) stream(x *message.Exchange) {
	s := &stream{ReadCloser: x.Response.Stream, start: x.Start}
	s.ending = ending{stage: w.stage, method: w.method, exchange: measured(x), span: w.span(x)}
	if w.stage.access != nil {
		s.line = w.stage.access.Begin(x)
	}
	x.Response.Stream = s
}

// stream is a streamed answer that is observed. It outlives its exchange and holds nothing of it.
type stream struct {
	io.ReadCloser
	ending
	start time.Time
	line  *accesslog.Begun
	ended accesslog.Ended
	once  sync.Once
}

// Read counts what is read, and notes when it began to come.
func (s *stream) Read(p []byte) (int, error) {
	n, err := s.ReadCloser.Read(p)
	if n > 0 && s.ended.Length == 0 {
		s.ended.ContentAt = time.Now()
	}
	s.ended.Length += int64(n)
	return n, err
}

// Close tells of the end.
func (s *stream) Close() error {
	err := s.ReadCloser.Close()
	s.once.Do(func() {
		s.ended.At = time.Now()
		if s.line != nil {
			for _, to := range s.stage.accessTo {
				s.stage.outlets.Lines.Put(to, func(b delivery.Batch) {
					b.Line(s.ended.At, func(dst []byte) []byte { return s.line.Append(dst, s.ended) })
				})
			}
		}
		s.end(s.start, s.ended.At, s.ended.Length)
	})
	return err
}
