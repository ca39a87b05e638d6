//go:build !unix

package runtime

import (
	"os"
	"os/exec"
	"sync"
)

// kin knows nothing here: only the runtime itself is killed.
type kin struct{}

var kinship = sync.OnceValue(func() *kin { return &kin{} })

func (k *kin) birth(c *exec.Cmd, _ string) error { return c.Start() }
func (k *kin) remove(int)                        {}
func (k *kin) sweep()                            {}
func residentMemory(int) int64                   { return 0 }
func killGroup(p *os.Process)                    { _ = p.Kill() }
func awaitEnd(c *exec.Cmd)                       { _ = c.Wait() }
