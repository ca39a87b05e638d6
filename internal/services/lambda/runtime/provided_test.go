package runtime_test

import (
	"strings"
	"testing"

	"postern/internal/services/lambda/runtime"
)

func provided(t testing.TB, text string) runtime.Config {
	t.Helper()
	return function(t, runtime.Config{Runtime: "provided.al2023", Handler: "any"}, "bootstrap", text)
}

// A program that opens a connection for each request, as curl does.
// Source: Lambda developer guide, "Building a custom runtime for AWS Lambda", the tutorial's bootstrap.
const curl = `#!/bin/sh
API="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime"
HEADERS="$(mktemp)"
while true; do
  EVENT=$(curl -sS -LD "$HEADERS" "$API/invocation/next")
  ID=$(grep -Fi Lambda-Runtime-Aws-Request-Id "$HEADERS" | tr -d '[:space:]' | cut -d: -f2)
  echo "running $_HANDLER"
  curl -sS -o /dev/null "$API/invocation/$ID/response" -d "{\"event\":$EVENT,\"id\":\"$ID\"}"
done
`

func TestProvided(t *testing.T) {
	pool := newHost(t, runtime.Options{}).Pool(provided(t, curl))
	for range 3 {
		in := event(`{"a":1}`)
		out, tail, err := pool.Invoke(t.Context(), in)
		if want := `{"event":{"a":1},"id":"` + in.RequestID + `"}`; string(out) != want || err != nil {
			t.Errorf("got %s (%v), want %s", out, err, want)
		}
		if !strings.Contains(string(tail), "\nrunning any\nEND RequestId: "+in.RequestID) {
			t.Errorf("the tail is %q", tail)
		}
	}
}

// What a runtime is answered when it does not keep to the Runtime API. Each program writes what it was answered and
// answers its event with that.
// Source: Lambda developer guide, "Using the Lambda runtime API for custom runtimes".
func TestRuntimeAPI(t *testing.T) {
	const head = `#!/usr/bin/env python3
import http.client, json, os, socket
address = os.environ["AWS_LAMBDA_RUNTIME_API"]
def call(method, path, body=None, headers={}):
    c = http.client.HTTPConnection(address)
    c.request(method, "/2018-06-01" + path, body, headers)
    r = c.getresponse()
    return r.status, r.read().decode(), r
def raw(text):
    host, port = address.split(":")
    s = socket.create_connection((host, int(port)))
    s.sendall(text.encode())
    out = b""
    while True:
        more = s.recv(65536)
        if not more: return out.decode()
        out += more
_, _, r = call("GET", "/runtime/invocation/next")
id = r.headers["Lambda-Runtime-Aws-Request-Id"]
def answer(x): call("POST", "/runtime/invocation/" + id + "/response", json.dumps(x)); call("GET", "/runtime/invocation/next")
`
	for _, c := range []struct{ name, code, want string }{
		{"an answer to another request", `answer(call("POST", "/runtime/invocation/other/response", "{}")[:2])`, `[400, "{\"errorMessage\":\"Invalid request ID\",\"errorType\":\"InvalidRequestID\"}"]`},
		{"an event before the answer", `answer(call("GET", "/runtime/invocation/next")[0])`, `403`},
		{"no such path", `answer(call("GET", "/extension/event/next")[0])`, `404`},
		{"another version", `answer(raw("GET /2018-06-02/runtime/invocation/next HTTP/1.1\r\nConnection: close\r\n\r\n").split("\r\n")[0])`, `"HTTP/1.1 404 Not Found"`},
		{"no HTTP", `answer(raw("hello\r\n\r\n").split("\r\n")[0])`, `"HTTP/1.1 400 Bad Request"`},
		{"two lengths", `answer(raw("POST /2018-06-01/runtime/init/error HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n").split("\r\n")[0])`, `"HTTP/1.1 400 Bad Request"`},
		{"a head without end", `answer(raw("GET / HTTP/1.1\r\nX: " + "x" * 70000).split("\r\n")[0])`, `"HTTP/1.1 431 Request Header Fields Too Large"`},
		{"a client that waits before it sends the body", `
text = raw("POST /2018-06-01/runtime/invocation/" + id + "/response HTTP/1.1\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: 7\r\n\r\n\"waits\"")
call("GET", "/runtime/invocation/next")`, `"waits"`},
		{"a body in chunks", `
raw("POST /2018-06-01/runtime/invocation/" + id + "/response HTTP/1.1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n4;x=y\r\n\"chu\r\n4\r\nnks\"\r\n0\r\n\r\n")
call("GET", "/runtime/invocation/next")`, `"chunks"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, failure, _ := invoke(t, newHost(t, runtime.Options{}).Pool(provided(t, head+c.code)), `{}`)
			if got != c.want || failure != nil {
				t.Errorf("got %s (%v), want %s", got, failure, c.want)
			}
		})
	}
}

// The environment is that of AWS, and nothing of the server's own is in it but the PATH.
func TestEnvironment(t *testing.T) {
	t.Setenv("POSTERN_SECRET", "secret")
	config := python(t, "import os\ndef handler(e, c): return sorted(os.environ)")
	config.Variables = []string{"MINE=1", "TZ=Europe/Berlin"}
	got, _, _ := invoke(t, newHost(t, runtime.Options{}).Pool(config), `{}`)
	const want = `["AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_NAME", ` +
		`"AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_FORMAT", "AWS_LAMBDA_LOG_GROUP_NAME", ` +
		`"AWS_LAMBDA_LOG_STREAM_NAME", "AWS_LAMBDA_RUNTIME_API", "AWS_REGION", "AWS_XRAY_CONTEXT_MISSING", "AWS_XRAY_DAEMON_ADDRESS", ` +
		`"LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT", "LANG", "MINE", "PATH", "TZ", "_AWS_XRAY_DAEMON_ADDRESS", "_AWS_XRAY_DAEMON_PORT", ` +
		`"_HANDLER", "_X_AMZN_TRACE_ID"]`
	if got = strings.Replace(got, `"LC_CTYPE", `, "", 1); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// A log in JSON. Source: Lambda developer guide, "Configuring advanced logging controls".
func TestJSONLog(t *testing.T) {
	config := python(t, "import logging\ndef handler(e, c):\n  logging.getLogger().info('no')\n  logging.getLogger('a').warning('yes %s', 1)")
	config.JSONLogs, config.LogLevel = true, "WARN"
	in := event(`{}`)
	_, tail, err := newHost(t, runtime.Options{}).Pool(config).Invoke(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(tail)), "\n")
	for i, want := range []string{
		`"type":"platform.start","record":{"requestId":"` + in.RequestID + `"`,
		`"level": "WARNING", "message": "yes 1", "logger": "a", "requestId": "` + in.RequestID + `"`,
		`"type":"platform.report","record":{"requestId":"` + in.RequestID + `"`,
	} {
		if i >= len(lines) || !strings.Contains(lines[i], want) {
			t.Errorf("line %d of %q has no %s", i, lines, want)
		}
	}
}
