package delivery

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"time"
)

// maxSpare bounds the memory that a queue keeps between batches, in bytes for each shard.
const maxSpare = 1 << 20

// Flush delivers the lines that were put before it was called.
func (q *Queue) Flush(ctx context.Context) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting.Store(false)
	var batch sorted
	for i := range q.shards {
		batch.take(q.swap(&q.shards[i]))
	}
	batch.deliver(ctx, q)
}

// swap takes a shard's lines and leaves it the memory of the last ones; what it returns is valid until the next swap.
func (q *Queue) swap(s *shard) lines {
	s.mu.Lock()
	taken := s.lines
	s.lines = lines{q.spare.text[:0], q.spare.entries[:0]}
	s.mu.Unlock()
	q.spare = taken
	if cap(taken.text) > maxSpare {
		q.spare = lines{}
	}
	return taken
}

// sorted are the lines of one delivery, by destination.
type sorted struct {
	order  []*Destination
	events map[*Destination][]Event
}

func (b *sorted) take(l lines) {
	begin := 0
	for _, e := range l.entries {
		if b.events == nil {
			b.events = map[*Destination][]Event{}
		}
		if _, there := b.events[e.to]; !there {
			b.order = append(b.order, e.to)
		}
		b.events[e.to] = append(b.events[e.to], Event{e.at, string(l.text[begin:e.end])})
		begin = e.end
	}
}

func (b *sorted) deliver(ctx context.Context, q *Queue) {
	for _, to := range b.order {
		events := b.events[to]
		slices.SortStableFunc(events, func(a, b Event) int { return cmp.Compare(a.Timestamp, b.Timestamp) })
		for i := range events {
			events[i].Timestamp /= int64(time.Millisecond)
		}
		if to.File {
			q.write(events)
		}
		if to.Group != "" {
			q.append(ctx, to, events)
		}
		if to.Firehose != "" {
			q.put(ctx, to, events)
		}
	}
}

func (q *Queue) append(ctx context.Context, to *Destination, events []Event) {
	if q.options.Groups == nil {
		q.dropped.Add(uint64(len(events)))
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if err := q.options.Groups.Append(ctx, to.Account, to.Region, to.Group, q.options.Stream, events); err != nil {
		q.lost(len(events), "log group "+to.Group, err)
	}
}

func (q *Queue) put(ctx context.Context, to *Destination, events []Event) {
	if q.options.Streams == nil {
		q.dropped.Add(uint64(len(events)))
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	lines := make([]string, len(events))
	for i := range events {
		lines[i] = events[i].Message
	}
	if n, err := q.options.Streams.Put(ctx, to.Region, to.Firehose, lines); n > 0 {
		q.lost(n, "Firehose stream "+to.Firehose, err)
	}
}

// complaints is how often failures to deliver are logged; all are counted.
const complaints = time.Minute

func (q *Queue) lost(n int, where string, err error) {
	q.dropped.Add(uint64(n))
	if now := time.Now(); now.Sub(q.complained) >= complaints {
		q.complained = now
		q.options.Log.LogAttrs(context.Background(), slog.LevelError, "log lines were lost", slog.String("destination", where),
			slog.Int("lines", n), slog.Any("error", err))
	}
}

// write writes lines to the file, in one piece.
func (q *Queue) write(events []Event) {
	if q.options.File == nil {
		return
	}
	var text []byte
	for i := range events {
		text = append(append(text, events[i].Message...), '\n')
	}
	if _, err := q.options.File.Write(text); err != nil {
		q.lost(len(events), "the file of --access-log", err)
	}
}
