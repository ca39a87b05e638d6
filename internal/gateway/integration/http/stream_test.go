package http_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"postern/internal/apidef"
	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/integration"
	"postern/internal/gateway/integration/http"
	"postern/internal/gateway/message"
	"postern/internal/http1"
)

// streamed runs an HTTP_PROXY integration with responseTransferMode STREAM.
func streamed(t *testing.T, in apidef.Integration, env integration.Environment, transport http.Transport, test bool) (*message.Exchange, error) {
	t.Helper()
	in.Type, in.HTTPMethod, in.ResponseTransferMode = apidef.HTTPProxy, "GET", apidef.Stream
	b, err := http.New(&apidef.Method{Integration: &in}, &env, &http.Options{Transport: transport, TLS: http.NewTLSSettings(), StreamRate: integration.DefaultStreamRate})
	if err != nil {
		t.Fatal(err)
	}
	x := &message.Exchange{Request: &message.Request{Method: "GET"}, Response: &message.Response{}, Test: test}
	return x, b.Run(t.Context(), x)
}

func realTransport(t *testing.T) *http1.Transport {
	transport := &http1.Transport{}
	t.Cleanup(transport.Close)
	return transport
}

// Source: developer guide, "Stream the integration response for your proxy integrations in API Gateway".
func TestStreamPassesOnWhatComes(t *testing.T) {
	more := make(chan string)
	uri := rawServer(t, func(c net.Conn) {
		writes("HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nServer: x\r\nTransfer-Encoding: chunked\r\n\r\n")(c)
		for text := range more {
			writes(text)(c)
		}
	})
	x, err := streamed(t, apidef.Integration{URI: uri}, integration.Environment{Binary: integration.BinaryMediaTypes{"text/*"}}, realTransport(t), false)
	if err != nil {
		t.Fatal(err)
	}
	out := x.Response
	if out.Status != 200 || out.Stream == nil || out.StreamLength != 0 {
		t.Fatalf("status %d, stream %v, length %d", out.Status, out.Stream, out.StreamLength)
	}
	if server, _ := out.Header.GetFold("x-amzn-Remapped-Server"); server != "x" {
		t.Error("the backend's Server is not remapped")
	}
	piece := make([]byte, 16)
	for _, want := range []string{"\x89PNG\xff", "second"} { // bytes that are no text stay as they are
		more <- "6\r\n" + (want + "______")[:6] + "\r\n"
		n, err := io.ReadFull(out.Stream, piece[:6])
		if err != nil || string(piece[:n]) != (want + "______")[:6] {
			t.Fatalf("%q, %v", piece[:n], err)
		}
	}
	more <- "5\r\nab"
	close(more)
	if _, err := io.ReadAll(out.Stream); !errors.Is(err, http1.ErrClosed) {
		t.Errorf("a backend that breaks off gives %v", err)
	}
	_ = out.Stream.Close()
}

func TestStreamOfKnownLength(t *testing.T) {
	uri := rawServer(t, writes("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"))
	x, err := streamed(t, apidef.Integration{URI: uri}, integration.Environment{}, realTransport(t), false)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Response.Stream.Close()
	_, remapped := x.Response.Header.GetFold("x-amzn-Remapped-Content-Length")
	if x.Response.StreamLength != 5 || remapped {
		t.Errorf("length %d, header %v", x.Response.StreamLength, x.Response.Header)
	}
}

// Before its first byte a stream fails like any other call; a test invocation shows the whole answer.
func TestStreamBeforeItsFirstByte(t *testing.T) {
	hold := make(chan struct{})
	defer close(hold)
	_, err := streamed(t, apidef.Integration{URI: rawServer(t, func(net.Conn) { <-hold }), TimeoutInMillis: 200}, integration.Environment{}, realTransport(t), false)
	if e, ok := errors.AsType[*gatewayresponse.Error](err); !ok || e.Type() != "INTEGRATION_TIMEOUT" {
		t.Errorf("a backend that says nothing gives %v", err)
	}
	x, err := streamed(t, apidef.Integration{URI: rawServer(t, writes("HTTP/1.1 200 OK\r\n\r\nhello"))}, integration.Environment{}, realTransport(t), true)
	if err != nil || x.Response.Stream != nil || string(x.Response.Body) != "hello" {
		t.Errorf("test invocation: %v, %q", err, x.Response.Body)
	}
}

// asked keeps what the transport was asked for, and answers a stream.
type asked struct {
	req      http1.UpstreamRequest
	deadline time.Duration
	stream   io.Reader
}

func (a *asked) Do(req *http1.UpstreamRequest, deadline time.Time, resp *message.Response) error {
	a.req, a.deadline = *req, time.Until(deadline)
	resp.Status, resp.Stream = 200, io.NopCloser(a.stream)
	return nil
}

// Source: as above: 15 minutes at most, five minutes unless the integration says otherwise; pauses of five minutes, or of
// thirty seconds behind an edge.
func TestStreamLimits(t *testing.T) {
	tests := []struct {
		name    string
		timeout int
		edge    bool
		total   time.Duration
		idle    time.Duration
	}{
		{"regional", 900000, false, 15 * time.Minute, 5 * time.Minute},
		{"edge-optimized", 60000, true, time.Minute, 30 * time.Second},
		{"no timeout of its own", 0, false, 5 * time.Minute, 5 * time.Minute},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := &asked{stream: &bytes.Buffer{}}
				if _, err := streamed(t, apidef.Integration{URI: "http://a", TimeoutInMillis: tt.timeout}, integration.Environment{EdgeOptimized: tt.edge}, a, false); err != nil {
					t.Fatal(err)
				}
				if !a.req.Stream || a.deadline != tt.total || a.req.StreamIdle != tt.idle {
					t.Errorf("stream %v, %v in all, pauses of %v; want %v, %v", a.req.Stream, a.deadline, a.req.StreamIdle, tt.total, tt.idle)
				}
			})
		})
	}
}

// Source: as above: 10 MB pass at full speed, what comes behind them at 2 MB a second.
func TestStreamIsPaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x, err := streamed(t, apidef.Integration{URI: "http://a"}, integration.Environment{}, &asked{stream: io.LimitReader(zeros{}, 16<<20)}, false)
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		if _, err := io.CopyN(io.Discard, x.Response.Stream, 10<<20); err != nil || time.Since(start) != 0 {
			t.Errorf("the first 10 MB took %v (%v)", time.Since(start), err)
		}
		n, err := io.Copy(io.Discard, x.Response.Stream)
		if took := time.Since(start); err != nil || n != 6<<20 || took < 2800*time.Millisecond || took > 3*time.Second {
			t.Errorf("%d bytes more took %v (%v), want 3 s", n, took, err)
		}
	})
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }
