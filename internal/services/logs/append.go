package logs

import (
	"fmt"
	"strings"

	model "postern/internal/aws/wire/logs"
	"postern/internal/store/document"
)

// A batch takes more events until it is this large or this old, in bytes and milliseconds.
const (
	fullBatch = 32 << 10
	oldBatch  = 60 * 1000
)

// batchKey orders the batches of a stream by when they were begun, so that a reader of recent events can skip the old.
func batchKey(begun, number int64) string { return fmt.Sprintf("%013d-%010d", begun, number) }

// ensure makes a group and a stream that are not there.
func (r records) ensure(groupName, streamName string) error {
	if _, err := r.tx.Get(r.key(kindStream, streamID(groupName, streamName))); !missing(err) {
		return err
	}
	if _, err := r.tx.Get(r.key(kindGroup, groupName)); missing(err) {
		if err := r.put(kindGroup, groupName, &group{Name: groupName, Created: r.now, Class: model.LogGroupClassStandard}); err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	return r.put(kindStream, streamID(groupName, streamName), &stream{Name: streamName, Created: r.now})
}

// append adds events to a stream that is there: to its open batch, or to a new one.
func (r records) append(groupName, streamName string, events []Event) error {
	id := streamID(groupName, streamName)
	s, err := document.Get[stream](r.tx, r.key(kindStream, id))
	if err != nil {
		return err
	}
	b, err := r.openBatch(id, s)
	if err != nil {
		return err
	}
	if len(b.Events) == 0 {
		s.Open, s.OpenSince = batchKey(r.now, s.Batches), r.now
		s.Batches++
	}
	var added int64
	for i := range events {
		e := &events[i]
		b.add(entry{Timestamp: e.Timestamp, Ingested: r.now, Message: clip(e.Message)}, e.size())
		added += e.size()
		s.saw(e.Timestamp)
	}
	s.OpenBytes, s.LastIngest = b.Bytes, r.now
	s.Bytes += added
	if err := r.put(kindBatch, id+":"+s.Open, b); err != nil {
		return err
	}
	return r.put(kindStream, id, s)
}

// openBatch is the batch that takes more events, an empty one when there is none.
func (r records) openBatch(id string, s *stream) (*batch, error) {
	if s.Open == "" || s.OpenBytes >= fullBatch || r.now-s.OpenSince >= oldBatch {
		return new(batch), nil
	}
	b, err := document.Get[batch](r.tx, r.key(kindBatch, id+":"+s.Open))
	if missing(err) {
		return new(batch), nil
	}
	return b, err
}

func (b *batch) add(e entry, size int64) {
	if len(b.Events) == 0 {
		b.First, b.Last = e.Timestamp, e.Timestamp
	}
	b.First, b.Last = min(b.First, e.Timestamp), max(b.Last, e.Timestamp)
	b.Bytes += size
	b.Events = append(b.Events, e)
}

// saw widens the span of time that the stream's events cover.
func (s *stream) saw(timestamp int64) {
	if s.FirstEvent == 0 || timestamp < s.FirstEvent {
		s.FirstEvent = timestamp
	}
	s.LastEvent = max(s.LastEvent, timestamp)
}

// clip cuts what is too long for an event, between characters.
func clip(message string) string {
	if len(message) <= maxMessage {
		return message
	}
	return strings.ToValidUTF8(message[:maxMessage], "")
}
