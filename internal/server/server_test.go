package server

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// options of a server on a free port that keeps nothing.
func options() Options {
	return Options{
		Listen: "127.0.0.1:0", Data: memoryData, Account: "000000000000", Region: "us-east-1",
		Grace: 10 * time.Second, Version: "test", Log: slog.New(slog.DiscardHandler),
	}
}

// run starts a server; stop ends it and returns what Run returned.
func run(t *testing.T, o Options) (s *Server, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	s, err := Open(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	ended := false
	stop = func() error {
		cancel()
		ended = true
		return <-done
	}
	t.Cleanup(func() {
		if !ended {
			stop()
		}
	})
	return s, stop
}

func TestOpenRefusesWhatIsUnsafeOrWrong(t *testing.T) {
	for _, c := range []struct {
		sentence string
		change   func(*Options)
		want     string
	}{
		{"beyond loopback without --insecure", func(o *Options) { o.Listen = "0.0.0.0:0" }, "beyond loopback"},
		{"every address without --insecure", func(o *Options) { o.Listen = ":0" }, "beyond loopback"},
		{"no port", func(o *Options) { o.Listen = "127.0.0.1" }, "--listen wants HOST:PORT"},
		{"an account that is none", func(o *Options) { o.Account = "12" }, "--account must be 12 digits"},
		{"a share of more than all", func(o *Options) { o.Observe.TraceRate = 2 }, "--trace-rate must be 0 to 1"},
		{"a collector that is no URL", func(o *Options) { o.Observe.OTLPEndpoint = "localhost:4318" }, "--otlp-endpoint"},
		{"an access log that cannot be written", func(o *Options) { o.Observe.AccessLog = "/nowhere/at/all" }, "--access-log"},
		{"no region", func(o *Options) { o.Region = "" }, "--region must not be empty"},
	} {
		o := options()
		c.change(&o)
		_, err := Open(t.Context(), o)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.sentence, err, c.want)
		}
	}
}

func TestRequestsAreToldApart(t *testing.T) {
	s, _ := run(t, options())
	for _, c := range []struct {
		sentence string
		path     string
		host     string
		header   string
		status   int
		body     string
	}{
		{"the health check", "/_postern/health", "", "", 200, `{"status":"ok","version":"test"}`},
		{"an unknown page of Postern's own", "/_postern/nothing", "", "", 404, "Postern has no page /_postern/nothing"},
		{"an AWS call by its path", "/restapis", "", "", 200, `{"item":[]}`},
		{"an AWS call by its Host", "/restapis", "apigateway.eu-west-1.amazonaws.com", "", 200, `{"item":[]}`},
		{
			"an AWS call by its signature", "/restapis", "",
			"AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/apigateway/aws4_request, SignedHeaders=host, Signature=0", 200, `{"item":[]}`,
		},
		{
			"a service that Postern does not answer", "/", "",
			"AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/braket/aws4_request, SignedHeaders=host, Signature=0", 501,
			"Postern does not answer the service braket.",
		},
		{
			"HTTP and WebSocket APIs, which have the signing name of REST APIs", "/v2/apis", "",
			"AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/apigateway/aws4_request, SignedHeaders=host, Signature=0", 501,
			"Postern does not answer the service apigatewayv2.",
		},
		{"an unknown API's Host", "/dev/", "abcdefghij.execute-api.us-east-1.amazonaws.com", "", 403, `{"message":"Forbidden"}`},
		{"nothing that Postern knows", "/favicon.ico", "", "", 404, "UnknownOperation"},
	} {
		req, err := http.NewRequest(http.MethodGet, "http://"+s.Addr()+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = c.host
		if c.header != "" {
			req.Header.Set("Authorization", c.header)
		}
		status, body, header := do(t, req)
		if status != c.status || !strings.Contains(body+header.Get("x-amzn-ErrorType"), c.body) {
			t.Errorf("%s: %d %s, want %d %s", c.sentence, status, body, c.status, c.body)
		}
	}
}

func do(t *testing.T, req *http.Request) (int, string, http.Header) {
	t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body), resp.Header
}

// A stop lets a request that runs be answered, and refuses new connections meanwhile.
func TestStopFinishesRunningRequests(t *testing.T) {
	arrived, release := make(chan struct{}), make(chan struct{})
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(arrived)
		<-release
		fmt.Fprint(w, "done")
	}))
	defer upstream.Close()
	s, stop := run(t, options())
	base := deployProxy(t, s, upstream.URL)

	answered := make(chan string, 1)
	go func() {
		resp, err := http.Get(base + "/")
		if err != nil {
			answered <- err.Error()
			return
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		answered <- string(body)
	}()
	<-arrived
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	refused(t, s.Addr())
	select {
	case err := <-stopped:
		t.Fatalf("stopped with a request running: %v", err)
	default:
	}
	close(release)
	if got := <-answered; got != "done" {
		t.Errorf("the running request was answered %q", got)
	}
	if err := <-stopped; err != nil {
		t.Errorf("stop: %v", err)
	}
}

// refused waits until the address takes no connections.
func refused(t *testing.T, addr string) {
	t.Helper()
	for range 1000 {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			return
		}
		conn.Close()
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("the server still accepts connections")
}

// deployProxy deploys an API whose GET / is an HTTP_PROXY to url, and returns the stage's base URL.
func deployProxy(t *testing.T, s *Server, url string) string {
	t.Helper()
	api := call(t, s, "POST", "/restapis", `{"name": "test"}`)
	id, root := field(t, api, "id"), field(t, api, "rootResourceId")
	method := "/restapis/" + id + "/resources/" + root + "/methods/GET"
	call(t, s, "PUT", method, `{"authorizationType": "NONE"}`)
	call(t, s, "PUT", method+"/integration", `{"type": "HTTP_PROXY", "httpMethod": "GET", "uri": "`+url+`"}`)
	call(t, s, "POST", "/restapis/"+id+"/deployments", `{"stageName": "dev"}`)
	return "http://" + s.Addr() + "/_aws/execute-api/" + id + "/dev"
}

func call(t *testing.T, s *Server, method, path, body string) string {
	t.Helper()
	req, err := http.NewRequest(method, "http://"+s.Addr()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	status, text, _ := do(t, req)
	if status != http.StatusOK && status != http.StatusCreated {
		t.Fatalf("%s %s: %d %s", method, path, status, text)
	}
	return text
}

// field reads a string member out of a flat JSON text.
func field(t *testing.T, text, name string) string {
	t.Helper()
	_, rest, ok := strings.Cut(text, `"`+name+`":"`)
	value, _, end := strings.Cut(rest, `"`)
	if !ok || !end {
		t.Fatalf("no %s in %s", name, text)
	}
	return value
}
