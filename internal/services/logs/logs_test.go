package logs_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	model "postern/internal/aws/wire/logs"
	"postern/internal/services/logs"
	"postern/internal/store"
	"postern/internal/store/memory"
)

var (
	caller = &wire.Call{Account: "111111111111", Region: "us-east-1"}
	scope  = store.Scope{Account: caller.Account, Region: caller.Region}
)

// harness is a Logs with a clock that stands still.
type harness struct {
	*logs.Logs
	t   *testing.T
	now time.Time
}

func newHarness(t *testing.T, maxBytes int64) *harness {
	h := &harness{t: t, now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	documents := memory.New()
	t.Cleanup(func() { documents.Close() })
	h.Logs = logs.New(logs.Options{
		Store: documents, MaxGroupBytes: maxBytes, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return h.now },
	})
	return h
}

func (h *harness) append(group, stream string, messages ...string) {
	h.t.Helper()
	var events []logs.Event
	for i, m := range messages {
		events = append(events, logs.Event{Timestamp: h.now.UnixMilli() + int64(i), Message: m})
	}
	if err := h.Append(h.t.Context(), scope, group, stream, events); err != nil {
		h.t.Fatal(err)
	}
}

func (h *harness) filter(in model.FilterLogEventsRequest) (messages []string, next *string) {
	h.t.Helper()
	out, err := h.FilterLogEvents(h.t.Context(), caller, &in)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, e := range out.Events {
		messages = append(messages, *e.LogStreamName+": "+*e.Message)
	}
	return messages, out.NextToken
}

// refused wants an error with a code and a text.
func refused(t *testing.T, err error, code awserr.Code, text string) {
	t.Helper()
	e, ok := errors.AsType[*awserr.Error](err)
	if !ok || e.Code != code || e.Message != text {
		t.Errorf("got %v, want %s: %s", err, code.Name, text)
	}
}

func TestAppendMakesGroupAndStream(t *testing.T) {
	h := newHarness(t, 0)
	h.append("/aws/lambda/hello", "2026/03/01/[$LATEST]a", "START", "END")
	groups, err := h.DescribeLogGroups(t.Context(), caller, &model.DescribeLogGroupsRequest{})
	if err != nil || len(groups.LogGroups) != 1 {
		t.Fatalf("%v, %v", groups, err)
	}
	g := groups.LogGroups[0]
	if *g.ARN != "arn:aws:logs:us-east-1:111111111111:log-group:/aws/lambda/hello:*" || *g.StoredBytes != int64(len("STARTEND"))+2*26 {
		t.Errorf("%s holds %d bytes", *g.ARN, *g.StoredBytes)
	}
	got, _ := h.filter(model.FilterLogEventsRequest{LogGroupName: new("/aws/lambda/hello")})
	if diff := cmp.Diff([]string{"2026/03/01/[$LATEST]a: START", "2026/03/01/[$LATEST]a: END"}, got); diff != "" {
		t.Error(diff)
	}
}

// Events of several streams come in the order of their time, page by page, each once.
func TestFilterInterleavesAndPages(t *testing.T) {
	h := newHarness(t, 0)
	for i := range 5 {
		h.append("g", fmt.Sprintf("s%d", i%2), fmt.Sprintf("event %d", i))
		h.now = h.now.Add(time.Minute)
	}
	var all []string
	in := model.FilterLogEventsRequest{LogGroupName: new("g"), Limit: new(2)}
	for pages := 1; ; pages++ {
		page, next := h.filter(in)
		all = append(all, page...)
		if next == nil {
			if pages != 3 {
				t.Errorf("%d pages", pages)
			}
			break
		}
		in.NextToken = next
	}
	want := []string{"s0: event 0", "s1: event 1", "s0: event 2", "s1: event 3", "s0: event 4"}
	if diff := cmp.Diff(want, all); diff != "" {
		t.Error(diff)
	}
	got, _ := h.filter(model.FilterLogEventsRequest{LogGroupName: new("g"), FilterPattern: new(`"event 3"`)})
	if diff := cmp.Diff([]string{"s1: event 3"}, got); diff != "" {
		t.Error(diff)
	}
	since := h.now.Add(-90 * time.Second).UnixMilli()
	got, _ = h.filter(model.FilterLogEventsRequest{LogGroupIdentifier: new("arn:aws:logs:us-east-1:111111111111:log-group:g:*"), StartTime: &since})
	if diff := cmp.Diff([]string{"s0: event 4"}, got); diff != "" {
		t.Error(diff)
	}
}

