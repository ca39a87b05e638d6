package runtime

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// ErrUnsupported is given for a runtime that no program of this machine runs: java21, ruby3.4, dotnet8 ...
var ErrUnsupported = errors.New("this runtime cannot be run here")

// arguments is the command line of a function's runtime.
func (h *Host) arguments(c *Config, bootstraps string) ([]string, error) {
	switch family(c.Runtime) {
	case "python":
		found, err := h.interpreters.find("python", strings.TrimPrefix(c.Runtime, "python"))
		if err != nil {
			return nil, err
		}
		return []string{
			found.path, "-X", "pycache_prefix=" + filepath.Join(bootstraps, "pycache"), filepath.Join(bootstraps, "bootstrap.py"),
		}, nil
	case "nodejs":
		found, err := h.interpreters.find("node", "")
		if err != nil {
			return nil, err
		}
		// V8's heap is given nine tenths of the memory, so that it collects rather than being killed.
		return []string{
			found.path, "--max-old-space-size=" + strconv.Itoa(c.MemoryMB*9/10), filepath.Join(bootstraps, "bootstrap.mjs"),
		}, nil
	case "provided":
		program := filepath.Join(c.Root, "bootstrap")
		if _, err := os.Stat(program); err != nil {
			return nil, &entrypointError{errors.New("Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]")} //nolint:staticcheck // AWS's text
		}
		return []string{program}, nil
	}
	return nil, fmt.Errorf("%w: %s", ErrUnsupported, c.Runtime)
}

// family is the language that a runtime's name begins with; empty for one that cannot be run.
func family(runtime string) string {
	for _, name := range []string{"python", "nodejs", "provided"} {
		if strings.HasPrefix(runtime, name) {
			return name
		}
	}
	return ""
}

// Supported tells whether functions of a runtime can be run here, if its interpreter is installed.
func Supported(runtime string) bool { return family(runtime) != "" }

// interpreter is a program that runs handlers, and the version it says it is, "3.11.7".
type interpreter struct{ path, version string }

// interpreters looks programs up, once each.
type interpreters struct {
	path string

	mu    sync.Mutex
	found map[string]interpreter
}

// find gives the interpreter of a language, of the wanted version if there is one.
func (i *interpreters) find(language, version string) (interpreter, error) {
	names := []string{language}
	if language == "python" {
		names = []string{"python" + version, "python3", "python"}
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if found, ok := i.found[names[0]]; ok {
		return found, nil
	}
	for _, name := range names {
		found, err := i.ask(language, name)
		if err != nil {
			continue
		}
		if i.found == nil {
			i.found = map[string]interpreter{}
		}
		i.found[names[0]] = found
		return found, nil
	}
	return interpreter{}, &entrypointError{fmt.Errorf("no %s is installed on this machine", language)}
}

// ask lets a program say where it really is and of which version: what the PATH leads to may be a script that chooses
// one, and costs more time than the interpreter itself.
func (i *interpreters) ask(language, name string) (interpreter, error) {
	program, err := lookIn(i.path, name)
	if err != nil {
		return interpreter{}, err
	}
	question := []string{"-c", "import sys, platform\nprint(sys.executable)\nprint(platform.python_version())"}
	if language == "node" {
		question = []string{"-p", "process.execPath + '\\n' + process.versions.node"}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	answer, err := exec.CommandContext(ctx, program, question...).Output()
	if err != nil {
		return interpreter{}, err
	}
	lines := strings.Fields(string(answer))
	if len(lines) < 2 {
		return interpreter{}, fmt.Errorf("%s says %q", program, answer)
	}
	return interpreter{lines[0], lines[1]}, nil
}

// lookIn finds a program in the folders of a PATH.
func lookIn(path, name string) (string, error) {
	for _, folder := range filepath.SplitList(path) {
		if folder == "" {
			continue
		}
		if found, err := exec.LookPath(filepath.Join(folder, name)); err == nil {
			return found, nil
		}
	}
	return "", exec.ErrNotFound
}

// substitution says that a function runs on another version than the one it asks for; empty when it does not.
func (h *Host) substitution(c *Config) string {
	var found interpreter
	var err error
	wanted := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(c.Runtime, "python"), "nodejs"), ".x")
	switch family(c.Runtime) {
	case "python":
		found, err = h.interpreters.find("python", wanted)
	case "nodejs":
		found, err = h.interpreters.find("node", "")
	default:
		return ""
	}
	if err != nil || found.version == wanted || strings.HasPrefix(found.version, wanted+".") {
		return ""
	}
	return fmt.Sprintf("Postern runs %s on version %s of this machine.", c.Runtime, found.version)
}
