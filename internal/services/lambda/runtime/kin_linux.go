package runtime

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// kin finds the children that functions leave behind. Every runtime has a process group of its own; what it starts in turn
// may leave that group, and its parents may die, but then it becomes a child of this server, which has declared itself
// the reaper of its descendants. What belongs to no live runtime any more is killed.
//
// A session of its own would do as well, but Linux shares the processor among sessions (autogroup), and an event that
// goes from one to the other waits longer.
//
// Whose children are adopted is a property of the operating system's process, not of a Host: there is one kin for all.
type kin struct {
	// group is this server's process group; what others start in this program is in it.
	group int
	// census is held while a runtime is started or the process table is read, so that none is met before it is known.
	census sync.Mutex

	mu sync.Mutex
	// roots are the runtimes, by process number, with their log streams, which their children inherit in the environment.
	roots map[int]string
}

// kinship makes the one kin when it is asked for the first time.
var kinship = sync.OnceValue(newKin)

func newKin() *kin {
	// Where the kernel refuses, orphans are adopted by init, and only process groups are killed.
	_ = unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
	return &kin{group: unix.Getpgrp(), roots: map[int]string{}}
}

// birth starts a runtime.
func (k *kin) birth(c *exec.Cmd, stream string) error {
	k.census.Lock()
	defer k.census.Unlock()
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := c.Start(); err != nil {
		return err
	}
	k.mu.Lock()
	k.roots[c.Process.Pid] = stream
	k.mu.Unlock()
	return nil
}

// remove forgets a runtime that has ended, and ends what it left behind.
func (k *kin) remove(pid int) {
	k.mu.Lock()
	delete(k.roots, pid)
	k.mu.Unlock()
	k.sweep()
}

// maxSweeps bounds how often the process table is read again, since each killed process may leave children too.
const maxSweeps = 20

// sweep kills the orphans of runtimes that have ended and buries the dead.
func (k *kin) sweep() {
	for range maxSweeps {
		if k.sweepOnce() == 0 {
			return
		}
		time.Sleep(2 * time.Millisecond) // what was killed needs a moment to die
	}
}

// sweepOnce counts what it killed.
func (k *kin) sweepOnce() (killed int) {
	k.census.Lock()
	defer k.census.Unlock()
	self := os.Getpid()
	for _, p := range children(self) {
		k.mu.Lock()
		_, isRoot := k.roots[p.pid]
		k.mu.Unlock()
		switch {
		case isRoot || p.group == k.group:
		case p.dead:
			_, _ = unix.Wait4(p.pid, nil, unix.WNOHANG, nil)
		case !k.belongs(p):
			_ = unix.Kill(p.pid, unix.SIGKILL)
			killed++
		}
	}
	return killed
}

// belongs tells whether an orphan comes from a runtime that is still there: by its group, or by the log stream in the
// environment that it was started with.
func (k *kin) belongs(p entry) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if _, ok := k.roots[p.group]; ok {
		return true
	}
	environment, err := os.ReadFile("/proc/" + strconv.Itoa(p.pid) + "/environ")
	if err != nil {
		return false
	}
	for variable := range bytes.SplitSeq(environment, []byte{0}) {
		stream, ok := bytes.CutPrefix(variable, []byte("AWS_LAMBDA_LOG_STREAM_NAME="))
		if !ok {
			continue
		}
		for _, known := range k.roots {
			if known == string(stream) {
				return true
			}
		}
	}
	return false
}

// entry is what the process table says of a process.
type entry struct {
	pid, group int
	dead       bool
}

// children reads the process table for the children of a process.
func children(parent int) []entry {
	folder, err := os.Open("/proc")
	if err != nil {
		return nil
	}
	defer folder.Close()
	names, _ := folder.Readdirnames(-1)
	var found []entry
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil {
			continue
		}
		if e, ppid, ok := readStat(pid); ok && ppid == parent {
			found = append(found, e)
		}
	}
	return found
}

// readStat reads /proc/PID/stat: "PID (NAME) STATE PPID PGRP SESSION ..."; the name may hold blanks and brackets.
func readStat(pid int) (e entry, ppid int, ok bool) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return e, 0, false
	}
	i := bytes.LastIndexByte(text, ')')
	fields := strings.Fields(string(text[i+1:]))
	if i < 0 || len(fields) < 4 {
		return e, 0, false
	}
	ppid, err1 := strconv.Atoi(fields[1])
	group, err2 := strconv.Atoi(fields[2])
	return entry{pid: pid, group: group, dead: fields[0] == "Z" || fields[0] == "X"}, ppid, errors.Join(err1, err2) == nil
}

// killGroup kills a runtime and everything in its group.
func killGroup(p *os.Process) { _ = unix.Kill(-p.Pid, unix.SIGKILL) }

// awaitEnd waits until a runtime has ended, and kills its group while its number is still its own.
func awaitEnd(c *exec.Cmd) {
	for {
		var info unix.Siginfo
		if err := unix.Waitid(unix.P_PID, c.Process.Pid, &info, unix.WEXITED|unix.WNOWAIT, nil); !errors.Is(err, unix.EINTR) {
			break
		}
	}
	killGroup(c.Process)
}

// residentMemory is how many bytes of memory a process has resident; 0 when it is gone.
func residentMemory(pid int) int64 {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/statm")
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(text))
	if len(fields) < 2 {
		return 0
	}
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}
