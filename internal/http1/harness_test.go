package http1

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"postern/internal/eventloop"
	"postern/internal/gateway/message"
)

// leakCheck fails the test if goroutines of this package are left when it ends. Call it first, so that it runs last.
func leakCheck(t *testing.T) {
	t.Helper()
	t.Cleanup(func() {
		var stacks string
		for range 500 {
			buf := make([]byte, 1<<20)
			stacks = string(buf[:runtime.Stack(buf, true)])
			if !strings.Contains(stacks, "http1.(*") {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		t.Errorf("goroutines are left:\n%s", stacks)
	})
}

// lockedBuffer is a log that a test reads while the server writes.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// withoutLoop names the variable that has package net wait for all connections, as on systems that no event loop is for.
const withoutLoop = "POSTERN_TEST_WITHOUT_LOOP"

// loopOf starts a loop that runs until the test has ended; nil when package net is to wait.
func loopOf(tb testing.TB) *eventloop.Loop {
	tb.Helper()
	if os.Getenv(withoutLoop) != "" {
		return nil
	}
	loop, err := eventloop.New()
	switch {
	case errors.Is(err, errors.ErrUnsupported):
		return nil
	case err != nil:
		tb.Fatal(err)
	}
	tb.Cleanup(loop.Close)
	return loop
}

// listenerOf has a loop wait for l's connections.
func listenerOf(tb testing.TB, l net.Listener) net.Listener {
	tb.Helper()
	if loop := loopOf(tb); loop != nil {
		return loop.Listener(l)
	}
	return l
}

// start runs s on a port of its own until the test ends, and returns the address.
func start(t *testing.T, s *Server) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	startOn(t, s, listenerOf(t, l))
	return l.Addr().String()
}

func startOn(t *testing.T, s *Server, l net.Listener) {
	t.Helper()
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	if s.Handler == nil {
		s.Handler = HandlerFunc(echo)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	t.Cleanup(func() {
		s.Close()
		if err := <-served; !errors.Is(err, ErrServerClosed) {
			t.Errorf("Serve returned %v", err)
		}
	})
}

// echo answers with what it was asked.
func echo(req *message.Request, resp *message.Response) {
	resp.Header.Add("X-Request", req.Method+" "+req.Target)
	resp.Body = req.Body
}

// dialog is a client with a raw socket.
type dialog struct {
	t *testing.T
	net.Conn
	r *bufio.Reader
}

func dial(t *testing.T, addr string) *dialog {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(30 * time.Second))
	return &dialog{t, c, bufio.NewReader(c)}
}

func (d *dialog) send(s string) {
	d.t.Helper()
	if _, err := io.WriteString(d.Conn, s); err != nil {
		d.t.Fatalf("send: %v", err)
	}
}

// reply is an answer whose body has been read.
type reply struct{ http.Response }

// answer reads one answer to a request of some method, with its body.
func (d *dialog) answer(method string) (*reply, string) {
	d.t.Helper()
	resp, err := http.ReadResponse(d.r, &http.Request{Method: method})
	if err != nil {
		d.t.Fatalf("no answer: %v", err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		d.t.Fatalf("the body: %v", err)
	}
	_ = resp.Body.Close()
	return &reply{*resp}, string(body)
}

// closed checks that the server closes the connection without another byte.
func (d *dialog) closed() {
	d.t.Helper()
	if b, err := d.r.ReadByte(); err != io.EOF {
		d.t.Errorf("the connection is not closed: %q, %v", b, err)
	}
}

// upstreamOf runs a server that deals with each connection as talk does.
func upstreamOf(t *testing.T, talk func(c net.Conn, r *bufio.Reader)) Address {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	var conns []net.Conn
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			conns = append(conns, c)
			mu.Unlock()
			all.Go(func() {
				defer c.Close()
				talk(c, bufio.NewReader(c))
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		mu.Lock()
		for _, c := range conns {
			c.Close()
		}
		mu.Unlock()
		all.Wait()
	})
	return addressOf(l.Addr())
}

func addressOf(a net.Addr) Address {
	return Address{Scheme: "http", Host: "127.0.0.1", Port: uint16(a.(*net.TCPAddr).Port)}
}

// request reads one request with its body; nil at the connection's end.
func request(r *bufio.Reader) *http.Request {
	req, err := http.ReadRequest(r)
	if err != nil {
		return nil
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil
	}
	req.Body = io.NopCloser(bytes.NewReader(body))
	return req
}

// soon is a deadline that no test should reach.
func soon() time.Time { return time.Now().Add(20 * time.Second) }

// The whole package again, as on a system without an event loop.
func TestWithoutALoop(t *testing.T) {
	if os.Getenv(withoutLoop) != "" || testing.Short() {
		t.Skip("it is the run without, or a short one")
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), withoutLoop+"=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
