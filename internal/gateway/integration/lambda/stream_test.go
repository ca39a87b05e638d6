package lambda

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"postern/internal/apidef"
	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/integration"
)

// streams is a Functions whose streams are what the test writes.
type streams struct{ body io.ReadCloser }

func (s *streams) Invoke(context.Context, *Invocation) (Result, error) {
	return Result{}, errors.New("not buffered")
}

func (s *streams) InvokeStream(ctx context.Context, _ *Invocation) (*Stream, error) {
	return &Stream{Status: 200, Body: untilDone{s.body, ctx}}, nil
}

// untilDone is a body that ends with its context.
type untilDone struct {
	io.ReadCloser
	ctx context.Context
}

func (u untilDone) Read(p []byte) (n int, err error) {
	done := make(chan struct{})
	go func() {
		n, err = u.ReadCloser.Read(p)
		close(done)
	}()
	select {
	case <-done:
		return n, err
	case <-u.ctx.Done():
		_ = u.Close()
		<-done
		return 0, u.ctx.Err()
	}
}

func newStreaming(t *testing.T, body io.ReadCloser, edge bool) *Proxy {
	t.Helper()
	uri := strings.Replace(strings.Replace(functionURI, "2015-03-31", "2021-11-15", 1), "/invocations", "/response-streaming-invocations", 1)
	p, err := NewProxy(&apidef.Method{Integration: &apidef.Integration{
		Type: apidef.AWSProxy, HTTPMethod: "POST", URI: uri, ResponseTransferMode: apidef.Stream, TimeoutInMillis: 900000,
	}}, &integration.Environment{APIID: "abc", EdgeOptimized: edge}, &Options{Functions: &streams{body}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

const metadata = `{"statusCode":201,"headers":{"x":"y"}}` + "\x00\x00\x00\x00\x00\x00\x00\x00"

// The head leaves when the metadata is there, and each piece when it comes.
// Source: developer guide, "Set up a Lambda proxy integration with payload response streaming in API Gateway".
func TestAStreamLeavesPieceByPiece(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, w := io.Pipe()
		go func() { _, _ = io.WriteString(w, metadata) }()
		x := petExchange()
		if err := newStreaming(t, r, false).Run(t.Context(), x); err != nil {
			t.Fatal(err)
		}
		if x.Response.Status != 201 || x.Response.Stream == nil {
			t.Fatalf("status %d", x.Response.Status)
		}
		piece := make([]byte, 100)
		for _, want := range []string{"first", "second"} {
			time.Sleep(time.Minute)
			go func() { _, _ = io.WriteString(w, want) }()
			if n, err := x.Response.Stream.Read(piece); err != nil || string(piece[:n]) != want {
				t.Errorf("%q, %v; want %q", piece[:n], err, want)
			}
		}
		_ = w.Close()
		if _, err := x.Response.Stream.Read(piece); !errors.Is(err, io.EOF) {
			t.Errorf("the end is %v", err)
		}
		_ = x.Response.Stream.Close()
	})
}

// Source: developer guide, "Stream the integration response for your proxy integrations in API Gateway": 5 minutes, 30
// seconds behind an edge, 15 minutes in all.
func TestAStreamThatPausesEnds(t *testing.T) {
	for _, tt := range []struct {
		edge  bool
		pause time.Duration
		ends  bool
	}{
		{false, 5*time.Minute - time.Second, false},
		{false, 5*time.Minute + time.Second, true},
		{true, 29 * time.Second, false},
		{true, 31 * time.Second, true},
	} {
		synctest.Test(t, func(t *testing.T) {
			r, w := io.Pipe()
			var function sync.WaitGroup
			defer function.Wait()
			function.Go(func() {
				_, _ = io.WriteString(w, metadata)
				time.Sleep(tt.pause)
				_, _ = io.WriteString(w, "late")
				_ = w.Close()
			})
			x := petExchange()
			if err := newStreaming(t, r, tt.edge).Run(t.Context(), x); err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadAll(x.Response.Stream); (err != nil) != tt.ends {
				t.Errorf("edge %v, after %v: %v", tt.edge, tt.pause, err)
			}
			_ = x.Response.Stream.Close()
		})
	}
}

func TestAStreamWithoutAHeadIsATimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := io.Pipe()
		x := petExchange()
		err := newStreaming(t, r, false).Run(t.Context(), x)
		e, ok := errors.AsType[*gatewayresponse.Error](err)
		if !ok || e.Type() != "INTEGRATION_TIMEOUT" {
			t.Errorf("%v", err)
		}
	})
}

func TestMetadataIsBounded(t *testing.T) {
	long := `{"headers":{"x":"` + strings.Repeat("y", maxMetadata) + `"}}` + "\x00\x00\x00\x00\x00\x00\x00\x00"
	x := petExchange()
	err := newStreaming(t, io.NopCloser(strings.NewReader(long)), false).Run(t.Context(), x)
	if e, ok := errors.AsType[*gatewayresponse.Error](err); !ok || !strings.Contains(e.Log(), "Malformed Lambda proxy response") {
		t.Errorf("%v; want a malformed response beyond 16 KB", err)
	}
}

func TestAFunctionThatFailsInTheMiddleBreaksTheStream(t *testing.T) {
	r, w := io.Pipe()
	go func() {
		_, _ = io.WriteString(w, metadata+"half")
		_ = w.CloseWithError(&FunctionError{Type: "Unhandled", Message: "it broke"})
	}()
	x := petExchange()
	if err := newStreaming(t, r, false).Run(t.Context(), x); err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(x.Response.Stream)
	if _, ok := errors.AsType[*FunctionError](err); !ok || string(got) != "half" {
		t.Errorf("%q, %v", got, err)
	}
	_ = x.Response.Stream.Close()
}
