package runtime_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"postern/internal/services/lambda/runtime"
)

// logs keeps every line in memory.
type logs struct {
	mu    sync.Mutex
	lines []string
}

func (l *logs) Append(_, _, _, _ string, events []runtime.LogEvent) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range events {
		l.lines = append(l.lines, e.Message)
	}
}

func (l *logs) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.lines, "\n")
}

// newHost makes a host that must have nothing left when the test ends.
func newHost(t testing.TB, o runtime.Options) *runtime.Host {
	t.Helper()
	h := runtime.NewHost(o)
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
		if n := h.Processes(); n != 0 {
			t.Errorf("%d processes are left", n)
		}
	})
	return h
}

// function writes the files (name, text, name, text ...) of a function into a folder.
func function(t testing.TB, config runtime.Config, files ...string) runtime.Config {
	t.Helper()
	config.Root = t.TempDir()
	for i := 0; i < len(files); i += 2 {
		file := filepath.Join(config.Root, files[i])
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(files[i+1]), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	config.Account, config.Region, config.Name, config.Version = "000000000000", "us-east-1", "pets", "$LATEST"
	config.ARN = "arn:aws:lambda:us-east-1:000000000000:function:pets"
	config.LogGroup = "/aws/lambda/pets"
	if config.MemoryMB == 0 {
		config.MemoryMB = 256
	}
	if config.Timeout == 0 {
		config.Timeout = 60 * time.Second
	}
	return config
}

func python(t testing.TB, text string) runtime.Config {
	t.Helper()
	return function(t, runtime.Config{Runtime: "python3.11", Handler: "app.handler"}, "app.py", text)
}

func nodejs(t testing.TB, text string) runtime.Config {
	t.Helper()
	return function(t, runtime.Config{Runtime: "nodejs20.x", Handler: "index.handler"}, "index.js", text)
}

func event(payload string) *runtime.Event {
	return &runtime.Event{
		RequestID: uuid.NewString(), ARN: "arn:aws:lambda:us-east-1:000000000000:function:pets", Payload: []byte(payload),
		TraceID: "Root=1-5759e988-bd862e3fe1be46a994272793", Tail: true,
	}
}

func invoke(t testing.TB, p *runtime.Pool, payload string) (answer string, failure *runtime.Failure, tail string) {
	t.Helper()
	out, log, err := p.Invoke(context.Background(), event(payload))
	if err != nil && !errors.As(err, &failure) {
		t.Fatal(err)
	}
	return string(out), failure, string(log)
}

func TestPythonAnswers(t *testing.T) {
	for _, c := range []struct{ name, code, payload, want string }{
		{"the event comes back", "def handler(event, context): return event", `{"a":[1,2.5,null,"ü"]}`, `{"a": [1, 2.5, null, "\u00fc"]}`},
		{"nothing is null", "def handler(event, context): pass", `{}`, `null`},
		{"a string is JSON too", "def handler(event, context): return 'Pass'", `{}`, `"Pass"`},
		{
			"the context object", `
def handler(event, context):
    return [context.function_name, context.function_version, context.memory_limit_in_mb, context.log_group_name,
        context.invoked_function_arn, context.identity.cognito_identity_id, context.client_context,
        len(context.aws_request_id), 0 < context.get_remaining_time_in_millis() <= 60000]`, `{}`,
			`["pets", "$LATEST", "256", "/aws/lambda/pets", "arn:aws:lambda:us-east-1:000000000000:function:pets", null, null, 36, true]`,
		},
		{
			"the environment", `
import os
def handler(event, context):
    return [os.environ[n] for n in ["AWS_REGION", "AWS_EXECUTION_ENV", "_HANDLER", "TZ", "AWS_LAMBDA_INITIALIZATION_TYPE", "_X_AMZN_TRACE_ID"]] + [os.getcwd() == os.environ["LAMBDA_TASK_ROOT"], "HOME" in os.environ]`, `{}`,
			`["us-east-1", "AWS_Lambda_python3.11", "app.handler", ":UTC", "on-demand", "Root=1-5759e988-bd862e3fe1be46a994272793", true, false]`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			pool := newHost(t, runtime.Options{}).Pool(python(t, c.code))
			if got, failure, _ := invoke(t, pool, c.payload); got != c.want || failure != nil {
				t.Errorf("got %s (%v), want %s", got, failure, c.want)
			}
		})
	}
}

