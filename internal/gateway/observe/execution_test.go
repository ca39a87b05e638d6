package observe_test

import (
	"strings"
	"testing"

	"postern/internal/gateway/message"
	"postern/internal/gateway/observe"
)

// Source: recorded AWS answer (TestInvokeMethod): lines end at 1024 bytes, and a mark follows.
func TestLongLinesAreCut(t *testing.T) {
	x := &message.Exchange{Trace: &message.Trace{}}
	observe.Sending(x, "http://b/", message.Pairs{{Name: "x", Value: strings.Repeat("y", 2000)}}, nil)
	got := x.Trace.Lines[1].Text
	if len(got) != 1024+len(" [TRUNCATED]") || !strings.HasPrefix(got, "Endpoint request headers: {x=yyy") || !strings.HasSuffix(got, "yyy [TRUNCATED]") {
		t.Errorf("%d bytes: %s", len(got), got)
	}
}

func TestNothingIsWrittenWithoutATrace(t *testing.T) {
	x := &message.Exchange{Request: &message.Request{}, Response: &message.Response{}}
	if n := testing.AllocsPerRun(10, func() {
		observe.Started(x)
		observe.Sending(x, "", nil, nil)
		observe.Received(x, 200, nil, nil, 0)
		observe.Succeeded(x)
		observe.Failed(x, "")
	}); n != 0 {
		t.Errorf("%v allocations without a trace", n)
	}
}
