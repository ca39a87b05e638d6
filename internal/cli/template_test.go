package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A templateRun is a command line in a directory with files, and all that comes of it. {dir} stands for the directory.
type templateRun struct {
	name           string
	files          map[string]string
	args           []string
	stdin          string
	code           int
	stdout, stderr string
}

func TestTemplateCommands(t *testing.T) {
	files := map[string]string{
		"t.vtl":        `{"id": "$input.params('id')", "a": $input.json('$.a'), "stage": "$context.stage", "identity": "$context.identity", "env": "$stageVariables.env"}`,
		"override.vtl": "#set($context.responseOverride.status = 404)\n#set($context.requestOverride.header.X = [\"a\", \"b\"])\ntext\n",
		"trace.vtl":    "#set($a = $input.path('$.a'))\n#if($a.size() > 1)$a[0]#end",
		"bad.vtl":      "line one\n#if($x",
		"doubt.vtl":    "$input.parms('id')\n$nothing",
		"body.json":    `{"a": [1, 2]}`,
		"params.json":  `{"path": {"id": "42"}}`,
		"context.json": `{"stage": "prod", "identity": {"user": "u"}}`,
		"vars.json":    `{"env": "test"}`,
		"list.json":    `[1]`,
	}
	for _, r := range []templateRun{
		{
			name:   "everything from files",
			args:   []string{"render", "--template", "{dir}/t.vtl", "--body", "{dir}/body.json", "--params", "{dir}/params.json", "--context", "{dir}/context.json", "--stage-variables", "{dir}/vars.json"},
			stdout: `{"id": "42", "a": [1,2], "stage": "prod", "identity": "", "env": "test"}`,
		},
		{
			name:   "nothing but the template",
			args:   []string{"render", "--template", "{dir}/t.vtl"},
			stdout: `{"id": "", "a": "", "stage": "", "identity": "", "env": ""}`,
		},
		{
			name:   "what is overridden is told on stderr",
			args:   []string{"render", "--template", "{dir}/override.vtl"},
			stdout: "text\n",
			stderr: "requestOverride.header.X = [\"a\",\"b\"]\nresponseOverride.status = 404\n",
		},
		{
			name:   "a trace",
			args:   []string{"render", "--template", "{dir}/trace.vtl", "--body", "{dir}/body.json", "--trace"},
			stdout: "1",
			stderr: "{dir}/trace.vtl:1:11: $input.path('$.a') = [1,2]\n{dir}/trace.vtl:1:1: #set $a = [1,2]\n" +
				"{dir}/trace.vtl:2:5: $a.size() = 2\n{dir}/trace.vtl:2:1: #if = true\n{dir}/trace.vtl:2:19: $a[0] = 1\n",
		},
		{
			name: "a template that does not compile",
			args: []string{"render", "--template", "{dir}/bad.vtl"}, code: 1,
			stderr: "postern: {dir}/bad.vtl:2:7: ...",
		},
		{
			name: "a file that is not there",
			args: []string{"render", "--template", "{dir}/none.vtl"}, code: 1,
			stderr: "postern: open {dir}/none.vtl: no such file or directory\n",
		},
		{
			name: "variables that are no object",
			args: []string{"render", "--template", "{dir}/t.vtl", "--params", "{dir}/list.json"}, code: 1,
			stderr: "postern: {dir}/list.json: not a JSON object\n",
		},
		{
			name: "no template", args: []string{"render"}, code: 2,
			stderr: "postern: name a template with --template, or use --jsonl\n",
		},
		{
			name: "the line protocol takes no files", args: []string{"render", "--jsonl", "--body", "{dir}/body.json"}, code: 2,
			stderr: "postern: --jsonl reads everything from stdin and takes no other flag\n",
		},
		{
			name: "the line protocol", args: []string{"render", "--jsonl"},
			stdin: `{"template":"$a/$input.json('$.a')"}` + "\n" +
				`{"template":"$a/$input.json('$.a')","rules":"aws"}` + "\n" +
				`{"template":"#set($context.x = $input.params('p'))","params":{"path":{"p":[1]}},"context":{"y":null}}` + "\n" +
				`{"jsonpath":"$..a","body":"{\"a\":[{\"a\":1.50}]}"}`,
			stdout: "{\"error\":\"...\n" +
				`{"output":"\/\"\"","context":{}}` + "\n" +
				`{"output":"","context":{"y":null,"x":[1]}}` + "\n" +
				`{"output":"[[{\"a\":1.5}],1.5]"}` + "\n",
		},
		{
			name: "nothing to report", args: []string{"check", "{dir}/t.vtl", "{dir}/override.vtl"},
		},
		{
			name: "findings", args: []string{"check", "{dir}/t.vtl", "{dir}/doubt.vtl"}, code: 1,
			stdout: "{dir}/doubt.vtl:1:1: $input has no parms(); it has body, json, params, path\n{dir}/doubt.vtl:2:1: $nothing is never set\n",
			stderr: "postern: 2 findings\n",
		},
		{name: "nothing to check", args: []string{"check"}, code: 2, stderr: "postern: expected \"<file> ...\"\nTry: postern --help\n"},
	} {
		t.Run(r.name, func(t *testing.T) { r.files = files; r.run(t) })
	}
}

func (r *templateRun) run(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range r.files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{"template"}
	for _, a := range r.args {
		args = append(args, strings.ReplaceAll(a, "{dir}", dir))
	}
	var out, errw strings.Builder
	code := Main(args, strings.NewReader(r.stdin), &out, &errw)
	if code != r.code {
		t.Errorf("exit code %d, want %d", code, r.code)
	}
	for _, stream := range []struct{ name, want, got string }{{"stdout", r.stdout, out.String()}, {"stderr", r.stderr, errw.String()}} {
		got := strings.ReplaceAll(stream.got, dir, "{dir}")
		if diff := cmp.Diff(stream.want, elide(got, stream.want)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", stream.name, diff)
		}
	}
}

// elide replaces the end of each line of got by "..." where the same line of want ends so, and drops the lines that
// follow a last "...".
func elide(got, want string) string {
	wanted := strings.SplitAfter(want, "\n")
	lines := strings.SplitAfter(got, "\n")
	for i := range lines {
		if i >= len(wanted) {
			break
		}
		head, rest, ok := strings.Cut(wanted[i], "...")
		if !ok || !strings.HasPrefix(lines[i], head) {
			continue
		}
		lines[i] = wanted[i]
		if rest == "" {
			return strings.Join(lines[:i+1], "")
		}
	}
	return strings.Join(lines, "")
}
