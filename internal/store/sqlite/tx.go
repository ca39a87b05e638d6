package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"postern/internal/store"
)

// A scan reads ahead a page at a time, so that no statement is open while yield runs and may use the transaction.
const (
	pageDocuments = 128
	pageBytes     = 1 << 20
)

// tx is a transaction on a session: a view, or one update among those that share a commit.
type tx struct {
	ctx      context.Context
	session  *session
	revision int64 // that its writes get; 0: a view
	begun    bool  // the savepoint to which the update rolls back
	changes  []store.Change
	place    map[store.Key]int // of a key's change in changes
	broken   error             // the first failure of the database, after which nothing of it can be trusted
	done     bool
}

// usable is the error of a transaction that has ended, failed, or whose context has ended.
func (t *tx) usable() error {
	switch {
	case t.done:
		return store.ErrTxDone
	case t.broken != nil:
		return t.broken
	}
	return t.ctx.Err()
}

// fail remembers a failure of the database.
func (t *tx) fail(err error) error {
	if err != nil && t.broken == nil {
		t.broken = err
	}
	return err
}

func (t *tx) Get(k store.Key) (store.Document, error) {
	if err := t.usable(); err != nil {
		return store.Document{}, err
	}
	d, err := t.session.read(k)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return d, t.fail(err)
	}
	return d, err
}

func (t *tx) Put(k store.Key, body []byte) error {
	if err := t.begin(); err != nil {
		return err
	}
	if body == nil {
		body = []byte{} // nil would be NULL
	}
	_, err := t.session.put.ExecContext(context.Background(), k.Kind, k.Scope.Account, k.Scope.Region, k.ID, t.revision, body)
	if err != nil {
		return t.fail(err)
	}
	t.changed(store.Change{Key: k, Revision: t.revision})
	return nil
}

func (t *tx) Delete(k store.Key) error {
	if err := t.begin(); err != nil {
		return err
	}
	result, err := t.session.remove.ExecContext(context.Background(), k.Kind, k.Scope.Account, k.Scope.Region, k.ID)
	if err != nil {
		return t.fail(err)
	}
	removed, err := result.RowsAffected()
	if err != nil {
		return t.fail(err)
	}
	if removed > 0 {
		t.changed(store.Change{Key: k, Revision: t.revision, Deleted: true})
	}
	return nil
}

// begin makes sure that an update can be rolled back, from its first write on.
func (t *tx) begin() error {
	if err := t.usable(); err != nil {
		return err
	}
	if t.revision == 0 {
		return store.ErrReadOnly
	}
	if !t.begun {
		if err := t.session.exec("SAVEPOINT one"); err != nil {
			return t.fail(err)
		}
		t.begun = true
	}
	return nil
}

// end keeps or undoes what an update wrote.
func (t *tx) end(keep bool) error {
	if !t.begun {
		return nil
	}
	if !keep {
		if err := t.session.exec("ROLLBACK TO one"); err != nil {
			return t.fail(err)
		}
	}
	return t.fail(t.session.exec("RELEASE one"))
}

// changed notes a change; a key that changed before in this transaction keeps its place.
func (t *tx) changed(c store.Change) {
	if i, ok := t.place[c.Key]; ok {
		t.changes[i] = c
		return
	}
	if t.place == nil {
		t.place = make(map[store.Key]int)
	}
	t.place[c.Key] = len(t.changes)
	t.changes = append(t.changes, c)
}

func (t *tx) Scan(s store.Scope, kind, prefix, after string, yield func(store.Document) bool) error {
	return t.pages(kind, yield, func(last *store.Key) (*sql.Rows, error) {
		if last != nil {
			after = last.ID
		}
		return t.session.scan.QueryContext(context.Background(), kind, s.Account, s.Region, after, prefix)
	}, func(k store.Key) bool { return strings.HasPrefix(k.ID, prefix) })
}

func (t *tx) ScanAll(kind string, yield func(store.Document) bool) error {
	return t.pages(kind, yield, func(last *store.Key) (*sql.Rows, error) {
		if last == nil {
			return t.session.scanAll.QueryContext(context.Background(), kind, "", "", "")
		}
		return t.session.scanAll.QueryContext(context.Background(), kind, last.Scope.Account, last.Scope.Region, last.ID)
	}, func(store.Key) bool { return true })
}

// pages yields the documents of query, which starts after the last one it is given, while they belong to the scan.
func (t *tx) pages(kind string, yield func(store.Document) bool, query func(last *store.Key) (*sql.Rows, error),
	belongs func(store.Key) bool,
) error {
	if err := t.usable(); err != nil {
		return err
	}
	var last *store.Key
	for {
		rows, err := query(last)
		if err != nil {
			return t.fail(err)
		}
		page, more, err := readPage(rows, kind, belongs)
		if err != nil {
			return t.fail(err)
		}
		for _, d := range page {
			if err := t.usable(); err != nil {
				return err
			}
			if !yield(d) {
				return nil
			}
		}
		if !more {
			return nil
		}
		last = &page[len(page)-1].Key
	}
}

// readPage reads rows until the page is full, in which case there may be more, and closes them.
func readPage(rows *sql.Rows, kind string, belongs func(store.Key) bool) (page []store.Document, more bool, err error) {
	defer func() { err = errors.Join(err, rows.Close()) }()
	size := 0
	for rows.Next() {
		d := store.Document{Key: store.Key{Kind: kind}}
		if err := rows.Scan(&d.Key.Scope.Account, &d.Key.Scope.Region, &d.Key.ID, &d.Revision, &d.Body); err != nil {
			return nil, false, err
		}
		if !belongs(d.Key) {
			return page, false, nil
		}
		page = append(page, d)
		if size += len(d.Body); len(page) == pageDocuments || size >= pageBytes {
			return page, true, nil
		}
	}
	return page, false, rows.Err()
}
