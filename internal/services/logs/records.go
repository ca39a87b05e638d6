package logs

import (
	"context"
	"errors"
	"time"

	"postern/internal/aws/arn"
	model "postern/internal/aws/wire/logs"
	"postern/internal/store"
	"postern/internal/store/document"
)

// The kinds of document. Neither a group's nor a stream's name can hold a colon.
const (
	kindGroup  = "loggroup"  // {group}
	kindStream = "logstream" // {group}:{stream}
	kindBatch  = "logbatch"  // {group}:{stream}:{key}, key as batchKey has it
)

// group is a log group.
type group struct {
	Name               string            `json:"name"`
	Created            int64             `json:"created"`
	RetentionInDays    int               `json:"retentionInDays,omitempty"`
	Class              string            `json:"class"`
	KMSKeyID           string            `json:"kmsKeyId,omitempty"`
	DeletionProtection bool              `json:"deletionProtection,omitempty"`
	Tags               map[string]string `json:"tags,omitempty"`
}

// stream is a log stream. Times are in milliseconds since the epoch, zero while it has no event.
type stream struct {
	Name       string `json:"name"`
	Created    int64  `json:"created"`
	FirstEvent int64  `json:"firstEvent,omitempty"`
	LastEvent  int64  `json:"lastEvent,omitempty"`
	LastIngest int64  `json:"lastIngest,omitempty"`
	// Bytes is the size of the events that are kept.
	Bytes int64 `json:"bytes"`
	// Batches counts the batches that were ever begun.
	Batches int64 `json:"batches"`
	// Open is the key of the batch that takes more events, and OpenSince when it was begun.
	Open      string `json:"open,omitempty"`
	OpenSince int64  `json:"openSince,omitempty"`
	OpenBytes int64  `json:"openBytes,omitempty"`
}

// batch is a run of events of one stream, in the order of their arrival.
type batch struct {
	First  int64   `json:"first"`
	Last   int64   `json:"last"`
	Bytes  int64   `json:"bytes"`
	Events []entry `json:"events"`
}

// entry is an event as it is kept.
type entry struct {
	Timestamp int64  `json:"t"`
	Ingested  int64  `json:"i"`
	Message   string `json:"m"`
}

// records are one scope's documents in one transaction.
type records struct {
	tx    store.Tx
	scope store.Scope
	now   int64
}

func (l *Logs) update(ctx context.Context, scope store.Scope, fn func(records) error) error {
	return l.options.Store.Update(ctx, func(tx store.Tx) error {
		return fn(records{tx, scope, l.options.Now().UnixMilli()})
	})
}

func (l *Logs) view(ctx context.Context, scope store.Scope, fn func(records) error) error {
	return l.options.Store.View(ctx, func(tx store.Tx) error {
		return fn(records{tx, scope, l.options.Now().UnixMilli()})
	})
}

func (r records) key(kind, id string) store.Key { return store.Key{Scope: r.scope, Kind: kind, ID: id} }

func (r records) put(kind, id string, v any) error {
	return document.Put(r.tx, r.key(kind, id), v)
}

func missing(err error) bool { return errors.Is(err, store.ErrNotFound) }

// scan decodes each document of a kind whose id starts with prefix and is greater than after.
func scan[T any](r records, kind, prefix, after string, yield func(id string, v *T) bool) error {
	return document.Scan(r.tx, r.scope, kind, prefix, after, yield)
}

// group reads a group. The text is AWS's.
func (r records) group(name string) (*group, error) {
	return document.Find[group](r.tx, r.key(kindGroup, name), errNoGroup)
}

// stream reads a stream of a group that is there.
func (r records) stream(groupName, name string) (*stream, error) {
	if _, err := r.group(groupName); err != nil {
		return nil, err
	}
	return document.Find[stream](r.tx, r.key(kindStream, streamID(groupName, name)), errNoStream)
}

func streamID(group, stream string) string { return group + ":" + stream }

// groupARN is the group's ARN without the ":*" that stands for its streams.
func (r records) groupARN(name string) string {
	return arn.ARN{
		Partition: arn.Partition(r.scope.Region), Service: "logs", Region: r.scope.Region, Account: r.scope.Account,
		Resource: "log-group:" + name,
	}.String()
}

// cutoff is the time before which a group's events are expired, in milliseconds; 0 when they never are.
func (g *group) cutoff(now int64) int64 {
	days := g.RetentionInDays
	if g.Class == model.LogGroupClassDelivery {
		days = deliveryRetention
	}
	if days == 0 {
		return 0
	}
	return now - int64(days)*24*int64(time.Hour/time.Millisecond)
}
