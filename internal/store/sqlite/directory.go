package sqlite

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// The files of a data directory; SQLite adds postern.db-wal and postern.db-shm.
const (
	databaseName = "postern.db"
	lockName     = "postern.lock"
)

// claim makes the directory, for its owner's eyes only, and locks it against every other store. The lock file holds the
// process id of who has it, and stays when the lock goes.
func claim(dir string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	name := filepath.Join(dir, lockName)
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	locked, err := tryLock(f)
	if err == nil && !locked {
		err = fmt.Errorf("another Postern%s is using it: stop that one, or use another data directory", owner(name))
	}
	if err == nil {
		err = f.Truncate(0)
	}
	if err == nil {
		_, err = f.WriteString(strconv.Itoa(os.Getpid()) + "\n")
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

// owner names the process that holds the lock, as far as the lock file tells.
func owner(name string) string {
	text, err := os.ReadFile(name)
	if pid := strings.TrimSpace(string(text)); err == nil && pid != "" {
		return " (process " + pid + ")"
	}
	return ""
}

// create makes an empty database file, readable by its owner only: SQLite gives its other files the same mode. A file
// that is there is left alone.
func create(name string) error {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// address is the data source name of a database file with pragmas for each of its connections.
func address(name string, pragmas ...string) (string, error) {
	name, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	path := filepath.ToSlash(name)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // a drive letter
	}
	u := url.URL{Scheme: "file", Path: path, RawQuery: url.Values{"_pragma": pragmas}.Encode()}
	return u.String(), nil
}
