package control

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postern/internal/aws/wire"
	"postern/internal/aws/wire/apigateway"
	"postern/internal/gateway/message"
	"postern/internal/store"
	"postern/internal/store/memory"
	"postern/internal/store/sqlite"
)

// TestDialogues plays each file of testdata against an empty control plane. A file is a dialogue: steps between blank
// lines, each with a sentence and its evidence in brackets behind "#", a request, and "->" with the answer.
//
//	# what is so [recorded AWS answer: Operation]
//	PATCH /restapis/$api
//	replace /name pets
//	-> 200
//	{"id": "$api", "...": "..."}
//
// A request's body is JSON, or patch operations, one a line: op, path, value ("" is the empty string; copy has "from").
// An expected string "$name" is compared with the variable of that name, or sets it; "..." fits anything; a member "..."
// allows further members. An error is "-> status Code: message"; "¶" marks the end of a message that ends in a space.
func TestDialogues(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no dialogues", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for name, open := range map[string]func(*testing.T) store.Store{"memory": inMemory, "sqlite": onDisk} {
			t.Run(strings.TrimSuffix(filepath.Base(file), ".txt")+"/"+name, func(t *testing.T) {
				d := newDialogue(open(t), Options{Importer: jsonImporter{}})
				for step := range strings.SplitSeq(string(text), "\n\n") {
					d.play(t, step)
				}
			})
		}
	}
}

func inMemory(*testing.T) store.Store { return memory.New() }

