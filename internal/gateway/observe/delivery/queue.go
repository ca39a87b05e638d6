// Package delivery carries finished log lines away from the request path.
//
// What comes in: lines that exchanges append to buffers in memory. What goes out: the same lines, in batches, to log
// groups, to Firehose streams and to a file, from one goroutine. A request never waits for a disk or a store: when the buffers are full, its
// lines are dropped and counted.
package delivery

import (
	"context"
	"io"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// Event is one line on its way to a log group.
type Event struct {
	// Timestamp is in milliseconds since the epoch.
	Timestamp int64
	Message   string
}

// Groups takes lines to log groups. services/logs is one, through an adapter of three lines.
type Groups interface {
	Append(ctx context.Context, account, region, group, stream string, events []Event) error
}

// Streams takes lines to Firehose delivery streams. It returns how many it could not deliver.
type Streams interface {
	Put(ctx context.Context, region, stream string, lines []string) (lost int, err error)
}

// Destination is where a line goes: to a log group or a Firehose stream, to the file, or to both. It is made when a stage is
// compiled.
type Destination struct {
	// Account, Region and Group name a log group; an empty Group is none.
	Account, Region, Group string
	// Firehose is a delivery stream in Region; empty for none.
	Firehose string
	// File sends lines to Options.File as well.
	File bool
}

// Options are the parts of a Queue.
type Options struct {
	// Groups may be nil: lines for log groups are then dropped and counted.
	Groups Groups
	// Streams may be nil: lines for Firehose streams are then dropped and counted.
	Streams Streams
	// Stream is the log stream that this node writes to in every group.
	Stream string
	// File takes the lines of Destinations with File set; may be nil.
	File io.Writer
	// Limit bounds the lines that wait, in bytes. Default 8 MiB.
	Limit int
	// Log gets failures to deliver. Required.
	Log *slog.Logger
}

const (
	defaultLimit = 8 << 20
	// gathering is how long the first line of a batch waits for others.
	gathering = 100 * time.Millisecond
	// patience bounds one delivery to a log group, and the last flush.
	patience = 10 * time.Second
)

// Queue holds lines until Run delivers them. Its methods may be called from any goroutine.
type Queue struct {
	options Options
	shards  []shard
	// waiting is set by the first line of a batch.
	waiting atomic.Bool
	wake    chan struct{}
	dropped atomic.Uint64

	mu    sync.Mutex // one delivery at a time; guards what follows
	spare lines
	// complained is when a failure was logged last.
	complained time.Time
}

// shard is a buffer of its own, so that exchanges on different cores do not wait for each other.
type shard struct {
	mu sync.Mutex
	lines
	_ [64]byte // the next shard begins on another cache line
}

// lines are texts, one behind the other.
type lines struct {
	text    []byte
	entries []entry
}

type entry struct {
	to *Destination
	// at is in nanoseconds since the epoch, so that lines of different shards fall into order.
	at int64
	// end is where the line ends in text.
	end int
}

// New makes a queue. Run delivers what it takes.
func New(o Options) *Queue {
	if o.Limit <= 0 {
		o.Limit = defaultLimit
	}
	return &Queue{options: o, shards: make([]shard, max(runtime.GOMAXPROCS(0), 1)), wake: make(chan struct{}, 1)}
}

// Dropped is how many lines were lost, because the buffers were full or could not be delivered.
func (q *Queue) Dropped() uint64 { return q.dropped.Load() }

// Batch takes the lines of one exchange, which stay together.
type Batch struct {
	shard *shard
	to    *Destination
}

// Line adds the line that render appends, dated at.
func (b Batch) Line(at time.Time, render func(dst []byte) []byte) {
	s := b.shard
	s.text = render(s.text)
	s.entries = append(s.entries, entry{b.to, at.UnixNano(), len(s.text)})
}

// Put adds what fill writes into the batch, or drops it when the buffers are full. fill must not block.
func (q *Queue) Put(to *Destination, fill func(Batch)) {
	s := q.lock()
	if len(s.text) > q.options.Limit/len(q.shards) {
		s.mu.Unlock()
		q.dropped.Add(1)
		return
	}
	// Deferred, so that a line that panics leaves no lock behind.
	defer q.release(s)
	fill(Batch{s, to})
}

func (q *Queue) release(s *shard) {
	s.mu.Unlock()
	if !q.waiting.Load() && q.waiting.CompareAndSwap(false, true) {
		select {
		case q.wake <- struct{}{}:
		default:
		}
	}
}

// lock finds a shard that nobody uses, and waits for one only if all are in use.
func (q *Queue) lock() *shard {
	begin := int(rand.Uint32() % uint32(len(q.shards))) //nolint:gosec // a handful of shards
	for i := range q.shards {
		if s := &q.shards[(begin+i)%len(q.shards)]; s.mu.TryLock() {
			return s
		}
	}
	s := &q.shards[begin]
	s.mu.Lock()
	return s
}

// Run delivers lines until ctx ends, and then what is left. It must be called once.
func (q *Queue) Run(ctx context.Context) {
	timer := time.NewTimer(gathering)
	defer timer.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-q.wake:
			timer.Reset(gathering)
			select {
			case <-ctx.Done():
			case <-timer.C:
			}
			q.Flush(ctx)
		}
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	q.Flush(last)
}
