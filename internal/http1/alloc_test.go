package http1

import (
	"bufio"
	"io"
	"net"
	"testing"

	"postern/internal/gateway/message"
)

// TestAllocations pins what a request costs the collector: one string per head, and nothing else.
func TestAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector makes sync.Pool forget")
	}
	if loopOf(t) == nil {
		t.Skip("package net allocates for writes of two pieces")
	}
	leakCheck(t)
	s := &Server{Handler: HandlerFunc(func(req *message.Request, resp *message.Response) {
		resp.Header.Add("Content-Type", "text/plain")
		resp.Body = req.Body
	})}
	addr, err := net.ResolveTCPAddr("tcp", start(t, s))
	if err != nil {
		t.Fatal(err)
	}
	tr := Transport{Loop: loopOf(t)}
	defer tr.Close()
	var resp message.Response
	for _, c := range []struct {
		method string
		body   []byte
	}{{"GET", nil}, {"PUT", make([]byte, 4000)}, {"POST", make([]byte, 4000)}, {"PUT", make([]byte, 100_000)}} {
		req := UpstreamRequest{Address: addressOf(addr), Method: c.method, Target: "/", Body: c.body}
		deadline := soon()
		got := testing.AllocsPerRun(1000, func() {
			if err := tr.Do(&req, deadline, &resp); err != nil {
				t.Fatal(err)
			}
		})
		if got > 2 {
			t.Errorf("%s, %d bytes: %v allocations for a request and its answer, want the two heads", c.method, len(c.body), got)
		}
	}
}

// BenchmarkExchange is one request from our client to our server and back.
func BenchmarkExchange(b *testing.B) {
	s := &Server{Handler: HandlerFunc(func(_ *message.Request, resp *message.Response) {
		resp.Body = []byte(`{"id":42,"name":"widget","price":12.5,"tags":["a","b","c"]}`)
	})}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	s.Log = newLog(io.Discard)
	go s.Serve(listenerOf(b, l))
	defer s.Close()
	tr := Transport{Loop: loopOf(b)}
	defer tr.Close()
	var resp message.Response
	req := UpstreamRequest{Address: addressOf(l.Addr()), Method: "GET", Target: "/"}
	deadline := soon()
	b.ReportAllocs()
	for b.Loop() {
		if err := tr.Do(&req, deadline, &resp); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkServer is one request from a raw socket, without our client.
func BenchmarkServer(b *testing.B) {
	s := &Server{Log: newLog(io.Discard), Handler: HandlerFunc(func(_ *message.Request, resp *message.Response) {
		resp.Body = []byte("hello")
	})}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	go s.Serve(listenerOf(b, l))
	defer s.Close()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	r := bufio.NewReader(c)
	request, answer := []byte(get), make([]byte, 4096)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Write(request); err != nil {
			b.Fatal(err)
		}
		if _, err := r.Read(answer); err != nil {
			b.Fatal(err)
		}
	}
}
