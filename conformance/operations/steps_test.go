package operations

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// script is one file of steps.
type script struct {
	name   string // "apikey"
	quotas map[string]int
	steps  []step
}

// step is one call and what is to come of it: an answer, or an error.
type step struct {
	line      int
	operation string
	input     map[string]any
	answer    map[string]any
	// code and message are those of the error; code is "" where the call succeeds.
	code, message string
}

func readScripts(t *testing.T) []script {
	t.Helper()
	files, err := filepath.Glob("*.steps")
	if err != nil || len(files) == 0 {
		t.Fatalf("no steps: %v", err)
	}
	var scripts []script
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		s, err := parse(string(text))
		if err != nil {
			t.Fatalf("%s:%v", file, err)
		}
		s.name = strings.TrimSuffix(file, ".steps")
		scripts = append(scripts, s)
	}
	return scripts
}

// reader reads a script from where it stands.
type reader struct{ text, rest string }

func (r *reader) line() int { return 1 + strings.Count(r.text[:len(r.text)-len(r.rest)], "\n") }

var (
	blank      = regexp.MustCompile(`^(?:\s+|#[^\n]*)+`)
	quotaLine  = regexp.MustCompile(`^quotas((?: +\w+=\d+)+)\n`)
	operation  = regexp.MustCompile(`^([A-Z]\w+)\s+`)
	arrow      = regexp.MustCompile(`^\s*->\s*`)
	errorWords = regexp.MustCompile(`^(\w+): ?([^\n]*)\n`)
)

func (r *reader) take(pattern *regexp.Regexp) []string {
	found := pattern.FindStringSubmatch(r.rest)
	if found != nil {
		r.rest = r.rest[len(found[0]):]
	}
	return found
}

func (r *reader) object() (map[string]any, error) {
	decoder := json.NewDecoder(strings.NewReader(r.rest))
	decoder.UseNumber()
	var object map[string]any
	if err := decoder.Decode(&object); err != nil {
		return nil, err
	}
	r.rest = r.rest[decoder.InputOffset():]
	return object, nil
}

func parse(text string) (script, error) {
	r := &reader{text, text}
	s := script{quotas: map[string]int{}}
	for {
		r.take(blank)
		if r.rest == "" {
			return s, nil
		}
		if found := r.take(quotaLine); found != nil {
			for quota := range strings.FieldsSeq(found[1]) {
				name, n, _ := strings.Cut(quota, "=")
				s.quotas[name], _ = strconv.Atoi(n)
			}
			continue
		}
		next, err := r.step()
		if err != nil {
			return s, fmt.Errorf("%d: %w", r.line(), err)
		}
		s.steps = append(s.steps, next)
	}
}

func (r *reader) step() (step, error) {
	s := step{line: r.line()}
	name := r.take(operation)
	if name == nil {
		return s, fmt.Errorf("no operation: %.40q", r.rest)
	}
	s.operation = name[1]
	var err error
	if s.input, err = r.object(); err != nil {
		return s, fmt.Errorf("input: %w", err)
	}
	if r.take(arrow) == nil {
		return s, fmt.Errorf("no arrow behind the input: %.40q", r.rest)
	}
	if refusal := r.take(errorWords); refusal != nil {
		s.code, s.message = refusal[1], unquote(refusal[2])
		return s, nil
	}
	s.answer, err = r.object()
	return s, err
}

// unquote reads a message in quotes as a JSON string: those that hold line breaks, or end in blanks, are written so.
func unquote(message string) string {
	var text string
	if strings.HasPrefix(message, `"`) && json.Unmarshal([]byte(message), &text) == nil {
		return text
	}
	return message
}

// toJSON writes a value as JSON without escaping what HTML would want escaped.
func toJSON(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err.Error()
	}
	return strings.TrimSpace(b.String())
}
