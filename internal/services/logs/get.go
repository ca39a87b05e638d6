package logs

import (
	"context"
	"strings"

	"postern/internal/aws/wire"
	model "postern/internal/aws/wire/logs"
)

// eventsLimit is how many events are answered at once unless told otherwise.
const eventsLimit = 10000

// GetLogEvents answers events of one stream in the order of their time: the first ones, the last ones, or those before or
// behind a token. A token that leads nowhere is answered again, so that a reader knows the end.
// Source: CloudWatch Logs API reference, GetLogEvents.
func (l *Logs) GetLogEvents(ctx context.Context, call *wire.Call, in *model.GetLogEventsRequest) (*model.GetLogEventsResponse, error) {
	name, err := oneGroup(in.LogGroupName, in.LogGroupIdentifier)
	if err != nil {
		return nil, err
	}
	q := query{limit: eventsLimit, newest: in.StartFromHead == nil || !*in.StartFromHead}
	set(&q.limit, in.Limit)
	set(&q.start, in.StartTime)
	set(&q.end, in.EndTime)
	at := first
	if in.NextToken != nil {
		if at, err = q.follow(*in.NextToken); err != nil {
			return nil, err
		}
	}
	var events []found
	err = l.view(ctx, scopeOf(call), func(r records) error {
		s, err := r.stream(name, *in.LogStreamName)
		if err != nil {
			return err
		}
		g, err := r.group(name)
		if err != nil {
			return err
		}
		events, _, err = r.read(g, []*stream{s}, q)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := &model.GetLogEventsResponse{Events: []model.OutputLogEvent{}}
	forward, backward := at, at
	for i := range events {
		e := &events[i].entry
		out.Events = append(out.Events, model.OutputLogEvent{Timestamp: &e.Timestamp, Message: &e.Message, IngestionTime: &e.Ingested})
	}
	if len(events) > 0 {
		forward, backward = events[len(events)-1].position, events[0].position
	}
	out.NextForwardToken, out.NextBackwardToken = new("f/"+string(forward)+"/s"), new("b/"+string(backward)+"/s")
	return out, nil
}

// follow makes q begin where a token of GetLogEvents points to.
func (q *query) follow(token string) (position, error) {
	direction, rest, _ := strings.Cut(strings.TrimSuffix(token, "/s"), "/")
	at, err := parsePosition(rest)
	switch {
	case err != nil:
		return "", err
	case direction == "f":
		q.after, q.newest = at, false
	case direction == "b":
		q.before, q.newest = at, true
	default:
		return "", errToken
	}
	return at, nil
}
