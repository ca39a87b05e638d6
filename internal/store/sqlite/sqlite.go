// Package sqlite is the embedded durable store: one SQLite file in a data directory, in write-ahead logging mode.
//
// What comes in and goes out is what package store says. Writers run one after another on one connection and share
// commits: a commit forces the log to disk once for all updates that ran since the last one. Readers have connections
// of their own and wait for nobody. A directory belongs to one open store at a time. The package never looks into a
// body, and never repairs a file: SQLite replays its log when the file is opened.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"postern/internal/store"
	"postern/internal/store/feed"
	"postern/internal/store/gate"
)

// history is how many changes a watcher may lag behind, across restarts too.
const history = 8192

// Store is a store.Store in a data directory.
type Store struct {
	gate    gate.Gate
	lock    *os.File
	feed    *feed.Feed
	writer  *writer
	readers *readers
	dbs     []*sql.DB
}

// Open opens the store in a data directory, which is made if need be. It fails if another store has the directory open,
// in this process or another, and if the file in it is damaged or was written by a newer version.
func Open(dir string) (*Store, error) {
	s := &Store{}
	if err := s.open(dir); err != nil {
		_ = s.release()
		return nil, fmt.Errorf("open the store in %s: %w", dir, err)
	}
	return s, nil
}

func (s *Store) open(dir string) (err error) {
	if s.lock, err = claim(dir); err != nil {
		return err
	}
	name := filepath.Join(dir, databaseName)
	if err := create(name); err != nil {
		return err
	}
	ctx := context.Background() // opening is not cancelled half-way
	write, err := s.connect(name, "journal_mode(wal)", "synchronous(full)", "fullfsync(true)", "journal_size_limit(67108864)")
	if err != nil {
		return fmt.Errorf("%s: %w", databaseName, err)
	}
	conn, err := write.Conn(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", databaseName, err)
	}
	if err := migrate(ctx, conn); err != nil {
		_ = conn.Close()
		return fmt.Errorf("%s: %w", databaseName, err)
	}
	if s.writer, s.feed, err = newWriter(ctx, conn); err != nil {
		return fmt.Errorf("%s: %w", databaseName, err)
	}
	read, err := s.connect(name, "query_only(true)")
	if err != nil {
		return err
	}
	s.readers = newReaders(read)
	return nil
}

// connect prepares connections to the file; the store closes them.
func (s *Store) connect(name string, pragmas ...string) (*sql.DB, error) {
	source, err := address(name, append([]string{"busy_timeout(10000)"}, pragmas...)...)
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", source)
	if err != nil {
		return nil, err
	}
	db.SetMaxIdleConns(-1) // the store keeps its connections itself, with their prepared statements
	s.dbs = append(s.dbs, db)
	return db, nil
}

// View runs fn on the latest committed state, on a connection of its own.
func (s *Store) View(ctx context.Context, fn func(store.Tx) error) error {
	leave, err := s.gate.Enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	return s.readers.view(ctx, fn)
}

// Update runs fn, alone among writers, and returns when what it wrote is on disk. fn must not call Update.
func (s *Store) Update(ctx context.Context, fn func(store.Tx) error) error {
	leave, err := s.gate.Enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	return s.writer.update(ctx, fn)
}

// Watch follows the changes after revision.
func (s *Store) Watch(ctx context.Context, revision int64) (<-chan []store.Change, error) {
	return s.feed.Watch(ctx, revision)
}

// Revision is the revision of the latest committed transaction.
func (s *Store) Revision(ctx context.Context) (int64, error) {
	leave, err := s.gate.Enter(ctx)
	if err != nil {
		return 0, err
	}
	defer leave()
	return s.feed.Revision(), nil
}

// Close waits for running transactions, ends every watch, folds the log into the file and gives the directory free.
// It may be called again.
func (s *Store) Close() error {
	if !s.gate.Shut() {
		return nil
	}
	return s.release()
}

// release closes what open has opened, in the opposite order.
func (s *Store) release() error {
	var errs []error
	if s.readers != nil {
		errs = append(errs, s.readers.close())
	}
	if s.feed != nil {
		s.feed.Close()
	}
	if s.writer != nil {
		errs = append(errs, s.writer.close())
	}
	for _, db := range s.dbs {
		errs = append(errs, db.Close())
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	return errors.Join(errs...)
}
