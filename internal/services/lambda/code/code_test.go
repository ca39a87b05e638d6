package code_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postern/internal/services/lambda/code"
)

// entry is one file of an archive.
type entry struct {
	name, text string
	mode       fs.FileMode
}

func archive(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range entries {
		header := &zip.FileHeader{Name: e.name, Method: zip.Deflate}
		if e.mode == 0 {
			e.mode = 0o644
		}
		header.SetMode(e.mode)
		w, err := z.CreateHeader(header)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(e.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestUnpack(t *testing.T) {
	cache := code.Temporary()
	defer cache.Close()
	packed := archive(t, entry{name: "app.py", text: "x = 1"}, entry{name: "lib/"}, entry{name: "lib/deep/b.txt", text: "b"},
		entry{name: "bootstrap", text: "#!/bin/sh", mode: 0o755}, entry{name: "lib/link", text: "deep/b.txt", mode: fs.ModeSymlink | 0o777})
	folder, err := cache.Unpack(packed)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"app.py": "x = 1", "lib/deep/b.txt": "b", "lib/link": "b"} {
		if got, err := os.ReadFile(filepath.Join(folder, name)); string(got) != want || err != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	for name, runs := range map[string]bool{"app.py": false, "bootstrap": true} {
		if info, err := os.Stat(filepath.Join(folder, name)); err != nil || info.Mode()&0o100 != 0 != runs {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
	again, err := cache.Unpack(packed)
	if again != folder || err != nil {
		t.Errorf("again: %s, %v", again, err)
	}
	_, key := code.Sum(packed)
	if err := cache.Remove(key); err != nil {
		t.Error(err)
	}
	if _, ok := cache.Folder(key); ok {
		t.Error("the folder is still there")
	}
}

// An archive from a stranger writes nothing outside of its folder, and never more than it may.
func TestUnpackRefuses(t *testing.T) {
	outside := t.TempDir()
	for _, c := range []struct {
		name    string
		archive []byte
		want    error
	}{
		{"no archive", []byte("hello"), code.ErrNotZip},
		{"nothing", nil, code.ErrNotZip},
		{"no file", archive(t), code.ErrEmpty},
		{"folders only", archive(t, entry{name: "a/"}), code.ErrEmpty},
		{"a path upwards", archive(t, entry{name: "../evil", text: "x"}), code.ErrNotZip},
		{"a path upwards in the middle", archive(t, entry{name: "a/../../evil", text: "x"}), code.ErrNotZip},
		{"an absolute path", archive(t, entry{name: outside + "/evil", text: "x"}), code.ErrNotZip},
		{"a link upwards", archive(t, entry{name: "l", text: "../evil", mode: fs.ModeSymlink | 0o777}), code.ErrNotZip},
		{"an absolute link", archive(t, entry{name: "l", text: outside, mode: fs.ModeSymlink | 0o777}), code.ErrNotZip},
		{
			"a file through a link to a link upwards",
			archive(t, entry{name: "a/b/", text: ""}, entry{name: "a/b/up", text: "../..", mode: fs.ModeSymlink | 0o777},
				entry{name: "a/b/up/../evil", text: "x"}),
			code.ErrNotZip,
		},
		{"a device", archive(t, entry{name: "d", mode: fs.ModeDevice | 0o600}), code.ErrNotZip},
		{"a folder where a file is", archive(t, entry{name: "a", text: "x"}, entry{name: "a/b", text: "x"}), code.ErrNotZip},
		{"cut short", archive(t, entry{name: "a", text: strings.Repeat("abc", 1000)})[:60], code.ErrNotZip},
		{"a bomb", archive(t, entry{name: "a", text: strings.Repeat("\x00", code.MaxUnpacked+1)}), code.ErrTooLarge},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := filepath.Join(t.TempDir(), "cache")
			cache, err := code.Open(root)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := cache.Unpack(c.archive); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			left, err := os.ReadDir(root)
			if err != nil || len(left) > 0 {
				t.Errorf("%v is left (%v)", left, err)
			}
			beside, err := os.ReadDir(filepath.Dir(root))
			if err != nil || len(beside) != 1 {
				t.Errorf("beside the cache: %v (%v)", beside, err)
			}
		})
	}
	if left, _ := os.ReadDir(outside); len(left) > 0 {
		t.Errorf("written outside: %v", left)
	}
}

// What an earlier run has left half done is removed, and so is what nobody needs.
func TestOpenTidies(t *testing.T) {
	root := t.TempDir()
	cache, err := code.Open(root)
	if err != nil {
		t.Fatal(err)
	}
	kept, dropped := archive(t, entry{name: "a", text: "1"}), archive(t, entry{name: "a", text: "2"})
	for _, packed := range [][]byte{kept, dropped} {
		if _, err := cache.Unpack(packed); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(root, "x.part"), 0o700); err != nil {
		t.Fatal(err)
	}
	if cache, err = code.Open(root); err != nil {
		t.Fatal(err)
	}
	_, key := code.Sum(kept)
	if err := cache.Keep(map[string]bool{key: true}); err != nil {
		t.Error(err)
	}
	entries, err := os.ReadDir(root)
	if err != nil || len(entries) != 1 || entries[0].Name() != key {
		t.Errorf("left: %v (%v)", entries, err)
	}
}

func FuzzUnpack(f *testing.F) {
	f.Add(archive(f, entry{name: "a/b", text: "x"}, entry{name: "l", text: "a", mode: fs.ModeSymlink | 0o777}))
	f.Fuzz(func(t *testing.T, packed []byte) {
		root := filepath.Join(t.TempDir(), "cache")
		cache, err := code.Open(root)
		if err != nil {
			t.Fatal(err)
		}
		_, err = cache.Unpack(packed)
		entries, _ := os.ReadDir(root)
		if (err == nil) != (len(entries) == 1) {
			t.Errorf("%d folders, %v", len(entries), err)
		}
		if beside, _ := os.ReadDir(filepath.Dir(root)); len(beside) != 1 {
			t.Errorf("beside the cache: %v", beside)
		}
	})
}
