package apigateway

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/aws/wire"
	"postern/internal/gateway/message"
)

// request gives a request without headers.
func request(method, target, body string) *message.Request {
	path, query, _ := strings.Cut(target, "?")
	return &message.Request{Method: method, Target: target, Path: path, RawQuery: query, Body: []byte(body)}
}

// serve answers one request with h.
func serve(t testing.TB, h Handler, req *message.Request) *message.Response {
	t.Helper()
	resp := new(message.Response)
	NewService(h, slog.New(slog.DiscardHandler)).Serve(context.Background(), newCall(), req, resp)
	return resp
}

func newCall() *wire.Call {
	return &wire.Call{Account: "000000000000", Region: "us-east-1", RequestID: "6d4d2a3e-0000-4000-8000-000000000001"}
}

// Every operation of the model gets its own requests, every member of its input where the model says, and writes every
// member of its output.
func TestEveryOperation(t *testing.T) {
	m := readModel(t)
	if len(m.Operations) != 124 {
		t.Fatalf("the model has %d operations, want 124", len(m.Operations))
	}
	for _, name := range m.names() {
		t.Run(name, func(t *testing.T) {
			op := m.Operations[name]
			input := m.sample(op.Input, "").(map[string]any)
			var output any
			handler := &recorder{fill: func(out any) {
				output = m.sample(op.Output, "")
				m.fill(reflect.ValueOf(out).Elem(), op.Output, output)
			}}
			resp := serve(t, handler, m.request(t, op, input))
			if handler.operation != name {
				t.Fatalf("the request went to %q: %d %s", handler.operation, resp.Status, resp.Body)
			}
			if diff := cmp.Diff(any(input), m.tree(reflect.ValueOf(handler.input), op.Input)); diff != "" {
				t.Errorf("input (-want +got):\n%s", diff)
			}
			if resp.Status != successStatus(name) {
				t.Errorf("status %d, want %d", resp.Status, successStatus(name))
			}
			m.checkOutput(t, op, output, resp)
		})
	}
}

// request builds the request that carries input.
func (m model) request(t *testing.T, op operation, input map[string]any) *message.Request {
	t.Helper()
	s := m.Shapes[op.Input]
	target, query, _ := strings.Cut(op.Path, "?")
	if query != "" {
		query += "&"
	}
	req := &message.Request{}
	for _, f := range s.Fields {
		value := input[f.key()]
		switch f.In {
		case "uri":
			target = strings.Replace(target, "{"+f.wire()+"}", url.PathEscape(value.(string)), 1)
		case "querystring":
			query += queryOf(f.wire(), value)
		case "header":
			req.Header.Add(strings.ToLower(f.wire()), value.(string))
		}
	}
	body := ""
	if s.Payload != "" {
		body = input[":"+s.Payload].(string)
	} else if object := m.object(op.Input, input); len(object.(map[string]any)) > 0 {
		text, err := json.Marshal(object)
		if err != nil {
			t.Fatal(err)
		}
		body = string(text)
	}
	made := request(op.Method, target+"?"+query, body)
	made.Header = req.Header
	return made
}

func queryOf(name string, value any) string {
	text := ""
	switch value := value.(type) {
	case []any:
		for _, element := range value {
			text += queryOf(name, element)
		}
		return text
	case map[string]any:
		for key, entry := range value {
			text += queryOf(key, entry)
		}
		return text
	case float64:
		return fmt.Sprintf("%s=%.0f&", name, value)
	}
	return url.QueryEscape(name) + "=" + url.QueryEscape(fmt.Sprint(value)) + "&"
}

func (m model) checkOutput(t *testing.T, op operation, output any, resp *message.Response) {
	t.Helper()
	if op.Output == "" {
		if len(resp.Body) > 0 {
			t.Errorf("an answer without output has the body %s", resp.Body)
		}
		return
	}
	s := m.Shapes[op.Output]
	if s.Payload != "" {
		values := output.(map[string]any)
		for _, f := range s.Fields {
			if got, _ := resp.Header.GetFold(f.wire()); f.In == "header" && got != values[f.key()] {
				t.Errorf("header %s: %q", f.wire(), got)
			}
		}
		if want := values[":"+s.Payload]; string(resp.Body) != want {
			t.Errorf("body %q, want %q", resp.Body, want)
		}
		return
	}
	var got any
	if err := json.Unmarshal(resp.Body, &got); err != nil {
		t.Fatalf("%v in %s", err, resp.Body)
	}
	if diff := cmp.Diff(m.object(op.Output, output), got); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
}

// successStatus is the rule for success statuses.
// Source: recorded AWS answers; API reference where nothing is recorded.
func successStatus(name string) int {
	has := func(prefixes ...string) bool {
		for _, prefix := range prefixes {
			if strings.HasPrefix(name, prefix) {
				return true
			}
		}
		return false
	}
	switch name {
	case "CreateVpcLink", "RejectDomainNameAccessAssociation":
		return 202
	case "PutRestApi":
		return 200
	case "GenerateClientCertificate", "ImportRestApi", "ImportApiKeys", "UpdateMethodResponse":
		return 201
	case "DeleteMethod", "DeleteMethodResponse", "DeleteIntegration", "DeleteIntegrationResponse", "TagResource",
		"UntagResource":
		return 204
	}
	switch {
	case has("Create", "Put"):
		return 201
	case has("Delete", "Flush"):
		return 202
	}
	return 200
}

// What Postern does not have yet says so, by name.
func TestUnimplementedNamesTheOperation(t *testing.T) {
	m := readModel(t)
	for _, name := range m.names() {
		op := m.Operations[name]
		resp := serve(t, Unimplemented{}, m.request(t, op, m.sample(op.Input, "").(map[string]any)))
		want := `{"message":"Postern does not implement ` + name + ` yet."}`
		if resp.Status != 501 || string(resp.Body) != want {
			t.Errorf("%s: %d %s", name, resp.Status, resp.Body)
		}
	}
}
