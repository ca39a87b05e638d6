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

// unpackBootstraps writes the programs that run handlers into a folder of their own.
func unpackBootstraps() (string, error) {
	folder, err := os.MkdirTemp("", "postern-lambda-runtime-")
	if err != nil {
		return "", err
	}
	if err := os.CopyFS(folder, Bootstraps()); err != nil {
		return "", errors.Join(err, os.RemoveAll(folder))
	}
	return filepath.EvalSymlinks(folder)
}
