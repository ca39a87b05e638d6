package cli

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// A broken file is complained of with its line, and the deployment before it goes on serving.
func TestDevKeepsTheOldDeployment(t *testing.T) {
	file := filepath.Join(t.TempDir(), "api.yaml")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const definition = `
openapi: 3.0.1
info: {title: hello, version: "1"}
paths:
  /:
    get:
      responses: {"200": {description: ok}}
      x-amazon-apigateway-integration:
        type: %s
        requestTemplates: {application/json: '{"statusCode": 200}'}
        responses: {default: {statusCode: "200", responseTemplates: {application/json: hello}}}
`
	write(fmt.Sprintf(definition, "MOCK"))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()

	var out, errs buffer
	cmd := DevCmd{File: file, ID: "hello", Stage: "dev", Listening: Listening{
		Listen: addr, Account: "000000000000", Region: "us-east-1", Grace: 5 * time.Second,
	}}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- cmd.Run(ctx, &Streams{Out: &out, Err: &errs}) }()
	until(t, &errs, "deployed ")

	for _, broken := range []struct{ text, complaint string }{
		{"openapi: 3.0.1\npaths: [", "line 2"},
		{fmt.Sprintf(definition, "HTTPS_PROXY"), "malformed integration at path /"},
	} {
		errs.reset()
		write(broken.text)
		until(t, &errs, "goes on serving")
		if !strings.Contains(errs.String(), broken.complaint) {
			t.Errorf("said %q, want %q in it", errs.String(), broken.complaint)
		}
		resp, err := http.Get("http://" + addr + "/_aws/execute-api/hello/dev/")
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if string(body) != "hello" {
			t.Errorf("answered %q, want the deployment before", body)
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// buffer is a strings.Builder for two goroutines.
type buffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func (b *buffer) reset() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.text.Reset()
}

func until(t *testing.T, b *buffer, text string) {
	t.Helper()
	for range 1000 {
		if strings.Contains(b.String(), text) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("never said %q, but %q", text, b.String())
}
