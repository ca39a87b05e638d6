package conformance

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"postern/internal/server"
)

// TestConformance plays every dialogue of this folder against a whole Postern.
func TestConformance(t *testing.T) {
	postern := start(t)
	standIn := newStandIn(t)
	overAWS := start(t, standIn.URL)
	guarded := startGuarded(t, standIn.URL)
	var files []string
	err := filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if filepath.Ext(path) == ".txtar" && !strings.HasPrefix(path, "setup") {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("no dialogues: %v", err)
	}
	for i, file := range files {
		t.Run(strings.TrimSuffix(file, ".txtar"), func(t *testing.T) {
			t.Parallel()
			d := &dialogue{t: t, addr: postern, aws: standIn, bound: map[string]any{}}
			if strings.HasPrefix(file, "integrations"+string(filepath.Separator)) {
				d.addr = overAWS
			}
			if strings.HasPrefix(file, "access"+string(filepath.Separator)) {
				d.addr, d.guarded = guarded.addr, true
				for name, token := range guarded.tokens {
					d.bound[name] = token
				}
			}
			d.bound["fn"] = fmt.Sprintf("f%d", i)
			d.bound["upstream"] = strings.TrimPrefix(newUpstream(t).URL, "http://")
			_, d.bound["port"], _ = strings.Cut(d.bound["upstream"].(string), ":")
			d.bound["closed"] = closedAddress(t)
			d.bound["today"] = time.Now().UTC().Format(time.DateOnly)
			d.play(file)
		})
	}
}

// start runs a Postern of its own on a free port, which calls AWS services at the endpoints.
func start(t *testing.T, endpoints ...string) (addr string) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	srv, err := server.Open(ctx, server.Options{
		Listen: "127.0.0.1:0", Data: ":memory:", Account: "111111111111", Region: "us-east-1",
		AWSEndpoints: endpoints, Grace: 5 * time.Second, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- srv.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return srv.Addr()
}

// dialogue is one file being played.
type dialogue struct {
	t     *testing.T
	addr  string
	aws   *standIn
	bound map[string]any
	// guarded tells that the Postern knows its callers: see access_test.go.
	guarded bool
}

func (d *dialogue) play(file string) {
	d.t.Helper()
	source, err := os.ReadFile(file)
	if err != nil {
		d.t.Fatal(err)
	}
	archive := txtar.Parse(source)
	if !strings.Contains(string(archive.Comment), "Source: ") {
		d.t.Errorf("%s: its head names no source", file)
	}
	var got *answer
	for i, section := range archive.Files {
		text := string(section.Data)
		kind, of, _ := strings.Cut(section.Name, " ")
		switch kind {
		case "setup":
			for name := range strings.FieldsSeq(text) {
				d.play(filepath.Join("setup", name+".txtar"))
			}
		case "request":
			got = d.ask(text)
			if i+1 == len(archive.Files) || archive.Files[i+1].Name != "answer" {
				d.t.Fatalf("%s: a request without an answer", file)
			}
		case "answer":
			if problem := d.compare(text, got); problem != "" {
				d.t.Fatalf("%s, section %d: %s\n got: %d\n%s\n%s", file, i+1, problem, got.status, headerText(got.header), got.body)
			}
		case "code":
			d.code(of, text)
		case "function":
			d.aws.function(d.fill(of), d.fill(text))
		case "event":
			if problem := d.event(d.fill(of), text); problem != "" {
				d.t.Fatalf("%s, section %d: %s", file, i+1, problem)
			}
		case "log":
			if problem := d.log(text, got.body); problem != "" {
				d.t.Fatalf("%s, section %d: %s", file, i+1, problem)
			}
		case "aws":
			d.aws.answer(fmt.Sprint(d.bound["api"]), d.fill(text))
		case "received":
			if problem := d.received(text); problem != "" {
				d.t.Fatalf("%s, section %d: %s", file, i+1, problem)
			}
		default:
			d.t.Fatalf("%s: no such section: %s", file, section.Name)
		}
	}
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

var variable = regexp.MustCompile(`\$([a-z][A-Za-z0-9]*)\b`)

// fill puts what was bound in the place of its name; other dollars stay.
func (d *dialogue) fill(text string) string {
	return variable.ReplaceAllStringFunc(text, func(name string) string {
		if v, ok := d.bound[name[1:]]; ok {
			return fmt.Sprint(v)
		}
		return name
	})
}

var stagePath = regexp.MustCompile(`^([a-z0-9]+):(/?/?[A-Za-z0-9_-]+.*)$`)

// ask sends one request, byte for byte as it stands, and reads the answer.
func (d *dialogue) ask(text string) *answer {
	d.t.Helper()
	head, body, _ := strings.Cut(d.fill(text), "\n\n")
	lines := strings.Split(strings.TrimRight(head, "\n"), "\n")
	body = strings.TrimSuffix(body, "\n")
	if raw, ok := bytesOf(body); ok {
		body = raw
	}
	method, target, _ := strings.Cut(lines[0], " ")
	host := "apigateway.us-east-1.amazonaws.com"
	if m := stagePath.FindStringSubmatch(target); m != nil {
		host, target = m[1]+".execute-api.us-east-1.amazonaws.com", "/"+strings.TrimPrefix(m[2], "/")
		if strings.HasPrefix(m[2], "//") {
			target = m[2]
		}
	}
	target, header := d.signed(method, target, host, body, lines[1:])
	var request bytes.Buffer
	fmt.Fprintf(&request, "%s %s HTTP/1.1\r\n", method, target)
	if !hasHeader(header, "Host") {
		fmt.Fprintf(&request, "Host: %s\r\n", host)
	}
	for _, line := range header {
		fmt.Fprintf(&request, "%s\r\n", line)
	}
	if body != "" {
		fmt.Fprintf(&request, "Content-Length: %d\r\n", len(body))
	}
	fmt.Fprintf(&request, "Connection: close\r\n\r\n%s", body)

	conn, err := net.Dial("tcp", d.addr)
	if err != nil {
		d.t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	if _, err := conn.Write(request.Bytes()); err != nil {
		d.t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		d.t.Fatalf("%s %s: %v", method, target, err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		d.t.Fatalf("%s %s: %v", method, target, err)
	}
	return &answer{response.StatusCode, response.Header, content}
}

func hasHeader(lines []string, name string) bool {
	for _, line := range lines {
		if strings.HasPrefix(line, name+":") {
			return true
		}
	}
	return false
}

// compare says what differs from the answer expected, or "".
func (d *dialogue) compare(text string, got *answer) string {
	head, body, hasBody := strings.Cut(text, "\n\n")
	lines := strings.Split(strings.TrimRight(head, "\n"), "\n")
	if status, err := strconv.Atoi(lines[0]); err != nil || status != got.status {
		return fmt.Sprintf("status %d, want %s", got.status, lines[0])
	}
	if problem := d.compareHeader(lines[1:], got.header); problem != "" {
		return problem
	}
	if !hasBody {
		return ""
	}
	return d.compareBody(strings.TrimSuffix(body, "\n"), got.body)
}
