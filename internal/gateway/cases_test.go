package gateway_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"postern/internal/apidef"
	"postern/internal/gateway"
	"postern/internal/gateway/message"
	"postern/internal/http1"
)

// TestCases plays testdata/*.txtar. A file's head says what is shown and names the evidence; then come
//
//	-- api.yaml --   the deployed definition, see definition; it holds for all that follows
//	-- upstream --   what the backend answers from here on: status, headers, body; or "error NAME"
//	-- request --    what the client sends
//	-- sent --       what the backend must have got: request line, headers, body; "nothing" if it must not be called
//	-- want --       what the client must get: status, headers, body
//	-- log --        lines that the execution log must hold, in this order; they belong to the request above
//	-- logged G --   all events that log group G got of the request above; see logged
//	-- metrics --    lines that the page of metrics must hold
//
// "Name: value" is a header that must be there, "!Name" one that must not, in any spelling. A body that is left out is
// not looked at; "." stands for an empty one.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { play(t, file) })
	}
}

func play(t *testing.T, file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	d := &session{t: t}
	for i, section := range strings.Split("\n"+string(text), "\n-- ")[1:] {
		name, text, ok := strings.Cut(section, " --\n")
		if !ok {
			t.Fatalf("section %d does not start with a line of the form -- name --", i+1)
		}
		d.at = fmt.Sprintf("section %d, %s", i+1, name)
		switch name {
		case "api.yaml":
			d.deploy(text)
		case "upstream":
			d.upstream.answers(t, text)
		case "request":
			d.request(text)
		case "sent":
			d.sent(text)
		case "want":
			d.want(text)
		case "log":
			d.log(text)
		case "metrics":
			d.metricLines(text)
		default:
			group, ok := strings.CutPrefix(name, "logged ")
			if !ok {
				t.Fatalf("%s: no such section", d.at)
			}
			d.logged(group, text)
		}
	}
}

type session struct {
	t        *testing.T
	at       string
	gateway  *gateway.Gateway
	upstream fakeUpstream
	response message.Response
	trace    message.Trace
	watched
}

func (d *session) deploy(text string) {
	d.gateway = gateway.New(gateway.Options{
		Source: stages{{APIID: "api1", Stage: "prod"}: deployed(d.t, text)}, Backends: gateway.Backends{Transport: &d.upstream},
		Outlets: d.outlets(), Log: slog.New(slog.DiscardHandler),
	})
}

func (d *session) request(text string) {
	head, body := cutBody(text)
	verb, target, _ := strings.Cut(head[0], " ")
	path, query, _ := strings.Cut(target, "?")
	req := &message.Request{
		Method: verb, Target: target, Path: path, RawQuery: query, Proto: "HTTP/1.1",
		Host:       "api1.execute-api.us-east-1.amazonaws.com",
		RemoteAddr: netip.MustParseAddrPort("203.0.113.7:4711"),
		Body:       []byte(body),
	}
	for _, line := range head[1:] {
		name, value, _ := strings.Cut(line, ": ")
		if name == "Host" {
			req.Host = value
		}
		req.Header.Add(name, value)
	}
	d.response.Reset()
	d.trace = message.Trace{}
	d.upstream.called = false
	d.events = nil
	d.gateway.ServeTraced(req, &d.response, &d.trace)
}

func (d *session) sent(text string) {
	d.t.Helper()
	head, body := cutBody(text)
	if head[0] == "nothing" {
		if d.upstream.called {
			d.t.Errorf("%s: the backend was called: %s", d.at, d.upstream.got.line)
		}
		return
	}
	if !d.upstream.called {
		d.t.Errorf("%s: the backend was not called; the client got %d %s", d.at, d.response.Status, d.response.Body)
		return
	}
	if head[0] != d.upstream.got.line {
		d.t.Errorf("%s: the backend got %s, want %s", d.at, d.upstream.got.line, head[0])
	}
	d.compare(head[1:], d.upstream.got.header, body, d.upstream.got.body)
}

func (d *session) want(text string) {
	d.t.Helper()
	head, body := cutBody(text)
	if got := strconv.Itoa(d.response.Status); got != head[0] {
		d.t.Errorf("%s: status %s, want %s\nbody: %s\n%s", d.at, got, head[0], d.response.Body, lines(&d.trace))
	}
	d.compare(head[1:], d.response.Header, body, string(d.response.Body))
}

