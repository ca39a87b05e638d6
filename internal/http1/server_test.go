package http1

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"postern/internal/gateway/message"
)

const get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

func TestKeepAlive(t *testing.T) {
	for _, c := range []struct {
		sentence, source, request, connection string
		stays                                 bool
	}{
		{"HTTP/1.1 stays", "RFC 9112, 9.3", get, "keep-alive", true},
		{"HTTP/1.1 closes when asked", "RFC 9112, 9.6", "GET / HTTP/1.1\r\nHost: a\r\nConnection: x , Close\r\n\r\n", "close", false},
		{"HTTP/1.0 closes", "RFC 9112, 9.3", "GET / HTTP/1.0\r\n\r\n", "close", false},
		{"HTTP/1.0 stays when asked", "RFC 9112, 9.3", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "keep-alive", true},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			leakCheck(t)
			d := dial(t, start(t, &Server{}))
			for range 2 {
				d.send(c.request)
				resp, _ := d.answer("GET")
				if got := resp.Header.Get("Connection"); got != c.connection && (got != "" || !resp.Close) {
					t.Errorf("%s: Connection: %q", c.source, got)
				}
				if !c.stays {
					d.closed()
					return
				}
			}
		})
	}
}

func TestPipelining(t *testing.T) {
	leakCheck(t)
	d := dial(t, start(t, &Server{}))
	var all strings.Builder
	for i := range 50 {
		body := strings.Repeat("b", i*40)
		switch i % 3 {
		case 0:
			fmt.Fprintf(&all, "GET /%d HTTP/1.1\r\nHost: a\r\n\r\n", i)
		case 1:
			fmt.Fprintf(&all, "POST /%d HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s", i, len(body), body)
		case 2:
			fmt.Fprintf(&all, "\r\nPOST /%d HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\nX: y\r\n\r\n", i, len(body), body)
		}
	}
	go io.WriteString(d.Conn, all.String())
	for i := range 50 {
		resp, body := d.answer("POST")
		want := 0
		if i%3 > 0 {
			want = i * 40
		}
		if !strings.HasSuffix(resp.Header.Get("X-Request"), " /"+strconv.Itoa(i)) || len(body) != want {
			t.Fatalf("answer %d is to %q with %d bytes", i, resp.Header.Get("X-Request"), len(body))
		}
	}
}

