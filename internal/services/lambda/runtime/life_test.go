package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"postern/internal/services/lambda/runtime"
)

// until waits for something that other processes do.
func until(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for range 6000 {
		if holds() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("in a minute: no %s", what)
}

// running tells whether a process is there and has not ended.
func running(pid string) bool {
	text, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return false
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	return fields[0] != "Z"
}

// census counts what could leak.
func census(t testing.TB) (goroutines, files int) {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("there is no /proc here")
	}
	return goruntime.NumGoroutine(), len(entries)
}

// Whatever a function does, its callers are told, and nothing of it stays: no process, child, goroutine or file.
func TestNothingIsLeft(t *testing.T) {
	children := filepath.Join(t.TempDir(), "children")
	code := fmt.Sprintf(`
import os, subprocess, sys, time
def note(pid): open(%q, "a").write("%%d\n" %% pid)
def child(*options):
    p = subprocess.Popen(["sh", "-c", "trap '' TERM HUP; sleep 600 & sleep 600"], **dict(options))
    note(p.pid)
def daemon():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            note(os.getpid())
            os.execve("/bin/sleep", ["sleep", "600"], {})
        os._exit(0)
    os.wait()
def handler(event, context):
    what = event["do"]
    if what == "crash": os.kill(os.getpid(), 11)
    if what == "exit": os._exit(7)
    if what == "hang": time.sleep(600)
    if what == "flood":
        line = "x" * 1023
        for i in range(20000): print(line)
    if what == "drip":
        sys.stdout.write("x" * 5000000)
    if what == "child": child()
    if what == "session": child(("start_new_session", True))
    if what == "daemon": daemon()
    if what == "childhang":
        child(); time.sleep(600)
    return what
`, children)
	baseGoroutines, baseFiles := census(t)
	config := python(t, code)
	config.Timeout = 2 * time.Second
	host := runtime.NewHost(runtime.Options{})
	pool := host.Pool(config)
	for _, c := range []struct{ do, want, kind string }{
		{do: "crash", kind: "Runtime.ExitError"},
		{do: "exit", kind: "Runtime.ExitError"},
		{do: "hang", kind: "Sandbox.Timedout"},
		{do: "flood", want: `"flood"`},
		{do: "drip", want: `"drip"`},
		{do: "child", want: `"child"`},
		{do: "session", want: `"session"`},
		{do: "daemon", want: `"daemon"`},
		{do: "childhang", kind: "Sandbox.Timedout"},
		{do: "fine", want: `"fine"`},
	} {
		got, failure, _ := invoke(t, pool, `{"do":"`+c.do+`"}`)
		kind := ""
		if failure != nil {
			kind = failure.Type
		}
		if got != c.want || kind != c.kind {
			t.Errorf("%s: got %s %v, want %s %s", c.do, got, failure, c.want, c.kind)
		}
	}
	if err := host.Close(); err != nil {
		t.Error(err)
	}
	text, err := os.ReadFile(children)
	if err != nil {
		t.Fatal(err)
	}
	pids := strings.Fields(string(text))
	if len(pids) != 4 {
		t.Errorf("%d children were started, not 4", len(pids))
	}
	for _, pid := range pids {
		if running(pid) {
			t.Errorf("child %s is left", pid)
		}
	}
	until(t, "goroutines and files as before", func() bool {
		goroutines, files := census(t)
		return goroutines <= baseGoroutines && files <= baseFiles
	})
}

