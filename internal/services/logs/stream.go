package logs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"postern/internal/aws/wire"
	model "postern/internal/aws/wire/logs"
)

// CreateLogStream makes a stream.
func (l *Logs) CreateLogStream(ctx context.Context, call *wire.Call, in *model.CreateLogStreamRequest) error {
	return l.update(ctx, scopeOf(call), func(r records) error {
		switch _, err := r.stream(*in.LogGroupName, *in.LogStreamName); {
		case err == nil:
			return errStreamExists
		case !errors.Is(err, errNoStream):
			return err
		}
		s := &stream{Name: *in.LogStreamName, Created: r.now}
		return r.put(kindStream, streamID(*in.LogGroupName, s.Name), s)
	})
}

// DeleteLogStream removes a stream with its events.
func (l *Logs) DeleteLogStream(ctx context.Context, call *wire.Call, in *model.DeleteLogStreamRequest) error {
	return l.update(ctx, scopeOf(call), func(r records) error {
		if _, err := r.stream(*in.LogGroupName, *in.LogStreamName); err != nil {
			return err
		}
		id := streamID(*in.LogGroupName, *in.LogStreamName)
		if err := r.deleteAll(kindBatch, id+":"); err != nil {
			return err
		}
		return r.tx.Delete(r.key(kindStream, id))
	})
}

// DescribeLogStreams lists the streams of a group by name, or by the time of their last event.
func (l *Logs) DescribeLogStreams(ctx context.Context, call *wire.Call, in *model.DescribeLogStreamsRequest) (*model.DescribeLogStreamsResponse, error) {
	name, err := oneGroup(in.LogGroupName, in.LogGroupIdentifier)
	if err != nil {
		return nil, err
	}
	byTime := in.OrderBy != nil && *in.OrderBy == model.OrderByLastEventTime
	if byTime && in.LogStreamNamePrefix != nil {
		return nil, errPrefixOrder
	}
	var streams []*stream
	var groupARN string
	err = l.view(ctx, scopeOf(call), func(r records) error {
		groupARN = r.groupARN(name)
		if _, err := r.group(name); err != nil {
			return err
		}
		prefix := ""
		set(&prefix, in.LogStreamNamePrefix)
		streams, err = r.streams(name, prefix)
		return err
	})
	if err != nil {
		return nil, err
	}
	order := streamOrder{byTime: byTime}
	set(&order.descending, in.Descending)
	slices.SortFunc(streams, order.compare)
	return pageOfStreams(streams, order, in, groupARN)
}

// streams reads the streams of a group whose names start with prefix.
func (r records) streams(group, prefix string) ([]*stream, error) {
	var list []*stream
	err := scan(r, kindStream, streamID(group, prefix), "", func(_ string, s *stream) bool {
		list = append(list, s)
		return true
	})
	return list, err
}

// streamOrder is an order of DescribeLogStreams.
type streamOrder struct{ byTime, descending bool }

func (o streamOrder) compare(a, b *stream) int {
	result := strings.Compare(a.Name, b.Name)
	if o.byTime {
		result = cmp.Or(cmp.Compare(a.LastEvent, b.LastEvent), result)
	}
	if o.descending {
		return -result
	}
	return result
}

// token names the place after a stream. A name holds no colon.
func (o streamOrder) token(s *stream) string { return fmt.Sprintf("%d:%s", s.LastEvent, s.Name) }

// after is the stream that a token stands behind.
func (o streamOrder) after(token string) (*stream, error) {
	s := &stream{}
	if n, err := fmt.Sscanf(token, "%d:", &s.LastEvent); n != 1 || err != nil {
		return nil, errToken
	}
	_, s.Name, _ = strings.Cut(token, ":")
	return s, nil
}

func pageOfStreams(streams []*stream, order streamOrder, in *model.DescribeLogStreamsRequest, groupARN string) (*model.DescribeLogStreamsResponse, error) {
	if in.NextToken != nil {
		last, err := order.after(*in.NextToken)
		if err != nil {
			return nil, err
		}
		begin := slices.IndexFunc(streams, func(s *stream) bool { return order.compare(s, last) > 0 })
		if begin < 0 {
			begin = len(streams)
		}
		streams = streams[begin:]
	}
	limit := describeLimit
	set(&limit, in.Limit)
	out := &model.DescribeLogStreamsResponse{LogStreams: []model.LogStream{}}
	if len(streams) > limit {
		streams = streams[:limit]
		out.NextToken = new(order.token(streams[limit-1]))
	}
	for _, s := range streams {
		out.LogStreams = append(out.LogStreams, showStream(s, groupARN))
	}
	return out, nil
}

// showStream is a stream as it is answered. storedBytes is always zero, as in AWS since 2019.
// Source: CloudWatch Logs API reference, LogStream.
func showStream(s *stream, groupARN string) model.LogStream {
	shown := model.LogStream{
		LogStreamName: &s.Name, CreationTime: &s.Created, ARN: new(groupARN + ":log-stream:" + s.Name), StoredBytes: new(int64),
	}
	if s.LastIngest != 0 {
		shown.FirstEventTimestamp, shown.LastEventTimestamp, shown.LastIngestionTime = &s.FirstEvent, &s.LastEvent, &s.LastIngest
		shown.UploadSequenceToken = new(s.sequenceToken())
	}
	return shown
}

// sequenceToken is a token in AWS's form. Nothing reads it: AWS accepts any since 2023.
func (s *stream) sequenceToken() string { return fmt.Sprintf("%056d", s.Batches) }
