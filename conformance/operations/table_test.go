package operations

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write docs/operations.md")

// model is as much of the service's model as the table needs.
type model struct {
	Operations map[string]struct {
		Method, Path string
		Errors       []string
	}
}

func readModel(t *testing.T) model {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "internal", "aws", "wire", "model", "apigateway-2015-07-09.json"))
	if err != nil {
		t.Fatal(err)
	}
	var m model
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// shown is what the steps show of one operation.
type shown struct {
	successes int
	errors    map[string]bool
}

func shownBy(scripts []script) map[string]*shown {
	all := map[string]*shown{}
	for _, s := range scripts {
		for _, step := range s.steps {
			if all[step.operation] == nil {
				all[step.operation] = &shown{errors: map[string]bool{}}
			}
			if step.code == "" {
				all[step.operation].successes++
			} else {
				all[step.operation].errors[step.code] = true
			}
		}
	}
	return all
}

// TestEveryOperationIsShown: each operation of the model succeeds in some step, and each error of its model is shown by
// one, or cannot occur for a reason.
func TestEveryOperationIsShown(t *testing.T) {
	m, all := readModel(t), shownBy(readScripts(t))
	if len(m.Operations) != 124 {
		t.Errorf("the model has %d operations, want 124", len(m.Operations))
	}
	used := map[int]bool{}
	for _, name := range slices.Sorted(maps.Keys(m.Operations)) {
		of := all[name]
		if of == nil || of.successes == 0 {
			t.Errorf("%s: no step succeeds", name)
			of = &shown{}
		}
		for _, code := range m.Operations[name].Errors {
			why := reason(name, code)
			used[why] = true
			switch {
			case of.errors[code] && why >= 0:
				t.Errorf("%s answers %s, though: %s", name, code, unreachables[why].reason)
			case !of.errors[code] && why < 0:
				t.Errorf("%s: no step shows %s", name, code)
			}
		}
	}
	for i, u := range unreachables {
		if !used[i] {
			t.Errorf("no operation needs this reason: %s: %s", u.code, u.reason)
		}
	}
}

// TestTable: docs/operations.md says what the steps show.
func TestTable(t *testing.T) {
	file := filepath.Join("..", "..", "docs", "operations.md")
	want := table(readModel(t), shownBy(readScripts(t)))
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("%s is stale; run: go test ./conformance/operations -update\n(-want +got):\n%s", file, diff)
	}
}

const head = `# The operations

Every operation of the API Gateway API (2015-07-09), as the steps in [conformance/operations](../conformance/operations)
exercise it: each through the AWS SDK for Go v2 and through the AWS CLI, with a success and with each error of its model
that can occur. What cannot occur here carries the number of its reason, below. This file is written by
` + "`go test ./conformance/operations -update`" + `, and the tests fail while it is stale.

| operation | request | SDK | CLI | errors shown | cannot occur |
| --- | --- | --- | --- | --- | --- |
`

func table(m model, all map[string]*shown) string {
	var b strings.Builder
	b.WriteString(head)
	for _, name := range slices.Sorted(maps.Keys(m.Operations)) {
		op, of, played := m.Operations[name], all[name], "✓"
		if of == nil || of.successes == 0 {
			of, played = &shown{}, "–"
		}
		var never []string
		for _, code := range slices.Sorted(slices.Values(op.Errors)) {
			if why := reason(name, code); why >= 0 {
				never = append(never, fmt.Sprintf("%s [%d](#reasons)", brief(code), why+1))
			}
		}
		var errors []string
		for _, code := range slices.Sorted(maps.Keys(of.errors)) {
			errors = append(errors, brief(code))
		}
		fmt.Fprintf(&b, "| %s | `%s %s` | %s | %s | %s | %s |\n", name, op.Method, op.Path, played, played, strings.Join(errors, ", "), strings.Join(never, ", "))
	}
	b.WriteString("\n## Reasons\n\n")
	for i, u := range unreachables {
		fmt.Fprintf(&b, "%d. %s: %s\n", i+1, u.code, u.reason)
	}
	return b.String()
}

func brief(code string) string { return strings.TrimSuffix(code, "Exception") }
