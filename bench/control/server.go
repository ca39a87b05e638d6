package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// server is a node of its own, with SQLite in a folder that goes with it.
type server struct {
	address string
	data    string
	command *exec.Cmd
}

// start starts the binary and waits until it listens.
func start(ctx context.Context, binary string) (*server, error) {
	address, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	data, err := os.MkdirTemp("", "bench-control-")
	if err != nil {
		return nil, err
	}
	s := &server{address: address, data: data}
	s.command = exec.CommandContext(ctx, binary, "serve", "--listen", address, "--data", data)
	s.command.Stderr = os.Stderr
	if err := s.command.Start(); err != nil {
		s.stop()
		return nil, err
	}
	for range 1000 {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
		if err == nil {
			return s, conn.Close()
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.stop()
	return nil, fmt.Errorf("%s does not listen on %s", binary, address)
}

func freeAddress(ctx context.Context) (string, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// stop ends the server and removes what it stored.
func (s *server) stop() {
	if s.command.Process != nil {
		_ = s.command.Process.Kill()
		_ = s.command.Wait()
	}
	_ = os.RemoveAll(s.data)
}

// clockTick is the unit of /proc/PID/stat on Linux, USER_HZ.
const clockTick = 10 * time.Millisecond

// cpu is the CPU time that the server has used; 0 where there is no /proc.
func (s *server) cpu() time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.command.Process.Pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest) // from the state, the third field
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * clockTick
}