// Source: CloudWatch Logs API reference, GetLogEvents: at the end of the stream the same token is answered again.
func TestGetGoesForwardAndBack(t *testing.T) {
	h := newHarness(t, 0)
	h.append("g", "s", "a", "b", "c", "d", "e")
	get := func(in model.GetLogEventsRequest) (string, *model.GetLogEventsResponse) {
		t.Helper()
		in.LogGroupName, in.LogStreamName = new("g"), new("s")
		out, err := h.GetLogEvents(t.Context(), caller, &in)
		if err != nil {
			t.Fatal(err)
		}
		var text strings.Builder
		for _, e := range out.Events {
			text.WriteString(*e.Message)
		}
		return text.String(), out
	}
	got, page := get(model.GetLogEventsRequest{Limit: new(2)})
	if got != "de" {
		t.Errorf("the last two are %s", got)
	}
	if got, _ = get(model.GetLogEventsRequest{Limit: new(2), NextToken: page.NextBackwardToken}); got != "bc" {
		t.Errorf("before them are %s", got)
	}
	got, end := get(model.GetLogEventsRequest{NextToken: page.NextForwardToken})
	if got != "" || *end.NextForwardToken != *page.NextForwardToken {
		t.Errorf("behind the end are %q, and the token changes", got)
	}
	if got, _ = get(model.GetLogEventsRequest{StartFromHead: new(true), Limit: new(3)}); got != "abc" {
		t.Errorf("the first three are %s", got)
	}
	h.append("g", "s", "f")
	if got, _ = get(model.GetLogEventsRequest{NextToken: end.NextForwardToken}); got != "" {
		t.Errorf("an event that is older than the token's comes behind it: %s", got)
	}
	_, err := h.GetLogEvents(t.Context(), caller, &model.GetLogEventsRequest{
		LogGroupName: new("g"), LogStreamName: new("s"), NextToken: new("f/12/s"),
	})
	refused(t, err, model.InvalidParameterException, "The specified nextToken is invalid.")
}

