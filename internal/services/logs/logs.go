// Package logs is CloudWatch Logs, as far as the logs of an API and of its functions need it: groups, streams and their
// events, kept in the store.
//
// What comes in: the operations of the CloudWatch Logs API (2014-03-28), and events from the gateway and from functions
// by Append. What goes out: events in the order of their time. It never looks into a message but to match a filter
// pattern, and never keeps more of a group than its retention and Options.MaxGroupBytes allow: the oldest events go first.
package logs

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"postern/internal/store"
)

// Options are the parts of a Logs.
type Options struct {
	// Store keeps groups, streams and events. Required.
	Store store.Store
	// MaxGroupBytes bounds the events kept of one group, whatever its retention, in bytes as CloudWatch counts them.
	// Default DefaultMaxGroupBytes.
	MaxGroupBytes int64
	// Log gets faults of the keeping itself. Required.
	Log *slog.Logger
	// Now is the clock. Default time.Now.
	Now func() time.Time
}

// DefaultMaxGroupBytes is Options.MaxGroupBytes where nothing else is said: 64 MiB.
const DefaultMaxGroupBytes = 64 << 20

// Logs keeps log events. Its methods may be called from any goroutine.
type Logs struct {
	options Options
	// appended counts the bytes that came in since the groups were trimmed last.
	appended atomic.Int64
	// trim wakes Run before its time.
	trim chan struct{}
}

// New makes a Logs. Run keeps what it holds within its bounds.
func New(o Options) *Logs {
	if o.MaxGroupBytes <= 0 {
		o.MaxGroupBytes = DefaultMaxGroupBytes
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Logs{options: o, trim: make(chan struct{}, 1)}
}

// Event is one log event.
type Event struct {
	// Timestamp is when it happened, in milliseconds since the epoch.
	Timestamp int64
	Message   string
}

// Append adds events to a stream, and makes the group and the stream if they are not there: what AWS's own services do
// with the groups that they write to. Events may come in any order; a message beyond 1 MiB is cut.
//
// The error is the store's; of what was given, some may have been kept then.
func (l *Logs) Append(ctx context.Context, scope store.Scope, group, stream string, events []Event) error {
	for len(events) > 0 {
		n := batchLength(events)
		batch := events[:n]
		events = events[n:]
		err := l.update(ctx, scope, func(r records) error {
			if err := r.ensure(group, stream); err != nil {
				return err
			}
			return r.append(group, stream, batch)
		})
		if err != nil {
			return err
		}
		l.count(batch)
	}
	return nil
}

// The bounds of one batch. Source: CloudWatch Logs API reference, PutLogEvents.
const (
	maxBatchBytes  = 1048576
	maxBatchEvents = 10000
	maxMessage     = 1048576 - eventOverhead
	// eventOverhead is what an event counts beside its message, in bytes.
	eventOverhead = 26
)

// size is what an event counts, in bytes.
func (e *Event) size() int64 { return int64(min(len(e.Message), maxMessage)) + eventOverhead }

// batchLength is how many events fit into one batch.
func batchLength(events []Event) int {
	var bytes int64
	for i := range events {
		if bytes += events[i].size(); bytes > maxBatchBytes && i > 0 || i == maxBatchEvents {
			return i
		}
	}
	return len(events)
}

// count wakes Run once an eighth of a group's room has come in.
func (l *Logs) count(events []Event) {
	var bytes int64
	for i := range events {
		bytes += events[i].size()
	}
	if l.appended.Add(bytes) < l.options.MaxGroupBytes/8 {
		return
	}
	select {
	case l.trim <- struct{}{}:
	default:
	}
}
