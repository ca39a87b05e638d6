package runtime_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"postern/internal/services/lambda/runtime"
)

// Source: Lambda developer guide, "Define Lambda function handler in Node.js" and "Using the Lambda context object".
func TestNodeAnswers(t *testing.T) {
	for _, c := range []struct {
		name, file, code, handler, payload, want string
	}{
		{name: "async", code: "exports.handler = async (event) => ({got: event.a})", payload: `{"a":"ü"}`, want: `{"got":"ü"}`},
		{name: "async without an answer", code: "exports.handler = async () => {}", want: "null"},
		{name: "callback", code: "exports.handler = (event, context, callback) => callback(null, 'done')", want: `"done"`},
		{name: "neither callback nor promise", code: "exports.handler = () => 5", want: "null"},
		{
			name: "the callback waits for the event loop", want: `"later,true"`,
			code: "let x = {v: 'now'}; exports.handler = (e, c, cb) => { const out = {toJSON: () => x.v + ',' + c.callbackWaitsForEmptyEventLoop}; setTimeout(() => { x.v = 'later' }, 30); cb(null, out) }",
		},
		{
			name: "unless it is told not to", want: `"now"`,
			code: "let x = 'now'; exports.handler = (e, c, cb) => { c.callbackWaitsForEmptyEventLoop = false; setTimeout(() => { x = 'later' }, 5000); cb(null, {toJSON: () => x}) }",
		},
		{name: "context.succeed", code: "exports.handler = (e, c) => c.succeed({ok: 1})", want: `{"ok":1}`},
		{name: "context.done", code: "exports.handler = (e, c) => c.done(null, 2)", want: `2`},
		{
			name: "the context object", want: `["pets","$LATEST","256","/aws/lambda/pets","arn:aws:lambda:us-east-1:000000000000:function:pets",36,true,"Root=1-5759e988-bd862e3fe1be46a994272793"]`,
			code: "exports.handler = async (e, c) => [c.functionName, c.functionVersion, c.memoryLimitInMB, c.logGroupName, c.invokedFunctionArn, c.awsRequestId.length, c.getRemainingTimeInMillis() > 0, process.env._X_AMZN_TRACE_ID]",
		},
		{name: "an ES module", file: "index.mjs", code: "export const handler = async () => import.meta.url.endsWith('index.mjs')", want: "true"},
		{name: "a nested handler in a folder", file: "src/app.js", handler: "src/app.api.get", code: "exports.api = {get: async () => 'nested'}", want: `"nested"`},
		{name: "a CommonJS file by name", file: "index.cjs", code: "exports.handler = async () => typeof require", want: `"function"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.file == "" {
				c.file = "index.js"
			}
			if c.handler == "" {
				c.handler = "index.handler"
			}
			if c.payload == "" {
				c.payload = "{}"
			}
			config := function(t, runtime.Config{Runtime: "nodejs20.x", Handler: c.handler}, c.file, c.code)
			if got, failure, _ := invoke(t, newHost(t, runtime.Options{}).Pool(config), c.payload); got != c.want || failure != nil {
				t.Errorf("got %s (%v), want %s", got, failure, c.want)
			}
		})
	}
}

func TestNodePackageOfModules(t *testing.T) {
	config := function(t, runtime.Config{Runtime: "nodejs20.x", Handler: "index.handler"},
		"package.json", `{"type":"module"}`, "index.js", "import {x} from './x.js'; export const handler = async () => x", "x.js", "export const x = 9")
	if got, failure, _ := invoke(t, newHost(t, runtime.Options{}).Pool(config), `{}`); got != "9" || failure != nil {
		t.Errorf("got %s (%v)", got, failure)
	}
}

// Source: known AWS answers (lines of a Node.js function's log: time, request id, level, text).
func TestNodeLog(t *testing.T) {
	_, _, tail := invoke(t, newHost(t, runtime.Options{}).Pool(nodejs(t, "exports.handler = async () => { console.log('a', {b: 1}); console.error('c') }")), `{}`)
	lines := strings.Split(tail, "\n")
	if len(lines) < 4 || !strings.HasSuffix(lines[1], "\tINFO\ta { b: 1 }") || !strings.HasSuffix(lines[2], "\tERROR\tc") || len(strings.Split(lines[1], "\t")[1]) != 36 {
		t.Errorf("got %q", tail)
	}
}

// Source: Lambda developer guide, "Response streaming for Lambda functions".
func TestStreams(t *testing.T) {
	const streamed = "exports.handler = awslambda.streamifyResponse(async (event, stream, context) => {\n"
	for _, c := range []struct{ name, code, contentType, want, kind string }{
		{name: "pieces", code: streamed + "stream.setContentType('text/plain'); stream.write('one,'); await new Promise(r => setTimeout(r, 20)); stream.write('two'); stream.end() })", contentType: "text/plain", want: "one,two"},
		{name: "no type", code: streamed + "stream.end(Buffer.from([1, 2, 3])) })", contentType: "application/octet-stream", want: "\x01\x02\x03"},
		{
			name: "metadata, zero bytes and payload", want: "{\"statusCode\":201,\"headers\":{\"a\":\"b\"}}\x00\x00\x00\x00\x00\x00\x00\x00body",
			contentType: "application/vnd.awslambda.http-integration-response",
			code:        streamed + "const s = awslambda.HttpResponseStream.from(stream, {statusCode: 201, headers: {a: 'b'}}); s.write('body'); s.end() })",
		},
		{name: "a stream that nobody ended", code: streamed + "stream.write('x') })", contentType: "application/octet-stream", want: "x"},
		{name: "a failure before the first byte", code: streamed + "throw new TypeError('early') })", kind: "TypeError"},
		{name: "a failure in the middle", code: streamed + "stream.write('part'); await new Promise(r => setTimeout(r, 20)); throw new RangeError('late') })", contentType: "application/octet-stream", want: "part", kind: "RangeError"},
		{name: "the process ends in the middle", code: streamed + "stream.write('part'); await new Promise(r => setTimeout(r, 20)); process.exit(3) })", contentType: "application/octet-stream", want: "part", kind: "Runtime.ExitError"},
		{name: "a function that does not stream", code: "exports.handler = async () => ({a: 1})", contentType: "application/json", want: `{"a":1}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			pool := newHost(t, runtime.Options{}).Pool(nodejs(t, c.code))
			for range 2 {
				stream, err := pool.Stream(t.Context(), event(`{}`))
				if err != nil {
					t.Fatal(err)
				}
				got, err := io.ReadAll(stream)
				kind := ""
				if failure, ok := errors.AsType[*runtime.Failure](err); ok {
					kind = failure.Type
				} else if err != nil {
					t.Error(err)
				}
				if string(got) != c.want || kind != c.kind || stream.ContentType != c.contentType {
					t.Errorf("got %q %q %q", got, stream.ContentType, kind)
				}
				if !strings.Contains(string(stream.Tail()), "REPORT RequestId: ") {
					t.Errorf("the tail is %q", stream.Tail())
				}
				if err := stream.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// A streaming function whose answer is wanted whole gives it whole.
func TestStreamInvoked(t *testing.T) {
	pool := newHost(t, runtime.Options{}).Pool(nodejs(t, "exports.handler = awslambda.streamifyResponse(async (e, s) => { s.write('a'); s.write('b'); s.end() })"))
	if got, failure, _ := invoke(t, pool, `{}`); got != "ab" || failure != nil {
		t.Errorf("got %s (%v)", got, failure)
	}
}

// A reader that goes away lets the function go on, and the process take the next event.
func TestStreamClosed(t *testing.T) {
	pool := newHost(t, runtime.Options{MaxPerFunction: 1}).Pool(nodejs(t, `
let n = 0;
exports.handler = awslambda.streamifyResponse(async (event, stream) => {
  n++;
  stream.write('first');
  await new Promise(r => setTimeout(r, 30));
  for (let i = 0; i < 100; i++) { if (!stream.write(Buffer.alloc(100000))) await new Promise(r => stream.once('drain', r)); }
  stream.end('' + n);
})`))
	stream, err := pool.Stream(t.Context(), event(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	if n, err := stream.Read(make([]byte, 5)); n == 0 || err != nil {
		t.Error(n, err)
	}
	if err := stream.Close(); err != nil {
		t.Error(err)
	}
	if _, err := stream.Read(make([]byte, 5)); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("after the end: %v", err)
	}
	stream, err = pool.Stream(t.Context(), event(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	if got, err := io.ReadAll(stream); err != nil || len(got) != 5+10000000+1 || got[len(got)-1] != '2' {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}
