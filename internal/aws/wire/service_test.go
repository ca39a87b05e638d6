package wire_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/restjson"
	"postern/internal/gateway/message"
)

type empty struct{}

// service is one operation, GET /, that ends as end says.
func service(log *bytes.Buffer, end func() error) *wire.Service {
	return wire.NewService("test", restjson.New([]restjson.Operation{
		restjson.Handle(restjson.Route{Name: "GetEnd", Method: "GET", Path: "/end", Status: 200},
			func(*restjson.Input, *empty) error { return nil },
			func(context.Context, *wire.Call, *empty) (*empty, error) { return nil, end() },
			restjson.JSON(func(b []byte, _ *empty) []byte { return append(b, "{}"...) })),
	}), slog.New(slog.NewTextHandler(log, nil)))
}

// Whatever goes wrong, the answer is complete, and says no more than the caller may know.
func TestServeErrors(t *testing.T) {
	for _, c := range []struct {
		name   string
		end    func() error
		status int
		header message.Pairs
		body   string
		logged string
	}{
		{
			name: "a refusal is answered and not logged", end: func() error { return awserr.Conflict.Errorf("taken") },
			status: 409, header: message.Pairs{{Name: "x-amzn-ErrorType", Value: "ConflictException"}}, body: `{"message":"taken"}`,
		},
		{
			name:   "a wait is a header",
			end:    func() error { return awserr.ServiceUnavailable.Errorf("later").RetryAfter(7) },
			status: 503, header: message.Pairs{{Name: "x-amzn-ErrorType", Value: "ServiceUnavailableException"}, {Name: "Retry-After", Value: "7"}},
			body: `{"message":"later","retryAfterSeconds":"7"}`,
		},
		{
			name: "a limit says that nobody knows how long to wait", end: func() error { return awserr.LimitExceeded.Errorf("full") },
			status: 429, header: message.Pairs{{Name: "x-amzn-ErrorType", Value: "LimitExceededException"}},
			body: `{"message":"full","retryAfterSeconds":null}`,
		},
		{
			name: "any other error is hidden and logged", end: func() error { return errors.New("disk full") },
			status: 500, header: message.Pairs{{Name: "x-amzn-ErrorType", Value: "InternalFailure"}},
			body: `{"message":"Internal server error"}`, logged: "disk full",
		},
		{
			name: "a panic ends one call", end: func() error { panic("boom") },
			status: 500, header: message.Pairs{{Name: "x-amzn-ErrorType", Value: "InternalFailure"}},
			body: `{"message":"Internal server error"}`, logged: "boom",
		},
		{
			name: "neither output nor error", end: func() error { return nil },
			status: 500, header: message.Pairs{{Name: "x-amzn-ErrorType", Value: "InternalFailure"}},
			body: `{"message":"Internal server error"}`, logged: "GetEnd gave neither output nor error",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			var log bytes.Buffer
			resp := &message.Response{Header: make(message.Pairs, 0, 4)}
			call := &wire.Call{RequestID: "id-1"}
			service(&log, c.end).Serve(context.Background(), call, &message.Request{Method: "GET", Path: "/end"}, resp)
			want := message.Pairs{{Name: "x-amzn-RequestId", Value: "id-1"}}
			want = append(want, c.header[0], message.Pair{Name: "Content-Type", Value: "application/json"})
			want = append(want, c.header[1:]...)
			if diff := cmp.Diff(want, resp.Header); diff != "" {
				t.Errorf("header (-want +got):\n%s", diff)
			}
			if resp.Status != c.status || string(resp.Body) != c.body {
				t.Errorf("got %d %s", resp.Status, resp.Body)
			}
			if c.logged == "" && log.Len() > 0 || !strings.Contains(log.String(), c.logged) {
				t.Errorf("logged %q, want %q", log.String(), c.logged)
			}
			if c.logged != "" && !strings.Contains(log.String(), "operation=GetEnd") {
				t.Errorf("the log does not name the operation: %s", log.String())
			}
		})
	}
}

// A client that calls what Postern does not have is logged once for each operation, however often it tries.
func TestMissedOperationsAreLoggedOnce(t *testing.T) {
	var log bytes.Buffer
	operation := ""
	s := service(&log, func() error { return wire.Unimplemented(operation) })
	call := func(name string) string {
		operation = name
		log.Reset()
		resp := new(message.Response)
		c := &wire.Call{RequestID: "id"}
		s.Serve(t.Context(), c, &message.Request{Method: "GET", Path: "/end"}, resp)
		if resp.Status != 501 {
			t.Fatalf("status %d", resp.Status)
		}
		return log.String()
	}
	if first := call("GetEnd"); !strings.Contains(first, "operation=GetEnd") || !strings.Contains(first, "does not implement") {
		t.Errorf("%q", first)
	}
	if again := call("GetEnd"); again != "" {
		t.Errorf("logged again: %q", again)
	}
}