// compare looks at the header lines that are named, and at the body unless it is left out.
func (d *session) compare(wanted []string, header message.Pairs, wantBody, body string) {
	d.t.Helper()
	for _, line := range wanted {
		if name, ok := strings.CutPrefix(line, "!"); ok {
			if values := header.ValuesFold(name); len(values) > 0 {
				d.t.Errorf("%s: header %s: %q is there", d.at, name, values)
			}
			continue
		}
		name, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		if got := header.Values(name); !slices.Contains(got, value) {
			d.t.Errorf("%s: header %s is %q, want %q\nall: %v", d.at, name, got, value, header)
		}
	}
	if wantBody == "" {
		return
	}
	if wantBody == "." {
		wantBody = ""
	}
	if diff := cmp.Diff(wantBody, body); diff != "" {
		d.t.Errorf("%s: body (-want +got):\n%s", d.at, diff)
	}
}

func (d *session) log(text string) {
	d.t.Helper()
	rest := lines(&d.trace)
	for want := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		_, after, ok := strings.Cut(rest, want)
		if !ok {
			d.t.Errorf("%s: no line %q in what follows of\n%s", d.at, want, rest)
			return
		}
		rest = after
	}
}

func lines(trace *message.Trace) string {
	var b strings.Builder
	for _, line := range trace.Lines {
		b.WriteString(line.Text + "\n")
	}
	return b.String()
}

// cutBody splits a section into its head lines and its body. "\r\n" and other escapes of Go strings may stand in a body
// that is quoted.
func cutBody(text string) (head []string, body string) {
	text = strings.TrimRight(text, "\n")
	above, body, _ := strings.Cut(text, "\n\n")
	if quoted, err := strconv.Unquote(body); err == nil {
		body = quoted
	}
	return strings.Split(above, "\n"), body
}

// fakeUpstream is a Transport that notes what it is sent.
type fakeUpstream struct {
	status int
	header message.Pairs
	reply  string
	err    error

	called bool
	got    struct {
		line   string
		header message.Pairs
		body   string
	}
}

var namedErrors = map[string]error{
	"timeout":   &http1.UpstreamError{Kind: http1.ErrTimeout},
	"reset":     &http1.UpstreamError{Kind: http1.ErrReset},
	"closed":    &http1.UpstreamError{Kind: http1.ErrClosed},
	"malformed": &http1.UpstreamError{Kind: http1.ErrMalformed},
	"large":     &http1.UpstreamError{Kind: http1.ErrTooLarge},
	"fenced":    &http1.UpstreamError{Kind: http1.ErrFenced},
	"broken":    errors.New("some other fault"),
}

func (u *fakeUpstream) answers(t *testing.T, text string) {
	head, body := cutBody(text)
	u.header, u.reply, u.err = nil, body, nil
	if name, ok := strings.CutPrefix(head[0], "error "); ok {
		if u.err = namedErrors[name]; u.err == nil {
			t.Fatalf("no error is called %s", name)
		}
		return
	}
	u.status, _ = strconv.Atoi(head[0])
	for _, line := range head[1:] {
		name, value, _ := strings.Cut(line, ": ")
		u.header.Add(name, value)
	}
}

func (u *fakeUpstream) Do(req *http1.UpstreamRequest, _ time.Time, resp *message.Response) error {
	u.called = true
	u.got.line = req.Method + " " + req.Address.Scheme + "://" + req.Address.Host
	if req.Address.Port != 0 {
		u.got.line += ":" + strconv.Itoa(int(req.Address.Port))
	}
	u.got.line += req.Target
	u.got.header, u.got.body = slices.Clone(req.Header), string(req.Body)
	if req.Host != "" {
		u.got.header.Add("Host", req.Host)
	}
	if u.err != nil {
		return u.err
	}
	resp.Status = u.status
	if u.status == 0 {
		resp.Status = 200
	}
	resp.Header = append(resp.Header, u.header...)
	resp.SetBody(append(resp.Memory(), u.reply...))
	return nil
}

// stages is a Source that never changes.
type stages map[apidef.StageKey]*apidef.Deployed

