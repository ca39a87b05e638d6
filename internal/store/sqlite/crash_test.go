package sqlite_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"postern/internal/store"
	"postern/internal/store/sqlite"
)

// crashDir names the variable that turns this test binary into the program that is going to be killed.
const crashDir = "POSTERN_TEST_CRASH_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		if err := writeForEver(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

const crashWriters = 4

func crashKey(kind string, writer, n int) store.Key {
	return store.Key{Scope: store.Scope{Account: "000000000000", Region: "us-east-1"}, Kind: kind, ID: fmt.Sprintf("%d/%08d", writer, n)}
}

// writeForEver writes transactions of three documents, from several goroutines: "left" and "right" with the number n,
// and the writer's "count", which becomes n. Between them it fails transactions that have written "wrong". It prints
// "writer n" once a transaction is acknowledged.
func writeForEver(dir string) error {
	s, err := sqlite.Open(dir)
	if err != nil {
		return err
	}
	failure := make(chan error)
	for writer := range crashWriters {
		go func() {
			for {
				if err := writeOnce(s, writer); err != nil {
					failure <- err
				}
			}
		}()
	}
	return <-failure
}

func writeOnce(s store.Store, writer int) error {
	n := 0
	if err := s.Update(context.Background(), func(tx store.Tx) error { return writeThree(tx, writer, &n) }); err != nil {
		return err
	}
	fmt.Fprintf(os.Stdout, "%d %d\n", writer, n) // one write to the pipe: it is out, or it is not
	onPurpose := errors.New("on purpose")
	err := s.Update(context.Background(), func(tx store.Tx) error {
		return errors.Join(tx.Put(crashKey("wrong", writer, n), nil), onPurpose)
	})
	if !errors.Is(err, onPurpose) {
		return fmt.Errorf("an update that failed returned %w", err)
	}
	return nil
}

// writeThree writes the transaction after the one that the count document tells of.
func writeThree(tx store.Tx, writer int, n *int) error {
	count, err := crashCount(tx, writer)
	if err != nil {
		return err
	}
	*n = count + 1
	body := []byte(strings.Repeat(strconv.Itoa(*n)+" ", rand.IntN(2000)))
	return errors.Join(
		tx.Put(crashKey("left", writer, *n), body),
		tx.Put(crashKey("count", writer, 0), []byte(strconv.Itoa(*n))),
		tx.Put(crashKey("right", writer, *n), body),
	)
}

func crashCount(tx store.Tx, writer int) (int, error) {
	d, err := tx.Get(crashKey("count", writer, 0))
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(string(d.Body))
}

// TestCrash kills a writing process without warning, again and again on the same directory.
func TestCrash(t *testing.T) {
	rounds := 20
	if testing.Short() {
		rounds = 3
	}
	dir := t.TempDir()
	acknowledged := make(map[int]int) // the greatest n by writer
	for round := range rounds {
		killAfter(t, dir, 1+rand.IntN(300), acknowledged)
		s, err := sqlite.Open(dir)
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		counts := checkWhole(t, s)
		for writer, n := range acknowledged {
			if counts[writer] < n {
				t.Errorf("round %d: writer %d was told that %d is written, and finds %d", round, writer, n, counts[writer])
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if t.Failed() {
			return
		}
	}
	t.Logf("%d rounds, acknowledged: %v", rounds, acknowledged)
}

// killAfter runs the writing process, kills it once it has acknowledged n transactions, and notes all that it
// acknowledged before it was dead.
func killAfter(t *testing.T, dir string, n int, acknowledged map[int]int) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), crashDir+"="+dir)
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	for i := 0; ; i++ {
		if i == n {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
		line, err := lines.ReadString('\n')
		if err == io.EOF {
			break // a line without its end was never acknowledged
		}
		var writer, number int
		if _, scanErr := fmt.Sscanf(line, "%d %d\n", &writer, &number); err != nil || scanErr != nil {
			t.Fatalf("line %q: %v, %v", line, err, scanErr)
		}
		acknowledged[writer] = number
	}
	_ = cmd.Wait() // it was killed
	if complaint.Len() > 0 {
		t.Fatalf("the writing process failed: %s", complaint.String())
	}
}

