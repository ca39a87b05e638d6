// Package code unpacks the archives that functions are uploaded as.
//
// What comes in: the bytes of a zip archive, from anybody. What goes out: a folder with its files, or ErrNotZip, ErrEmpty
// or ErrTooLarge. Nothing is ever written outside of that folder, and never more than MaxUnpacked bytes; a folder that
// is there is complete.
package code

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// The bounds of an archive. Source: Lambda developer guide, "Lambda quotas".
const (
	// MaxPacked is how large an archive may be, in bytes.
	MaxPacked = 50 << 20
	// MaxUnpacked is how large its files may be together, in bytes.
	MaxUnpacked = 262144000
	// MaxFiles is how many files it may hold: AWS names no figure, but a folder of this machine has bounds.
	MaxFiles = 100000
)

var (
	// ErrNotZip is given for what cannot be read as an archive, or is not safe to unpack.
	ErrNotZip = errors.New("this is no zip archive that can be unpacked")
	// ErrEmpty is given for an archive without files.
	ErrEmpty = errors.New("the archive is empty")
	// ErrTooLarge is given for an archive whose files are larger than MaxUnpacked.
	ErrTooLarge = errors.New("the files of the archive are too large")
)

// Sum is the SHA-256 of an archive, as AWS prints it (base64) and as folders are named (hexadecimal).
func Sum(archive []byte) (base64Text, hexText string) {
	sum := sha256.Sum256(archive)
	return base64.StdEncoding.EncodeToString(sum[:]), hex.EncodeToString(sum[:])
}

// Cache is a folder with a folder for each archive, named by its SHA-256. Its methods may be called from any goroutine.
type Cache struct {
	// folder is empty for a temporary one that was not needed yet; guarded by unpacking then.
	folder    string
	temporary bool
	// unpacking lets one archive be unpacked at a time.
	unpacking sync.Mutex
}

// Temporary is a cache in a folder of the system's for temporary files, made when it is needed; Close removes it.
func Temporary() *Cache { return &Cache{temporary: true} }

// make makes a temporary cache's folder; the caller holds unpacking.
func (c *Cache) make() error {
	if c.folder != "" {
		return nil
	}
	made, err := os.MkdirTemp("", "postern-lambda-code-")
	if err == nil {
		made, err = filepath.EvalSymlinks(made)
	}
	if err != nil {
		return fmt.Errorf("make a folder for the code of functions: %w", err)
	}
	c.folder = made
	return nil
}

// Open makes the folder when it is missing, and removes what an earlier run has left half done.
func Open(folder string) (*Cache, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return nil, fmt.Errorf("find the folder for the code of functions: %w", err)
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("make a folder for the code of functions: %w", err)
	}
	if folder, err = filepath.EvalSymlinks(folder); err != nil {
		return nil, fmt.Errorf("find the folder for the code of functions: %w", err)
	}
	partial, err := filepath.Glob(filepath.Join(folder, "*"+unfinished))
	if err != nil {
		return nil, fmt.Errorf("look for unfinished folders: %w", err)
	}
	for _, path := range partial {
		if err := os.RemoveAll(path); err != nil {
			return nil, fmt.Errorf("remove an unfinished folder: %w", err)
		}
	}
	return &Cache{folder: folder}, nil
}

// unfinished ends the name of a folder that is being filled.
const unfinished = ".part"

// Folder is where the archive with this hexadecimal SHA-256 is unpacked, if it is.
func (c *Cache) Folder(key string) (path string, ok bool) {
	c.unpacking.Lock()
	defer c.unpacking.Unlock()
	return c.find(key)
}

func (c *Cache) find(key string) (path string, ok bool) {
	if c.folder == "" {
		return "", false
	}
	path = filepath.Join(c.folder, key)
	info, err := os.Stat(path)
	return path, err == nil && info.IsDir()
}

// Unpack gives the folder with the archive's files.
func (c *Cache) Unpack(archive []byte) (path string, err error) {
	_, key := Sum(archive)
	c.unpacking.Lock()
	defer c.unpacking.Unlock()
	if path, ok := c.find(key); ok {
		return path, nil
	}
	if err := c.make(); err != nil {
		return "", err
	}
	part, err := os.MkdirTemp(c.folder, key+"-*"+unfinished)
	if err != nil {
		return "", fmt.Errorf("make a folder for an archive: %w", err)
	}
	if err := unpack(archive, part); err != nil {
		return "", errors.Join(err, os.RemoveAll(part))
	}
	path = filepath.Join(c.folder, key)
	if err := os.Rename(part, path); err != nil {
		return "", errors.Join(fmt.Errorf("name the folder of an archive: %w", err), os.RemoveAll(part))
	}
	return path, nil
}

