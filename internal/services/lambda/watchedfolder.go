package lambda

import (
	"io/fs"
	"path/filepath"
	"sync/atomic"
	"time"
)

// watchedFolder tells whether the files of a function that runs in a folder of this machine have changed, so that the
// next event gets a process with the new ones. It looks at most once a second. The zero value watches nothing.
type watchedFolder struct {
	path atomic.Pointer[string]
	// looked is when the folder was looked at last, newest the time of its newest file then; in nanoseconds.
	looked, newest atomic.Int64
	stale          atomic.Bool
}

const lookEvery = time.Second

// begin takes the folder as it is.
func (w *watchedFolder) begin(path string) {
	w.newest.Store(newestFile(path))
	w.looked.Store(time.Now().UnixNano())
	w.stale.Store(false)
	w.path.Store(&path)
}

// changed tells whether a file has changed since begin.
func (w *watchedFolder) changed() bool {
	path := w.path.Load()
	if path == nil {
		return false
	}
	now := time.Now().UnixNano()
	if looked := w.looked.Load(); now-looked < int64(lookEvery) || !w.looked.CompareAndSwap(looked, now) {
		return w.stale.Load()
	}
	if newestFile(*path) != w.newest.Load() {
		w.stale.Store(true)
	}
	return w.stale.Load()
}

// take tells whether there is a change that nobody has taken.
func (w *watchedFolder) take() bool { return w.stale.Swap(false) }

// maxWatched is how many files are looked at; of a larger folder the first ones.
const maxWatched = 5000

// newestFile is the latest time at which a file or folder below path was changed, in nanoseconds. What package managers
// and version control put there is not looked at.
func newestFile(path string) (newest int64) {
	files := 0
	_ = filepath.WalkDir(path, func(at string, entry fs.DirEntry, err error) error {
		if files++; err != nil || files > maxWatched {
			return fs.SkipAll
		}
		if entry.IsDir() && at != path && skipped(entry.Name()) {
			return fs.SkipDir
		}
		if info, err := entry.Info(); err == nil {
			newest = max(newest, info.ModTime().UnixNano())
		}
		return nil
	})
	return newest
}

func skipped(folder string) bool {
	switch folder {
	case "node_modules", ".git", "__pycache__", ".venv", "venv":
		return true
	}
	return false
}
