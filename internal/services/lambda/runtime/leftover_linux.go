package runtime

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// lockName is the file that tells, by a lock of the kernel's, whether the server that made a folder still lives.
const lockName = "lock"

// lockFolder locks the folder of this server's bootstraps until the file is closed, by this server or by its death. The file gets
// its name once it is locked, so that nobody meets it unlocked.
func lockFolder(folder string) (*os.File, error) {
	f, err := os.CreateTemp(folder, lockName+"-*")
	if err != nil {
		return nil, err
	}
	if err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err == nil { //nolint:gosec // a descriptor
		err = os.Rename(f.Name(), filepath.Join(folder, lockName))
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

// endLeftovers ends what functions of other servers left running, and removes those servers' folders, as far as they
// died without notice. The kernel kills a runtime with its server, but not what the runtime had started.
func endLeftovers() {
	folders, err := filepath.Glob(filepath.Join(os.TempDir(), folderPrefix+"*"))
	if err != nil {
		return
	}
	for _, folder := range folders {
		if folder, err := filepath.EvalSymlinks(folder); err == nil {
			endLeftover(folder)
		}
	}
}

// endLeftover ends what belongs to one folder, unless its server lives.
func endLeftover(folder string) {
	var info unix.Stat_t
	if unix.Lstat(folder, &info) != nil || int(info.Uid) != os.Geteuid() {
		return // anybody may make folders there
	}
	f, err := os.Open(filepath.Join(folder, lockName))
	if err != nil {
		return
	}
	defer func() { _ = f.Close() }()
	if unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) != nil { //nolint:gosec // a descriptor
		return
	}
	for range maxSweeps {
		if killAllOf(folder) == 0 {
			break
		}
		time.Sleep(2 * time.Millisecond) // what was killed needs a moment to die
	}
	_ = os.RemoveAll(folder)
}

// killAllOf kills the processes that were started with a folder's bootstraps, or by such ones, and counts them.
func killAllOf(folder string) (killed int) {
	mine := []byte("LAMBDA_RUNTIME_DIR=" + folder)
	environments, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		return 0
	}
	for _, path := range environments {
		environment, err := os.ReadFile(path)
		if err != nil {
			continue // another's, or gone
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err != nil || pid == os.Getpid() {
			continue
		}
		for variable := range bytes.SplitSeq(environment, []byte{0}) {
			if bytes.Equal(variable, mine) && unix.Kill(pid, unix.SIGKILL) == nil {
				killed++
				break
			}
		}
	}
	return killed
}
