package http1

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postern/internal/eventloop"
	"postern/internal/gateway/message"
)

// answering is an upstream that answers every request with the same bytes and then closes, or not.
func answering(t *testing.T, bytes string, closes bool) Address {
	return upstreamOf(t, func(c net.Conn, r *bufio.Reader) {
		for request(r) != nil {
			io.WriteString(c, bytes)
			if closes {
				return
			}
		}
	})
}

// TestAnswersOfUpstreams lists what upstreams answer and what becomes of it.
func TestAnswersOfUpstreams(t *testing.T) {
	for _, c := range []struct {
		sentence, source, method, bytes string
		closes                          bool
		status                          int
		body                            string
		err                             error
	}{
		{"a length", "RFC 9112, 6.3", "GET", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", false, 200, "hello", nil},
		{"chunks", "RFC 9112, 7.1", "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x\r\nlo\r\n0\r\nA: b\r\n\r\n", false, 200, "hello", nil},
		{"up to the connection's end", "RFC 9112, 6.3", "GET", "HTTP/1.1 200 OK\r\n\r\nhello", true, 200, "hello", nil},
		{"HTTP/1.0", "RFC 9112, 6.3", "GET", "HTTP/1.0 200 OK\r\n\r\nhello", true, 200, "hello", nil},
		{"interim answers are dropped", "RFC 9110, 15.2", "GET", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", false, 200, "ok", nil},
		{"HEAD", "RFC 9110, 9.3.2", "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", false, 200, "", nil},
		{"204", "RFC 9110, 15.3.5", "GET", "HTTP/1.1 204 No Content\r\n\r\n", false, 204, "", nil},
		{"304 with a length", "RFC 9110, 15.4.5", "GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", false, 304, "", nil},
		{"a redirect is not followed", "package doc", "GET", "HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", false, 302, "", nil},
		{"bytes beyond the answer cost the connection", "RFC 9112, 9.2", "GET", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 500 Evil\r\n\r\n", false, 200, "ok", nil},
		{"a truncated body", "RFC 9112, 8", "GET", "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello", true, 0, "", ErrClosed},
		{"truncated chunks", "RFC 9112, 8", "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", true, 0, "", ErrClosed},
		{"a truncated head", "RFC 9112, 8", "GET", "HTTP/1.1 200 OK\r\nContent-", true, 0, "", ErrClosed},
		{"nothing", "inferred", "GET", "", true, 0, "", ErrClosed},
		{"nonsense", "RFC 9112, 2.2", "GET", "220 mail.example.com ESMTP\r\n", false, 0, "", ErrMalformed},
		{"broken chunks", "RFC 9112, 7.1", "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", false, 0, "", ErrMalformed},
		{"both framings", "RFC 9112, 6.3", "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", false, 0, "", ErrMalformed},
		{"a switch of protocols that nobody asked for", "RFC 9110, 15.2.2", "GET", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", false, 0, "", ErrMalformed},
		{"interim answers without end", "inferred", "GET", strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 50), false, 0, "", ErrMalformed},
		{"a body of 11 MiB", "Integration limits: 10 MB", "GET", "HTTP/1.1 200 OK\r\nContent-Length: 11534336\r\n\r\n", false, 0, "", ErrTooLarge},
		{"chunks of 11 MiB", "Integration limits: 10 MB", "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb00000\r\n", false, 0, "", ErrTooLarge},
		{"11 MiB up to the connection's end", "Integration limits: 10 MB", "GET", "HTTP/1.1 200 OK\r\n\r\n" + strings.Repeat("x", 11<<20), true, 0, "", ErrTooLarge},
		{"a head of 100 KiB", "inferred", "GET", "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 100<<10) + "\r\n\r\n", false, 0, "", ErrTooLarge},
	} {
		for _, streamed := range []bool{false, true} {
			if streamed && errors.Is(c.err, ErrTooLarge) && !strings.Contains(c.bytes, "X: ") {
				continue // streams have no limit unless asked for
			}
			t.Run(fmt.Sprintf("%s, streamed %t", c.sentence, streamed), func(t *testing.T) {
				leakCheck(t)
				tr := Transport{Loop: loopOf(t)}
				defer tr.Close()
				req := UpstreamRequest{Address: answering(t, c.bytes, c.closes), Method: c.method, Target: "/", Stream: streamed}
				for range 3 {
					var resp message.Response
					err := tr.Do(&req, soon(), &resp)
					if resp.Stream != nil {
						resp.Body, err = io.ReadAll(resp.Stream)
						resp.Stream.Close()
					}
					var upstream *UpstreamError
					if !errors.Is(err, c.err) || err != nil && !errors.As(err, &upstream) {
						t.Fatalf("%s: error %v, want %v", c.source, err, c.err)
					}
					if err == nil && (resp.Status != c.status || string(resp.Body) != c.body) {
						t.Fatalf("%s: %d %q, want %d %q", c.source, resp.Status, resp.Body, c.status, c.body)
					}
				}
			})
		}
	}
}

// TestRequestOnTheWire pins what an upstream is sent.
func TestRequestOnTheWire(t *testing.T) {
	leakCheck(t)
	got := make(chan string, 1)
	a := upstreamOf(t, func(c net.Conn, r *bufio.Reader) {
		b := make([]byte, 4096)
		n, _ := r.Read(b)
		got <- string(b[:n])
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
	})
	for _, c := range []struct {
		sentence string
		req      UpstreamRequest
		want     string
	}{
		{
			"GET without a body has a length",
			UpstreamRequest{Method: "GET", Target: "/a%2Fb?c", Header: message.Pairs{{Name: "x-A", Value: "1"}, {Name: "X-a", Value: ""}}},
			"GET /a%2Fb?c HTTP/1.1\r\nHost: HOST\r\nx-A: 1\r\nX-a: \r\nContent-Length: 0\r\n\r\n",
		},
		{"so has POST", UpstreamRequest{Method: "POST", Target: "/"}, "POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0\r\n\r\n"},
		{"a body has its length", UpstreamRequest{Method: "DELETE", Target: "/", Body: []byte("hello")}, "DELETE / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 5\r\n\r\nhello"},
		{"Host is the caller's", UpstreamRequest{Method: "GET", Target: "/", Host: "example.com"}, "GET / HTTP/1.1\r\nHost: example.com\r\nContent-Length: 0\r\n\r\n"},
		{
			"the transport's fields are its own",
			UpstreamRequest{Method: "GET", Target: "/", Header: message.Pairs{
				{Name: "host", Value: "x"},
				{Name: "Content-Length", Value: "9"},
				{Name: "transfer-encoding", Value: "chunked"},
				{Name: "Connection", Value: "close"},
				{Name: "Expect", Value: "100-continue"},
				{Name: "TE", Value: "trailers"},
				{Name: "Accept", Value: "y"},
			}},
			"GET / HTTP/1.1\r\nHost: HOST\r\nAccept: y\r\nContent-Length: 0\r\n\r\n",
		},
		{
			"Date, Trailer and Upgrade are the caller's",
			UpstreamRequest{Method: "GET", Target: "/", Header: message.Pairs{
				{Name: "Date", Value: "x"}, {Name: "Trailer", Value: "y"}, {Name: "Upgrade", Value: "z"},
			}},
			"GET / HTTP/1.1\r\nHost: HOST\r\nDate: x\r\nTrailer: y\r\nUpgrade: z\r\nContent-Length: 0\r\n\r\n",
		},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			tr := Transport{Loop: loopOf(t)}
			defer tr.Close()
			c.req.Address = a
			var resp message.Response
			if err := tr.Do(&c.req, soon(), &resp); err != nil {
				t.Fatal(err)
			}
			want := strings.ReplaceAll(c.want, "HOST", fmt.Sprintf("127.0.0.1:%d", a.Port))
			if diff := cmp.Diff(want, <-got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestInvalidRequests(t *testing.T) {
	for _, c := range []struct {
		sentence string
		req      UpstreamRequest
	}{
		{"a method with a space", UpstreamRequest{Method: "GET /", Target: "/"}},
		{"no method", UpstreamRequest{Target: "/"}},
		{"a target with a line end", UpstreamRequest{Method: "GET", Target: "/ HTTP/1.1\r\nX: y"}},
		{"no target", UpstreamRequest{Method: "GET"}},
		{"a Host with a line end", UpstreamRequest{Method: "GET", Target: "/", Host: "a\r\nX: y"}},
		{"a value with a line end", UpstreamRequest{Method: "GET", Target: "/", Header: message.Pairs{{Name: "A", Value: "b\r\nC: d"}}}},
		{"a name with a line end", UpstreamRequest{Method: "GET", Target: "/", Header: message.Pairs{{Name: "A: b\r\nC", Value: "d"}}}},
		{"a name with a colon", UpstreamRequest{Method: "GET", Target: "/", Header: message.Pairs{{Name: "A:", Value: "d"}}}},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			tr := Transport{Loop: loopOf(t)}
			defer tr.Close()
			c.req.Address = Address{Scheme: "http", Host: "127.0.0.1", Port: 1}
			if err := tr.Do(&c.req, soon(), &message.Response{}); !errors.Is(err, ErrInvalidRequest) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestConnectErrors lists the ways in which no connection comes about.
func TestConnectErrors(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	for _, c := range []struct {
		sentence string
		address  Address
		want     error
	}{
		{"refused", addressOf(closed.Addr()), ErrConnect},
		{"unresolvable", Address{Scheme: "http", Host: "no-such-host.invalid"}, ErrConnect},
		{"no name at all", Address{Scheme: "http"}, ErrConnect},
		{"a name that is none", Address{Scheme: "http", Host: "a b"}, ErrConnect},
		{"another scheme", Address{Scheme: "ftp", Host: "127.0.0.1"}, ErrConnect},
		{"the metadata address", Address{Scheme: "http", Host: "169.254.169.254"}, ErrFenced},
		{"the metadata address in IPv6's clothes", Address{Scheme: "http", Host: "::ffff:169.254.169.254"}, ErrFenced},
		{"the metadata address translated", Address{Scheme: "http", Host: "64:ff9b::a9fe:a9fe"}, ErrFenced},
		{"the metadata address of IPv6", Address{Scheme: "http", Host: "fd00:ec2::254"}, ErrFenced},
		{"a link-local address", Address{Scheme: "http", Host: "fe80::1%lo"}, ErrFenced},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			leakCheck(t)
			tr := Transport{Loop: loopOf(t)}
			defer tr.Close()
			req := UpstreamRequest{Address: c.address, Method: "GET", Target: "/"}
			if err := tr.Do(&req, soon(), &message.Response{}); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

// TestNamesAreFencedByAddress: a name that leads to a fenced address is refused, whatever it is called.
func TestNamesAreFencedByAddress(t *testing.T) {
	tr := Transport{Loop: loopOf(t), Fence: func(a netip.Addr) error {
		if a.IsLoopback() {
			return fmt.Errorf("loopback: %w", ErrFenced)
		}
		return nil
	}}
	defer tr.Close()
	req := UpstreamRequest{Address: Address{Scheme: "http", Host: "localhost", Port: 9}, Method: "GET", Target: "/"}
	if err := tr.Do(&req, soon(), &message.Response{}); !errors.Is(err, ErrFenced) || !strings.Contains(err.Error(), "loopback") {
		t.Errorf("got %v", err)
	}
}

// TestDeadline: whatever an upstream withholds, the deadline ends it, and the connection with it.
func TestDeadline(t *testing.T) {
	for _, c := range []struct {
		sentence string
		talk     func(c net.Conn, r *bufio.Reader)
		body     int
		stream   bool
	}{
		{"the answer", func(_ net.Conn, r *bufio.Reader) { request(r); r.ReadByte() }, 0, false},
		{"the end of the head", func(c net.Conn, r *bufio.Reader) { io.WriteString(c, "HTTP/1.1 200 OK\r\n"); io.Copy(io.Discard, r) }, 0, false},
		{"the end of the body", func(c net.Conn, r *bufio.Reader) {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell")
			io.Copy(io.Discard, r)
		}, 0, false},
		{"the end of a streamed body", func(c net.Conn, r *bufio.Reader) {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell")
			io.Copy(io.Discard, r)
		}, 0, true},
		{"reading the request", nil, 9 << 20, false},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			leakCheck(t)
			stop := make(chan struct{})
			defer close(stop)
			if c.talk == nil {
				c.talk = func(net.Conn, *bufio.Reader) { <-stop }
			}
			tr := Transport{Loop: loopOf(t)}
			defer tr.Close()
			req := UpstreamRequest{Address: upstreamOf(t, c.talk), Method: "POST", Target: "/", Body: make([]byte, c.body), Stream: c.stream}
			var resp message.Response
			err := tr.Do(&req, time.Now().Add(100*time.Millisecond), &resp)
			if err == nil {
				_, err = io.ReadAll(resp.Stream)
				resp.Stream.Close()
			}
			if !errors.Is(err, ErrTimeout) {
				t.Errorf("got %v", err)
			}
			if n := tr.connections(req.Address); n != 0 {
				t.Errorf("%d connections are left", n)
			}
		})
	}
}

// connections counts the connections to an upstream, idle or not.
func (t *Transport) connections(a Address) int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	u := t.upstreams[a]
	if u == nil {
		return 0
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	return len(u.idle) + u.active
}

// TestStreamIdle: between two pieces of a stream, less time may be allowed than for the whole.
func TestStreamIdle(t *testing.T) {
	leakCheck(t)
	a := upstreamOf(t, func(c net.Conn, r *bufio.Reader) {
		io.WriteString(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
		io.Copy(io.Discard, r)
	})
	tr := Transport{Loop: loopOf(t)}
	defer tr.Close()
	var resp message.Response
	req := UpstreamRequest{Address: a, Method: "GET", Target: "/", Stream: true, StreamIdle: 50 * time.Millisecond}
	if err := tr.Do(&req, soon(), &resp); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(resp.Stream); string(got) != "hello" || !errors.Is(err, ErrTimeout) {
		t.Errorf("%q, %v", got, err)
	}
}

// TestReuse: connections are kept, and not kept, as the answers say.
func TestReuse(t *testing.T) {
	for _, c := range []struct {
		sentence, head string
		stream         bool
		want           int64
	}{
		{"HTTP/1.1", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false, 1},
		{"HTTP/1.1 that closes", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", false, 5},
		{"HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", false, 5},
		{"HTTP/1.0 that stays", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n", false, 1},
		{"a stream that is read", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", true, 1},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			leakCheck(t)
			var conns atomic.Int64
			a := upstreamOf(t, func(conn net.Conn, r *bufio.Reader) {
				conns.Add(1)
				for request(r) != nil {
					io.WriteString(conn, c.head)
				}
			})
			tr := Transport{Loop: loopOf(t)}
			defer tr.Close()
			for range 5 {
				var resp message.Response
				if err := tr.Do(&UpstreamRequest{Address: a, Method: "POST", Target: "/", Stream: c.stream}, soon(), &resp); err != nil {
					t.Fatal(err)
				}
				if resp.Stream != nil {
					io.ReadAll(resp.Stream)
					resp.Stream.Close()
				}
			}
			if conns.Load() != c.want {
				t.Errorf("%d connections, want %d", conns.Load(), c.want)
			}
		})
	}
}

// TestKeepAliveHint: a connection that the upstream is about to close is not used. (Node.js closes after five seconds,
// and says so.)
func TestKeepAliveHint(t *testing.T) {
	leakCheck(t)
	var conns atomic.Int64
	a := upstreamOf(t, func(c net.Conn, r *bufio.Reader) {
		conns.Add(1)
		for request(r) != nil {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nKeep-Alive: max=9, timeout=1\r\n\r\n")
		}
	})
	tr := Transport{Loop: loopOf(t)}
	defer tr.Close()
	for range 3 {
		if err := tr.Do(&UpstreamRequest{Address: a, Method: "GET", Target: "/"}, soon(), &message.Response{}); err != nil {
			t.Fatal(err)
		}
	}
	if conns.Load() != 3 {
		t.Errorf("%d connections, want 3: one second, less the second of grace", conns.Load())
	}
}

// TestAbandonedStream: a stream that is closed early takes its connection with it.
func TestAbandonedStream(t *testing.T) {
	leakCheck(t)
	ended := make(chan struct{})
	a := upstreamOf(t, func(c net.Conn, r *bufio.Reader) {
		defer close(ended)
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhello")
		io.Copy(io.Discard, r)
	})
	tr := Transport{Loop: loopOf(t)}
	defer tr.Close()
	var resp message.Response
	if err := tr.Do(&UpstreamRequest{Address: a, Method: "GET", Target: "/", Stream: true}, soon(), &resp); err != nil {
		t.Fatal(err)
	}
	resp.Stream.Close()
	<-ended
	if _, err := resp.Stream.Read(make([]byte, 1)); err == nil {
		t.Error("a closed stream can be read")
	}
}

// TestRetry: on a kept connection that the upstream drops at the next request, a request is repeated only where
// nothing can happen twice. RFC 9110, 9.2.2.
func TestRetry(t *testing.T) {
	for _, c := range []struct {
		method string
		want   error
	}{{"GET", nil}, {"HEAD", nil}, {"OPTIONS", nil}, {"PUT", nil}, {"DELETE", nil}, {"POST", ErrClosed}, {"PATCH", ErrClosed}} {
		t.Run(c.method, func(t *testing.T) {
			leakCheck(t)
			var conns, requests atomic.Int64
			a := upstreamOf(t, func(conn net.Conn, r *bufio.Reader) {
				first := conns.Add(1) == 1
				for i := 0; request(r) != nil; i++ {
					requests.Add(1)
					if first && i == 1 {
						return // answers one request, and drops the second
					}
					io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
				}
			})
			tr := Transport{Loop: loopOf(t)}
			defer tr.Close()
			req := UpstreamRequest{Address: a, Method: c.method, Target: "/"}
			if err := tr.Do(&req, soon(), &message.Response{}); err != nil {
				t.Fatal(err)
			}
			if err := tr.Do(&req, soon(), &message.Response{}); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if want := int64(2); c.want != nil && requests.Load() != want {
				t.Errorf("%d requests arrived, want %d", requests.Load(), want)
			}
		})
	}
}

// TestNoRetryOnFreshConnections: what fails on a new connection has failed.
func TestNoRetryOnFreshConnections(t *testing.T) {
	leakCheck(t)
	var conns atomic.Int64
	a := upstreamOf(t, func(_ net.Conn, r *bufio.Reader) { conns.Add(1); request(r) })
	tr := Transport{Loop: loopOf(t)}
	defer tr.Close()
	if err := tr.Do(&UpstreamRequest{Address: a, Method: "GET", Target: "/"}, soon(), &message.Response{}); !errors.Is(err, ErrClosed) {
		t.Errorf("got %v", err)
	}
	if conns.Load() != 1 {
		t.Errorf("%d connections", conns.Load())
	}
}

// TestStaleConnections: a connection that the upstream closed while it was idle costs nothing, not even a POST.
func TestStaleConnections(t *testing.T) {
	leakCheck(t)
	closed := make(chan struct{}, 10)
	a := upstreamOf(t, func(c net.Conn, r *bufio.Reader) {
		request(r)
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		c.Close()
		closed <- struct{}{}
	})
	tr := Transport{Loop: loopOf(t)}
	defer tr.Close()
	for range 5 {
		if err := tr.Do(&UpstreamRequest{Address: a, Method: "POST", Target: "/"}, soon(), &message.Response{}); err != nil {
			t.Fatal(err)
		}
		<-closed
	}
}

// TestEarlyAnswers: an answer that comes before the request has been read is an answer.
func TestEarlyAnswers(t *testing.T) {
	body := make([]byte, 9<<20)
	t.Run("the upstream refuses, and never reads", func(t *testing.T) {
		leakCheck(t)
		stop := make(chan struct{})
		defer close(stop)
		a := upstreamOf(t, func(c net.Conn, r *bufio.Reader) {
			r.ReadString('\n')
			io.WriteString(c, "HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno")
			<-stop
		})
		tr := Transport{Loop: loopOf(t)}
		defer tr.Close()
		var resp message.Response
		if err := tr.Do(&UpstreamRequest{Address: a, Method: "POST", Target: "/", Body: body}, soon(), &resp); err != nil || resp.Status != 413 || string(resp.Body) != "no" {
			t.Errorf("%d %q, %v", resp.Status, resp.Body, err)
		}
		if n := tr.connections(a); n != 0 {
			t.Errorf("%d connections are left", n)
		}
	})
	t.Run("the upstream accepts, and reads on", func(t *testing.T) {
		leakCheck(t)
		got := make(chan int64, 1)
		a := upstreamOf(t, func(c net.Conn, r *bufio.Reader) {
			io.WriteString(c, "HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nok")
			n := int64(0)
			for range 2 { // the head, and the body
				m, _ := io.CopyN(io.Discard, r, 1<<20)
				n += m
			}
			m, _ := io.CopyN(io.Discard, r, int64(len(body))-n)
			got <- n + m
		})
		tr := Transport{Loop: loopOf(t)}
		defer tr.Close()
		var resp message.Response
		if err := tr.Do(&UpstreamRequest{Address: a, Method: "POST", Target: "/", Body: body}, soon(), &resp); err != nil || resp.Status != 202 {
			t.Errorf("%d, %v", resp.Status, err)
		}
		if n := <-got; n != int64(len(body)) {
			t.Errorf("the upstream got %d of %d bytes", n, len(body))
		}
	})
}

// TestLargeBodiesThere checks that what is sent is what arrives, on both sides of every limit.
func TestLargeBodiesThere(t *testing.T) {
	leakCheck(t)
	a := upstreamOf(t, func(c net.Conn, r *bufio.Reader) {
		for req := request(r); req != nil; req = request(r) {
			b, _ := io.ReadAll(req.Body)
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(b), b)
		}
	})
	tr := Transport{Loop: loopOf(t)}
	defer tr.Close()
	var resp message.Response
	for _, size := range []int{0, 1, bufferSize - 200, bufferSize, inlineRequest - 10, inlineRequest, 1 << 20, 9 << 20} {
		body := bytes.Repeat([]byte("0123456789abcdef"), size/16+1)[:size]
		if err := tr.Do(&UpstreamRequest{Address: a, Method: "PUT", Target: "/", Body: body}, soon(), &resp); err != nil || !bytes.Equal(resp.Body, body) {
			t.Fatalf("%d bytes: %d came back, %v", size, len(resp.Body), err)
		}
	}
	if n := tr.connections(a); n != 1 {
		t.Errorf("%d connections", n)
	}
}

func TestTLSErrors(t *testing.T) {
	leakCheck(t)
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	certificate, roots := selfSigned(t, "example.com")
	startOn(t, &Server{}, tls.NewListener(listenerOf(t, inner), &tls.Config{Certificates: []tls.Certificate{certificate}}))
	plain := upstreamOf(t, func(c net.Conn, r *bufio.Reader) {
		r.ReadByte()
		io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n")
		io.Copy(io.Discard, r)
	})
	gone := upstreamOf(t, func(_ net.Conn, r *bufio.Reader) { r.ReadByte() })
	silent := upstreamOf(t, func(_ net.Conn, r *bufio.Reader) { io.Copy(io.Discard, r) })
	port := addressOf(inner.Addr()).Port
	for _, c := range []struct {
		sentence string
		address  Address
		want     error
		as       any
	}{
		{"an unknown authority", Address{Scheme: "https", Host: "127.0.0.1", Port: port, TLS: &tls.Config{ServerName: "example.com"}}, ErrTLS, new(x509.UnknownAuthorityError)},
		{"another host's certificate", Address{Scheme: "https", Host: "localhost", Port: port, TLS: &tls.Config{RootCAs: roots}}, ErrTLS, new(x509.HostnameError)},
		{"verification is off", Address{Scheme: "https", Host: "localhost", Port: port, TLS: &tls.Config{InsecureSkipVerify: true}}, nil, nil},
		{"the name is given", Address{Scheme: "https", Host: "127.0.0.1", Port: port, TLS: &tls.Config{RootCAs: roots, ServerName: "example.com"}}, nil, nil},
		{"no TLS at all", Address{Scheme: "https", Host: "127.0.0.1", Port: plain.Port}, ErrTLS, new(tls.RecordHeaderError)},
		{"gone in the handshake", Address{Scheme: "https", Host: "127.0.0.1", Port: gone.Port}, ErrReset, nil},
		{"silent in the handshake", Address{Scheme: "https", Host: "127.0.0.1", Port: silent.Port}, ErrTimeout, nil},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			tr := Transport{Loop: loopOf(t)}
			defer tr.Close()
			deadline := soon()
			if errors.Is(c.want, ErrTimeout) {
				deadline = time.Now().Add(100 * time.Millisecond)
			}
			err := tr.Do(&UpstreamRequest{Address: c.address, Method: "GET", Target: "/"}, deadline, &message.Response{})
			if c.sentence == "gone in the handshake" && errors.Is(err, ErrClosed) {
				return
			}
			if !errors.Is(err, c.want) || c.as != nil && !errors.As(err, c.as) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

// TestMaxPerUpstream: no more connections than allowed; who gets none in time is told so.
func TestMaxPerUpstream(t *testing.T) {
	leakCheck(t)
	release := make(chan struct{})
	a := upstreamOf(t, func(c net.Conn, r *bufio.Reader) {
		for request(r) != nil {
			<-release
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		}
	})
	tr := Transport{Loop: loopOf(t), MaxPerUpstream: 1}
	defer tr.Close()
	do := func(deadline time.Time) error {
		return tr.Do(&UpstreamRequest{Address: a, Method: "GET", Target: "/"}, deadline, &message.Response{})
	}
	first := make(chan error)
	go func() { first <- do(soon()) }()
	for tr.connections(a) == 0 {
		time.Sleep(time.Millisecond)
	}
	if err := do(time.Now().Add(50 * time.Millisecond)); !errors.Is(err, ErrTimeout) {
		t.Errorf("got %v", err)
	}
	close(release)
	if err := <-first; err != nil {
		t.Error(err)
	}
	for range 3 {
		if err := do(soon()); err != nil {
			t.Error(err)
		}
	}
	if n := tr.connections(a); n != 1 {
		t.Errorf("%d connections", n)
	}
}

// TestAllConnectionsAreKept: as many requests at once as there were before need no new connection, however many they are.
func TestAllConnectionsAreKept(t *testing.T) {
	leakCheck(t)
	const atOnce = 600
	var conns atomic.Int64
	arrived := make(chan struct{}, atOnce)
	answer := make(chan struct{})
	a := upstreamOf(t, func(c net.Conn, r *bufio.Reader) {
		conns.Add(1)
		for request(r) != nil {
			arrived <- struct{}{}
			<-answer
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		}
	})
	tr := Transport{Loop: loopOf(t)}
	defer tr.Close()
	for range 2 {
		var all sync.WaitGroup
		for range atOnce {
			all.Go(func() {
				if err := tr.Do(&UpstreamRequest{Address: a, Method: "POST", Target: "/"}, soon(), &message.Response{}); err != nil {
					t.Error(err)
				}
			})
		}
		for range atOnce {
			<-arrived
		}
		for range atOnce {
			answer <- struct{}{}
		}
		all.Wait()
	}
	if n := conns.Load(); n != atOnce {
		t.Errorf("%d connections, want %d", n, atOnce)
	}
}

// TestIdleConnectionsEnd: after IdleTimeout the janitor closes them, forgets the upstream, and stops.
func TestIdleConnectionsEnd(t *testing.T) {
	leakCheck(t)
	ended := make(chan struct{})
	a := upstreamOf(t, func(c net.Conn, r *bufio.Reader) {
		for request(r) != nil {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		}
		close(ended)
	})
	tr := Transport{Loop: loopOf(t), IdleTimeout: 20 * time.Millisecond}
	defer tr.Close()
	if err := tr.Do(&UpstreamRequest{Address: a, Method: "GET", Target: "/"}, soon(), &message.Response{}); err != nil {
		t.Fatal(err)
	}
	<-ended
	for {
		tr.mu.Lock()
		quiet := len(tr.upstreams) == 0 && tr.janitor == nil
		tr.mu.Unlock()
		if quiet {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

func TestClosedTransport(t *testing.T) {
	leakCheck(t)
	tr := Transport{Loop: loopOf(t)}
	a := answering(t, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false)
	req := UpstreamRequest{Address: a, Method: "GET", Target: "/"}
	if err := tr.Do(&req, soon(), &message.Response{}); err != nil {
		t.Fatal(err)
	}
	tr.Close()
	if err := tr.Do(&req, soon(), &message.Response{}); !errors.Is(err, ErrTransportClosed) {
		t.Errorf("got %v", err)
	}
}

// A connection that waits for its next request belongs to no task: who closes it meanwhile may have to wait for it, as TLS
// says goodbye.
func TestAnIdleConnectionIsNobodys(t *testing.T) {
	loop := loopOf(t)
	if loop == nil {
		t.Skip("no event loop")
	}
	tr := Transport{Loop: loop}
	defer tr.Close()
	to, err := net.ResolveTCPAddr("tcp", start(t, &Server{}))
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	loop.Go(func(task *eventloop.Task) {
		var resp message.Response
		done <- tr.Do(&UpstreamRequest{Task: task, Address: addressOf(to), Method: "GET", Target: "/"}, soon(), &resp)
	})
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	u, err := tr.upstream(addressOf(to))
	if err != nil {
		t.Fatal(err)
	}
	c := u.pop()
	defer u.discard(c)
	c.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error(err)
	}
}
