package operations

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// cli calls through the AWS CLI, with the arguments that a user would type.
type cli struct {
	runner   *cliRunner
	endpoint string
	dir      string // for the files that bodies come from and go to
}

func newCLI(t *testing.T, runner *cliRunner, addr string) cli {
	return cli{runner, "http://" + addr, t.TempDir()}
}

// cliError is how the CLI tells of an error; newer versions append what else came with it.
var cliError = regexp.MustCompile(`(?s)An error occurred \((\w+)\) when calling the \w+ operation(?: \(reached max retries: \d+\))?: (.*?)(?:\n\nAdditional error details:.*)?\n$`)

func (c cli) call(operation string, input map[string]any) (map[string]any, error) {
	args, produced, err := c.arguments(operation, input)
	if err != nil {
		return nil, err
	}
	status, out, errText, err := c.runner.run(args)
	if err != nil {
		return nil, err
	}
	if status != 0 {
		if found := cliError.FindStringSubmatch(errText); found != nil {
			return nil, refusal{found[1], found[2]}
		}
		return nil, fmt.Errorf("aws %s: exit status %d: %s", strings.Join(args, " "), status, errText)
	}
	answer := map[string]any{}
	if len(bytes.TrimSpace(out)) > 0 {
		decoder := json.NewDecoder(bytes.NewReader(out))
		decoder.UseNumber()
		if err := decoder.Decode(&answer); err != nil {
			return nil, fmt.Errorf("aws %s: %w: %s", strings.Join(args, " "), err, out)
		}
	}
	if produced != "" {
		body, err := os.ReadFile(produced)
		if err != nil {
			return nil, err
		}
		answer["body"] = string(body)
	}
	return answer, nil
}

// arguments are the command line of a call, and the file that it is to write, if any.
func (c cli) arguments(operation string, input map[string]any) (args []string, produced string, err error) {
	args = []string{"apigateway", kebab(operation), "--endpoint-url", c.endpoint, "--output", "json"}
	for _, name := range slices.Sorted(maps.Keys(input)) {
		option := "--" + kebab(name)
		if operation == "CreateRestApi" && name == "version" {
			option = "--api-version" // --version is the CLI's own
		}
		switch value := input[name].(type) {
		case string:
			if name == "body" && takesFile(operation) {
				file := filepath.Join(c.dir, "body")
				if err := os.WriteFile(file, []byte(value), 0o600); err != nil {
					return nil, "", err
				}
				value = "fileb://" + file
			}
			args = append(args, option+"="+value)
		case bool:
			if !value {
				option = "--no-" + kebab(name)
			}
			args = append(args, option)
		case json.Number:
			args = append(args, option+"="+value.String())
		default:
			args = append(args, option, toJSON(value))
		}
	}
	if operation == "GetExport" || operation == "GetSdk" {
		produced = filepath.Join(c.dir, "produced")
		args = append(args, produced)
	}
	return args, produced, nil
}

// takesFile tells whether the body of an operation is a file's bytes; TestInvoke...'s is text.
func takesFile(operation string) bool {
	return strings.HasPrefix(operation, "Import") || operation == "PutRestApi"
}

var (
	plural   = regexp.MustCompile(`([A-Z]{2,})s$`)
	wordHead = regexp.MustCompile(`(.)([A-Z][a-z]+)`)
	wordTail = regexp.MustCompile(`([a-z0-9])([A-Z])`)
)

// kebab writes a name as the CLI does: "providerARNs" is "provider-arns".
func kebab(name string) string {
	name = plural.ReplaceAllStringFunc(name, func(s string) string { return "-" + strings.ToLower(s) })
	name = wordHead.ReplaceAllString(name, "$1-$2")
	return strings.ToLower(wordTail.ReplaceAllString(name, "$1-$2"))
}

// cliRunner runs the AWS CLI: one Python process for all calls where Python can import it, else a process a call.
type cliRunner struct {
	mu      sync.Mutex // the process answers one call at a time
	input   io.Writer
	output  *bufio.Reader
	command string // where there is no process
	env     []string
}

// startCLI gives nil where no AWS CLI is installed.
func startCLI(t *testing.T) *cliRunner {
	t.Helper()
	command, err := exec.LookPath("aws")
	if err != nil {
		return nil
	}
	config := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(config, []byte("[default]\ncli_follow_urlparam = false\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := &cliRunner{command: command, env: append(os.Environ(),
		"AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test", "AWS_DEFAULT_REGION=us-east-1", "AWS_MAX_ATTEMPTS=1",
		"AWS_CONFIG_FILE="+config, "AWS_SHARED_CREDENTIALS_FILE=/dev/null", "AWS_PAGER=", "AWS_PROFILE=default",
	)}
	for _, python := range pythons(command) {
		if r.start(t, python) {
			break
		}
	}
	return r
}

// pythons are the interpreters that may have the CLI's packages: first that of the command itself.
func pythons(command string) []string {
	candidates := []string{"python3", "python"}
	if head, err := os.ReadFile(command); err == nil {
		line, _, _ := strings.Cut(string(head), "\n")
		if python, ok := strings.CutPrefix(line, "#!"); ok && strings.Contains(python, "python") {
			candidates = append([]string{strings.TrimSpace(python)}, candidates...)
		}
	}
	return candidates
}

// start starts the Python process, and tells whether it can import the CLI.
func (r *cliRunner) start(t *testing.T, python string) bool {
	cmd := exec.Command(python, filepath.Join("testdata", "cli.py"))
	cmd.Env = r.env
	input, err := cmd.StdinPipe()
	if err != nil {
		return false
	}
	output, err := cmd.StdoutPipe()
	if err != nil || cmd.Start() != nil {
		return false
	}
	reader := bufio.NewReader(output)
	if line, err := reader.ReadString('\n'); err != nil || line != "ready\n" {
		_ = input.Close()
		_ = cmd.Wait()
		return false
	}
	r.input, r.output = input, reader
	t.Cleanup(func() {
		_ = input.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("the AWS CLI's process: %v", err)
		}
	})
	return true
}

func (r *cliRunner) run(args []string) (status int, out []byte, errText string, err error) {
	if r.input == nil {
		return r.runCommand(args)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, err := io.WriteString(r.input, toJSON(args)+"\n"); err != nil {
		return 0, nil, "", err
	}
	line, err := r.output.ReadBytes('\n')
	if err != nil {
		return 0, nil, "", err
	}
	var answer struct {
		Status   int
		Out, Err string
	}
	if err := json.Unmarshal(line, &answer); err != nil {
		return 0, nil, "", fmt.Errorf("%w: %s", err, line)
	}
	return answer.Status, []byte(answer.Out), answer.Err, nil
}

func (r *cliRunner) runCommand(args []string) (int, []byte, string, error) {
	var out, errText bytes.Buffer
	cmd := exec.Command(r.command, args...)
	cmd.Env, cmd.Stdout, cmd.Stderr = r.env, &out, &errText
	err := cmd.Run()
	if failed, ok := errors.AsType[*exec.ExitError](err); ok {
		return failed.ExitCode(), out.Bytes(), errText.String(), nil
	}
	return 0, out.Bytes(), errText.String(), err
}