func (s stages) Load(_ context.Context, apiID, stage string) (*apidef.Deployed, error) {
	if d := s[apidef.StageKey{APIID: apiID, Stage: stage}]; d != nil {
		return d, nil
	}
	return nil, apidef.ErrNoStage
}

func (s stages) Watch(context.Context) (<-chan apidef.Changes, error) {
	return nil, errors.New("nothing ever changes")
}

// definition is the short form of a deployed API in the cases.
type definition struct {
	Stage             apidef.Stage               `json:"stage"`
	RestAPI           apidef.RestAPI             `json:"restApi"`
	Methods           map[string]*apidef.Method  `json:"methods"` // by "GET /pets"
	RequestValidators []*apidef.RequestValidator `json:"requestValidators"`
	Models            map[string]json.RawMessage `json:"models"` // schemas by name
	GatewayResponses  []*apidef.GatewayResponse  `json:"gatewayResponses"`
	// Canary holds the methods of the canary's deployment.
	Canary map[string]*apidef.Method `json:"canary"`
	// CloudwatchRoleARN is the account's.
	CloudwatchRoleARN string `json:"cloudwatchRoleArn"`
}

// deployed reads a definition. A method's own members are apidef.Method's; method responses are declared for each
// integration response unless the method lists its own.
func deployed(t testing.TB, text string) *apidef.Deployed {
	t.Helper()
	var tree any
	if err := yaml.Unmarshal([]byte(text), &tree); err != nil {
		t.Fatal(err)
	}
	asJSON, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	var def definition
	decoder := json.NewDecoder(bytes.NewReader(asJSON))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&def); err != nil {
		t.Fatal(err)
	}
	def.RestAPI.ID = "api1"
	def.Stage.StageName = "prod"
	snapshot := apidef.Snapshot{
		DeploymentID: "dep1", RestAPI: def.RestAPI, Resources: resources(def.Methods),
		RequestValidators: def.RequestValidators, GatewayResponses: def.GatewayResponses,
	}
	for name, schema := range def.Models {
		snapshot.Models = append(snapshot.Models, &apidef.Model{Name: name, ContentType: "application/json", Schema: string(schema)})
	}
	d := &apidef.Deployed{
		AccountID: "111111111111", Region: "us-east-1", Stage: &def.Stage, Snapshot: &snapshot, CloudwatchRoleARN: def.CloudwatchRoleARN,
	}
	if def.Canary != nil {
		canary := snapshot
		canary.DeploymentID, canary.Resources = "dep2", resources(def.Canary)
		d.Canary = &canary
	}
	return d
}

func resources(methods map[string]*apidef.Method) []*apidef.Resource {
	byPath := map[string]*apidef.Resource{}
	var list []*apidef.Resource
	for name, m := range methods {
		verb, path, _ := strings.Cut(name, " ")
		r := byPath[path]
		if r == nil {
			r = &apidef.Resource{ID: "res-" + strings.Trim(path, "/"), Path: path, Methods: map[string]*apidef.Method{}}
			byPath[path] = r
			list = append(list, r)
		}
		m.HTTPMethod = verb
		r.Methods[verb] = m
		if m.MethodResponses == nil && m.Integration != nil {
			m.MethodResponses = map[string]*apidef.MethodResponse{}
			for status := range m.Integration.Responses {
				m.MethodResponses[status] = &apidef.MethodResponse{StatusCode: status}
			}
		}
		if m.Integration != nil {
			for status, r := range m.Integration.Responses {
				r.StatusCode = status
			}
		}
	}
	return list
}

// quietUpstream is a Transport that answers always the same and costs nothing.
type quietUpstream struct{ reply []byte }

func (u *quietUpstream) Do(_ *http1.UpstreamRequest, _ time.Time, resp *message.Response) error {
	resp.Status = 200
	resp.Header = append(resp.Header, message.Pair{Name: "Content-Type", Value: "application/json"},
		message.Pair{Name: "Content-Length", Value: "11"}, message.Pair{Name: "Date", Value: "Sat, 22 Nov 2025 03:00:00 GMT"},
		message.Pair{Name: "Server", Value: "x"})
	resp.SetBody(append(resp.Memory(), u.reply...))
	return nil
}
