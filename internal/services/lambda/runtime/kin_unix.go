//go:build unix && !linux

package runtime

import (
	"os"
	"os/exec"
	"sync"
	"syscall"
)

// kin knows nothing here: only process groups are killed.
type kin struct{}

var kinship = sync.OnceValue(func() *kin { return &kin{} })

// birth starts a runtime in a process group of its own.
func (k *kin) birth(c *exec.Cmd, _ string) error {
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return c.Start()
}

func (k *kin) remove(int)      {}
func (k *kin) sweep()          {}
func residentMemory(int) int64 { return 0 }

// killGroup kills a runtime and everything in its group.
func killGroup(p *os.Process) { _ = syscall.Kill(-p.Pid, syscall.SIGKILL) }

// awaitEnd waits until a runtime has ended, and kills what is left of its group.
func awaitEnd(c *exec.Cmd) {
	_ = c.Wait()
	killGroup(c.Process)
}
