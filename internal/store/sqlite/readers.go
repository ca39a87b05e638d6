package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"postern/internal/store"
)

// idleReaders is how many connections are kept for the next view.
const idleReaders = 16

// readers is the connections for views. There is no limit on how many are open: a view waits for no other view, so
// views may be nested.
type readers struct {
	db   *sql.DB
	idle chan *session
}

func newReaders(db *sql.DB) *readers {
	return &readers{db: db, idle: make(chan *session, idleReaders)}
}

// view runs fn in a read transaction. SQLite fixes the state that it sees at its first read.
func (r *readers) view(ctx context.Context, fn func(store.Tx) error) error {
	s, err := r.take()
	if err != nil {
		return err
	}
	defer r.put(s)
	if err := s.exec("BEGIN"); err != nil {
		return err
	}
	t := &tx{ctx: ctx, session: s}
	defer func() { t.done = true }()
	return fn(t)
}

// take is an idle connection or a new one.
func (r *readers) take() (*session, error) {
	select {
	case s := <-r.idle:
		return s, nil
	default:
	}
	ctx := context.Background() // the connection outlives the view that it is opened for
	conn, err := r.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return newSession(ctx, conn, false)
}

// put ends the session's transaction, however its view ended, and keeps the session if it is of use.
func (r *readers) put(s *session) {
	if err := s.exec("ROLLBACK"); err == nil {
		select {
		case r.idle <- s:
			return
		default:
		}
	}
	_ = s.close() // a reader has nothing to lose
}

// close closes the idle connections; views are over by then.
func (r *readers) close() error {
	var errs []error
	for {
		select {
		case s := <-r.idle:
			errs = append(errs, s.close())
		default:
			return errors.Join(errs...)
		}
	}
}