// What a caller is told when a function fails. $id is the request's id.
func TestFailures(t *testing.T) {
	for _, c := range []struct {
		name   string
		config func(testing.TB) runtime.Config
		kind   string
		want   map[string]any
	}{
		{
			"python: the handler raises (recorded AWS answer)",
			func(t testing.TB) runtime.Config {
				return python(t, "def handler(event, context):\n    if True: raise ValueError('four hundred')\n")
			},
			"ValueError",
			map[string]any{"errorMessage": "four hundred", "errorType": "ValueError", "requestId": "$id", "stackTrace": []any{
				"  File \"/var/task/app.py\", line 2, in handler\n    if True: raise ValueError('four hundred')\n",
			}},
		},
		{
			"python: no such module (known AWS answer)",
			func(t testing.TB) runtime.Config {
				c := python(t, "")
				c.Handler = "nope.handler"
				return c
			},
			"Runtime.ImportModuleError",
			map[string]any{"errorMessage": "Unable to import module 'nope': No module named 'nope'", "errorType": "Runtime.ImportModuleError", "requestId": "$id", "stackTrace": []any{}},
		},
		{
			"python: no such handler (known AWS answer)",
			func(t testing.TB) runtime.Config { return python(t, "x = 1") },
			"Runtime.HandlerNotFound",
			map[string]any{"errorMessage": "Handler 'handler' missing on module 'app'", "errorType": "Runtime.HandlerNotFound", "requestId": "$id", "stackTrace": []any{}},
		},
		{
			"python: an answer that is no JSON",
			func(t testing.TB) runtime.Config { return python(t, "def handler(e, c): return {1,2}") },
			"Runtime.MarshalError",
			map[string]any{"errorMessage": "Unable to marshal response: Object of type set is not JSON serializable", "errorType": "Runtime.MarshalError", "requestId": "$id", "stackTrace": []any{}},
		},
		{
			"python: the module raises",
			func(t testing.TB) runtime.Config { return python(t, "raise ZeroDivisionError('division by zero')\n") },
			"ZeroDivisionError",
			map[string]any{"errorMessage": "division by zero", "errorType": "ZeroDivisionError", "requestId": "", "stackTrace": []any{"  File \"/var/task/app.py\", line 1, in <module>\n    raise ZeroDivisionError('division by zero')\n"}},
		},
		{
			"python: the process ends with a status",
			func(t testing.TB) runtime.Config {
				return python(t, "import os\ndef handler(e, c): os._exit(1)")
			},
			"Runtime.ExitError",
			map[string]any{"errorMessage": "RequestId: $id Error: Runtime exited with error: exit status 1", "errorType": "Runtime.ExitError"},
		},
		{
			"python: the process ends with no status",
			func(t testing.TB) runtime.Config { return python(t, "import sys\ndef handler(e, c): sys.exit(0)") },
			"Runtime.ExitError",
			map[string]any{"errorMessage": "RequestId: $id Error: Runtime exited without providing a reason", "errorType": "Runtime.ExitError"},
		},
		{
			"python: the process is killed, and a child holds its sockets",
			func(t testing.TB) runtime.Config {
				return python(t, "import os, signal, time\ndef handler(e, c):\n  if os.fork() == 0: time.sleep(60)\n  os.kill(os.getpid(), signal.SIGKILL)")
			},
			"Runtime.ExitError",
			map[string]any{"errorMessage": "RequestId: $id Error: Runtime exited with error: signal: killed", "errorType": "Runtime.ExitError"},
		},
		{
			"python: the process ends at its start",
			func(t testing.TB) runtime.Config { return python(t, "import os; os._exit(3)") },
			"Runtime.ExitError",
			map[string]any{"errorMessage": "RequestId: $id Error: Runtime exited with error: exit status 3", "errorType": "Runtime.ExitError"},
		},
		{
			"python: an answer of more than 6 MB",
			func(t testing.TB) runtime.Config { return python(t, "def handler(e, c): return 'x' * 7000000") },
			"Function.ResponseSizeTooLarge",
			map[string]any{"errorMessage": "Response payload size exceeded maximum allowed payload size (6291556 bytes).", "errorType": "Function.ResponseSizeTooLarge"},
		},
		{
			"nodejs: the handler throws",
			func(t testing.TB) runtime.Config {
				return nodejs(t, "exports.handler = async () => { throw new TypeError('boom') }")
			},
			"TypeError",
			map[string]any{"errorType": "TypeError", "errorMessage": "boom", "trace": "*"},
		},
		{
			"nodejs: the callback gets a text",
			func(t testing.TB) runtime.Config { return nodejs(t, "exports.handler = (e, c, cb) => { cb('bad') }") },
			"string",
			map[string]any{"errorType": "string", "errorMessage": "bad", "trace": []any{}},
		},
		{
			"nodejs: no such handler (known AWS answer)",
			func(t testing.TB) runtime.Config { return nodejs(t, "exports.x = 1") },
			"Runtime.HandlerNotFound",
			map[string]any{"errorType": "Runtime.HandlerNotFound", "errorMessage": "index.handler is undefined or not exported", "trace": "*"},
		},
		{
			"nodejs: no such module",
			func(t testing.TB) runtime.Config { return nodejs(t, "require('nope')") },
			"Runtime.ImportModuleError",
			map[string]any{"errorType": "Runtime.ImportModuleError", "errorMessage": "Error: Cannot find module 'nope'\nRequire stack:\n- $root/index.js\n- $runtime/bootstrap.mjs", "trace": "*"},
		},
		{
			"nodejs: no JavaScript",
			func(t testing.TB) runtime.Config { return nodejs(t, "exports.handler = (") },
			"Runtime.UserCodeSyntaxError",
			map[string]any{"errorType": "Runtime.UserCodeSyntaxError", "errorMessage": "SyntaxError: Unexpected end of input", "trace": "*"},
		},
		{
			"nodejs: a rejection that nobody handles (known AWS answer)",
			func(t testing.TB) runtime.Config {
				return nodejs(t, "exports.handler = () => { Promise.reject(new Error('boom')); return new Promise(() => setTimeout(() => {}, 5000)) }")
			},
			"Runtime.UnhandledPromiseRejection",
			map[string]any{"errorType": "Runtime.UnhandledPromiseRejection", "errorMessage": "Error: boom", "trace": "*"},
		},
		{
			"nodejs: process.exit",
			func(t testing.TB) runtime.Config {
				return nodejs(t, "exports.handler = () => { process.exit(7) }")
			},
			"Runtime.ExitError",
			map[string]any{"errorMessage": "RequestId: $id Error: Runtime exited with error: exit status 7", "errorType": "Runtime.ExitError"},
		},
		{
			"provided: no bootstrap",
			func(t testing.TB) runtime.Config {
				return function(t, runtime.Config{Runtime: "provided.al2023", Handler: "x"}, "other", "")
			},
			"Runtime.InvalidEntrypoint",
			map[string]any{"errorMessage": "RequestId: $id Error: Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]", "errorType": "Runtime.InvalidEntrypoint"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := c.config(t)
			pool := newHost(t, runtime.Options{}).Pool(config)
			in := event(`{}`)
			_, _, err := pool.Invoke(context.Background(), in)
			failure, ok := errors.AsType[*runtime.Failure](err)
			if !ok {
				t.Fatalf("got %v", err)
			}
			text := strings.NewReplacer(in.RequestID, "$id", config.Root, "$root").Replace(string(failure.Payload))
			text = regexp.MustCompile(`- \S+/bootstrap.mjs`).ReplaceAllString(text, "- $$runtime/bootstrap.mjs")
			var got map[string]any
			if err := json.Unmarshal([]byte(text), &got); err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			if trace := c.want["trace"]; trace == "*" && got["trace"] != nil {
				got["trace"] = "*"
			}
			want, _ := json.Marshal(c.want)
			have, _ := json.Marshal(got)
			if failure.Type != c.kind || string(want) != string(have) {
				t.Errorf("got %s %s\nwant %s %s", failure.Type, have, c.kind, want)
			}
		})
	}
}

// Source: known AWS answers.
func TestTimeout(t *testing.T) {
	config := python(t, "import time\nprint('loading')\ndef handler(e, c):\n  print('begin')\n  time.sleep(60)")
	config.Timeout = time.Second
	out := new(logs)
	host := newHost(t, runtime.Options{Output: out})
	pool := host.Pool(config)
	in := event(`{}`)
	_, tail, err := pool.Invoke(context.Background(), in)
	failure, ok := errors.AsType[*runtime.Failure](err)
	if !ok || failure.Type != "Sandbox.Timedout" || !strings.HasSuffix(string(failure.Payload), in.RequestID+` Task timed out after 1.00 seconds"}`) {
		t.Fatalf("got %v", err)
	}
	for _, want := range []string{"loading\nSTART RequestId: " + in.RequestID + " Version: $LATEST\nbegin\n", "Task timed out after 1.00 seconds\nEND RequestId: ", "\tDuration: 1000.00 ms\tBilled Duration: 1000 ms\t", "Status: timeout"} {
		if !strings.Contains(string(tail), want) {
			t.Errorf("the tail %q has no %q", tail, want)
		}
		if !strings.Contains(out.text(), want) {
			t.Errorf("the log %q has no %q", out.text(), want)
		}
	}
}