// Source: CloudWatch Logs API reference, PutLogEvents.
func TestPutLogEvents(t *testing.T) {
	h := newHarness(t, 0)
	h.append("g", "s")
	must(t, h.CreateLogGroup(t.Context(), caller, &model.CreateLogGroupRequest{LogGroupName: new("g")}))
	must(t, h.CreateLogStream(t.Context(), caller, &model.CreateLogStreamRequest{LogGroupName: new("g"), LogStreamName: new("s")}))
	put := func(ages ...time.Duration) (*model.PutLogEventsResponse, error) {
		in := &model.PutLogEventsRequest{LogGroupName: new("g"), LogStreamName: new("s")}
		for _, age := range ages {
			at := h.now.Add(-age).UnixMilli()
			in.LogEvents = append(in.LogEvents, model.InputLogEvent{Timestamp: &at, Message: new(age.String())})
		}
		return h.PutLogEvents(t.Context(), caller, in)
	}
	_, err := put(time.Second, time.Minute)
	refused(t, err, model.InvalidParameterException, "Log events in a single PutLogEvents request must be in chronological order.")
	_, err = put(25*time.Hour, 0)
	refused(t, err, model.InvalidParameterException, "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.")
	out, err := put(14*24*time.Hour+time.Minute, 14*24*time.Hour-time.Minute)
	must(t, err)
	if r := out.RejectedLogEventsInfo; r == nil || *r.TooOldLogEventEndIndex != 1 {
		t.Errorf("too old: %+v", r)
	}
	out, err = put(0, -3*time.Hour)
	must(t, err)
	if r := out.RejectedLogEventsInfo; r == nil || *r.TooNewLogEventStartIndex != 1 {
		t.Errorf("too new: %+v", r)
	}
	must(t, h.PutRetentionPolicy(t.Context(), caller, &model.PutRetentionPolicyRequest{LogGroupName: new("g"), RetentionInDays: new(1)}))
	out, err = put(24*time.Hour+time.Second, 24*time.Hour-time.Second)
	must(t, err)
	if r := out.RejectedLogEventsInfo; r == nil || *r.ExpiredLogEventEndIndex != 1 {
		t.Errorf("expired: %+v", r)
	}
	got, _ := h.filter(model.FilterLogEventsRequest{LogGroupName: new("g")})
	if diff := cmp.Diff([]string{"s: 23h59m59s", "s: 0s"}, got); diff != "" {
		t.Errorf("an event that is expired is answered (-want +got):\n%s", diff)
	}
	_, err = h.PutLogEvents(t.Context(), caller, &model.PutLogEventsRequest{
		LogGroupName: new("g"), LogStreamName: new("other"), LogEvents: []model.InputLogEvent{{Timestamp: new(h.now.UnixMilli()), Message: new("x")}},
	})
	refused(t, err, model.ResourceNotFoundException, "The specified log stream does not exist.")
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Run keeps a group within its bounds: the oldest events go first, and the youngest stay.
func TestTrimKeepsGroupsSmall(t *testing.T) {
	h := newHarness(t, 256<<10)
	line := strings.Repeat("x", 1000)
	for range 1000 {
		h.append("g", "s", line)
		h.now = h.now.Add(time.Second)
	}
	h.append("g", "s", "youngest")
	must(t, h.Trim(t.Context()))
	groups, err := h.DescribeLogGroups(t.Context(), caller, &model.DescribeLogGroupsRequest{})
	must(t, err)
	if bytes := *groups.LogGroups[0].StoredBytes; bytes > 256<<10 || bytes < 128<<10 {
		t.Errorf("%d bytes are left", bytes)
	}
	got, _ := h.filter(model.FilterLogEventsRequest{LogGroupName: new("g"), FilterPattern: new("youngest")})
	if len(got) != 1 {
		t.Error("the youngest event is gone")
	}
}

func TestTrimRemovesWhatExpired(t *testing.T) {
	h := newHarness(t, 0)
	h.append("g", "s", "old")
	must(t, h.PutRetentionPolicy(t.Context(), caller, &model.PutRetentionPolicyRequest{LogGroupName: new("g"), RetentionInDays: new(3)}))
	h.now = h.now.Add(4 * 24 * time.Hour)
	h.append("g", "s", "new")
	must(t, h.Trim(t.Context()))
	must(t, h.DeleteRetentionPolicy(t.Context(), caller, &model.DeleteRetentionPolicyRequest{LogGroupName: new("g")}))
	got, _ := h.filter(model.FilterLogEventsRequest{LogGroupName: new("g")})
	if diff := cmp.Diff([]string{"s: new"}, got); diff != "" {
		t.Error(diff)
	}
}

// Sources: answers of the service in the test suites of its clients; CloudWatch Logs API reference.
func TestGroupsAndStreams(t *testing.T) {
	h := newHarness(t, 0)
	ctx := context.Background()
	create := func(name string) error {
		return h.CreateLogGroup(ctx, caller, &model.CreateLogGroupRequest{LogGroupName: &name, Tags: map[string]string{"a": "1"}})
	}
	for _, name := range []string{"b", "a/1", "a/2"} {
		must(t, create(name))
	}
	refused(t, create("b"), model.ResourceAlreadyExistsException, "The specified log group already exists")
	stream := &model.CreateLogStreamRequest{LogGroupName: new("b"), LogStreamName: new("s")}
	must(t, h.CreateLogStream(ctx, caller, stream))
	refused(t, h.CreateLogStream(ctx, caller, stream), model.ResourceAlreadyExistsException, "The specified log stream already exists")
	refused(t, h.CreateLogStream(ctx, caller, &model.CreateLogStreamRequest{LogGroupName: new("c"), LogStreamName: new("s")}),
		model.ResourceNotFoundException, "The specified log group does not exist.")

	page, err := h.DescribeLogGroups(ctx, caller, &model.DescribeLogGroupsRequest{Limit: new(2)})
	must(t, err)
	next, err := h.DescribeLogGroups(ctx, caller, &model.DescribeLogGroupsRequest{NextToken: page.NextToken})
	must(t, err)
	if names := names(page.LogGroups) + " then " + names(next.LogGroups); names != "a/1 a/2 then b" {
		t.Errorf("groups: %s", names)
	}
	page, err = h.DescribeLogGroups(ctx, caller, &model.DescribeLogGroupsRequest{LogGroupNamePattern: new("/2")})
	must(t, err)
	if names(page.LogGroups) != "a/2" || page.NextToken != nil {
		t.Errorf("with /2 in their names: %s", names(page.LogGroups))
	}
	_, err = h.DescribeLogStreams(ctx, caller, &model.DescribeLogStreamsRequest{
		LogGroupName: new("b"), LogStreamNamePrefix: new("s"), OrderBy: new(model.OrderByLastEventTime),
	})
	refused(t, err, model.InvalidParameterException, "Cannot order by LastEventTime with a logStreamNamePrefix.")

	must(t, h.TagResource(ctx, caller, &model.TagResourceRequest{
		ResourceARN: new("arn:aws:logs:us-east-1:111111111111:log-group:b"), Tags: map[string]string{"b": "2"},
	}))
	must(t, h.UntagLogGroup(ctx, caller, &model.UntagLogGroupRequest{LogGroupName: new("b"), Tags: []string{"a"}}))
	tags, err := h.ListTagsLogGroup(ctx, caller, &model.ListTagsLogGroupRequest{LogGroupName: new("b")})
	must(t, err)
	if diff := cmp.Diff(map[string]string{"b": "2"}, tags.Tags); diff != "" {
		t.Error(diff)
	}
	must(t, h.DeleteLogGroup(ctx, caller, &model.DeleteLogGroupRequest{LogGroupName: new("b")}))
	refused(t, h.DeleteLogGroup(ctx, caller, &model.DeleteLogGroupRequest{LogGroupName: new("b")}),
		model.ResourceNotFoundException, "The specified log group does not exist.")
}

func names(groups []model.LogGroup) string {
	var list []string
	for _, g := range groups {
		list = append(list, *g.LogGroupName)
	}
	return strings.Join(list, " ")
}

// The last event decides; a stream without events comes first.
func TestStreamsByTime(t *testing.T) {
	h := newHarness(t, 0)
	for _, name := range []string{"c", "a", "b"} {
		h.append("g", name, "x")
		h.now = h.now.Add(time.Minute)
	}
	in := &model.DescribeLogStreamsRequest{LogGroupName: new("g"), OrderBy: new(model.OrderByLastEventTime), Descending: new(true), Limit: new(2)}
	var order []string
	for {
		page, err := h.DescribeLogStreams(t.Context(), caller, in)
		must(t, err)
		for _, s := range page.LogStreams {
			order = append(order, *s.LogStreamName)
		}
		if in.NextToken = page.NextToken; in.NextToken == nil {
			break
		}
	}
	if diff := cmp.Diff([]string{"b", "a", "c"}, order); diff != "" {
		t.Error(diff)
	}
}