// TestBodies sends bodies of all sizes in both framings, and wants them back.
func TestBodies(t *testing.T) {
	leakCheck(t)
	d := dial(t, start(t, &Server{}))
	for _, size := range []int{0, 1, 100, 16000, bufferSize, bufferSize + 1, 100_000, 5 << 20} {
		body := strings.Repeat("0123456789abcdef", size/16+1)[:size]
		for _, chunked := range []bool{false, true} {
			var b bytes.Buffer
			if chunked {
				b.WriteString("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
				for rest := body; rest != ""; {
					n := min(len(rest), 7000)
					fmt.Fprintf(&b, "%x\r\n%s\r\n", n, rest[:n])
					rest = rest[n:]
				}
				b.WriteString("0\r\n\r\n")
			} else {
				fmt.Fprintf(&b, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s", size, body)
			}
			go d.Write(b.Bytes())
			if _, got := d.answer("POST"); got != body {
				t.Fatalf("%d bytes, chunked %t: %d came back", size, chunked, len(got))
			}
		}
	}
}

// TestBodyInPieces: a request that arrives byte by byte is the same request.
func TestBodyInPieces(t *testing.T) {
	leakCheck(t)
	d := dial(t, start(t, &Server{}))
	for _, whole := range []string{
		"\r\nPOST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
		"POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x\r\nllo\r\n0\r\nA: b\r\n\r\n",
	} {
		for i := range len(whole) {
			d.send(whole[i : i+1])
		}
		if resp, body := d.answer("POST"); resp.StatusCode != 200 || body != "hello" {
			t.Errorf("%d %q", resp.StatusCode, body)
		}
	}
}

func TestExpectContinue(t *testing.T) {
	leakCheck(t)
	d := dial(t, start(t, &Server{MaxBody: func(*message.Request) int64 { return 10 }}))
	d.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-Continue\r\n\r\n")
	if resp, _ := d.answer("POST"); resp.StatusCode != 100 {
		t.Fatalf("status %d, want 100 (RFC 9110, 10.1.1)", resp.StatusCode)
	}
	d.send("hello")
	if resp, body := d.answer("POST"); resp.StatusCode != 200 || body != "hello" {
		t.Fatalf("%d %q", resp.StatusCode, body)
	}
	// The body that comes along needs no interim answer.
	d.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello")
	if resp, _ := d.answer("POST"); resp.StatusCode != 200 {
		t.Fatalf("status %d, want 200", resp.StatusCode)
	}
	// A body that would be refused is refused before it is sent.
	d.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\nExpect: 100-continue\r\n\r\n")
	if resp, _ := d.answer("POST"); resp.StatusCode != 413 {
		t.Fatalf("status %d, want 413", resp.StatusCode)
	}
	d.closed()
}

// TestAnswers lists what handlers answer and what is sent for it.
func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		sentence, source, request string
		handler                   HandlerFunc
		want                      string // without Date
	}{
		{
			"status and length are filled in", "message.Response", get,
			func(_ *message.Request, resp *message.Response) { resp.Body = []byte("hello") },
			"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\nhello",
		},
		{
			"an empty body has a length", "RFC 9110, 8.6", get,
			func(_ *message.Request, resp *message.Response) { resp.Status = 500 },
			"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n",
		},
		{
			"an unknown status has no reason", "RFC 9112, 4", get,
			func(_ *message.Request, resp *message.Response) { resp.Status = 599 },
			"HTTP/1.1 599 \r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n",
		},
		{
			"204 has neither body nor length", "RFC 9110, 8.6", get,
			func(_ *message.Request, resp *message.Response) { resp.Status = 204; resp.Body = []byte("x") },
			"HTTP/1.1 204 No Content\r\nConnection: keep-alive\r\n\r\n",
		},
		{
			"304 has no body", "RFC 9110, 15.4.5", get,
			func(_ *message.Request, resp *message.Response) { resp.Status = 304; resp.Body = []byte("x") },
			"HTTP/1.1 304 Not Modified\r\nConnection: keep-alive\r\n\r\n",
		},
		{
			"HEAD is answered with the length alone", "RFC 9110, 9.3.2", "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n",
			func(_ *message.Request, resp *message.Response) { resp.Body = []byte("hello") },
			"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\n",
		},
		{
			"HEAD passes an upstream's length on", "RFC 9110, 9.3.2", "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n",
			func(_ *message.Request, resp *message.Response) { resp.Header.Add("content-length", "42") },
			"HTTP/1.1 200 OK\r\nContent-Length: 42\r\nConnection: keep-alive\r\n\r\n",
		},
		{
			"names keep their letters, order and number", "message.Response", get,
			func(_ *message.Request, resp *message.Response) {
				resp.Header = append(resp.Header, message.Pair{Name: "x-B", Value: "1"}, message.Pair{Name: "A", Value: ""}, message.Pair{Name: "X-b", Value: "2"})
			},
			"HTTP/1.1 200 OK\r\nx-B: 1\r\nA: \r\nX-b: 2\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n",
		},
		{
			"the transport's fields are its own", "message.Response", get,
			func(_ *message.Request, resp *message.Response) {
				for _, name := range []string{"Connection", "KEEP-ALIVE", "Trailer", "Transfer-Encoding", "Upgrade", "Proxy-Connection", "Content-Length", "Date"} {
					resp.Header.Add(name, "7")
				}
			},
			"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n",
		},
		{
			"a value cannot break out of its line", "RFC 9110, 5.5", get,
			func(_ *message.Request, resp *message.Response) {
				resp.Header.Add("A", "b\r\nC: d\x00")
				resp.Header.Add("E: f\r\nG", "h")
				resp.Header.Add("", "i")
			},
			"HTTP/1.1 200 OK\r\nA: b  C: d \r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n",
		},
		{
			"a handler may close", "message.Response", get,
			func(_ *message.Request, resp *message.Response) { resp.Close = true },
			"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
		},
		{
			"an interim status is no answer", "RFC 9110, 15.2", get,
			func(_ *message.Request, resp *message.Response) { resp.Status = 101 },
			"HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 21\r\nConnection: keep-alive\r\n\r\nInternal Server Error",
		},
		{
			"a stream is chunked", "RFC 9112, 7.1", get,
			func(_ *message.Request, resp *message.Response) { resp.Stream = pieces("hello", "world, again") },
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n5\r\nhello\r\nc\r\nworld, again\r\n0\r\n\r\n",
		},
		{
			"a stream to HTTP/1.0 ends with the connection", "RFC 9112, 6.1", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
			func(_ *message.Request, resp *message.Response) { resp.Stream = pieces("hello", "world") },
			"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhelloworld",
		},
		{
			"a stream to HEAD is not read", "RFC 9110, 9.3.2", "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n",
			func(_ *message.Request, resp *message.Response) { resp.Stream = pieces("hello") },
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n",
		},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			leakCheck(t)
			d := dial(t, start(t, &Server{Handler: c.handler}))
			d.send(c.request)
			d.Conn.(*net.TCPConn).CloseWrite()
			all, err := io.ReadAll(d.r)
			if err != nil {
				t.Fatal(err)
			}
			before, after, _ := strings.Cut(string(all), "Date: ")
			if _, date, ok := strings.Cut(after, "\r\n"); ok {
				before += date
			}
			if before != c.want {
				t.Errorf("%s:\ngot  %q\nwant %q", c.source, before, c.want)
			}
		})
	}
}

