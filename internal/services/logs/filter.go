package logs

import (
	"context"

	"postern/internal/aws/wire"
	model "postern/internal/aws/wire/logs"
	"postern/internal/services/logs/filterpattern"
)

// FilterLogEvents answers events of a group, or of some of its streams, in the order of their time.
// Source: CloudWatch Logs API reference, FilterLogEvents.
func (l *Logs) FilterLogEvents(ctx context.Context, call *wire.Call, in *model.FilterLogEventsRequest) (*model.FilterLogEventsResponse, error) {
	name, err := oneGroup(in.LogGroupName, in.LogGroupIdentifier)
	if err != nil {
		return nil, err
	}
	if in.LogStreamNames != nil && in.LogStreamNamePrefix != nil {
		return nil, errNamesAndPrefix
	}
	q, err := filterQuery(in)
	if err != nil {
		return nil, err
	}
	var events []found
	var more bool
	err = l.view(ctx, scopeOf(call), func(r records) error {
		g, err := r.group(name)
		if err != nil {
			return err
		}
		streams, err := r.chosenStreams(name, in)
		if err != nil {
			return err
		}
		events, more, err = r.read(g, streams, q)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := &model.FilterLogEventsResponse{Events: []model.FilteredLogEvent{}, SearchedLogStreams: []model.SearchedLogStream{}}
	for i := range events {
		e := &events[i]
		out.Events = append(out.Events, model.FilteredLogEvent{
			LogStreamName: &e.stream, Timestamp: &e.entry.Timestamp, Message: &e.entry.Message,
			IngestionTime: &e.entry.Ingested, EventID: new(string(e.position)),
		})
	}
	if more {
		out.NextToken = new(string(events[len(events)-1].position))
	}
	return out, nil
}

func filterQuery(in *model.FilterLogEventsRequest) (query, error) {
	q := query{limit: eventsLimit}
	set(&q.limit, in.Limit)
	set(&q.start, in.StartTime)
	if in.EndTime != nil {
		q.end = *in.EndTime + 1 // events at the end itself are answered (inferred from the CLI's own ranges)
	}
	if in.FilterPattern != nil {
		pattern, err := filterpattern.Compile(*in.FilterPattern)
		if err != nil {
			return q, model.InvalidParameterException.Errorf("Invalid filter pattern")
		}
		q.matches = pattern.Match
	}
	var err error
	if in.NextToken != nil {
		q.after, err = parsePosition(*in.NextToken)
	}
	return q, err
}

// chosenStreams are the streams that a call names, or those with a prefix, or all.
func (r records) chosenStreams(group string, in *model.FilterLogEventsRequest) ([]*stream, error) {
	if in.LogStreamNames == nil {
		prefix := ""
		set(&prefix, in.LogStreamNamePrefix)
		return r.streams(group, prefix)
	}
	var list []*stream
	for _, name := range in.LogStreamNames {
		s, err := r.stream(group, name)
		if err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, nil
}
