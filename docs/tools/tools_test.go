// Package tools_test runs the commands of the pages in this folder, and compares what they print.
package tools_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postern/internal/server"
)

// documented is the address on the pages.
const documented = "127.0.0.1:4566"

// needs are the programs without which a page's commands cannot run.
var needs = map[string][]string{
	"aws-cli.md":    {"aws", "curl"},
	"boto3.md":      {"python3"},
	"javascript.md": {"node", "npm"},
}

// engines name the blocks of commands that are run only where the program of this name is installed.
var engines = []string{"tofu", "pulumi"}

func TestPages(t *testing.T) {
	pages, err := filepath.Glob("*.md")
	if err != nil || len(pages) == 0 {
		t.Fatalf("no pages: %v", err)
	}
	postern := build(t)
	for _, page := range pages {
		t.Run(strings.TrimSuffix(page, ".md"), func(t *testing.T) {
			for _, program := range needs[page] {
				if _, err := exec.LookPath(program); err != nil {
					t.Skipf("%s is not installed", program)
				}
			}
			if page == "boto3.md" && !linkPython(t, postern) {
				t.Skip("boto3 is not installed")
			}
			text, err := os.ReadFile(page)
			if err != nil {
				t.Fatal(err)
			}
			play(t, postern, string(text))
		})
	}
}

// build makes the postern command that the pages call, in a folder of its own.
func build(t *testing.T) (folder string) {
	t.Helper()
	folder = t.TempDir()
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(folder, "postern"), "postern/cmd/postern").CombinedOutput()
	if err != nil {
		t.Fatalf("build postern: %v\n%s", err, out)
	}
	return folder
}

// linkPython makes python3 the interpreter that has boto3: the one on the path, or Debian's.
func linkPython(t *testing.T, folder string) bool {
	t.Helper()
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		path, err := exec.LookPath(name)
		if err != nil || exec.CommandContext(t.Context(), path, "-c", "import boto3").Run() != nil {
			continue
		}
		script := fmt.Sprintf("#!/bin/sh\nexec %s \"$@\"\n", path)
		if err := os.WriteFile(filepath.Join(folder, "python3"), []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
		return true
	}
	return false
}

// serve starts a server and returns its address.
func serve(t *testing.T) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	s, err := server.Open(ctx, server.Options{
		Listen: "127.0.0.1:0", Data: ":memory:", Account: "000000000000", Region: "us-east-1",
		Grace: 5 * time.Second, Version: "test", Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return s.Addr()
}

// block is a fenced block of a page.
type block struct{ language, text string }

var (
	fenced = regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$")
	// titled is the first line of a block that is a file: "# pets.py" or "// main.go".
	titled = regexp.MustCompile(`^(?:#|//) ([\w.-]+\.\w+)\n`)
)

// play writes the page's files, runs its commands in one shell, and compares what each block of them prints with the
// block of text behind it.
func play(t *testing.T, postern, page string) {
	t.Helper()
	var blocks []block
	for _, m := range fenced.FindAllStringSubmatch(page, -1) {
		blocks = append(blocks, block{m[1], m[2]})
	}
	// Go programs find their modules in the module around them; an underscore hides the folder from the go command.
	folder, err := os.MkdirTemp(".", "_page")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	for _, b := range blocks {
		if m := titled.FindStringSubmatch(b.text); m != nil && b.language != "sh" {
			if err := os.WriteFile(filepath.Join(folder, m[1]), []byte(b.text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	shell := newShell(t, folder, postern, serve(t))
	for i, b := range blocks {
		if b.language != "sh" && (!slices.Contains(engines, b.language) || !installed(b.language)) {
			continue
		}
		got := shell.run(t, b.text)
		want := ""
		if i+1 < len(blocks) && blocks[i+1].language == "text" {
			want = blocks[i+1].text
		}
		if !like(want, got) {
			t.Errorf("%s\nprints other text (-want +got):\n%s", b.text, cmp.Diff(want, got))
		}
	}
}

func installed(program string) bool {
	_, err := exec.LookPath(program)
	return err == nil
}

// like reports whether got is want, in which "..." stands for anything.
func like(want, got string) bool {
	pattern := strings.ReplaceAll(regexp.QuoteMeta(strings.TrimSpace(want)), `\.\.\.`, `(?s:.*)`)
	return regexp.MustCompile(`^` + pattern + `$`).MatchString(strings.TrimSpace(got))
}

// shell is a bash that runs the blocks of a page one after the other.
type shell struct {
	in      io.Writer
	out     *bytes.Buffer
	address string
	lines   chan string
	n       int
}

func newShell(t *testing.T, folder, postern, address string) *shell {
	t.Helper()
	bash := exec.CommandContext(t.Context(), "bash")
	bash.Dir = folder
	bash.Env = append(append(os.Environ(), goFolders(t)...), "PATH="+postern+":"+os.Getenv("PATH"), "AWS_PAGER=", "AWS_RETRY_MODE=standard", "HOME="+t.TempDir())
	in, err := bash.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	r, w := io.Pipe()
	bash.Stdout, bash.Stderr = w, w
	if err := bash.Start(); err != nil {
		t.Fatal(err)
	}
	s := &shell{in: in, out: new(bytes.Buffer), address: address, lines: make(chan string)}
	ended := make(chan struct{})
	go func() {
		defer close(s.lines)
		buffer := make([]byte, 4096)
		for {
			n, err := r.Read(buffer)
			if n > 0 {
				s.lines <- string(buffer[:n])
			}
			if err != nil {
				return
			}
		}
	}()
	go func() {
		defer close(ended)
		err := bash.Wait()
		w.CloseWithError(err)
	}()
	t.Cleanup(func() {
		in.Close()
		r.Close()
		<-ended
	})
	return s
}

// goFolders keeps the go command's caches where they are although the home folder is another.
func goFolders(t *testing.T) (env []string) {
	t.Helper()
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPATH", "GOPROXY", "GOSUMDB"} {
		value, err := exec.CommandContext(t.Context(), "go", "env", name).Output()
		if err != nil {
			t.Fatal(err)
		}
		env = append(env, name+"="+strings.TrimSpace(string(value)))
	}
	return env
}

// run runs commands and returns what they print, with the documented address in it.
func (s *shell) run(t *testing.T, commands string) string {
	t.Helper()
	s.n++
	commands = strings.ReplaceAll(commands, "postern env", "postern env --listen "+s.address)
	commands = strings.ReplaceAll(commands, documented, s.address)
	end := fmt.Sprintf("--end of block %d--\n", s.n)
	fmt.Fprintf(s.in, "%s\nprintf '%%s\\n' '%s'\n", commands, strings.TrimSpace(end))
	s.out.Reset()
	for text := range s.lines {
		s.out.WriteString(text)
		if bytes.HasSuffix(s.out.Bytes(), []byte(end)) {
			break
		}
	}
	return strings.ReplaceAll(strings.TrimSuffix(s.out.String(), end), s.address, documented)
}