func onDisk(t *testing.T) store.Store {
	s, err := sqlite.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// dialogue is one client's conversation with a control plane.
type dialogue struct {
	control   *Control
	service   *wire.Service
	variables map[string]string
	seconds   int64
}

func newDialogue(s store.Store, o Options) *dialogue {
	d := &dialogue{variables: map[string]string{}, seconds: 1700000000}
	if o.Clock == nil {
		o.Clock = func() time.Time { return time.Unix(d.seconds, 0) }
	}
	d.control = New(s, o)
	d.service = apigateway.NewService(d.control, slog.New(slog.DiscardHandler))
	return d
}

// play performs one step, and skips a paragraph that holds only comments.
func (d *dialogue) play(t *testing.T, step string) {
	t.Helper()
	var title, request, want []string
	for line := range strings.SplitSeq(strings.Trim(step, "\n"), "\n") {
		switch {
		case strings.HasPrefix(line, "#"):
			title = append(title, strings.TrimSpace(strings.TrimPrefix(line, "#")))
		case strings.HasPrefix(line, "->") || want != nil:
			want = append(want, line)
		default:
			request = append(request, d.expand(line))
		}
	}
	if len(request) == 0 {
		return
	}
	sentence := strings.Join(title, " ")
	if sentence == "" {
		sentence = request[0]
	}
	t.Run(sentence, func(t *testing.T) {
		if len(want) == 0 {
			t.Fatalf("step %q expects nothing", request[0])
		}
		resp := d.send(t, request)
		d.check(t, resp, want)
	})
}

// expand replaces the variables in a line of a request, the longest names first.
func (d *dialogue) expand(line string) string {
	for length := 20; length > 0; length-- {
		for name, v := range d.variables {
			if len(name) == length {
				line = strings.ReplaceAll(line, "$"+name, v)
			}
		}
	}
	return line
}

func (d *dialogue) send(t *testing.T, lines []string) *message.Response {
	t.Helper()
	method, target, ok := strings.Cut(lines[0], " ")
	if !ok {
		t.Fatalf("no request line: %q", lines[0])
	}
	path, query, _ := strings.Cut(target, "?")
	req := &message.Request{Method: method, Target: target, Path: path, RawQuery: query, Proto: "HTTP/1.1"}
	req.Header.Add("Content-Type", "application/json")
	req.Body = []byte(strings.Join(lines[1:], "\n"))
	if method == "PATCH" && !strings.HasPrefix(string(req.Body), "{") {
		req.Body = patchBody(t, lines[1:])
	}
	call := &wire.Call{Account: "123456789012", Region: "us-east-1", RequestID: "r-1"}
	resp := new(message.Response)
	d.service.Serve(context.Background(), call, req, resp)
	return resp
}

// patchBody writes lines of "op path value" as patchOperations.
func patchBody(t *testing.T, lines []string) []byte {
	operations := []map[string]string{}
	for _, line := range lines {
		op, rest, _ := strings.Cut(line, " ")
		path, v, hasValue := strings.Cut(rest, " ")
		operation := map[string]string{"op": op}
		if path != "" {
			operation["path"] = path
		}
		if from, ok := strings.CutPrefix(v, "from "); ok {
			operation["from"] = from
		} else if hasValue {
			operation["value"] = strings.TrimSuffix(strings.TrimPrefix(v, `"`), `"`)
		}
		operations = append(operations, operation)
	}
	body, err := json.Marshal(map[string]any{"patchOperations": operations})
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func (d *dialogue) check(t *testing.T, resp *message.Response, want []string) {
	t.Helper()
	head := strings.TrimSpace(strings.TrimPrefix(want[0], "->"))
	status, refusal, isError := strings.Cut(strings.TrimPrefix(want[0], "-> "), " ")
	if got := fmt.Sprint(resp.Status); got != status {
		t.Fatalf("status %s, want %s; body %s", got, head, resp.Body)
	}
	if isError {
		code, text, _ := strings.Cut(refusal, ": ")
		text = d.expand(strings.TrimSuffix(text, "¶"))
		text = strings.NewReplacer(`\n`, "\n", `\t`, "\t").Replace(text)
		got, _ := resp.Header.Get("x-amzn-ErrorType")
		var body struct{ Message string }
		if err := json.Unmarshal(resp.Body, &body); err != nil {
			t.Fatalf("error body %s: %v", resp.Body, err)
		}
		if diff := cmp.Diff(code+": "+text, got+": "+body.Message); diff != "" {
			t.Errorf("refusal (-want +got):\n%s", diff)
		}
		return
	}
	expected := strings.Join(want[1:], "\n")
	if expected == "" {
		if len(resp.Body) > 0 {
			t.Errorf("body %s, want none", resp.Body)
		}
		return
	}
	var wantJSON, gotJSON any
	if err := json.Unmarshal([]byte(expected), &wantJSON); err != nil {
		t.Fatalf("expected body %s: %v", expected, err)
	}
	if err := json.Unmarshal(resp.Body, &gotJSON); err != nil {
		t.Fatalf("body %s: %v", resp.Body, err)
	}
	if diff := cmp.Diff(d.resolve(wantJSON, gotJSON), gotJSON); diff != "" {
		t.Errorf("body (-want +got):\n%s\n%s", diff, resp.Body)
	}
}

// resolve puts values in the place of variables and dots, as far as what was got allows it.
func (d *dialogue) resolve(want, got any) any {
	switch w := want.(type) {
	case string:
		if w == "..." {
			return got
		}
		name, isVariable := strings.CutPrefix(w, "$")
		if !isVariable || strings.ContainsAny(name, " /{") {
			return d.expand(w)
		}
		if v, known := d.variables[name]; known {
			return v
		}
		if g, ok := got.(string); ok {
			d.variables[name] = g
		}
		return got
	case []any:
		g, _ := got.([]any)
		for i := range w {
			var member any
			if i < len(g) {
				member = g[i]
			}
			w[i] = d.resolve(w[i], member)
		}
		return w
	case map[string]any:
		g, _ := got.(map[string]any)
		for _, key := range slices.Sorted(maps.Keys(w)) { // a variable is set by the first member that has it
			w[key] = d.resolve(w[key], g[key])
		}
		if _, open := w["..."]; open {
			delete(w, "...")
			for key, v := range g {
				if _, there := w[key]; !there {
					w[key] = v
				}
			}
		}
		return w
	}
	return want
}
