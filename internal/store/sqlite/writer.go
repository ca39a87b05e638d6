package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"runtime"
	"sync"
	"time"

	"postern/internal/store"
	"postern/internal/store/feed"
)

// A batch of updates is committed when nobody waits for a turn, or when it has become this large or this old.
const (
	batchUpdates = 256
	batchAge     = 5 * time.Millisecond
)

// writer owns the connection that writes. Its goroutine gives each update its turn and commits what ran, so that one
// fsync serves many. An update's function runs on its caller's goroutine: a panic stays with its caller.
type writer struct {
	session *session
	feed    *feed.Feed
	queue   chan *turn
	stopped sync.WaitGroup

	// Of the writer's goroutine alone.
	revision int64 // of the last update that ran
	seq      int64 // of the last change written
	pruned   int64 // of the last change removed
}

// turn is an update that waits to run, runs, or waits for its commit.
type turn struct {
	ctx       context.Context
	granted   chan *tx   // unbuffered: who has gone away is granted nothing
	ran       chan bool  // whether to keep what it wrote
	committed chan error // buffered: a caller that panicked does not read it
}

// newWriter starts the writer and the feed where the file left off. It takes over conn.
func newWriter(ctx context.Context, conn *sql.Conn) (*writer, *feed.Feed, error) {
	s, err := newSession(ctx, conn, true)
	if err != nil {
		return nil, nil, err
	}
	w := &writer{session: s, queue: make(chan *turn)}
	if err := w.load(ctx); err != nil {
		return nil, nil, errors.Join(err, s.close())
	}
	w.stopped.Go(w.run)
	return w, w.feed, nil
}

// load reads the kept changes, newest history of them, into the feed.
func (w *writer) load(ctx context.Context) error {
	rows, err := w.session.conn.QueryContext(ctx, `SELECT seq, revision, kind, account, region, id, deleted FROM changes
		WHERE seq > (SELECT coalesce(max(seq), 0) FROM changes) - ? ORDER BY seq`, history)
	if err != nil {
		return err
	}
	defer rows.Close()
	var kept []store.Change
	first := int64(1)
	for rows.Next() {
		var c store.Change
		if err := rows.Scan(&w.seq, &c.Revision, &c.Key.Kind, &c.Key.Scope.Account, &c.Key.Scope.Region, &c.Key.ID, &c.Deleted); err != nil {
			return err
		}
		if kept == nil {
			first = w.seq
		}
		kept = append(kept, c)
		w.revision = c.Revision
	}
	dropped := int64(0)
	if first > 1 { // the oldest transaction that is left may have lost some of its changes
		dropped = kept[0].Revision
	}
	w.pruned = first - 1
	w.feed = feed.New(history, dropped, kept)
	return rows.Err()
}

// update waits for a turn, runs fn, and waits for the commit.
func (w *writer) update(ctx context.Context, fn func(store.Tx) error) error {
	u := &turn{
		ctx:       ctx,
		granted:   make(chan *tx),
		ran:       make(chan bool, 1),
		committed: make(chan error, 1),
	}
	select {
	case w.queue <- u:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case t := <-u.granted:
		err := u.execute(t, fn)
		// A function that failed may have failed for what another update of the batch wrote: it waits, too.
		return cmp.Or(<-u.committed, err)
	case err := <-u.committed: // there was nothing to run in
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// execute runs fn in its transaction and tells the writer how it ended, also when it does not return.
func (u *turn) execute(t *tx, fn func(store.Tx) error) error {
	keep := false
	defer func() { t.done = true; u.ran <- keep }()
	if err := fn(t); err != nil {
		return err
	}
	if err := t.usable(); err != nil {
		return err
	}
	keep = true
	return nil
}

// run is the writer's goroutine.
func (w *writer) run() {
	for u := range w.queue {
		w.batch(u)
	}
}

// batch runs an update and those that come while it is at it, commits them together, and tells their callers.
func (w *writer) batch(first *turn) {
	began, revision, seq := time.Now(), w.revision, w.seq
	var members []*turn
	var changes []store.Change
	err := w.session.exec("BEGIN IMMEDIATE")
	for u := first; u != nil; u = w.next(len(members), began) {
		members = append(members, u)
		if err != nil {
			break
		}
		var written []store.Change
		written, err = w.give(u)
		changes = append(changes, written...)
	}
	if err == nil {
		err = w.commit()
	}
	if err != nil {
		_ = w.session.exec("ROLLBACK") // SQLite may have done so itself
		w.revision, w.seq = revision, seq
	} else {
		w.feed.Publish(changes)
	}
	for _, u := range members {
		u.committed <- err
	}
}

// next is the next update of a batch, if there is one and the batch has room. Callers whose batch has just been
// committed may be about to ask again: they get the chance to.
func (w *writer) next(members int, began time.Time) *turn {
	if members >= batchUpdates || time.Since(began) > batchAge {
		return nil
	}
	for range 2 {
		select {
		case u := <-w.queue:
			return u
		default:
			runtime.Gosched()
		}
	}
	return nil
}

// give lets an update run, and keeps or undoes what it wrote. An error is the database's: the batch is lost.
func (w *writer) give(u *turn) ([]store.Change, error) {
	t := &tx{ctx: u.ctx, session: w.session, revision: w.revision + 1}
	select {
	case u.granted <- t:
	case <-u.ctx.Done():
		return nil, nil
	}
	keep := <-u.ran
	if t.broken == nil && keep {
		_ = t.fail(w.note(t.changes))
	}
	if t.broken == nil {
		_ = t.end(keep)
	}
	if t.broken != nil || !keep || len(t.changes) == 0 {
		return nil, t.broken
	}
	w.revision = t.revision
	return t.changes, nil
}

// note writes changes into the table that a feed starts from.
func (w *writer) note(changes []store.Change) error {
	for _, c := range changes {
		w.seq++
		if _, err := w.session.change.ExecContext(context.Background(), w.seq, c.Revision,
			c.Key.Kind, c.Key.Scope.Account, c.Key.Scope.Region, c.Key.ID, c.Deleted); err != nil {
			return err
		}
	}
	return nil
}

// commit makes the batch durable. Now and then it removes the changes that nobody can ask for any more.
func (w *writer) commit() error {
	const lag = 1024
	if old := w.seq - history; old > w.pruned+lag {
		if _, err := w.session.prune.ExecContext(context.Background(), old); err != nil {
			return err
		}
		w.pruned = old
	}
	return w.session.exec("COMMIT")
}

// close stops the writer's goroutine; updates are over by then.
func (w *writer) close() error {
	close(w.queue)
	w.stopped.Wait()
	return w.session.close()
}
