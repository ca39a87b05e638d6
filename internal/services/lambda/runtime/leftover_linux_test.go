package runtime

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// A server that was killed leaves what its functions had started (the kernel ends only the runtimes): the next one ends it,
// and leaves alone what belongs to servers that live.
func TestLeftoversOfAKilledServerEnd(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	left, leftBy := child(t)
	kept, keptBy := child(t)
	_ = leftBy.lock.Close() // as its server's death does

	endLeftovers()

	if err := left.Wait(); left.ProcessState.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Errorf("what was left ended with %v, want a kill", err)
	}
	if _, err := os.Stat(leftBy.path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder of the killed server: %v", err)
	}
	if err := kept.Process.Signal(syscall.Signal(0)); err != nil {
		t.Errorf("a process of a living server: %v", err)
	}
	if _, err := os.Stat(keptBy.path); err != nil {
		t.Errorf("the folder of a living server: %v", err)
	}
}

// child is a process that a function has started, in a session of its own.
func child(t *testing.T) (*exec.Cmd, *bootstraps) {
	t.Helper()
	b, err := unpackBootstraps()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.remove() })
	c := exec.Command("sleep", "1000")
	c.Env = []string{"LAMBDA_RUNTIME_DIR=" + b.path}
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	return c, b
}
