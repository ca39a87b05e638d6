package lambda

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"postern/internal/services/lambda/runtime"
)

// LogGroups is CloudWatch Logs.
type LogGroups interface {
	// Append adds events to a stream of a log group; both are made when they are missing.
	Append(ctx context.Context, account, region, group, stream string, events []runtime.LogEvent) error
}

// lines carries what functions print to their log groups, away from the goroutines that run them. It holds no more than
// maxHeld bytes: a flood that the groups cannot take loses lines, and says so.
type lines struct {
	groups LogGroups
	log    *slog.Logger

	mu     sync.Mutex
	held   map[stream][]runtime.LogEvent
	order  []stream
	bytes  int
	lost   int
	closed bool
	// more is written to when there is something to carry.
	more chan struct{}
	done chan struct{}
}

type stream struct{ account, region, group, name string }

const (
	maxHeld = 16 << 20
	// eventCost is what an event costs beside its text, in bytes.
	eventCost = 64
	// gathering is how long lines wait for others, so that many go in one transaction.
	gathering = 100 * time.Millisecond
)

func newLines(groups LogGroups, log *slog.Logger) *lines {
	l := &lines{groups: groups, log: log, held: map[stream][]runtime.LogEvent{}, more: make(chan struct{}, 1), done: make(chan struct{})}
	go l.run()
	return l
}

// Append implements runtime.Log.
func (l *lines) Append(account, region, group, name string, events []runtime.LogEvent) {
	to := stream{account, region, group, name}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return
	}
	if l.bytes > maxHeld {
		l.lost += len(events)
		return
	}
	held, ok := l.held[to]
	if !ok {
		l.order = append(l.order, to)
	}
	l.held[to] = append(held, events...)
	for i := range events {
		l.bytes += len(events[i].Message) + eventCost
	}
	select {
	case l.more <- struct{}{}:
	default:
	}
}

// run carries lines until close.
func (l *lines) run() {
	defer close(l.done)
	for range l.more {
		l.mu.Lock()
		closed := l.closed
		l.mu.Unlock()
		if !closed {
			time.Sleep(gathering)
		}
		l.carry()
		if closed {
			return
		}
	}
}

// carry hands over everything that is held.
func (l *lines) carry() {
	l.mu.Lock()
	held, order, lost := l.held, l.order, l.lost
	l.held, l.order, l.bytes, l.lost = map[stream][]runtime.LogEvent{}, nil, 0, 0
	l.mu.Unlock()
	ctx := context.Background()
	if lost > 0 {
		l.log.LogAttrs(ctx, slog.LevelWarn, "functions print more than their log groups take", slog.Int("lostEvents", lost))
	}
	for _, to := range order {
		if err := l.groups.Append(ctx, to.account, to.region, to.group, to.name, held[to]); err != nil {
			l.log.LogAttrs(ctx, slog.LevelError, "log events of a function were lost", slog.String("logGroup", to.group),
				slog.Int("events", len(held[to])), slog.String("error", err.Error()))
		}
	}
}

// close carries what is left.
func (l *lines) close() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	select {
	case l.more <- struct{}{}:
	default:
	}
	<-l.done
}
