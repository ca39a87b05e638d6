package server

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"
)

// What a hostile or broken client sends is answered or cut, and the server goes on.
func TestBadRequestsAreAnswered(t *testing.T) {
	s, _ := run(t, options())
	upstream := proxyTarget(t)
	base := deployProxy(t, s, upstream)
	stage := strings.TrimPrefix(base, "http://"+s.Addr())
	big := strings.Repeat("x", 11<<20)
	for _, c := range []struct {
		sentence string
		request  string
		status   int
		body     string
	}{
		{
			"an AWS call whose JSON is broken", "PUT /restapis/a/resources/b/methods/GET/integration HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\n{\"type\":",
			400, "",
		},
		{
			"a body of 11 MiB to a stage", "POST " + stage + "/ HTTP/1.1\r\nHost: x\r\nContent-Length: 11534336\r\n\r\n" + big,
			413, "HTTP content length exceeded 10485760 bytes.",
		},
		{"a body of 11 MiB to the AWS API", "POST /restapis HTTP/1.1\r\nHost: x\r\nContent-Length: 11534336\r\n\r\n" + big, 413, `{"message":`},
		{"12 KiB of headers", "GET " + stage + "/ HTTP/1.1\r\nHost: x\r\nX-Big: " + strings.Repeat("h", 12<<10) + "\r\n\r\n", 431, ""},
		{"a broken chunk size", "POST " + stage + "/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n", 400, ""},
		{"two lengths", "POST " + stage + "/ HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, ""},
		{"no HTTP at all", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400, ""},
	} {
		status, body := exchange(t, s.Addr(), c.request)
		if status != c.status || !strings.Contains(body, c.body) {
			t.Errorf("%s: %d %.200s, want %d %s", c.sentence, status, body, c.status, c.body)
		}
	}
	if status, body := exchange(t, s.Addr(), "GET "+stage+"/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"); status != 200 || body != "ok" {
		t.Errorf("afterwards: %d %s", status, body)
	}
}

// exchange sends bytes as they are and reads one answer.
func exchange(t *testing.T, addr, request string) (int, string) {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	go func() { _, _ = io.Copy(conn, bytes.NewReader([]byte(request))) }()
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Errorf("%.60q: %v", request, err)
		return 0, ""
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Errorf("%.60q: %v", request, err)
	}
	return resp.StatusCode, string(body)
}

// proxyTarget is an upstream that answers "ok".
func proxyTarget(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") })}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { server.Close() })
	return "http://" + l.Addr().String()
}

// After a server has stopped, none of its goroutines is left.
func TestStopLeavesNothingBehind(t *testing.T) {
	before := runtime.NumGoroutine()
	s, stop := run(t, options())
	base := deployProxy(t, s, proxyTarget(t))
	for range 20 {
		resp, err := http.Get(base + "/")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	http.DefaultClient.CloseIdleConnections()
	for range 200 {
		// The target's own server and its accepted connections live until the test ends.
		if runtime.NumGoroutine() <= before+4 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	stacks := make([]byte, 1<<20)
	t.Errorf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
}