// pieces is a stream that gives its texts one by one.
func pieces(texts ...string) io.ReadCloser { return &pieceReader{texts} }

type pieceReader struct{ texts []string }

func (p *pieceReader) Read(b []byte) (int, error) {
	if len(p.texts) == 0 {
		return 0, io.EOF
	}
	n := copy(b, p.texts[0])
	if p.texts[0] = p.texts[0][n:]; p.texts[0] == "" {
		p.texts = p.texts[1:]
	}
	return n, nil
}

func (p *pieceReader) Close() error { return nil }

// TestStreamFlushes: a piece reaches the client before the next one exists.
func TestStreamFlushes(t *testing.T) {
	leakCheck(t)
	r, w := io.Pipe()
	d := dial(t, start(t, &Server{Handler: HandlerFunc(func(_ *message.Request, resp *message.Response) { resp.Stream = r })}))
	d.send(get)
	resp, err := http.ReadResponse(d.r, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	for range 3 {
		io.WriteString(w, "piece")
		b := make([]byte, 5)
		if _, err := io.ReadFull(resp.Body, b); err != nil || string(b) != "piece" {
			t.Fatalf("%q, %v", b, err)
		}
	}
	w.CloseWithError(errors.New("broken"))
	if _, err := resp.Body.Read(make([]byte, 1)); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a broken stream must not look whole: %v", err)
	}
}

func TestDate(t *testing.T) {
	leakCheck(t)
	d := dial(t, start(t, &Server{}))
	d.send(get)
	resp, _ := d.answer("GET")
	at, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil || time.Since(at).Abs() > time.Minute {
		t.Errorf("Date %q: %v (RFC 9110, 6.6.1)", resp.Header.Get("Date"), err)
	}
}

