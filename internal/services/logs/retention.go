package logs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"postern/internal/aws/wire"
	model "postern/internal/aws/wire/logs"
	"postern/internal/store"
)

// retentions are the days that a group may keep its events. Source: CloudWatch Logs API reference, PutRetentionPolicy.
var retentions = []int{
	1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
}

// PutRetentionPolicy says how long a group keeps its events. What is older is not answered from then on.
func (l *Logs) PutRetentionPolicy(ctx context.Context, call *wire.Call, in *model.PutRetentionPolicyRequest) error {
	if !slices.Contains(retentions, *in.RetentionInDays) {
		var legal []string
		for _, days := range retentions {
			legal = append(legal, strconv.Itoa(days))
		}
		return model.InvalidParameterException.Errorf("1 validation error detected: Value '%d' at 'retentionInDays' failed to satisfy "+
			"constraint: Member must satisfy enum value set: [%s]", *in.RetentionInDays, strings.Join(legal, ", "))
	}
	return l.retain(ctx, call, *in.LogGroupName, *in.RetentionInDays)
}

// DeleteRetentionPolicy lets a group keep its events for ever, as far as Options.MaxGroupBytes allows.
func (l *Logs) DeleteRetentionPolicy(ctx context.Context, call *wire.Call, in *model.DeleteRetentionPolicyRequest) error {
	return l.retain(ctx, call, *in.LogGroupName, 0)
}

func (l *Logs) retain(ctx context.Context, call *wire.Call, name string, days int) error {
	return l.change(ctx, call, name, func(g *group) error {
		if g.Class == model.LogGroupClassDelivery {
			return model.InvalidParameterException.Errorf("The retention of log groups of the class DELIVERY cannot be changed")
		}
		g.RetentionInDays = days
		return nil
	})
}

// trimInterval is how often Run looks at what has expired.
const trimInterval = 10 * time.Minute

// Run removes what is expired, and the oldest events of groups that have grown too large, until ctx ends. It must be
// called once.
func (l *Logs) Run(ctx context.Context) {
	ticker := time.NewTicker(trimInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-l.trim:
		}
		if err := l.Trim(ctx); err != nil && ctx.Err() == nil {
			l.options.Log.LogAttrs(ctx, slog.LevelWarn, "log events could not be trimmed", slog.String("error", err.Error()))
		}
	}
}

// Trim does once what Run does.
func (l *Logs) Trim(ctx context.Context) error {
	l.appended.Store(0)
	var keys []store.Key
	err := l.options.Store.View(ctx, func(tx store.Tx) error {
		return tx.ScanAll(kindGroup, func(doc store.Document) bool {
			keys = append(keys, doc.Key)
			return true
		})
	})
	if err != nil {
		return err
	}
	for _, key := range keys {
		err := l.update(ctx, key.Scope, func(r records) error { return r.trim(key.ID, l.options.MaxGroupBytes) })
		if err != nil {
			return err
		}
	}
	return nil
}

// trim removes the batches of a group that hold only expired events, and then the oldest until the rest is small enough.
func (r records) trim(name string, maxBytes int64) error {
	g, err := r.group(name)
	if errors.Is(err, errNoGroup) {
		return nil // deleted meanwhile
	}
	if err != nil {
		return err
	}
	streams, err := r.streams(name, "")
	if err != nil {
		return err
	}
	cutoff := g.cutoff(r.now)
	var total int64
	expired := false
	for _, s := range streams {
		total += s.Bytes
		expired = expired || s.Bytes > 0 && s.FirstEvent < cutoff
	}
	if !expired && total <= maxBytes {
		return nil
	}
	held, err := r.held(g)
	if err != nil {
		return err
	}
	var kept []heldBatch
	for _, b := range held {
		if b.last >= cutoff && total <= maxBytes {
			kept = append(kept, b)
			continue
		}
		if err := r.tx.Delete(r.key(kindBatch, streamID(g.Name, b.stream)+":"+b.key)); err != nil {
			return err
		}
		total -= b.bytes
	}
	return r.recount(g, streams, kept)
}

// heldBatch is what trim knows of a batch.
type heldBatch struct {
	stream, key        string
	first, last, bytes int64
}

// held lists the batches of a group, the oldest first.
func (r records) held(g *group) ([]heldBatch, error) {
	var list []heldBatch
	var failed error
	err := r.tx.Scan(r.scope, kindBatch, g.Name+":", "", func(doc store.Document) bool {
		b := heldBatch{}
		b.stream, b.key, _ = strings.Cut(strings.TrimPrefix(doc.Key.ID, g.Name+":"), ":")
		failed = b.read(doc.Body)
		list = append(list, b)
		return failed == nil
	})
	slices.SortFunc(list, func(a, b heldBatch) int { return strings.Compare(a.key, b.key) })
	return list, errors.Join(err, failed)
}

// read reads what a batch says of itself, which stands before its events: a group may hold many megabytes of those.
func (b *heldBatch) read(body []byte) error {
	d := json.NewDecoder(bytes.NewReader(body))
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		name, err := d.Token()
		if err != nil || name == "events" {
			return err
		}
		var n int64
		if err := d.Decode(&n); err != nil {
			return err
		}
		switch name {
		case "first":
			b.first = n
		case "last":
			b.last = n
		case "bytes":
			b.bytes = n
		}
	}
	return nil
}

// recount brings the streams in line with the batches that were kept.
func (r records) recount(g *group, streams []*stream, kept []heldBatch) error {
	for _, s := range streams {
		before := s.Bytes
		s.Bytes, s.FirstEvent = 0, 0
		for _, b := range kept {
			if b.stream == s.Name {
				s.Bytes += b.bytes
				if s.FirstEvent == 0 || b.first < s.FirstEvent {
					s.FirstEvent = b.first
				}
			}
		}
		if s.Bytes == before {
			continue
		}
		if err := r.put(kindStream, streamID(g.Name, s.Name), s); err != nil {
			return err
		}
	}
	return nil
}
