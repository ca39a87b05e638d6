// Package oracle runs the engines that Amazon API Gateway is built on, so that tests can compare ours with them
// case by case: Apache Velocity 1.7 and Jayway JsonPath 2.0 over json-smart 2.2, in a JVM of its own.
//
// What comes in: requests, each a template or a JSON path with its body. What goes out: for each request the text
// that the Java engines print, or the error that they throw. It is for tests only, is never part of the gateway,
// and downloads nothing: without a JDK (javac, java) and the jars of Debian's packages velocity and
// libjsonpath-java the test that asks for it is skipped.
package oracle

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"unicode/utf16"
)

//go:embed Oracle.java
var program []byte

// jarDir is where Debian's packages keep their jars.
const jarDir = "/usr/share/java"

// jars is the class path: velocity, libjsonpath-java and what they need.
var jars = []string{
	"velocity", "commons-collections3", "commons-lang",
	"json-path", "json-smart", "accessors-smart", "asm", "slf4j-api", "slf4j-nop",
}

// Request is one question: Template, JSONPath or Regex.
type Request struct {
	Template string `json:"template,omitempty"`
	JSONPath string `json:"-"`
	// Typed asks for the value at JSONPath with its Java classes (see Java's describe) instead of JSON text, and
	// makes a path that is not found an error instead of null.
	Typed bool   `json:"typed,omitempty"`
	Body  string `json:"-"`
	// Regex is a pattern to search Body for, with java.util.regex.Pattern's Flags (see Java's search).
	Regex string `json:"-"`
	Flags int    `json:"-"`
	// Params has the maps "path", "querystring" and "header".
	Params         map[string]map[string]any `json:"params,omitempty"`
	Context        map[string]any            `json:"context,omitempty"`
	StageVariables map[string]any            `json:"stageVariables,omitempty"`
	// Rules is "aws" for what API Gateway does on top of the engines, otherwise empty.
	Rules string `json:"rules,omitempty"`
}

// Answer is what the engines made of a request: an output, or an error "Class: message".
type Answer struct {
	Output string `json:"output"`
	Error  string `json:"error"`
	// Context is $context after a template was rendered.
	Context json.RawMessage `json:"context"`
}

// Oracle is a running JVM. Ask may be called from several goroutines.
type Oracle struct {
	mu  sync.Mutex
	in  io.WriteCloser
	out *bufio.Reader
}

// Start compiles and starts the Java program for as long as the test runs. It skips the test, saying why, when
// the JDK or a jar is not there.
func Start(t testing.TB) *Oracle {
	t.Helper()
	for _, tool := range []string{"javac", "java"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("the oracle needs a JDK: %v", err)
		}
	}
	classPath := make([]string, 0, len(jars)+1)
	for _, jar := range jars {
		file := filepath.Join(jarDir, jar+".jar")
		if _, err := os.Stat(file); err != nil {
			t.Skipf("the oracle needs Debian's packages velocity and libjsonpath-java: %v", err)
		}
		classPath = append(classPath, file)
	}
	dir := t.TempDir()
	source := filepath.Join(dir, "Oracle.java")
	if err := os.WriteFile(source, program, 0o600); err != nil {
		t.Fatal(err)
	}
	path := strings.Join(append(classPath, dir), string(os.PathListSeparator))
	if out, err := exec.CommandContext(t.Context(), "javac", "-nowarn", "-cp", path, "-d", dir, source).CombinedOutput(); err != nil {
		t.Fatalf("javac: %v\n%s", err, out)
	}
	return launch(t, exec.CommandContext(t.Context(), "java", "-Xshare:auto", "-XX:+UseSerialGC", "-cp", path, "Oracle"))
}

func launch(t testing.TB, cmd *exec.Cmd) *Oracle {
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()     // the program ends at the end of its input
		_ = cmd.Wait() // how it ends says nothing
	})
	return &Oracle{in: in, out: bufio.NewReaderSize(out, 1<<20)}
}

// Ask answers the requests, in their order.
func (o *Oracle) Ask(requests ...Request) ([]Answer, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	sent := make(chan error, 1)
	go func() { sent <- o.send(requests) }()
	answers := make([]Answer, len(requests))
	for i := range answers {
		line, err := o.out.ReadBytes('\n')
		if err != nil {
			return nil, fmt.Errorf("read answer %d of %d: %w", i, len(answers), err)
		}
		if err := json.Unmarshal(line, &answers[i]); err != nil {
			return nil, fmt.Errorf("answer %d, %s: %w", i, line, err)
		}
	}
	return answers, <-sent
}

// MustAsk is Ask that ends the test on an error.
func (o *Oracle) MustAsk(t testing.TB, requests ...Request) []Answer {
	t.Helper()
	answers, err := o.Ask(requests...)
	if err != nil {
		t.Fatalf("oracle: %v", err)
	}
	return answers
}

func (o *Oracle) send(requests []Request) error {
	w := bufio.NewWriterSize(o.in, 1<<16)
	for _, r := range requests {
		// Body and path by hand, since encoding/json knows no lone surrogates.
		line, err := json.Marshal(r)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, `{"body":%s`, quote(r.Body))
		if r.JSONPath != "" || r.Typed {
			fmt.Fprintf(w, `,"jsonpath":%s`, quote(r.JSONPath))
		}
		if r.Regex != "" {
			fmt.Fprintf(w, `,"regex":%s,"flags":%d`, quote(r.Regex), r.Flags)
		}
		if len(line) > len("{}") {
			w.WriteByte(',')
		}
		w.Write(append(line[1:], '\n'))
	}
	return w.Flush()
}

// quote returns s as a JSON string in ASCII. Three bytes of WTF-8 become the lone surrogate they stand for.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i, r := range s {
		switch {
		case r == '\uFFFD' && i+2 < len(s) && s[i] == 0xED && s[i+1]&0xE0 == 0xA0 && s[i+2]&0xC0 == 0x80:
			fmt.Fprintf(&b, `\u%04x`, 0xD000|int(s[i+1]&0x3F)<<6|int(s[i+2]&0x3F))
		case r == '\uFFFD' && i > 0 && s[i]&0xC0 == 0x80: // the rest of such a surrogate
		case r > 0xFFFF:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		case r < ' ' || r > '~' || r == '"' || r == '\\':
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
