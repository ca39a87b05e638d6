package delivery_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postern/internal/gateway/observe/delivery"
)

// groups remembers what it is given, by group.
type groups struct {
	mu     sync.Mutex
	events map[string][]string
	fail   error
}

func (g *groups) Append(_ context.Context, account, region, group, stream string, events []delivery.Event) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.fail != nil {
		return g.fail
	}
	if g.events == nil {
		g.events = map[string][]string{}
	}
	key := strings.Join([]string{account, region, group, stream}, " ")
	for _, e := range events {
		g.events[key] = append(g.events[key], fmt.Sprint(e.Timestamp, " ", e.Message))
	}
	return nil
}

func put(q *delivery.Queue, to *delivery.Destination, at int64, lines ...string) {
	q.Put(to, func(b delivery.Batch) {
		for _, line := range lines {
			b.Line(time.UnixMilli(at), func(dst []byte) []byte { return append(dst, line...) })
		}
	})
}

// firehose takes the first line of each batch only.
type firehose struct{ lines []string }

func (f *firehose) Put(_ context.Context, region, stream string, lines []string) (int, error) {
	f.lines = append(f.lines, region+" "+stream+" "+lines[0])
	return len(lines) - 1, errors.New("throttled")
}

func TestFirehoseStreams(t *testing.T) {
	f := &firehose{}
	q := delivery.New(delivery.Options{Streams: f, Log: slog.New(slog.DiscardHandler)})
	put(q, &delivery.Destination{Region: "r", Firehose: "amazon-apigateway-x"}, 0, "a", "b")
	q.Flush(t.Context())
	if diff := cmp.Diff([]string{"r amazon-apigateway-x a"}, f.lines); diff != "" || q.Dropped() != 1 {
		t.Errorf("%d dropped\n%s", q.Dropped(), diff)
	}
}

// Lines arrive in the order of their time, those of one exchange together, at every place that is named.
func TestLinesArriveInOrder(t *testing.T) {
	g, file := &groups{}, &bytes.Buffer{}
	q := delivery.New(delivery.Options{Groups: g, Stream: "node", File: file, Log: slog.New(slog.DiscardHandler)})
	access := &delivery.Destination{Account: "1", Region: "r", Group: "access", File: true}
	execution := &delivery.Destination{Account: "1", Region: "r", Group: "execution"}
	put(q, access, 20, "second")
	put(q, execution, 5, "a", "b", "c")
	put(q, access, 10, "first")
	q.Flush(t.Context())
	want := map[string][]string{
		"1 r access node":    {"10 first", "20 second"},
		"1 r execution node": {"5 a", "5 b", "5 c"},
	}
	if diff := cmp.Diff(want, g.events); diff != "" {
		t.Error(diff)
	}
	if file.String() != "first\nsecond\n" {
		t.Errorf("the file holds %q", file)
	}
}

func TestWhatDoesNotFitIsDroppedAndCounted(t *testing.T) {
	g := &groups{}
	q := delivery.New(delivery.Options{Groups: g, Limit: 4096, Log: slog.New(slog.DiscardHandler)})
	to := &delivery.Destination{Group: "g"}
	const lines = 1000
	for range lines {
		put(q, to, 0, strings.Repeat("x", 100))
	}
	q.Flush(t.Context())
	arrived := 0
	for _, list := range g.events {
		arrived += len(list)
	}
	if arrived == 0 || arrived+int(q.Dropped()) != lines || arrived > 100 {
		t.Errorf("%d arrived, %d dropped, of %d", arrived, q.Dropped(), lines)
	}
	g.fail = errors.New("away")
	before := q.Dropped()
	put(q, to, 0, "x")
	q.Flush(t.Context())
	if q.Dropped() != before+1 {
		t.Error("a line that could not be delivered was not counted")
	}
}

// Run delivers what many exchanges put at once, and the last of it when it is stopped. Each line arrives once.
func TestHammer(t *testing.T) {
	g := &groups{}
	q := delivery.New(delivery.Options{Groups: g, Log: slog.New(slog.DiscardHandler)})
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); q.Run(ctx) }()
	to := &delivery.Destination{Group: "g"}
	var writers sync.WaitGroup
	const each = 500
	for w := range 8 {
		writers.Go(func() {
			for i := range each {
				put(q, to, int64(i), fmt.Sprintf("%d/%d", w, i))
			}
		})
	}
	writers.Wait()
	stop()
	<-done
	seen := map[string]bool{}
	for _, list := range g.events {
		for _, line := range list {
			if seen[line] {
				t.Fatalf("%s came twice", line)
			}
			seen[line] = true
		}
	}
	if len(seen) != 8*each || q.Dropped() != 0 {
		t.Errorf("%d lines arrived, %d dropped", len(seen), q.Dropped())
	}
}

func TestPutAllocatesNothing(t *testing.T) {
	q := delivery.New(delivery.Options{Log: slog.New(slog.DiscardHandler), Limit: 1 << 30})
	to := &delivery.Destination{Group: "g"}
	line := "a line of usual length, as an access log has it"
	for range 100000 {
		put1(q, to, line)
	}
	q.Flush(t.Context())
	if n := testing.AllocsPerRun(1000, func() { put1(q, to, line) }); n > 0 {
		t.Errorf("%v allocations for each line", n)
	}
}

func put1(q *delivery.Queue, to *delivery.Destination, line string) {
	q.Put(to, func(b delivery.Batch) {
		b.Line(time.Time{}, func(dst []byte) []byte { return append(dst, line...) })
	})
}
