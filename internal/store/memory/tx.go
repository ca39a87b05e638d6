package memory

import (
	"context"
	"strings"

	"postern/internal/store"
)

// tx is a transaction over its own tree, which starts as the published one.
type tx struct {
	ctx      context.Context
	root     *node
	revision int64 // that its writes get; 0: a view
	changes  []store.Change
	place    map[store.Key]int // of a key's change in changes
	done     bool
}

// usable is the error of a transaction that has ended or whose context has.
func (t *tx) usable() error {
	if t.done {
		return store.ErrTxDone
	}
	return t.ctx.Err()
}

func (t *tx) Get(k store.Key) (store.Document, error) {
	if err := t.usable(); err != nil {
		return store.Document{}, err
	}
	d, ok := t.root.get(k)
	if !ok {
		return store.Document{}, store.ErrNotFound
	}
	return d, nil
}

func (t *tx) Put(k store.Key, body []byte) error {
	if err := t.writable(); err != nil {
		return err
	}
	t.root = t.root.put(store.Document{Key: k, Revision: t.revision, Body: body})
	t.changed(store.Change{Key: k, Revision: t.revision})
	return nil
}

func (t *tx) Delete(k store.Key) error {
	if err := t.writable(); err != nil {
		return err
	}
	if _, ok := t.root.get(k); !ok {
		return nil
	}
	t.root = t.root.remove(k)
	t.changed(store.Change{Key: k, Revision: t.revision, Deleted: true})
	return nil
}

func (t *tx) writable() error {
	if err := t.usable(); err != nil {
		return err
	}
	if t.revision == 0 {
		return store.ErrReadOnly
	}
	return nil
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
	from := store.Key{Scope: s, Kind: kind, ID: max(prefix, after)}
	return t.ascend(from, func(d store.Document) bool {
		switch k := d.Key; {
		case k.Kind != kind || k.Scope != s:
			return false
		case k.ID == after:
			return true
		case !strings.HasPrefix(k.ID, prefix):
			return false
		}
		return yield(d)
	})
}

func (t *tx) ScanAll(kind string, yield func(store.Document) bool) error {
	return t.ascend(store.Key{Kind: kind}, func(d store.Document) bool {
		return d.Key.Kind == kind && yield(d)
	})
}

// ascend walks the tree as it is now, whatever yield writes, and stops when the context ends.
func (t *tx) ascend(from store.Key, yield func(store.Document) bool) error {
	if err := t.usable(); err != nil {
		return err
	}
	var err error
	t.root.ascend(from, func(d store.Document) bool {
		if err = t.usable(); err != nil {
			return false
		}
		return yield(d)
	})
	return err
}
