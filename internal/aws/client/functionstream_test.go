package client

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"

	"postern/internal/gateway/integration/lambda"
	"postern/internal/gateway/message"
	"postern/internal/http1"
)

// eventsOf are Lambda's events for pieces and an end.
func eventsOf(t testing.TB, end string, pieces ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	encoder := eventstream.NewEncoder()
	add := func(kind, payload string) {
		var m eventstream.Message
		m.Headers.Set(":message-type", eventstream.StringValue("event"))
		m.Headers.Set(":event-type", eventstream.StringValue(kind))
		m.Payload = []byte(payload)
		if err := encoder.Encode(&b, m); err != nil {
			t.Fatal(err)
		}
	}
	for _, piece := range pieces {
		add("PayloadChunk", piece)
	}
	if end != "" {
		add("InvokeComplete", end)
	}
	return b.Bytes()
}

// Source: Lambda API reference, InvokeWithResponseStream.
func TestStreamsOfFunctions(t *testing.T) {
	tests := []struct {
		name    string
		stream  []byte
		want    string
		failure string
	}{
		{"pieces", eventsOf(t, "{}", "one ", "", "two"), "one two", ""},
		{"nothing", eventsOf(t, "{}"), "", ""},
		{"a failure", eventsOf(t, `{"ErrorCode":"Unhandled","ErrorDetails":"{\"errorMessage\":\"it broke\"}"}`, "one"), "one", "function error Unhandled: it broke"},
		{"a failure that tells little", eventsOf(t, `{"ErrorCode":"Sandbox.Timedout","ErrorDetails":"late"}`), "", "function error Sandbox.Timedout: late"},
		{"an early end", eventsOf(t, "", "one"), "one", "unexpected EOF"},
		{"no events", []byte("HTTP 200 but no such thing here"), "", "read the function's stream"},
	}
	for _, tt := range tests {
		for _, reader := range []func(io.Reader) io.Reader{iotest.OneByteReader, iotest.DataErrReader} {
			e := &events{from: io.NopCloser(reader(bytes.NewReader(tt.stream))), decoder: eventstream.NewDecoder()}
			got, err := io.ReadAll(e)
			if string(got) != tt.want || (err == nil) != (tt.failure == "") || err != nil && !strings.Contains(err.Error(), tt.failure) {
				t.Errorf("%s: %q, %v; want %q, %q", tt.name, got, err, tt.want, tt.failure)
			}
		}
	}
}

func TestInvocationsOfFunctions(t *testing.T) {
	w := &wire{answer: func(_ *http1.UpstreamRequest, resp *message.Response) error {
		resp.Header = message.Pairs{{Name: "X-Amz-Function-Error", Value: "Unhandled"}, {Name: "x-amzn-RequestId", Value: "r1"}}
		resp.Body = []byte(`{"errorMessage":"it broke"}`)
		return nil
	}}
	const pets = "arn:aws:lambda:eu-west-1:111111111111:function:pets:prod"
	c := New(Options{Transport: w, Endpoints: endpoints(t, "lambda:cats=http://127.0.0.1:9000/2015-03-31/functions/function/invocations")})
	got, err := c.Functions().Invoke(t.Context(), &lambda.Invocation{FunctionARN: pets, Type: lambda.Event, Payload: []byte("{}"), SourceARN: "s", RequestID: "id"})
	if err != nil || got.Status != 200 || got.FunctionError != "Unhandled" || got.RequestID != "r1" || string(got.Payload) != `{"errorMessage":"it broke"}` {
		t.Errorf("%+v, %v", got, err)
	}
	req := w.sent[0]
	if req.Host != "lambda.eu-west-1.amazonaws.com" || req.Target != "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A111111111111%3Afunction%3Apets%3Aprod/invocations" {
		t.Errorf("%s%s", req.Host, req.Target)
	}
	for name, want := range map[string]string{"X-Amz-Invocation-Type": "Event", "x-amzn-lambda-integration-tag": "id", "X-Amz-Source-Arn": "s"} {
		if value, _ := req.Header.GetFold(name); value != want {
			t.Errorf("%s is %q, want %q", name, value, want)
		}
	}
	if _, err := c.Functions().Invoke(t.Context(), &lambda.Invocation{FunctionARN: strings.Replace(pets, "pets", "cats", 1)}); err != nil {
		t.Error(err)
	}
	if req := w.sent[1]; req.Address.Port != 9000 || req.Target != "/2015-03-31/functions/function/invocations" {
		t.Errorf("a runtime interface emulator is called at %s%s", req.Address, req.Target)
	}
	if _, err := c.Functions().Invoke(t.Context(), &lambda.Invocation{FunctionARN: "pets"}); !errors.Is(err, lambda.ErrNoFunction) {
		t.Errorf("%v", err)
	}
}

func FuzzEvents(f *testing.F) {
	f.Add(eventsOf(f, "{}", "one"))
	f.Add(eventsOf(f, `{"ErrorCode":"x"}`))
	f.Add([]byte("\x00\x00\x00\x10"))
	f.Fuzz(func(_ *testing.T, stream []byte) {
		e := &events{from: io.NopCloser(bytes.NewReader(stream)), decoder: eventstream.NewDecoder()}
		_, _ = io.Copy(io.Discard, e)
	})
}

func FuzzAssumeRole(f *testing.F) {
	f.Add([]byte(`<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>a</AccessKeyId></Credentials></AssumeRoleResult></AssumeRoleResponse>`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if keys, err := parseAssumeRole(200, body); err == nil && keys.AccessKeyID == "" {
			t.Fatalf("%q gives no keys and no error", body)
		}
	})
}