// checkWhole checks that every transaction is there whole or not at all, in the documents and in the feed, and returns
// the last number of each writer.
func checkWhole(t *testing.T, s store.Store) map[int]int {
	t.Helper()
	counts := make(map[int]int)
	written := make(map[store.Key]int64)
	err := s.View(t.Context(), func(tx store.Tx) error {
		for writer := range crashWriters {
			n, err := crashCount(tx, writer)
			if err != nil {
				return err
			}
			counts[writer] = n
		}
		for _, kind := range []string{"left", "right", "count", "wrong"} {
			of := make(map[string]int) // documents by writer
			if err := tx.ScanAll(kind, func(d store.Document) bool {
				writer, _, _ := strings.Cut(d.Key.ID, "/")
				of[writer]++
				written[d.Key] = d.Revision
				if of[writer] > 1 && kind != "wrong" && d.Key != crashKey(kind, number(writer), of[writer]) {
					t.Errorf("%s: document %s is at place %d", kind, d.Key.ID, of[writer])
				}
				return true
			}); err != nil {
				return err
			}
			for writer, n := range counts {
				want := map[string]int{"left": n, "right": n, "count": min(n, 1), "wrong": 0}[kind]
				if got := of[strconv.Itoa(writer)]; got != want {
					t.Errorf("writer %d: %d documents %q, want %d: a transaction is half there", writer, got, kind, want)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	checkFeed(t, s, written)
	return counts
}

// checkFeed checks that the newest changes that the store remembers are what its documents say.
func checkFeed(t *testing.T, s store.Store, written map[store.Key]int64) {
	t.Helper()
	last, err := s.Revision(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	after := max(0, last-2000)
	feed, err := s.Watch(t.Context(), after)
	if err != nil {
		t.Fatal(err)
	}
	latest := make(map[store.Key]int64)
	for seen := after; seen < last; {
		changes, ok := <-feed
		if !ok {
			t.Fatalf("the feed forgot what came after revision %d of %d", after, last)
		}
		for _, c := range changes {
			if c.Revision > seen+1 {
				t.Errorf("the feed goes from revision %d to %d", seen, c.Revision)
			}
			seen, latest[c.Key] = c.Revision, c.Revision
		}
	}
	for k, revision := range latest {
		if written[k] != revision {
			t.Errorf("document %v is of revision %d, the feed says %d", k, written[k], revision)
		}
	}
	for k, revision := range written {
		if revision > last {
			t.Errorf("document %v is of revision %d, the store of %d", k, revision, last)
		}
	}
}

func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// TestTornLog cuts the log off anywhere, as a power cut may: what opens is the store after some transaction.
func TestTornLog(t *testing.T) {
	source := t.TempDir()
	s := open(t, source)
	n := 0
	for range 40 {
		if err := s.Update(t.Context(), func(tx store.Tx) error { return writeThree(tx, 0, &n) }); err != nil {
			t.Fatal(err)
		}
	}
	file, log := read(t, source, "postern.db"), read(t, source, "postern.db-wal")
	before := -1
	for cut := 0; cut <= len(log); cut += max(1, len(log)/50+rand.IntN(7)) {
		dir := t.TempDir()
		write(t, dir, "postern.db", file)
		write(t, dir, "postern.db-wal", log[:cut])
		torn, err := sqlite.Open(dir)
		if err != nil {
			t.Fatalf("cut at %d of %d: %v", cut, len(log), err)
		}
		count := checkWhole(t, torn)[0]
		if count < before {
			t.Errorf("cut at %d of %d: %d transactions, fewer than with a shorter log (%d)", cut, len(log), count, before)
		}
		before = count
		if err := torn.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if before == 0 {
		t.Error("no cut left a transaction: the log holds none")
	}
}

func read(t *testing.T, dir, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func write(t *testing.T, dir, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
		t.Fatal(err)
	}
}
