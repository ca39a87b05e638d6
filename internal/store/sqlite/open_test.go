package sqlite_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/store"
	"postern/internal/store/sqlite"
)

func pet(id string) store.Key { return store.Key{Kind: "pet", ID: id} }

func put(t *testing.T, s store.Store, ids ...string) {
	t.Helper()
	if err := s.Update(t.Context(), func(tx store.Tx) error {
		for _, id := range ids {
			if err := tx.Put(pet(id), []byte(id)); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// command runs SQL on a file behind the store's back.
func command(t *testing.T, name, text string) {
	t.Helper()
	db, err := sql.Open("sqlite", name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(text); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestWhatWasWrittenIsThereAfterReopening(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b c%20?#") // made on the way
	s := open(t, dir)
	put(t, s, "1", "2")
	put(t, s, "2", "3")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	if got, err := s.Revision(t.Context()); err != nil || got != 2 {
		t.Errorf("revision %d, %v; want 2", got, err)
	}
	got := map[string]int64{}
	if err := s.View(t.Context(), func(tx store.Tx) error {
		return tx.ScanAll("pet", func(d store.Document) bool {
			got[string(d.Body)] = d.Revision
			return true
		})
	}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]int64{"1": 1, "2": 2, "3": 2}, got); diff != "" {
		t.Errorf("documents (-want +got):\n%s", diff)
	}
}

func TestTheFeedGoesOnAfterReopening(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	put(t, s, "1")
	put(t, s, "2")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	feed, err := s.Watch(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	put(t, s, "3")
	var got []store.Change
	for len(got) < 2 {
		got = append(got, <-feed...)
	}
	if diff := cmp.Diff([]store.Change{{Key: pet("2"), Revision: 2}, {Key: pet("3"), Revision: 3}}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTheFileForgetsOldChanges(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	ids := make([]string, 1000)
	for i := range ids {
		ids[i] = fmt.Sprint(i)
	}
	for range 20 {
		put(t, s, ids...)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, "postern.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var held int
	if err := db.QueryRow("SELECT count(*) FROM changes").Scan(&held); err != nil {
		t.Fatal(err)
	}
	if held < 8192 || held > 8192+1024+1000 {
		t.Errorf("%d changes are held", held)
	}
	s = open(t, dir)
	for revision, want := range map[int64]bool{10: false, 14: true, 19: true} { // 8192 changes reach back into revision 12
		feed, err := s.Watch(t.Context(), revision)
		if err != nil {
			t.Fatal(err)
		}
		changes, ok := <-feed
		if ok != want || ok && (changes[0].Revision != revision+1 || len(changes) != 1000*int(20-revision)) {
			t.Errorf("after revision %d: open %v, %d changes", revision, ok, len(changes))
		}
	}
}

func TestADirectoryBelongsToOneStore(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	put(t, s, "1")
	_, err := sqlite.Open(dir)
	want := fmt.Sprintf("open the store in %s: another Postern (process %d) is using it: stop that one, or use another data directory",
		dir, os.Getpid())
	if err == nil || err.Error() != want {
		t.Fatalf("got  %v\nwant %s", err, want)
	}
	put(t, s, "2") // the first one is not disturbed
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
}

func TestOthersCannotReadTheData(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	put(t, open(t, dir), "1")
	for name, want := range map[string]os.FileMode{
		".": 0o700 | os.ModeDir, "postern.db": 0o600, "postern.db-wal": 0o600, "postern.db-shm": 0o600, "postern.lock": 0o600,
	} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode(); got != want {
			t.Errorf("%s: mode %v, want %v", name, got, want)
		}
	}
}

func TestOpenTellsWhatIsWrong(t *testing.T) {
	tests := []struct {
		sentence string
		prepare  func(t *testing.T, dir string)
		want     string
	}{
		{"a file of something else", func(t *testing.T, dir string) {
			write(t, dir, "postern.db", bytes.Repeat([]byte("not a database\n"), 1000))
		}, "postern.db: file is not a database"},
		{"a database of another program", func(t *testing.T, dir string) {
			command(t, filepath.Join(dir, "postern.db"), "CREATE TABLE bookmarks (url TEXT)")
		}, "postern.db: it is an SQLite database of another program"},
		{"a store of a newer version", func(t *testing.T, dir string) {
			fill(t, dir)
			command(t, filepath.Join(dir, "postern.db"), "PRAGMA user_version = 7")
		}, "postern.db: it was written by a newer version of Postern (schema 7, this version knows 1): upgrade Postern, or use another data directory"},
		{"a file that lost its end", func(t *testing.T, dir string) {
			fill(t, dir)
			write(t, dir, "postern.db", read(t, dir, "postern.db")[:5000])
		}, "postern.db: database disk image is malformed"},
		{"a file with another file's page in it", func(t *testing.T, dir string) {
			fill(t, dir)
			data := read(t, dir, "postern.db")
			copy(data[100:4096], bytes.Repeat([]byte("garbage!"), 500))
			write(t, dir, "postern.db", data)
		}, "postern.db: database disk image is malformed"},
		{"a directory that is a file", func(t *testing.T, dir string) {
			if err := os.Remove(dir); err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Dir(dir), filepath.Base(dir), nil)
		}, "not a directory"},
	}
	for _, tt := range tests {
		t.Run(tt.sentence, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			tt.prepare(t, dir)
			_, err := sqlite.Open(dir)
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "open the store in "+dir+": ") {
				t.Fatalf("got  %v\nwant %s", err, tt.want)
			}
			if _, again := sqlite.Open(dir); again == nil || again.Error() != err.Error() {
				t.Errorf("opening again: %v: the directory was not given free", again)
			}
		})
	}
}

// fill makes a store with some documents and closes it.
func fill(t *testing.T, dir string) {
	t.Helper()
	s := open(t, dir)
	for i := range 100 {
		put(t, s, fmt.Sprint(i))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
