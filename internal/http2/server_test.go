package http2

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postern/internal/eventloop"
	"postern/internal/gateway/message"
	"postern/internal/http1"
)

// site is a server and its client.
type site struct {
	t      *testing.T
	http1  *http1.Server
	http2  *Server
	client *http.Client
	url    string
}

// serve serves by a handler, as connections of an event loop where there is one.
func serve(t *testing.T, s *http1.Server) *site {
	t.Helper()
	before := runtime.NumGoroutine()
	borrowed := httptest.NewTLSServer(nil)
	defer borrowed.Close()
	authorities := x509.NewCertPool()
	authorities.AddCert(borrowed.Certificate())
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	loop, err := eventloop.New()
	if err == nil {
		inner = loop.Listener(inner)
	}
	it := &site{t: t, http1: s, http2: New(s), client: clientOf(authorities), url: "https://" + inner.Addr().String()}
	s.HTTP2 = it.http2.ServeConn
	served := make(chan error, 1)
	go func() {
		served <- s.Serve(tls.NewListener(inner, &tls.Config{Certificates: borrowed.TLS.Certificates, NextProtos: []string{"h2", "http/1.1"}}))
	}()
	t.Cleanup(func() {
		it.client.CloseIdleConnections()
		it.shutdown()
		<-served
		if loop != nil {
			loop.Close()
		}
		for range 500 {
			if runtime.NumGoroutine() <= before {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		stacks := make([]byte, 1<<20)
		t.Errorf("goroutines are left:\n%s", stacks[:runtime.Stack(stacks, true)])
	})
	return it
}

func clientOf(authorities *x509.CertPool) *http.Client {
	return &http.Client{
		Timeout:   time.Minute,
		Transport: &http.Transport{ForceAttemptHTTP2: true, DisableCompression: true, TLSClientConfig: &tls.Config{RootCAs: authorities}},
	}
}

func (it *site) shutdown() {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	told := make(chan error, 1)
	go func() { told <- it.http2.Shutdown(ctx) }()
	if err := errors.Join(it.http1.Shutdown(ctx), <-told); err != nil {
		it.t.Error(err)
	}
}

// answer is what a client gets.
type answer struct {
	status int
	header http.Header
	body   string
}

// ask sends a request and reads the answer. With an error it may be there in part.
func (it *site) ask(method, target string, body io.Reader, header ...string) (answer, error) {
	it.t.Helper()
	req, err := http.NewRequestWithContext(it.t.Context(), method, it.url+strings.TrimPrefix(target, "*"), body)
	if err != nil {
		it.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header[header[i]] = append(req.Header[header[i]], header[i+1])
	}
	if target == "*" {
		req.URL = &url.URL{Scheme: "https", Host: req.URL.Host, Opaque: "*"}
	}
	resp, err := it.client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if resp.ProtoMajor != 2 {
		it.t.Errorf("the answer is %s", resp.Proto)
	}
	return answer{resp.StatusCode, resp.Header, string(text)}, err
}

func TestRequest(t *testing.T) {
	requests := make(chan message.Request, 1)
	it := serve(t, &http1.Server{Handler: http1.HandlerFunc(func(req *message.Request, _ *message.Response) {
		got := *req
		got.Header, got.Body = append(message.Pairs(nil), req.Header...), bytes.Clone(req.Body)
		requests <- got
	})})
	host := strings.TrimPrefix(it.url, "https://")
	for _, test := range []struct {
		name, method, target, body string
		header                     []string
		want                       message.Request
	}{
		{
			"names are in lower case, values in order, and the path is as it was sent", "GET", "/a%2Fb/c?x=1&x=%20", "",
			[]string{"X-Mixed", "1", "B", "2", "B", "3", "User-Agent", "me"},
			message.Request{
				Method: "GET", Target: "/a%2Fb/c?x=1&x=%20", Path: "/a%2Fb/c", RawQuery: "x=1&x=%20",
				Header: message.Pairs{{Name: "b", Value: "2"}, {Name: "b", Value: "3"}, {Name: "Host", Value: host}, {Name: "User-Agent", Value: "me"}, {Name: "x-mixed", Value: "1"}},
			},
		},
		{
			"a body", "POST", "/", strings.Repeat("0123456789", 10000),
			[]string{"User-Agent", "me"},
			message.Request{
				Method: "POST", Target: "/", Path: "/", Body: []byte(strings.Repeat("0123456789", 10000)),
				Header: message.Pairs{{Name: "content-length", Value: "100000"}, {Name: "Host", Value: host}, {Name: "User-Agent", Value: "me"}},
			},
		},
		{
			"the whole server is meant", "OPTIONS", "*", "",
			[]string{"User-Agent", "me"},
			message.Request{
				Method: "OPTIONS", Target: "*", Path: "*",
				Header: message.Pairs{{Name: "Host", Value: host}, {Name: "User-Agent", Value: "me"}},
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if a, err := it.ask(test.method, test.target, strings.NewReader(test.body), test.header...); err != nil || a.status != 200 {
				t.Fatal(a, err)
			}
			var got message.Request
			select {
			case got = <-requests:
			default:
				t.Fatal("it was not handled")
			}
			if !got.RemoteAddr.Addr().IsLoopback() || got.RemoteAddr.Port() == 0 || got.TLS == nil || got.TLS.NegotiatedProtocol != "h2" {
				t.Errorf("from %v, TLS %v", got.RemoteAddr, got.TLS)
			}
			test.want.Proto, test.want.Host = "HTTP/2.0", host
			got.RemoteAddr, got.TLS = test.want.RemoteAddr, nil
			if diff := cmp.Diff(test.want.Header, got.Header); diff != "" {
				t.Error(diff)
			}
			if !bytes.Equal(got.Body, test.want.Body) || got.Target != test.want.Target || got.Path != test.want.Path ||
				got.RawQuery != test.want.RawQuery || got.Method != test.want.Method || got.Proto != test.want.Proto || got.Host != test.want.Host {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestAnswers(t *testing.T) {
	text := func(s string) io.ReadCloser { return io.NopCloser(strings.NewReader(s)) }
	for _, test := range []struct {
		name, method string
		answer       message.Response
		status       int
		header       http.Header
		body         string
		broken       bool
	}{
		{
			"fields, but for the transport's", "GET",
			message.Response{Status: 201, Body: []byte("{}"), Header: message.Pairs{
				{Name: "x-a", Value: "1"}, {Name: "X-A", Value: "2"}, {Name: "Connection", Value: "x"}, {Name: "Transfer-Encoding", Value: "gzip"}, {Name: "Content-Length", Value: "7"},
			}},
			201,
			http.Header{"X-A": {"1", "2"}, "Content-Length": {"2"}},
			"{}", false,
		},
		{"no type is guessed", "GET", message.Response{Body: []byte("<html>")}, 200, http.Header{"Content-Length": {"6"}}, "<html>", false},
		{
			"control characters of a value", "GET",
			message.Response{Header: message.Pairs{{Name: "X", Value: "a\r\nb\tc\x7f\xff"}}},
			200,
			http.Header{"X": {"a  b\tc \xff"}, "Content-Length": {"0"}},
			"", false,
		},
		{"HEAD", "HEAD", message.Response{Body: []byte("hello")}, 200, http.Header{"Content-Length": {"5"}}, "", false},
		{
			"HEAD with a length of the handler's", "HEAD",
			message.Response{Header: message.Pairs{{Name: "content-length", Value: "77"}}},
			200,
			http.Header{"Content-Length": {"77"}},
			"", false,
		},
		{"no body with 204", "GET", message.Response{Status: 204, Body: []byte("x")}, 204, http.Header{}, "", false},
		{"no status", "GET", message.Response{Status: 99}, 500, http.Header{"Content-Type": {"text/plain; charset=utf-8"}, "Content-Length": {"21"}}, "Internal Server Error", false},
		{"a long body", "GET", message.Response{Body: bytes.Repeat([]byte("x"), 1<<20)}, 200, http.Header{"Content-Length": {"1048576"}}, strings.Repeat("x", 1<<20), false},
		{"a stream", "GET", message.Response{Stream: text("streamed")}, 200, http.Header{}, "streamed", false},
		{"a stream of known length", "GET", message.Response{Stream: text("streamed"), StreamLength: 8}, 200, http.Header{"Content-Length": {"8"}}, "streamed", false},
		{"a stream that is too short", "GET", message.Response{Stream: text("streamed"), StreamLength: 9}, 200, http.Header{"Content-Length": {"9"}}, "streamed", true},
		{"a stream that is too long", "GET", message.Response{Stream: text("streamed"), StreamLength: 7}, 200, http.Header{"Content-Length": {"7"}}, "", true},
		{"a stream that breaks off", "GET", message.Response{Stream: io.NopCloser(io.MultiReader(strings.NewReader("some"), failing{}))}, 200, http.Header{}, "some", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			it := serve(t, &http1.Server{Handler: http1.HandlerFunc(func(_ *message.Request, resp *message.Response) { *resp = test.answer })})
			a, err := it.ask(test.method, "/", nil)
			if (err != nil) != test.broken {
				t.Fatal(a, err)
			}
			if a.status == 0 {
				return // it was reset before the client had seen the head
			}
			if a.header.Get("Date") == "" {
				t.Error("no date")
			}
			a.header.Del("Date")
			if diff := cmp.Diff(test.header, a.header); diff != "" || a.status != test.status || !test.broken && a.body != test.body {
				t.Errorf("%d %.100q %s", a.status, a.body, diff)
			}
		})
	}
}

// failing fails to be read.
type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("broken off") }

func TestAStreamIsSentAsItArrives(t *testing.T) {
	r, w := io.Pipe()
	it := serve(t, &http1.Server{
		Handler:      http1.HandlerFunc(func(_ *message.Request, resp *message.Response) { resp.Stream = r }),
		WriteTimeout: 20 * time.Millisecond,
	})
	resp, err := it.client.Get(it.url) // the head comes before the first piece
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	go w.Write([]byte("first"))
	piece := make([]byte, 100)
	if n, err := resp.Body.Read(piece); err != nil || string(piece[:n]) != "first" {
		t.Errorf("got %q, %v", piece[:n], err)
	}
	time.Sleep(100 * time.Millisecond) // only what a client does not accept ends by the timeout
	w.Write([]byte("second"))
	w.Close()
	if rest, err := io.ReadAll(resp.Body); err != nil || string(rest) != "second" {
		t.Errorf("then %q, %v", rest, err)
	}
}

func TestRefusals(t *testing.T) {
	slow, end := io.Pipe()
	defer end.Close()
	for _, test := range []struct {
		name, method, target string
		body                 io.Reader
		header               []string
		want                 http1.Refusal
	}{
		{"the body's announced length", "POST", "/", strings.NewReader("too much"), nil, http1.BodyTooLarge},
		{"the body's length", "POST", "/", io.MultiReader(strings.NewReader("too much")), nil, http1.BodyTooLarge},
		{"a body that stalls", "POST", "/", slow, nil, http1.Slow},
		{"the target", "GET", "/" + strings.Repeat("x", 64), nil, nil, http1.TargetTooLong},
		{"the header", "GET", "/", nil, []string{"X-Long", strings.Repeat("x", 1024)}, http1.HeaderTooLarge},
		{"an expectation", "GET", "/", nil, []string{"Expect", "more"}, http1.UnmetExpectation},
		{"a tunnel", "CONNECT", "", nil, nil, http1.Malformed},
	} {
		t.Run(test.name, func(t *testing.T) {
			hosts := make(chan string, 1)
			it := serve(t, &http1.Server{
				Handler: http1.HandlerFunc(func(*message.Request, *message.Response) { t.Error("it was handled") }),
				Refuse: func(req *message.Request, resp *message.Response, why http1.Refusal) {
					hosts <- req.Host
					if why != test.want {
						t.Errorf("refused for %v, want %v", why, test.want)
					}
					resp.Body = []byte("no")
				},
				MaxBody:   func(*message.Request) int64 { return 4 },
				MaxTarget: 64, MaxHeader: 1024, BodyTimeout: 50 * time.Millisecond,
			})
			if a, err := it.ask(test.method, test.target, test.body, test.header...); err != nil || a.status != test.want.Status() || a.body != "no" {
				t.Fatal(a, err)
			}
			select {
			case host := <-hosts:
				if host == "" {
					t.Error("it is not known which host was asked")
				}
			default:
				t.Error("it was refused by somebody else")
			}
		})
	}
}

func TestAPanicEndsOneExchange(t *testing.T) {
	it := serve(t, &http1.Server{Handler: http1.HandlerFunc(func(req *message.Request, resp *message.Response) {
		if resp.Body = []byte("ok"); req.Path == "/panic" {
			panic("a defect")
		}
	})})
	if a, err := it.ask("GET", "/panic", nil); err != nil || a.status != 500 || a.body != "Internal Server Error" {
		t.Error(a, err)
	}
	if a, err := it.ask("GET", "/", nil); err != nil || a.status != 200 || a.body != "ok" {
		t.Error("then", a, err)
	}
}

// Requests that are under way at once on one connection get their own answers.
// bad panics when it is read.
type bad struct{}

func (bad) Read([]byte) (int, error) { panic("a defect") }
func (bad) Close() error             { return nil }

func TestAPanicOfAStreamIsLogged(t *testing.T) {
	var mu sync.Mutex
	var lines strings.Builder
	it := serve(t, &http1.Server{
		Handler: http1.HandlerFunc(func(_ *message.Request, resp *message.Response) { resp.Stream = bad{} }),
		Log:     slog.New(slog.NewTextHandler(writerFunc(func(p []byte) (int, error) { mu.Lock(); defer mu.Unlock(); return lines.Write(p) }), nil)),
	})
	if a, err := it.ask("GET", "/", nil); err == nil {
		t.Error("the answer ended: ", a)
	}
	mu.Lock()
	defer mu.Unlock()
	if !strings.Contains(lines.String(), "a defect") {
		t.Errorf("logged: %s", lines.String())
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// A field may stand beside :authority, and then says the same.
func TestOneHost(t *testing.T) {
	for _, test := range []struct {
		authority string
		fields    []string
		want      bool
	}{
		{"a", nil, true},
		{"a", []string{"a"}, true},
		{"a", []string{"b"}, false},
		{"a", []string{"a", "a"}, false},
		{"", []string{"a"}, false},
	} {
		x := exchange{r: &http.Request{Host: test.authority, Header: http.Header{"Host": test.fields}}}
		if test.fields == nil {
			delete(x.r.Header, "Host")
		}
		if got := x.oneHost(); got != test.want {
			t.Errorf("%q and %q: %v", test.authority, test.fields, got)
		}
	}
}

func TestManyAtOnce(t *testing.T) {
	var all sync.WaitGroup
	all.Add(100)
	it := serve(t, &http1.Server{Handler: http1.HandlerFunc(func(req *message.Request, resp *message.Response) {
		all.Done()
		all.Wait()
		resp.Body = append(append(resp.Memory(), req.Path...), req.Body...)
	})})
	if _, err := it.ask("GET", "/", failing{}); err == nil {
		t.Error("a body that breaks off was sent")
	}
	var asked sync.WaitGroup
	for i := range 100 {
		asked.Go(func() {
			path := "/" + strings.Repeat("x", i)
			body := strings.Repeat("y", 100*i)
			if a, err := it.ask("POST", path, strings.NewReader(body)); err != nil || a.body != path+body {
				t.Errorf("%d: got %.50q, %v", i, a.body, err)
			}
		})
	}
	asked.Wait()
	if n := it.http1.Connections(); n != 1 {
		t.Errorf("%d connections", n)
	}
}

// A request may outlive its connection, and then still counts as one.
func TestRequestsOutliveTheirConnection(t *testing.T) {
	begun, goOn := make(chan struct{}), make(chan struct{})
	it := serve(t, &http1.Server{Handler: http1.HandlerFunc(func(*message.Request, *message.Response) {
		close(begun)
		<-goOn
	})})
	asked := make(chan struct{})
	go func() {
		defer close(asked)
		if a, err := it.ask("GET", "/", nil); err == nil {
			t.Error("answered: ", a)
		}
	}()
	<-begun
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if err := it.http1.Shutdown(ended); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	<-asked
	time.Sleep(20 * time.Millisecond)
	if n := it.http1.Connections(); n != 1 {
		t.Errorf("%d connections while a request is under way", n)
	}
	close(goOn)
}

func TestShutdownLetsRequestsEnd(t *testing.T) {
	begun, goOn := make(chan struct{}), make(chan struct{})
	it := serve(t, &http1.Server{Handler: http1.HandlerFunc(func(req *message.Request, resp *message.Response) {
		if req.Path == "/long" {
			close(begun)
			<-goOn
		}
		resp.Body = []byte("done")
	})})
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		if a, err := it.ask("GET", "/long", nil); err != nil || a.body != "done" {
			t.Error(a, err)
		}
	}()
	<-begun
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		it.shutdown()
	}()
	for { // until the listener is closed
		c, err := net.Dial("tcp", strings.TrimPrefix(it.url, "https://"))
		if err != nil {
			break
		}
		c.Close()
	}
	select {
	case <-ended:
		t.Error("it ended before the request")
	default:
	}
	close(goOn)
	<-answered
	<-ended
}

// At the bound of connections a new one takes the place of one that rests, of HTTP/2 as well.
func TestAnIdleConnectionMakesRoom(t *testing.T) {
	it := serve(t, &http1.Server{
		MaxConnections: 1,
		Handler:        http1.HandlerFunc(func(_ *message.Request, resp *message.Response) { resp.Body = []byte("ok") }),
	})
	other := clientOf(it.client.Transport.(*http.Transport).TLSClientConfig.RootCAs)
	defer other.CloseIdleConnections()
	for _, client := range []*http.Client{it.client, other, it.client} {
		resp, err := client.Get(it.url)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
}

// One that never rests ends after an answer when others wait.
func TestABusyConnectionMakesRoom(t *testing.T) {
	it := serve(t, &http1.Server{
		MaxConnections: 1,
		Handler:        http1.HandlerFunc(func(_ *message.Request, resp *message.Response) { resp.Body = []byte("ok") }),
	})
	other := clientOf(it.client.Transport.(*http.Transport).TLSClientConfig.RootCAs)
	defer other.CloseIdleConnections()
	answered := make(chan struct{})
	if _, err := it.ask("GET", "/", nil); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(answered)
		for range 100 { // a connection that has not sent anything yet makes room, too
			if resp, err := other.Get(it.url); err == nil {
				resp.Body.Close()
				return
			}
		}
		t.Error("the other got no answer")
	}()
	for {
		select {
		case <-answered:
			return
		case <-time.After(5 * time.Millisecond):
			_, _ = it.ask("GET", "/", nil)
		}
	}
}

func TestAConnectionToBeClosedIsLeft(t *testing.T) {
	it := serve(t, &http1.Server{Handler: http1.HandlerFunc(func(req *message.Request, resp *message.Response) {
		resp.Body, resp.Close = []byte(req.RemoteAddr.String()), true
	})})
	first, err := it.ask("GET", "/", nil)
	if err != nil {
		t.Fatal(err)
	}
	for range 500 {
		if it.http1.Connections() == 0 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if second, err := it.ask("GET", "/", nil); err != nil || first.body == second.body {
		t.Errorf("answers from %q and %q, %v", first.body, second.body, err)
	}
}