// TestRefusals sends what no handler gets to see. The client always reads the answer, even while it is still sending.
func TestRefusals(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	for _, c := range []struct {
		sentence, request string
		want              Refusal
	}{
		{"a malformed head", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", Malformed},
		{"broken chunks", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n" + long, Malformed},
		{"a header of 12 KiB", "GET / HTTP/1.1\r\nHost: a\r\nX: " + long[:12<<10] + "\r\n\r\n", HeaderTooLarge},
		{"a header of 25 KiB", "GET / HTTP/1.1\r\nHost: a\r\nX: " + long[:25<<10] + "\r\n\r\n", HeaderTooLarge},
		{"a target of 12 KiB", "GET /" + long[:12<<10] + " HTTP/1.1\r\nHost: a\r\n\r\n", TargetTooLong},
		{"a target of 25 KiB", "GET /" + long[:25<<10] + " HTTP/1.1\r\nHost: a\r\n\r\n", TargetTooLong},
		{"a body of 11 MiB", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11534336\r\n\r\n" + strings.Repeat(long, 11), BodyTooLarge},
		{"a body of 11 MiB in chunks", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + strings.Repeat("100000\r\n"+long+"\r\n", 11) + "0\r\n\r\n", BodyTooLarge},
		{"a chunk larger than the limit is refused at once", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffff\r\n", BodyTooLarge},
		{"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", UnknownVersion},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			leakCheck(t)
			var seen atomic.Int64
			d := dial(t, start(t, &Server{
				Refuse: func(_ *message.Request, resp *message.Response, why Refusal) {
					seen.Store(int64(why))
					resp.Body = []byte("our own words")
				},
			}))
			d.send(c.request)
			resp, body := d.answer("POST")
			if resp.StatusCode != c.want.Status() || Refusal(seen.Load()) != c.want || body != "our own words" || !resp.Close {
				t.Errorf("status %d, refusal %d, body %q, close %t; want %d", resp.StatusCode, seen.Load(), body, resp.Close, c.want.Status())
			}
			d.closed()
		})
	}
}

// TestRefuseSeesTheRequest: what was read of it is there for the gateway's own answer.
func TestRefuseSeesTheRequest(t *testing.T) {
	for _, c := range []struct{ sentence, request string }{
		{"a body too large", "POST /four HTTP/1.1\r\nHost: example\r\nContent-Length: 6\r\n\r\n123456"},
		{"a target too long", "POST /four?0123456789 HTTP/1.1\r\nHost: example\r\n\r\n"},
		{"a header too large", "POST /four HTTP/1.1\r\nHost: example\r\nX: 0123456789012345678901234567890123456789\r\n\r\n"},
		{"a header too large that has not ended", "POST /four HTTP/1.1\r\nHost: example\r\nX: 0123456789012345678901234567890123456789"},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			leakCheck(t)
			d := dial(t, start(t, &Server{
				Refuse: func(req *message.Request, resp *message.Response, _ Refusal) {
					resp.Body = []byte(req.Method + " " + req.Path + " " + req.Host + " " + req.RemoteAddr.Addr().String())
				},
				MaxBody:   func(req *message.Request) int64 { return int64(len(req.Path)) },
				MaxTarget: 10,
				MaxHeader: 50,
			}))
			d.send(c.request)
			if _, body := d.answer("POST"); body != "POST /four example 127.0.0.1" {
				t.Errorf("got %q", body)
			}
		})
	}
}

// TestSlowClients: one byte now and then does not keep a connection.
func TestSlowClients(t *testing.T) {
	for _, c := range []struct {
		sentence, before string
		drip             string
		status           int
	}{
		{"a head that drips", "GET / HTTP/1.1\r\n", "X: y\r\n", 408},
		{"a body that drips", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000\r\n\r\n", "x", 408},
		{"chunks that drip", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n", 408},
		{"empty lines that drip", "", "\r\n", 408},
		{"nothing at all", "", "", 0},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			leakCheck(t)
			s := &Server{HeadTimeout: 200 * time.Millisecond, BodyTimeout: 200 * time.Millisecond, IdleTimeout: time.Nanosecond}
			if c.drip != "" {
				s.IdleTimeout = time.Minute
			}
			d := dial(t, start(t, s))
			stop := make(chan struct{})
			defer close(stop)
			go func() {
				io.WriteString(d.Conn, c.before)
				for c.drip != "" {
					select {
					case <-stop:
						return
					case <-time.After(20 * time.Millisecond):
						if _, err := io.WriteString(d.Conn, c.drip); err != nil {
							return
						}
					}
				}
			}()
			if c.status != 0 {
				if resp, _ := d.answer("GET"); resp.StatusCode != c.status {
					t.Errorf("status %d, want %d", resp.StatusCode, c.status)
				}
			}
			d.closed()
		})
	}
}