// Remove removes an archive's folder.
func (c *Cache) Remove(key string) error {
	if path, ok := c.Folder(key); ok {
		return os.RemoveAll(path)
	}
	return nil
}

// Keep removes every folder but those of these keys.
func (c *Cache) Keep(keys map[string]bool) error {
	entries, err := os.ReadDir(c.folder)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if len(entry.Name()) == hex.EncodedLen(sha256.Size) && !keys[entry.Name()] {
			err = errors.Join(err, c.Remove(entry.Name()))
		}
	}
	return err
}

// Close removes a temporary cache.
func (c *Cache) Close() error {
	c.unpacking.Lock()
	defer c.unpacking.Unlock()
	if !c.temporary || c.folder == "" {
		return nil
	}
	return os.RemoveAll(c.folder)
}

// unpack writes the archive's files into a folder. The folder is a root that no path leads out of.
func unpack(archive []byte, folder string) error {
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return ErrNotZip
	}
	if r == nil || err != nil {
		return ErrNotZip
	}
	if len(r.File) > MaxFiles {
		return ErrTooLarge
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return fmt.Errorf("open the folder of an archive: %w", err)
	}
	defer func() { _ = root.Close() }()
	left, files := int64(MaxUnpacked), 0
	for _, file := range r.File {
		n, err := unpackFile(root, file, left)
		if err != nil {
			return err
		}
		left -= n
		if !file.FileInfo().IsDir() {
			files++
		}
	}
	if files == 0 {
		return ErrEmpty
	}
	return nil
}

// unpackFile writes one entry, and gives its size.
func unpackFile(root *os.Root, file *zip.File, left int64) (int64, error) {
	name := filepath.FromSlash(strings.TrimSuffix(file.Name, "/"))
	if !filepath.IsLocal(name) {
		return 0, ErrNotZip
	}
	mode := file.Mode()
	if mode.IsDir() {
		return 0, made(root.MkdirAll(name, 0o755))
	}
	if parent := filepath.Dir(name); parent != "." {
		if err := root.MkdirAll(parent, 0o755); err != nil {
			return 0, ErrNotZip // a file stands where a folder is wanted
		}
	}
	content, err := file.Open()
	if err != nil {
		return 0, ErrNotZip
	}
	defer content.Close()
	if mode&fs.ModeSymlink != 0 {
		return unpackLink(root, name, content)
	}
	if !mode.IsRegular() {
		return 0, ErrNotZip
	}
	return unpackContent(root, name, mode, content, left)
}

func made(err error) error {
	if err != nil {
		return ErrNotZip
	}
	return nil
}

// maxLink is how long the target of a link may be, in bytes.
const maxLink = 4096

// unpackLink makes a symbolic link, as package managers put them into node_modules/.bin. Its target must be inside.
func unpackLink(root *os.Root, name string, content io.Reader) (int64, error) {
	target, err := io.ReadAll(io.LimitReader(content, maxLink+1))
	if err != nil || len(target) > maxLink {
		return 0, ErrNotZip
	}
	to := string(target)
	if filepath.IsAbs(to) || !filepath.IsLocal(filepath.Join(filepath.Dir(name), to)) {
		return 0, ErrNotZip
	}
	return int64(len(target)), made(root.Symlink(to, name))
}

// unpackContent writes a file. Everybody may read it, and run it if the archive says so.
func unpackContent(root *os.Root, name string, mode fs.FileMode, content io.Reader, left int64) (int64, error) {
	allowed := fs.FileMode(0o644)
	if mode&0o111 != 0 {
		allowed = 0o755
	}
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, allowed)
	if err != nil {
		return 0, ErrNotZip
	}
	n, err := io.Copy(f, io.LimitReader(content, left+1))
	err = errors.Join(err, f.Close())
	switch {
	case n > left:
		return n, ErrTooLarge
	case errors.Is(err, zip.ErrChecksum) || errors.Is(err, zip.ErrFormat) || errors.Is(err, io.ErrUnexpectedEOF):
		return n, ErrNotZip
	case err != nil:
		return n, fmt.Errorf("write a file of an archive: %w", err)
	}
	return n, nil
}
