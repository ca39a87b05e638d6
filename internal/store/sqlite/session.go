package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"postern/internal/store"
)

// session is a connection with its prepared statements. One goroutine at a time uses it. Statements run under no
// context: each is short, and an interrupted one could take its transaction with it. Contexts are asked in between.
type session struct {
	conn *sql.Conn
	get, scan, scanAll,
	put, remove, change, prune *sql.Stmt
}

// The writing statements' parameters are the columns in the order of the table.
const (
	getSQL  = `SELECT revision, body FROM documents WHERE kind = ? AND account = ? AND region = ? AND id = ?`
	scanSQL = `SELECT account, region, id, revision, body FROM documents
		WHERE kind = ? AND account = ? AND region = ? AND id > ? AND id >= ? ORDER BY id`
	scanAllSQL = `SELECT account, region, id, revision, body FROM documents
		WHERE kind = ? AND (account, region, id) > (?, ?, ?) ORDER BY account, region, id`
	putSQL = `INSERT INTO documents (kind, account, region, id, revision, body) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (kind, account, region, id) DO UPDATE SET revision = excluded.revision, body = excluded.body`
	removeSQL = `DELETE FROM documents WHERE kind = ? AND account = ? AND region = ? AND id = ?`
	changeSQL = `INSERT INTO changes (seq, revision, kind, account, region, id, deleted) VALUES (?, ?, ?, ?, ?, ?, ?)`
	pruneSQL  = `DELETE FROM changes WHERE seq <= ?`
)

// newSession prepares the statements that read, and those that write if it is for a writer. It takes over conn.
func newSession(ctx context.Context, conn *sql.Conn, writes bool) (*session, error) {
	s := &session{conn: conn}
	statements := map[string]**sql.Stmt{getSQL: &s.get, scanSQL: &s.scan, scanAllSQL: &s.scanAll}
	if writes {
		statements[putSQL], statements[removeSQL] = &s.put, &s.remove
		statements[changeSQL], statements[pruneSQL] = &s.change, &s.prune
	}
	for text, at := range statements {
		statement, err := conn.PrepareContext(ctx, text)
		if err != nil {
			return nil, errors.Join(err, s.close())
		}
		*at = statement
	}
	return s, nil
}

// exec runs a statement without parameters: the words of transactions.
func (s *session) exec(text string) error {
	_, err := s.conn.ExecContext(context.Background(), text)
	return err
}

// read fetches one document.
func (s *session) read(k store.Key) (store.Document, error) {
	d := store.Document{Key: k}
	row := s.get.QueryRowContext(context.Background(), k.Kind, k.Scope.Account, k.Scope.Region, k.ID)
	if err := row.Scan(&d.Revision, &d.Body); err != nil {
		if errors.Is(err, sql.ErrNoRows) {
			err = store.ErrNotFound
		}
		return store.Document{}, err
	}
	return d, nil
}

func (s *session) close() error {
	var errs []error
	for _, statement := range []*sql.Stmt{s.get, s.scan, s.scanAll, s.put, s.remove, s.change, s.prune} {
		if statement != nil {
			errs = append(errs, statement.Close())
		}
	}
	return errors.Join(append(errs, s.conn.Close())...)
}
