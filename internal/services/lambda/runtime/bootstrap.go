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

// unpackBootstraps writes the programs that run handlers into a folder of their own.
func unpackBootstraps() (string, error) {
	folder, err := os.MkdirTemp("", "postern-lambda-runtime-")
	if err != nil {
		return "", err
	}
	files, err := fs.Sub(bootstrapFiles, "bootstrap")
	if err == nil {
		err = os.CopyFS(folder, files)
	}
	if err != nil {
		return "", errors.Join(err, os.RemoveAll(folder))
	}
	return filepath.EvalSymlinks(folder)
}
