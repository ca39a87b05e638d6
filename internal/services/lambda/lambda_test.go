package lambda_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	model "postern/internal/aws/wire/lambda"
	"postern/internal/services/lambda"
	"postern/internal/services/lambda/runtime"
	"postern/internal/store"
	"postern/internal/store/memory"
	"postern/internal/store/sqlite"
)

const role = "arn:aws:iam::000000000000:role/r"

// caller calls from the account and region of every test.
func caller() *wire.Call { return &wire.Call{Account: "000000000000", Region: "us-east-1"} }

func newLambda(t testing.TB, o lambda.Options) *lambda.Lambda {
	t.Helper()
	if o.Store == nil {
		o.Store = memory.New()
	}
	l, err := lambda.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func zipped(t testing.TB, name, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// create makes a Python function.
func create(t testing.TB, l *lambda.Lambda, name, text string) {
	t.Helper()
	_, err := l.CreateFunction(t.Context(), caller(), &model.CreateFunctionRequest{
		FunctionName: &name, Runtime: new("python3.12"), Role: new(role), Handler: new("app.handler"), Timeout: new(20),
		Code: &model.FunctionCode{ZipFile: zipped(t, "app.py", text)},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func invoke(t testing.TB, l *lambda.Lambda, in lambda.Invocation) *lambda.Result {
	t.Helper()
	if in.Account == "" {
		in.Account, in.Region = "000000000000", "us-east-1"
	}
	result, err := l.Functions().Invoke(t.Context(), &in)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// code is the name of the error that a caller is told; empty for none.
func code(err error) string {
	if e, ok := errors.AsType[*awserr.Error](err); ok {
		return e.Code.Name
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// Source: Lambda API reference, Invoke, FunctionName.
func TestNames(t *testing.T) {
	l := newLambda(t, lambda.Options{})
	create(t, l, "pets", "def handler(e, c): return c.invoked_function_arn")
	const whole = "arn:aws:lambda:us-east-1:000000000000:function:pets"
	for _, c := range []struct{ name, qualifier, want, code string }{
		{name: "pets", want: whole},
		{name: "pets:$LATEST", want: whole + ":$LATEST"},
		{name: "pets", qualifier: "$LATEST", want: whole + ":$LATEST"},
		{name: "000000000000:function:pets", want: whole},
		{name: "000000000000:pets", want: whole},
		{name: "function:pets", want: whole},
		{name: whole, want: whole},
		{name: whole + ":$LATEST", qualifier: "$LATEST", want: whole + ":$LATEST"},
		{name: whole + ":1", code: "ResourceNotFoundException"},
		{name: "dogs", code: "ResourceNotFoundException"},
		{name: "arn:aws:lambda:us-east-1:111111111111:function:pets", code: "ResourceNotFoundException"},
		{name: "arn:aws:lambda:eu-west-1:000000000000:function:pets", code: "ResourceNotFoundException"},
		{name: whole + ":1", qualifier: "2", code: "InvalidParameterValueException"},
		{name: "arn:aws:sqs:us-east-1:000000000000:pets", code: "InvalidParameterValueException"},
		{name: "pets:", code: "InvalidParameterValueException"},
		{name: "", code: "InvalidParameterValueException"},
	} {
		result, err := l.Functions().Invoke(t.Context(), &lambda.Invocation{Function: c.name, Qualifier: c.qualifier, Account: "000000000000", Region: "us-east-1"})
		if code(err) != c.code || err == nil && string(result.Payload) != `"`+c.want+`"` {
			t.Errorf("%s %s: %v, %v", c.name, c.qualifier, result, err)
		}
	}
}

// Source: Lambda developer guide, "Granting function access to AWS services"; known AWS answers.
func TestPermits(t *testing.T) {
	l := newLambda(t, lambda.Options{})
	create(t, l, "pets", "")
	if _, err := l.PublishVersion(t.Context(), caller(), &model.PublishVersionRequest{FunctionName: "pets"}); err != nil {
		t.Fatal(err)
	}
	if _, err := l.CreateAlias(t.Context(), caller(), &model.CreateAliasRequest{FunctionName: "pets", Name: new("prod"), FunctionVersion: new("1")}); err != nil {
		t.Fatal(err)
	}
	for id, in := range map[string]*model.AddPermissionRequest{
		"method":  {SourceARN: new("arn:aws:execute-api:us-east-1:000000000000:abc/*/GET/pets/*")},
		"account": {SourceAccount: new("222222222222"), SourceARN: new("arn:aws:execute-api:*:*:xyz/*")},
		"prod":    {Qualifier: new("prod")},
		"bare":    {SourceARN: new("arn:aws:execute-api:us-east-1::def/*")},
	} {
		in.FunctionName, in.StatementID, in.Action, in.Principal = "pets", &id, new("lambda:InvokeFunction"), new("apigateway.amazonaws.com")
		if _, err := l.AddPermission(t.Context(), caller(), in); err != nil {
			t.Fatal(id, err)
		}
	}
	const function, source = "arn:aws:lambda:us-east-1:000000000000:function:pets", "arn:aws:execute-api:us-east-1:000000000000:"
	for _, c := range []struct {
		name, function, principal, source, account string
		want                                       bool
		code                                       string
	}{
		{name: "the method", source: source + "abc/prod/GET/pets/7", want: true},
		{name: "another method", source: source + "abc/prod/POST/pets/7"},
		{name: "another API", source: source + "abd/prod/GET/pets/7"},
		{name: "no source"},
		{name: "another service", principal: "events.amazonaws.com", source: source + "abc/prod/GET/pets/7"},
		{name: "the account", source: source + "xyz/prod/GET/", account: "222222222222", want: true},
		{name: "another account", source: source + "xyz/prod/GET/", account: "000000000000"},
		{name: "an ARN without an account is of the function's", source: source + "def/prod/GET/", want: true},
		{name: "an ARN without an account is of no other", source: "arn:aws:execute-api:us-east-1:222222222222:def/prod/GET/"},
		{name: "$LATEST by its name", function: function + ":$LATEST", source: source + "abc/prod/GET/pets/7"},
		{name: "an alias has a policy of its own", function: function + ":prod", want: true},
		{name: "a version has none", function: function + ":1", source: source + "abc/prod/GET/pets/7"},
		{name: "no such function", function: function + "s", code: "ResourceNotFoundException"},
	} {
		if c.function == "" {
			c.function = function
		}
		if c.principal == "" {
			c.principal = "apigateway.amazonaws.com"
		}
		if c.account == "" {
			c.account = "000000000000"
		}
		got, err := l.Functions().Permits(t.Context(), c.function, c.principal, c.source, c.account)
		if got != c.want || code(err) != c.code {
			t.Errorf("%s: %t, %v", c.name, got, err)
		}
	}
	for name, want := range map[string]bool{function: true, function + ":prod": true, function + ":1": true, function + ":$LATEST": true, function + ":2": false, function + "s": false, "x": false} {
		if got, err := l.Functions().Exists(t.Context(), name); got != want || err != nil {
			t.Errorf("exists %s: %t, %v", name, got, err)
		}
	}
}

// An event is tried three times. What is lost is said to be.
// Source: Lambda developer guide, "How Lambda handles errors and retries with asynchronous invocation".
func TestEvents(t *testing.T) {
	file := filepath.Join(t.TempDir(), "tries")
	log := new(syncBuffer)
	l := newLambda(t, lambda.Options{
		Log: slog.New(slog.NewTextHandler(log, nil)),
		Queue: lambda.Queue{
			Retry: func(attempt int) time.Duration { return time.Duration(attempt) * time.Millisecond },
		},
	})
	create(t, l, "pets", "def handler(e, c):\n  open(e['file'], 'a').write('x')\n  if len(open(e['file']).read()) < e['fails']: raise Exception('again')")
	for _, c := range []struct {
		name  string
		fails string
		want  string
		lost  bool
	}{
		{"once", "0", "x", false},
		{"the third time", "3", "xxx", false},
		{"never", "9", "xxx", true},
	} {
		path := file + c.fails
		before := strings.Count(log.String(), "given up")
		result := invoke(t, l, lambda.Invocation{Function: "pets", Type: lambda.Event, Payload: []byte(`{"file":"` + path + `","fails":` + c.fails + `}`)})
		if result.Status != 202 || len(result.Payload) > 0 {
			t.Errorf("%s: %+v", c.name, result)
		}
		until(t, c.name, func() bool {
			text, _ := os.ReadFile(path)
			return string(text) == c.want && strings.Count(log.String(), "given up") > before == c.lost
		})
	}
}

// A waiting event keeps nothing of the request that brought it, but itself: 64 heads of 1 MB are not in memory any more.
func TestWaitingEventsDoNotKeepTheirRequests(t *testing.T) {
	l := newLambda(t, lambda.Options{Runtime: runtime.Options{MaxProcesses: 1}})
	create(t, l, "pets", "import time\ndef handler(e, c): time.sleep(15)")
	const heads, size = 64, 1 << 20
	const name, trace = "arn:aws:lambda:us-east-1:000000000000:function:pets", "Root=1-2-3"
	before := inUse()
	for range heads {
		head := name + trace + strings.Repeat("x", size)
		invoke(t, l, lambda.Invocation{Function: head[:len(name)], TraceID: head[len(name):][:len(trace)], Type: lambda.Event})
	}
	if kept := inUse() - before; kept > heads*size/2 {
		t.Errorf("%d bytes are kept of %d requests", kept, heads)
	}
}

// inUse is how many bytes of memory are reachable.
func inUse() int64 {
	var m goruntime.MemStats
	goruntime.GC()
	goruntime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// More events than the queue holds are refused, and those that wait when the server ends are said to be lost.
func TestQueueIsBounded(t *testing.T) {
	log := new(syncBuffer)
	l, err := lambda.New(lambda.Options{
		Store: memory.New(), Queue: lambda.Queue{Events: 2, Bytes: 100}, Log: slog.New(slog.NewTextHandler(log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	create(t, l, "pets", "import time\ndef handler(e, c): time.sleep(15)")
	add := func(payload string) error {
		_, err := l.Functions().Invoke(t.Context(), &lambda.Invocation{
			Function: "arn:aws:lambda:us-east-1:000000000000:function:pets", Type: lambda.Event, Payload: []byte(payload),
		})
		return err
	}
	if err := add(`"` + strings.Repeat("x", 100) + `"`); code(err) != "TooManyRequestsException" {
		t.Errorf("an event longer than the queue: %v", err)
	}
	for range 2 {
		if err := add(`{}`); err != nil {
			t.Error(err)
		}
	}
	if err := add(`{}`); code(err) != "TooManyRequestsException" {
		t.Errorf("the third event: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if n := strings.Count(log.String(), "an event was given up"); n != 2 {
		t.Errorf("%d events are said to be lost", n)
	}
	if err := add(`{}`); code(err) != "ServiceException" {
		t.Errorf("after the end: %v", err)
	}
}

// Source: Lambda developer guide, "Lambda quotas"; known AWS answers.
func TestPayloads(t *testing.T) {
	l := newLambda(t, lambda.Options{})
	create(t, l, "pets", "def handler(e, c): return len(e)")
	text := func(n int) []byte { return []byte(`"` + strings.Repeat("x", n-2) + `"`) }
	const parse = "Could not parse request body into json: "
	const value = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
	for _, c := range []struct {
		name    string
		in      lambda.Invocation
		want    string
		message string
	}{
		{name: "6 MB", in: lambda.Invocation{Payload: text(6291456)}, want: "6291454"},
		{name: "more", in: lambda.Invocation{Payload: text(6291457)}, message: "Request must be smaller than 6291456 bytes for the InvokeFunction operation"},
		{name: "an event of more than 1 MB", in: lambda.Invocation{Payload: text(1048577), Type: lambda.Event}, message: "Request must be smaller than 1048576 bytes for the InvokeFunction operation"},
		{name: "a word", in: lambda.Invocation{Payload: []byte("{\n\"a\": tru}")}, message: parse + "Unrecognized token 'tru': was expecting " + value + "\n at [Source: (byte[])\"{\n\"a\": tru}\"; line: 2, column: 9]"},
		{name: "a character", in: lambda.Invocation{Payload: []byte(`{"a":%}`)}, message: parse + "Unexpected character ('%' (code 37)): expected a valid value " + value + "\n at [Source: (byte[])\"{\"a\":%}\"; line: 1, column: 7]"},
		{name: "an escape", in: lambda.Invocation{Payload: []byte(`{"a":"it\'s"}`)}, message: parse + "Unrecognized character escape ''' (code 39)\n at [Source: (byte[])\"{\"a\":\"it\\'s\"}\"; line: 1, column: 11]"},
		{name: "no comma", in: lambda.Invocation{Payload: []byte(`{"a":1 "b":2}`)}, message: parse + "Unexpected character ('\"' (code 34)): was expecting comma to separate Object entries\n at [Source: (byte[])\"{\"a\":1 \"b\":2}\"; line: 1, column: 9]"},
		{name: "no name", in: lambda.Invocation{Payload: []byte(`{a:1}`)}, message: parse + "Unexpected character ('a' (code 97)): was expecting double-quote to start field name\n at [Source: (byte[])\"{a:1}\"; line: 1, column: 3]"},
		{name: "an end", in: lambda.Invocation{Payload: []byte(`{"a":`)}, message: parse + "Unexpected end-of-input\n at [Source: (byte[])\"{\"a\":\"; line: 1, column: 6]"},
		{name: "a client context that is none", in: lambda.Invocation{ClientContext: "e30"}, message: "Client context must be a valid Base64-encoded JSON object."},
	} {
		c.in.Function, c.in.Account, c.in.Region = "pets", "000000000000", "us-east-1"
		result, err := l.Functions().Invoke(t.Context(), &c.in)
		if e, ok := errors.AsType[*awserr.Error](err); ok && e.Message != c.message || !ok && (err != nil || string(result.Payload) != c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// What callers may give a function beside the event reaches its context object.
func TestClientContextAndTrace(t *testing.T) {
	l := newLambda(t, lambda.Options{})
	create(t, l, "pets", "import os\ndef handler(e, c): return [c.client_context.custom, c.client_context.client.app_title, c.aws_request_id, os.environ['_X_AMZN_TRACE_ID']]")
	result := invoke(t, l, lambda.Invocation{
		Function: "pets", RequestID: "5c3d7a8e-6f0b-4b53-8f0a-3d1a2b3c4d5e", TraceID: "Root=1-2-3",
		ClientContext: base64.StdEncoding.EncodeToString([]byte("{\n\"custom\": {\"a\": 1}, \"client\": {\"app_title\": \"ü\"}}")),
	})
	if want := `[{"a": 1}, "ü", "5c3d7a8e-6f0b-4b53-8f0a-3d1a2b3c4d5e", "Root=1-2-3"]`; string(result.Payload) != want {
		t.Errorf("got %s, want %s", result.Payload, want)
	}
}

// groups keeps log events.
type groups struct {
	mu     sync.Mutex
	events map[string][]string
}

func (g *groups) Append(_ context.Context, account, region, group, _ string, events []runtime.LogEvent) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.events == nil {
		g.events = map[string][]string{}
	}
	for _, e := range events {
		g.events[account+" "+region+" "+group] = append(g.events[account+" "+region+" "+group], e.Message)
	}
	return nil
}

// What a function prints reaches its log group, framed by START, END and REPORT; a caller may have the end of it.
func TestLogs(t *testing.T) {
	kept := new(groups)
	l := newLambda(t, lambda.Options{Logs: kept})
	create(t, l, "pets", "import sys\ndef handler(e, c):\n  print('out')\n  print('err', file=sys.stderr)")
	result := invoke(t, l, lambda.Invocation{Function: "pets", Tail: true})
	tail, err := base64.StdEncoding.DecodeString(result.LogResult)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"START RequestId: " + result.RequestID + " Version: $LATEST", "out", "err", "END RequestId: " + result.RequestID}
	if !strings.HasPrefix(string(tail), strings.Join(want, "\n")+"\nREPORT RequestId: "+result.RequestID+"\tDuration: ") {
		t.Errorf("the tail is %q", tail)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	lines := kept.events["000000000000 us-east-1 /aws/lambda/pets"]
	if len(lines) > 0 && strings.HasPrefix(lines[0], "Postern runs") { // another Python than 3.12
		lines = lines[1:]
	}
	if diff := cmp.Diff(want, lines[:min(4, len(lines))]); diff != "" || len(lines) != 5 {
		t.Errorf("(-want +got)\n%s\n%q", diff, lines)
	}
}

// A function that was changed runs its new code with the next event, on this node and on others.
func TestChangesAreFollowed(t *testing.T) {
	documents := memory.New()
	one, two := newLambda(t, lambda.Options{Store: documents}), newLambda(t, lambda.Options{Store: documents})
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { two.Run(ctx) })
	defer running.Wait()
	defer stop()
	create(t, one, "pets", "def handler(e, c): return 1")
	for _, l := range []*lambda.Lambda{one, two} {
		if got := invoke(t, l, lambda.Invocation{Function: "pets"}); string(got.Payload) != "1" {
			t.Errorf("got %s", got.Payload)
		}
	}
	if _, err := one.UpdateFunctionCode(t.Context(), caller(), &model.UpdateFunctionCodeRequest{
		FunctionName: "pets", ZipFile: zipped(t, "app.py", "import os\ndef handler(e, c): return os.environ.get('N', 2)"),
	}); err != nil {
		t.Fatal(err)
	}
	if got := invoke(t, one, lambda.Invocation{Function: "pets"}); string(got.Payload) != "2" {
		t.Errorf("got %s", got.Payload)
	}
	until(t, "new code on the other node", func() bool {
		return string(invoke(t, two, lambda.Invocation{Function: "pets"}).Payload) == "2"
	})
	if _, err := one.UpdateFunctionConfiguration(t.Context(), caller(), &model.UpdateFunctionConfigurationRequest{
		FunctionName: "pets", Environment: &model.Environment{Variables: map[string]string{"N": "3"}},
	}); err != nil {
		t.Fatal(err)
	}
	if got := invoke(t, one, lambda.Invocation{Function: "pets"}); string(got.Payload) != `"3"` {
		t.Errorf("got %s", got.Payload)
	}
	if _, err := one.DeleteFunction(t.Context(), caller(), &model.DeleteFunctionRequest{FunctionName: "pets"}); err != nil {
		t.Fatal(err)
	}
	until(t, "end on the other node", func() bool {
		_, err := two.Functions().Invoke(t.Context(), &lambda.Invocation{Function: "pets", Account: "000000000000", Region: "us-east-1"})
		return code(err) == "ResourceNotFoundException"
	})
}

// A function is there after a restart, with its code, whatever became of the folder it was unpacked in.
func TestRestart(t *testing.T) {
	folder := t.TempDir()
	open := func() (*lambda.Lambda, store.Store) {
		documents, err := sqlite.Open(folder)
		if err != nil {
			t.Fatal(err)
		}
		l, err := lambda.New(lambda.Options{Store: documents, Folder: filepath.Join(folder, "lambda")})
		if err != nil {
			t.Fatal(err)
		}
		return l, documents
	}
	l, documents := open()
	create(t, l, "pets", "def handler(e, c): return 'kept'")
	create(t, l, "dogs", "def handler(e, c): return 'gone'")
	if _, err := l.DeleteFunction(t.Context(), caller(), &model.DeleteFunctionRequest{FunctionName: "dogs"}); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(l.Close(), documents.Close(), os.RemoveAll(filepath.Join(folder, "lambda"))); err != nil {
		t.Fatal(err)
	}
	l, documents = open()
	if got := invoke(t, l, lambda.Invocation{Function: "pets"}); string(got.Payload) != `"kept"` {
		t.Errorf("got %s", got.Payload)
	}
	if entries, err := os.ReadDir(filepath.Join(folder, "lambda")); len(entries) != 1 || err != nil {
		t.Errorf("%v, %v", entries, err)
	}
	if err := errors.Join(l.Close(), documents.Close()); err != nil {
		t.Error(err)
	}
}

// A function can run in a folder as it is; what is changed there runs with the next event.
func TestFolder(t *testing.T) {
	folder := t.TempDir()
	write := func(text string, at time.Time) {
		file := filepath.Join(folder, "app.py")
		if err := errors.Join(os.WriteFile(file, []byte(text), 0o600), os.Chtimes(file, at, at)); err != nil {
			t.Fatal(err)
		}
	}
	now := time.Now()
	write("def handler(e, c): return 'first'", now.Add(-time.Hour))
	l := newLambda(t, lambda.Options{})
	_, err := l.CreateFunction(t.Context(), caller(), &model.CreateFunctionRequest{
		FunctionName: new("pets"), Runtime: new("python3.12"), Role: new(role), Handler: new("app.handler"),
		Code: &model.FunctionCode{S3Bucket: new(lambda.FolderBucket), S3Key: &folder},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := invoke(t, l, lambda.Invocation{Function: "pets"}); string(got.Payload) != `"first"` {
		t.Errorf("got %s", got.Payload)
	}
	write("def handler(e, c): return 'second'", now)
	until(t, "the second text", func() bool {
		return string(invoke(t, l, lambda.Invocation{Function: "pets"}).Payload) == `"second"`
	})
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 1 {
		t.Errorf("the folder was written to: %v, %v", entries, err)
	}
	_, err = l.UpdateFunctionCode(t.Context(), caller(), &model.UpdateFunctionCodeRequest{
		FunctionName: "pets", S3Bucket: new(lambda.FolderBucket), S3Key: new(folder + "/nope"),
	})
	if code(err) != "InvalidParameterValueException" {
		t.Errorf("a folder that is not there: %v", err)
	}
}

// An alias sends a share of its events to a second version.
// Source: Lambda developer guide, "Implement Lambda canary deployments using a weighted alias".
func TestAliasWeights(t *testing.T) {
	l := newLambda(t, lambda.Options{})
	create(t, l, "pets", "def handler(e, c): return c.function_version")
	for _, size := range []int{129, 130} {
		if _, err := l.UpdateFunctionConfiguration(t.Context(), caller(), &model.UpdateFunctionConfigurationRequest{FunctionName: "pets", MemorySize: &size}); err != nil {
			t.Fatal(err)
		}
		if _, err := l.PublishVersion(t.Context(), caller(), &model.PublishVersionRequest{FunctionName: "pets"}); err != nil {
			t.Fatal(err)
		}
	}
	weigh := func(share float64) error {
		_, err := l.UpdateAlias(t.Context(), caller(), &model.UpdateAliasRequest{
			FunctionName: "pets", Name: "prod", RoutingConfig: &model.AliasRoutingConfiguration{AdditionalVersionWeights: map[string]float64{"2": share}},
		})
		return err
	}
	if _, err := l.CreateAlias(t.Context(), caller(), &model.CreateAliasRequest{FunctionName: "pets", Name: new("prod"), FunctionVersion: new("1")}); err != nil {
		t.Fatal(err)
	}
	for share, want := range map[float64][]string{0: {`"1"`}, 1: {`"2"`}, 0.5: {`"1"`, `"2"`}} {
		if err := weigh(share); err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for range 100 {
			seen[string(invoke(t, l, lambda.Invocation{Function: "pets:prod"}).Payload)] = true
		}
		if len(seen) != len(want) || !seen[want[0]] {
			t.Errorf("a share of %v: %v", share, seen)
		}
	}
	for name, weights := range map[string]map[string]float64{
		"a version that is not there": {"9": 0.1}, "the same version": {"1": 0.1}, "two more": {"2": 0.1, "1": 0.1},
	} {
		_, err := l.UpdateAlias(t.Context(), caller(), &model.UpdateAliasRequest{
			FunctionName: "pets", Name: "prod", RoutingConfig: &model.AliasRoutingConfiguration{AdditionalVersionWeights: weights},
		})
		if err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

// Reserved concurrency is a limit; so is that of all functions.
func TestConcurrency(t *testing.T) {
	gate := filepath.Join(t.TempDir(), "gate")
	l := newLambda(t, lambda.Options{ConcurrentExecutions: 103})
	create(t, l, "pets", "import os, time\ndef handler(e, c):\n  open(e['gate'] + '.begun', 'w').close()\n  while not os.path.exists(e['gate']): time.sleep(0.01)")
	if _, err := l.PutFunctionConcurrency(t.Context(), caller(), &model.PutFunctionConcurrencyRequest{FunctionName: "pets", ReservedConcurrentExecutions: new(1)}); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	in := &lambda.Invocation{Function: "pets", Account: "000000000000", Region: "us-east-1", Payload: []byte(`{"gate":"` + gate + `"}`)}
	go func() {
		_, err := l.Functions().Invoke(context.Background(), in)
		done <- err
	}()
	until(t, "event under way", func() bool {
		_, err := os.Stat(gate + ".begun")
		return err == nil
	})
	_, err := l.Functions().Invoke(t.Context(), in)
	if e, ok := errors.AsType[*awserr.Error](err); !ok || e.Code.Status != 429 || e.Message != "Rate Exceeded." || e.Reason != "ReservedFunctionConcurrentInvocationLimitExceeded" {
		t.Errorf("the second event: %v", err)
	}
	if err := os.WriteFile(gate, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	if _, err := l.Functions().Invoke(t.Context(), in); err != nil {
		t.Errorf("after the first has ended: %v", err)
	}
}

// The answer as a stream, in process and as the wire's frames.
func TestInvokeStream(t *testing.T) {
	l := newLambda(t, lambda.Options{})
	create(t, l, "pets", "def handler(e, c):\n  if 'fail' in e: raise KeyError('x')\n  return e")
	stream, err := l.Functions().InvokeStream(t.Context(), &lambda.Invocation{Function: "pets", Account: "000000000000", Region: "us-east-1", Payload: []byte(`{"a":1}`), Tail: true})
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(stream)
	if string(got) != `{"a": 1}` || err != nil || stream.ContentType != "application/json" || stream.ExecutedVersion != "$LATEST" || stream.LogResult() == "" {
		t.Errorf("%s, %v, %+v", got, err, stream)
	}
	if err := stream.Close(); err != nil {
		t.Error(err)
	}
	stream, err = l.Functions().InvokeStream(t.Context(), &lambda.Invocation{Function: "pets", Account: "000000000000", Region: "us-east-1", Payload: []byte(`{"fail":1}`)})
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	_, err = io.ReadAll(stream)
	if failure, ok := errors.AsType[*lambda.FunctionError](err); !ok || failure.Code != "KeyError" || !strings.Contains(failure.Details, `"errorMessage": "'x'"`) {
		t.Errorf("%v", err)
	}
}

// until waits for something that other processes do.
func until(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for range 2000 {
		if holds() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("in twenty seconds: no %s", what)
}

// syncBuffer is a buffer for several goroutines.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