// A caller that stops waiting gets its context's error at once; the function goes on to its end and is used again.
func TestCallerStopsWaiting(t *testing.T) {
	file := filepath.Join(t.TempDir(), "done")
	host := newHost(t, runtime.Options{MaxPerFunction: 1})
	pool := host.Pool(python(t, fmt.Sprintf(`
import os, time
def handler(event, context):
    if event.get("wait"):
        open(%[1]q + ".begun", "w").close()
        while not os.path.exists(%[1]q + ".go"): time.sleep(0.01)
        open(%[1]q, "w").write("done")
    return os.getpid()
`, file)))
	first, _, _ := invoke(t, pool, `{}`)
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		for range 6000 {
			if _, err := os.Stat(file + ".begun"); err == nil {
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
		cancel()
	}()
	if _, _, err := pool.Invoke(ctx, event(`{"wait":true}`)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(file); err == nil {
		t.Fatal("the function was not waiting")
	}
	if err := os.WriteFile(file+".go", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if again, _, _ := invoke(t, pool, `{}`); again != first {
		t.Errorf("process %s, then %s", first, again)
	}
	if text, _ := os.ReadFile(file); string(text) != "done" {
		t.Errorf("the function did not go on: %q", text)
	}
}

// gated is a function whose events wait, once they have begun, until the file "go" is there.
func gated(t testing.TB) (config runtime.Config, begun func() int, open func()) {
	t.Helper()
	folder := t.TempDir()
	config = python(t, fmt.Sprintf(`
import os, time
folder = %q
def handler(event, context):
    if event.get("wait"):
        open(folder + "/" + context.aws_request_id, "w").close()
        while not os.path.exists(folder + "/go"): time.sleep(0.01)
    return os.getpid()
`, folder))
	begun = func() int {
		entries, err := os.ReadDir(folder)
		if err != nil {
			t.Error(err)
		}
		return len(entries)
	}
	return config, begun, func() {
		if err := os.WriteFile(filepath.Join(folder, "go"), nil, 0o600); err != nil {
			t.Error(err)
		}
	}
}

// One process works on one event at a time; more are started, up to the limit, and then callers are refused.
func TestPoolLimits(t *testing.T) {
	config, begun, open := gated(t)
	pool := newHost(t, runtime.Options{MaxPerFunction: 3, MaxWait: time.Second}).Pool(config)
	pids := make(chan string, 3)
	for range 3 {
		go func() {
			got, _, err := pool.Invoke(context.Background(), event(`{"wait":true}`))
			if err != nil {
				t.Error(err)
			}
			pids <- string(got)
		}()
	}
	until(t, "three events under way", func() bool { return begun() == 3 })
	if _, _, err := pool.Invoke(context.Background(), event(`{}`)); !errors.Is(err, runtime.ErrRateExceeded) {
		t.Errorf("the fourth event: %v", err)
	}
	open()
	seen := map[string]bool{<-pids: true, <-pids: true, <-pids: true}
	if len(seen) != 3 {
		t.Errorf("three events at once ran in %d processes", len(seen))
	}
	until(t, "an idle process that is used again", func() bool {
		got, _, err := pool.Invoke(context.Background(), event(`{}`))
		return err == nil && seen[string(got)]
	})
}

// When no more processes may run in all, an idle one of another function makes room; a busy one does not.
func TestHostLimits(t *testing.T) {
	config, begun, open := gated(t)
	host := newHost(t, runtime.Options{MaxProcesses: 1, MaxWait: 2 * time.Second})
	one, two := host.Pool(python(t, "import os\ndef handler(e, c): return os.getpid()")), host.Pool(config)
	first, _, _ := invoke(t, one, `{}`)
	done := make(chan string, 1)
	go func() {
		second, _, err := two.Invoke(context.Background(), event(`{"wait":true}`))
		if err != nil {
			t.Error(err)
		}
		done <- string(second)
	}()
	until(t, "an event of the second function", func() bool { return begun() == 1 })
	if running(first) {
		t.Error("the idle process is still there")
	}
	if _, _, err := one.Invoke(context.Background(), event(`{}`)); !errors.Is(err, runtime.ErrRateExceeded) {
		t.Errorf("beside a busy process: %v", err)
	}
	open()
	<-done
	if _, failure, _ := invoke(t, one, `{}`); failure != nil {
		t.Error(failure)
	}
}

func TestIdleProcessesEnd(t *testing.T) {
	host := newHost(t, runtime.Options{Idle: time.Millisecond})
	pid, _, _ := invoke(t, host.Pool(python(t, "import os\ndef handler(e, c): return os.getpid()")), `{}`)
	until(t, "end of the idle process", func() bool { return host.Processes() == 0 && !running(pid) })
}

// A pool that is retired ends its idle processes now and its busy ones after their event.
func TestRetire(t *testing.T) {
	config, begun, open := gated(t)
	host := newHost(t, runtime.Options{})
	pool := host.Pool(config)
	result := make(chan string, 1)
	go func() {
		got, _, err := pool.Invoke(context.Background(), event(`{"wait":true}`))
		if err != nil {
			t.Error(err)
		}
		result <- string(got)
	}()
	until(t, "a busy process", func() bool { return begun() == 1 })
	idle, _, _ := invoke(t, pool, `{}`)
	pool.Retire()
	if _, _, err := pool.Invoke(context.Background(), event(`{}`)); !errors.Is(err, runtime.ErrRetired) {
		t.Errorf("after the end: %v", err)
	}
	until(t, "end of the idle process", func() bool { return !running(idle) })
	open()
	if pid := <-result; pid == "" || pid == idle {
		t.Errorf("the busy process was not let finish: %q", pid)
	}
	<-pool.Ended()
}

// Source: Lambda developer guide, "Troubleshoot execution issues": a process that uses more than its memory is killed.
func TestMemory(t *testing.T) {
	config := python(t, "import time\ndef handler(e, c):\n  x = b'x' * (200 << 20)\n  time.sleep(8)")
	config.MemoryMB = 128
	_, failure, tail := invoke(t, newHost(t, runtime.Options{}).Pool(config), `{}`)
	if failure == nil || !strings.Contains(string(failure.Payload), "Runtime exited with error: signal: killed") {
		t.Errorf("got %v", failure)
	}
	_, after, _ := strings.Cut(tail, "Max Memory Used: ")
	used, _, _ := strings.Cut(after, " ")
	if n, err := strconv.Atoi(used); err != nil || n <= config.MemoryMB { // it may be met while it grows
		t.Errorf("%s MB were used", used)
	}
}

// A start that takes longer than AWS lets it is tried once more, for as long as an event may take.
func TestSlowStart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "starts")
	config := provided(t, "#!/bin/sh\nprintf x >> "+file+"\nsleep 600\n")
	config.Timeout = time.Second
	_, failure, _ := invoke(t, newHost(t, runtime.Options{InitTimeout: time.Second}).Pool(config), `{}`)
	if failure == nil || failure.Type != "Sandbox.Timedout" {
		t.Errorf("got %v", failure)
	}
	if text, _ := os.ReadFile(file); string(text) != "xx" {
		t.Errorf("started %d times", len(text))
	}
}

// Many callers at once, some of which stop waiting, some of whose functions die: every one is told the right thing.
func TestHammer(t *testing.T) {
	config := python(t, `
import os, time
def handler(event, context):
    if event["n"] % 7 == 3: os._exit(1)
    if event["n"] % 11 == 5: time.sleep(0.02)
    print("event", event["n"])
    return event["n"]
`)
	host := newHost(t, runtime.Options{MaxPerFunction: 4, MaxWait: time.Minute, Output: new(logs)})
	pool := host.Pool(config)
	var wait sync.WaitGroup
	for worker := range 8 {
		wait.Go(func() {
			for i := range 25 {
				n := worker*25 + i
				ctx, cancel := context.WithCancel(context.Background())
				if n%13 == 4 {
					time.AfterFunc(time.Duration(n%5)*time.Millisecond, cancel)
				}
				got, _, err := pool.Invoke(ctx, event(`{"n":`+strconv.Itoa(n)+`}`))
				failure, failed := errors.AsType[*runtime.Failure](err)
				switch {
				case errors.Is(err, context.Canceled) && n%13 == 4:
				case n%7 == 3 && failed && failure.Type == "Runtime.ExitError":
				case n%7 != 3 && err == nil && string(got) == strconv.Itoa(n):
				default:
					t.Errorf("event %d: %s %v", n, got, err)
				}
				cancel()
			}
		})
	}
	wait.Wait()
}
