package lambda

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"

	"postern/internal/aws/awserr"
	model "postern/internal/aws/wire/lambda"
	"postern/internal/services/lambda/runtime"
)

// queue holds the events that nobody waits for. Each has a goroutine, which runs it, and again when it failed.
// Source: Lambda developer guide, "How Lambda handles errors and retries with asynchronous invocation".
type queue struct {
	functions *Functions
	limits    Queue

	mu     sync.Mutex
	closed bool
	// events and bytes count what waits or runs.
	events, bytes int

	stop context.CancelFunc
	ctx  context.Context // it bounds the goroutines, and ends with the queue
	wait sync.WaitGroup
}

func newQueue(f *Functions, limits Queue) *queue {
	if limits.Events <= 0 {
		limits.Events = 10000
	}
	if limits.Bytes <= 0 {
		limits.Bytes = 64 << 20
	}
	if limits.Retry == nil {
		limits.Retry = func(attempt int) time.Duration { return time.Duration(attempt-1) * time.Minute }
	}
	if limits.Throttled == nil {
		limits.Throttled = func(attempt int) time.Duration { return min(time.Second<<min(attempt-2, 10), 5*time.Minute) }
	}
	if limits.MaxAge <= 0 {
		limits.MaxAge = 6 * time.Hour
	}
	q := &queue{functions: f, limits: limits}
	q.ctx, q.stop = context.WithCancel(context.Background())
	return q
}

// add takes an event. The payload is copied, and so are the texts that may be parts of a request's head, all of which would
// be kept for as long as the event is.
func (q *queue) add(at ref, event *runtime.Event) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return model.ServiceException.Errorf("The server is closing.")
	}
	if q.events >= q.limits.Events || q.bytes+len(event.Payload) > q.limits.Bytes {
		return throttled("FunctionInvocationRateLimitExceeded")
	}
	q.events++
	q.bytes += len(event.Payload)
	event.Payload = bytes.Clone(event.Payload)
	event.TraceID, at = strings.Clone(event.TraceID), at.clone()
	q.wait.Go(func() {
		q.run(at, event)
		q.mu.Lock()
		defer q.mu.Unlock()
		q.events--
		q.bytes -= len(event.Payload)
	})
	return nil
}

// attempts is how often a function is run for an event that it fails at.
const attempts = 3

// run runs an event until it has succeeded, or is given up.
func (q *queue) run(at ref, event *runtime.Event) {
	begun := time.Now()
	for failed, throttles := 0, 0; ; {
		outcome, delay := q.try(at, event, &failed, &throttles)
		if outcome == succeeded {
			return
		}
		if outcome == abandoned || time.Since(begun)+delay > q.limits.MaxAge {
			q.lost(at, event)
			return
		}
		select {
		case <-q.ctx.Done():
			q.lost(at, event)
			return
		case <-time.After(delay):
		}
	}
}

type outcome int

const (
	succeeded outcome = iota
	repeat
	abandoned
)

// try runs an event once, and tells what to do next, and when.
func (q *queue) try(at ref, event *runtime.Event, failed, throttles *int) (outcome, time.Duration) {
	f := q.functions
	l, v, err := f.resolve(q.ctx, at)
	if err != nil {
		return abandoned, 0
	}
	result, err := f.run(q.ctx, at, l, v, event)
	switch {
	case err == nil && result.FunctionError == "":
		return succeeded, 0
	case err == nil:
		if *failed++; *failed == attempts {
			return abandoned, 0
		}
		return repeat, q.limits.Retry(*failed + 1)
	case q.ctx.Err() != nil:
		return abandoned, 0
	}
	if e, ok := errors.AsType[*awserr.Error](err); ok && e.Code != model.TooManyRequestsException {
		return abandoned, 0
	}
	*throttles++
	return repeat, q.limits.Throttled(*throttles + 1)
}

// lost says that an event was given up.
func (q *queue) lost(at ref, event *runtime.Event) {
	attributes := []slog.Attr{slog.String("functionArn", at.arn()), slog.String("requestId", event.RequestID)}
	if l := (*q.functions.table.Load())[at.key()]; l != nil && l.versions[latest].version.DeadLetterTarget != "" {
		attributes = append(attributes, slog.String("deadLetterTarget", l.versions[latest].version.DeadLetterTarget))
	}
	q.functions.options.Log.LogAttrs(context.Background(), slog.LevelWarn, "an event was given up", attributes...)
}

// close gives up what waits, and waits for what runs.
func (q *queue) close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.stop()
	q.wait.Wait()
}