// TestSlowReader: a client that does not read its answer is cut.
func TestSlowReader(t *testing.T) {
	leakCheck(t)
	ended := make(chan struct{})
	s := &Server{WriteTimeout: time.Millisecond, Handler: HandlerFunc(func(_ *message.Request, resp *message.Response) {
		resp.Stream = &endless{ended}
	})}
	d := dial(t, start(t, s))
	d.send(get)
	select {
	case <-ended:
	case <-time.After(20 * time.Second):
		t.Error("the answer is still being written")
	}
}

type endless struct{ ended chan struct{} }

func (e *endless) Read(p []byte) (int, error) { return len(p), nil }
func (e *endless) Close() error               { close(e.ended); return nil }

// TestPanics: a panic ends its exchange, not the server, and leaves a line in the log.
func TestPanics(t *testing.T) {
	leakCheck(t)
	var log lockedBuffer
	addr := start(t, &Server{Log: newLog(&log), Handler: HandlerFunc(func(req *message.Request, resp *message.Response) {
		resp.Header.Add("X", "y")
		resp.Stream = panicReader{}
		if req.Path == "/now" {
			panic("in the handler")
		}
	})})
	d := dial(t, addr)
	d.send("GET /now HTTP/1.1\r\nHost: a\r\n\r\n")
	if resp, _ := d.answer("GET"); resp.StatusCode != 500 || resp.Header.Get("X") != "" {
		t.Errorf("status %d, header %v", resp.StatusCode, resp.Header)
	}
	d.closed()
	d = dial(t, addr)
	d.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n")
	if all, _ := io.ReadAll(d.r); bytes.Contains(all, []byte("0\r\n\r\n")) {
		t.Errorf("a broken stream looks whole: %q", all)
	}
	for _, want := range []string{"in the handler", "in the stream", "server_test.go", "path=/now"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %q: %s", want, log.String())
		}
	}
}

type panicReader struct{}

func (panicReader) Read([]byte) (int, error) { panic("in the stream") }
func (panicReader) Close() error             { return nil }

// TestConnectionLimit: at the limit, an idle connection gives way to a new one.
func TestConnectionLimit(t *testing.T) {
	leakCheck(t)
	addr := start(t, &Server{MaxConnections: 2})
	var all []*dialog
	for range 5 {
		d := dial(t, addr)
		d.send(get)
		if resp, _ := d.answer("GET"); resp.StatusCode != 200 {
			t.Fatalf("status %d", resp.StatusCode)
		}
		all = append(all, d)
	}
	open := 0
	for _, d := range all {
		d.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
		if _, err := d.r.ReadByte(); err != io.EOF && !errors.Is(err, syscall.ECONNRESET) {
			open++
		}
	}
	if open > 2 {
		t.Errorf("%d connections are open", open)
	}
}

// TestAcceptErrors: what may pass is waited out, anything else ends Serve.
func TestAcceptErrors(t *testing.T) {
	leakCheck(t)
	var log lockedBuffer
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Log: newLog(&log)}
	startOn(t, s, &failing{Listener: inner, errs: []error{
		&net.OpError{Op: "accept", Err: syscall.EMFILE}, &net.OpError{Op: "accept", Err: syscall.ECONNABORTED},
	}})
	d := dial(t, inner.Addr().String())
	d.send(get)
	if resp, _ := d.answer("GET"); resp.StatusCode != 200 {
		t.Errorf("status %d", resp.StatusCode)
	}
	if n := strings.Count(log.String(), "cannot accept"); n != 2 {
		t.Errorf("%d lines in the log: %s", n, log.String())
	}
	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	broken := &failing{Listener: other, errs: []error{io.ErrUnexpectedEOF}}
	if err := s.Serve(broken); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("Serve returned %v", err)
	}
}

type failing struct {
	net.Listener
	errs []error
}

func (f *failing) Accept() (net.Conn, error) {
	if len(f.errs) > 0 {
		err := f.errs[0]
		f.errs = f.errs[1:]
		return nil, err
	}
	return f.Listener.Accept()
}
