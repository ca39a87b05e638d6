package logs

import (
	"context"
	"time"

	"postern/internal/aws/wire"
	model "postern/internal/aws/wire/logs"
)

// How far from now an event of PutLogEvents may lie, and how far from each other. Source: CloudWatch Logs API reference,
// PutLogEvents.
const (
	oldestEvent = 14 * 24 * time.Hour
	newestEvent = 2 * time.Hour
	widestBatch = 24 * time.Hour
)

// PutLogEvents adds events to a stream that is there. Those too old, too new or expired are told and left out. A sequence
// token is not looked at, as in AWS since 2023.
func (l *Logs) PutLogEvents(ctx context.Context, call *wire.Call, in *model.PutLogEventsRequest) (*model.PutLogEventsResponse, error) {
	events := make([]Event, len(in.LogEvents))
	var bytes int64
	for i, e := range in.LogEvents {
		events[i] = Event{*e.Timestamp, *e.Message}
		bytes += int64(len(*e.Message)) + eventOverhead
		if i > 0 && events[i].Timestamp < events[i-1].Timestamp {
			return nil, errOrder
		}
	}
	switch {
	case bytes > maxBatchBytes:
		return nil, model.InvalidParameterException.Errorf("Upload too large: %d bytes exceeds limit of %d", bytes, maxBatchBytes)
	case events[len(events)-1].Timestamp-events[0].Timestamp > widestBatch.Milliseconds():
		return nil, errSpan
	}
	out := &model.PutLogEventsResponse{}
	var kept []Event
	err := l.update(ctx, scopeOf(call), func(r records) error {
		s, err := r.stream(*in.LogGroupName, *in.LogStreamName)
		if err != nil {
			return err
		}
		g, err := r.group(*in.LogGroupName)
		if err != nil {
			return err
		}
		kept, out.RejectedLogEventsInfo = accepted(events, r.now, g.cutoff(r.now))
		out.NextSequenceToken = new(s.sequenceToken())
		if len(kept) == 0 {
			return nil
		}
		return r.append(*in.LogGroupName, *in.LogStreamName, kept)
	})
	if err != nil {
		return nil, err
	}
	l.count(kept)
	return out, nil
}

// accepted are the events that may be kept, which are in order; nil when all are.
func accepted(events []Event, now, expired int64) ([]Event, *model.RejectedLogEventsInfo) {
	var rejected model.RejectedLogEventsInfo
	tooOld, tooNew := now-oldestEvent.Milliseconds(), now+newestEvent.Milliseconds()
	begin, end := 0, len(events)
	for i := range events {
		switch t := events[i].Timestamp; {
		case t < expired:
			rejected.ExpiredLogEventEndIndex = new(i + 1)
			begin = i + 1
		case t < tooOld:
			rejected.TooOldLogEventEndIndex = new(i + 1)
			begin = i + 1
		case t > tooNew && end == len(events):
			rejected.TooNewLogEventStartIndex = new(i)
			end = i
		}
	}
	if begin == 0 && end == len(events) {
		return events, nil
	}
	return events[begin:end], &rejected
}
