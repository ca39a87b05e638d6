package logs

import (
	"slices"
	"strings"
	"time"
)

// query says which events are wanted, and in which order.
type query struct {
	// start and end bound the time of the events: from start on, before end. Milliseconds; end 0: no bound.
	start, end int64
	// after and before exclude all up to and from a position on; empty: no bound.
	after, before position
	// newest asks for the last limit events instead of the first.
	newest bool
	limit  int
	// matches tells whether a message is wanted; nil wants all.
	matches func(message string) bool
}

// found is an event that a query found.
type found struct {
	position position
	stream   string
	entry    entry
}

// slack is how long before its arrival an event may be dated and still lie in a batch that was begun before then: events
// come up to two hours early, and batches stay open for a minute.
const slack = int64((newestEvent + 2*oldBatch*time.Millisecond) / time.Millisecond)

// read collects the events of streams that a query wants, in order. more tells that there are others.
func (r records) read(g *group, streams []*stream, q query) (events []found, more bool, err error) {
	q.start = max(q.start, g.cutoff(r.now))
	c := &collector{query: q}
	for _, s := range streams {
		if s.LastIngest == 0 || s.LastEvent < q.start {
			continue
		}
		id := streamID(g.Name, s.Name) + ":"
		after := ""
		if from := q.start - slack; from > 0 {
			after = id + batchKey(from, 0)
		}
		err := scan(r, kindBatch, id, after, func(key string, b *batch) bool {
			c.take(s.Name, strings.TrimPrefix(key, id), b)
			return true
		})
		if err != nil {
			return nil, false, err
		}
	}
	events, more = c.result()
	return events, more, nil
}

// collector keeps the first (or last) events of a query among all that it is shown, in memory bounded by the limit.
type collector struct {
	query
	events  []found
	dropped bool
}

func (c *collector) take(streamName, key string, b *batch) {
	if b.Last < c.start || c.end != 0 && b.First >= c.end {
		return
	}
	places := newPositions(streamName, key)
	for i := range b.Events {
		e := &b.Events[i]
		if e.Timestamp < c.start || c.end != 0 && e.Timestamp >= c.end {
			continue
		}
		at := places.of(e, i)
		if c.after != "" && at <= c.after || c.before != "" && at >= c.before || c.matches != nil && !c.matches(e.Message) {
			continue
		}
		c.events = append(c.events, found{at, streamName, *e})
		if len(c.events) >= 2*c.limit+64 {
			c.trim()
		}
	}
}

// trim sorts what was collected and keeps as many as are wanted.
func (c *collector) trim() {
	slices.SortFunc(c.events, func(a, b found) int { return strings.Compare(string(a.position), string(b.position)) })
	surplus := len(c.events) - c.limit
	if surplus <= 0 {
		return
	}
	c.dropped = true
	if c.newest {
		c.events = slices.Delete(c.events, 0, surplus)
	} else {
		c.events = slices.Delete(c.events, c.limit, len(c.events))
	}
}

// maxAnswer bounds the events of one answer, in bytes. Source: CloudWatch Logs API reference, GetLogEvents.
const maxAnswer = 1048576

func (c *collector) result() ([]found, bool) {
	c.trim()
	var bytes int64
	for n := range c.events {
		i := n
		if c.newest {
			i = len(c.events) - 1 - n
		}
		if bytes += int64(len(c.events[i].entry.Message)) + eventOverhead; bytes <= maxAnswer || n == 0 {
			continue
		}
		if c.newest {
			return c.events[i+1:], true
		}
		return c.events[:i], true
	}
	return c.events, c.dropped
}
