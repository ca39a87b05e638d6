// Package store keeps documents: (scope, kind, id) → JSON, with transactions over several of them, scans in key order,
// and a feed of changes by revision.
//
// What comes in: whole documents as bytes, which it never looks into. What goes out: the same bytes, or ErrNotFound. A
// write is acknowledged after it is durable; after a crash every acknowledged write is there and nothing is half done.
// The implementations are store/memory and store/sqlite; storetest holds the suite that each must pass.
package store

import (
	"context"
	"errors"
)

// ErrNotFound is what Get returns when there is no such document.
var ErrNotFound = errors.New("store: no such document")

// ErrReadOnly is what Put and Delete return in a View.
var ErrReadOnly = errors.New("store: a view cannot write")

// ErrTxDone is what a transaction's methods return after its function has returned.
var ErrTxDone = errors.New("store: the transaction has ended")

// ErrClosed is what every method of a closed store returns.
var ErrClosed = errors.New("store: closed")

// Scope is the account and region that a document belongs to.
type Scope struct{ Account, Region string }

// Key names a document. An ID may hold slashes: "{api}/{resource}" makes one API's resources a prefix scan.
type Key struct {
	Scope Scope
	Kind  string
	ID    string
}

// Document is what is stored under a key. Body must not be changed.
type Document struct {
	Key Key
	// Revision is the store-wide number of the transaction that wrote the document last; it only grows.
	Revision int64
	Body     []byte
}

// Change says that a document was written or deleted. The feed carries no bodies: readers fetch what they need.
type Change struct {
	Key      Key
	Revision int64
	Deleted  bool
}

// Tx is a transaction: it sees one consistent state, and its own writes.
type Tx interface {
	// Get returns ErrNotFound when there is no such document.
	Get(Key) (Document, error)
	// Put writes a document, new or not. The transaction takes over body.
	Put(k Key, body []byte) error
	// Delete removes a document; of one that is not there it removes nothing.
	Delete(Key) error
	// Scan calls yield for each document of the kind whose id starts with prefix and is greater than after, in
	// ascending byte order of the id, until yield returns false. yield may use the transaction; whether the scan
	// meets what yield wrote ahead of it is not said.
	Scan(s Scope, kind, prefix, after string, yield func(Document) bool) error
	// ScanAll is Scan over every scope, ordered by (account, region, id): what a gateway node reads at start.
	ScanAll(kind string, yield func(Document) bool) error
}

// Store is a document store. Its methods may be called from any goroutine.
type Store interface {
	// View runs fn in a read-only transaction.
	View(ctx context.Context, fn func(Tx) error) error
	// Update runs fn in a read-write transaction, which commits durably when fn returns nil, and changes nothing
	// otherwise. Transactions that write run one after another as seen from outside (serializable). fn may run
	// more than once (a conflict is retried), so it must have no other effect.
	Update(ctx context.Context, fn func(Tx) error) error
	// Watch returns the changes committed after revision, in order, as they happen, until ctx ends; then the channel
	// is closed. A channel that closes while ctx lives means that the watcher fell behind: read afresh, watch again.
	Watch(ctx context.Context, revision int64) (<-chan []Change, error)
	// Revision is the latest committed revision.
	Revision(ctx context.Context) (int64, error)
	// Close waits for running transactions, ends every watch and releases everything.
	Close() error
}
