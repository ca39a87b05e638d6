package runtime

import (
	"embed"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

//go:embed bootstrap
var bootstrapFiles embed.FS

// Bootstraps are the programs that run handlers: bootstrap.py and bootstrap.mjs.
func Bootstraps() fs.FS {
	files, err := fs.Sub(bootstrapFiles, "bootstrap")
	if err != nil { // the name is a constant
		return bootstrapFiles
	}
	return files
}

// bootstraps are the programs that run handlers, unpacked: LAMBDA_RUNTIME_DIR.
type bootstraps struct {
	path string
	// lock is held as long as the server lives; nil where there are no such locks.
	lock *os.File
}

const folderPrefix = "postern-lambda-runtime-"

// unpackBootstraps writes the programs that run handlers into a folder of their own.
func unpackBootstraps() (*bootstraps, error) {
	made, err := os.MkdirTemp("", folderPrefix)
	if err != nil {
		return nil, err
	}
	b := &bootstraps{path: made}
	if b.lock, err = lockFolder(made); err == nil {
		err = os.CopyFS(made, Bootstraps())
	}
	if err == nil {
		b.path, err = filepath.EvalSymlinks(made)
	}
	if err != nil {
		return nil, errors.Join(err, b.remove())
	}
	return b, nil
}

// remove removes the folder; every process that uses it must have ended.
func (b *bootstraps) remove() error {
	err := os.RemoveAll(b.path)
	if b.lock != nil {
		err = errors.Join(err, b.lock.Close())
	}
	return err
}
