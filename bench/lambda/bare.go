package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"postern/internal/services/lambda/runtime"
)

// bare is the least that serves a Python function: one process, one connection, no log, no limits.
type bare struct {
	folder  string
	command *exec.Cmd
	conn    net.Conn
	read    *bufio.Reader
	out     []byte
	body    []byte
	owed    bool
}

func newBare(ctx context.Context, handler string) (*bare, error) {
	folder, err := os.MkdirTemp("", "bench-lambda-")
	if err != nil {
		return nil, err
	}
	b := &bare{folder: folder}
	if err := b.start(ctx, handler); err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	return b, b.next()
}

func (b *bare) start(ctx context.Context, handler string) error {
	if err := os.CopyFS(b.folder, runtime.Bootstraps()); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(b.folder, "app.py"), []byte(handler), 0o600); err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp4", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer listener.Close()
	found, err := exec.CommandContext(ctx, "python3", "-c", "import sys; print(sys.executable)").Output()
	if err != nil {
		return err
	}
	b.command = exec.CommandContext(ctx, strings.TrimSpace(string(found)), filepath.Join(b.folder, "bootstrap.py"))
	b.command.Env = []string{
		"AWS_LAMBDA_RUNTIME_API=" + listener.Addr().String(), "_HANDLER=app.handler", "LAMBDA_TASK_ROOT=" + b.folder,
		"AWS_LAMBDA_FUNCTION_NAME=pets", "AWS_LAMBDA_FUNCTION_VERSION=$LATEST", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=128",
		"AWS_LAMBDA_LOG_GROUP_NAME=g", "AWS_LAMBDA_LOG_STREAM_NAME=s", "LANG=en_US.UTF-8",
	}
	if err := b.command.Start(); err != nil {
		return err
	}
	if b.conn, err = listener.Accept(); err != nil {
		return err
	}
	b.read = bufio.NewReaderSize(b.conn, 16<<10)
	return nil
}

// request reads one request's head, and gives its path and the length of its body.
func (b *bare) request() (path string, length int, err error) {
	line, err := b.read.ReadSlice('\n')
	if err != nil {
		return "", 0, err
	}
	path = strings.Fields(string(line))[1]
	for {
		line, err := b.read.ReadSlice('\n')
		if err != nil {
			return "", 0, err
		}
		name, value, ok := strings.Cut(strings.TrimSpace(string(line)), ": ")
		if !ok {
			return path, length, nil
		}
		if textproto.CanonicalMIMEHeaderKey(name) == "Content-Length" {
			length, err = strconv.Atoi(value)
			if err != nil {
				return "", 0, err
			}
		}
	}
}

// next waits until the function asks for an event.
func (b *bare) next() error {
	path, _, err := b.request()
	if err == nil && !strings.HasSuffix(path, "/next") {
		err = fmt.Errorf("the function asks for %s", path)
	}
	return err
}

// invoke sends an event and reads the answer.
func (b *bare) invoke(_ context.Context, event []byte) error {
	b.out = b.out[:0]
	if b.owed {
		b.out = append(b.out, "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"...)
	}
	b.out = append(b.out, "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: 5c3d7a8e-6f0b-4b53-8f0a-3d1a2b3c4d5e\r\n"+
		"Lambda-Runtime-Deadline-Ms: 1893456000000\r\nLambda-Runtime-Invoked-Function-Arn: "+functionID+"\r\n"+
		"Lambda-Runtime-Trace-Id: Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0\r\nContent-Length: "...)
	b.out = strconv.AppendInt(b.out, int64(len(event)), 10)
	b.out = append(append(b.out, "\r\n\r\n"...), event...)
	if _, err := b.conn.Write(b.out); err != nil {
		return err
	}
	_, length, err := b.request()
	if err != nil {
		return err
	}
	if cap(b.body) < length {
		b.body = make([]byte, length)
	}
	b.owed = true
	if _, err := io.ReadFull(b.read, b.body[:length]); err != nil {
		return err
	}
	return b.next()
}

func (b *bare) close() {
	b.conn.Close()
	_ = b.command.Process.Kill()
	_ = b.command.Wait()
	_ = os.RemoveAll(b.folder)
}
