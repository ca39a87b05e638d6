package program

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"postern/internal/apidef"
)

// retryDelay is how long the table waits before it asks a source that is away again.
const retryDelay = time.Second

// Run follows the source's changes until ctx ends. It must be called once.
func (t *Table) Run(ctx context.Context) {
	for ctx.Err() == nil {
		changes, err := t.options.Source.Watch(ctx)
		if err == nil {
			t.follow(ctx, changes)
		}
		if ctx.Err() != nil {
			return
		}
		t.options.Log.LogAttrs(ctx, slog.LevelWarn, "change feed ended, serving what is loaded", slog.Any("error", err))
		sleep(ctx, retryDelay)
	}
}

func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// follow applies changes until the channel closes. Stages that could not be fetched are tried again in between. What
// was loaded before the feed began may have changed unseen, so that with the first Changes everything is loaded anew.
func (t *Table) follow(ctx context.Context, changes <-chan apidef.Changes) {
	for first := true; ; first = false {
		var again <-chan time.Time
		if t.anyFailed() {
			again = time.After(retryDelay)
		}
		select {
		case c, ok := <-changes:
			if !ok {
				return
			}
			c.All = c.All || first
			t.apply(ctx, &c)
		case <-again:
			t.retry(ctx)
		case <-ctx.Done():
			return
		}
	}
}

// apply brings the table up to a revision.
func (t *Table) apply(ctx context.Context, c *apidef.Changes) {
	for _, key := range t.affected(c) {
		t.refresh(ctx, key)
	}
	t.progress.Reach(c.Revision)
}

// affected returns the loaded stages that a change concerns. Stages being loaded are marked to be loaded anew, and those
// known as absent are forgotten.
func (t *Table) affected(c *apidef.Changes) []apidef.StageKey {
	t.mu.Lock()
	defer t.mu.Unlock()
	var keys []apidef.StageKey
	for key := range *t.loaded.Load() {
		if concerns(c, key) {
			keys = append(keys, key)
		}
	}
	for key, l := range t.loading {
		if concerns(c, key) {
			l.stale = true
		}
	}
	old := *t.absent.Load()
	next := map[apidef.StageKey]struct{}{}
	for key := range old {
		if !concerns(c, key) {
			next[key] = struct{}{}
		}
	}
	if len(next) != len(old) {
		t.absent.Store(&next)
	}
	return keys
}

func concerns(c *apidef.Changes, key apidef.StageKey) bool {
	return c.All || slices.Contains(c.Stages, key) || slices.Contains(c.APIs, key.APIID)
}

// refresh replaces a loaded program by what is deployed now. If that cannot be fetched or compiled, the old one stays.
func (t *Table) refresh(ctx context.Context, key apidef.StageKey) {
	p, err := t.fetch(ctx, key)
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.failed, key)
	s := (*t.loaded.Load())[key]
	switch {
	case s == nil: // evicted meanwhile
	case err == nil:
		s.program.Store(p)
	case errors.Is(err, apidef.ErrNoStage):
		t.remove(key)
	default:
		t.failed[key] = struct{}{}
		t.options.Log.LogAttrs(ctx, slog.LevelError, "stage keeps its former deployment", slog.String("apiId", key.APIID),
			slog.String("stage", key.Stage), slog.String("error", err.Error()))
	}
}

// remove forgets a stage that was deleted; t.mu is held.
func (t *Table) remove(key apidef.StageKey) {
	old := *t.loaded.Load()
	next := make(map[apidef.StageKey]*slot, len(old))
	for k, s := range old {
		if k != key {
			next[k] = s
		}
	}
	t.loaded.Store(&next)
}

func (t *Table) anyFailed() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.failed) > 0
}

func (t *Table) retry(ctx context.Context) {
	t.mu.Lock()
	keys := make([]apidef.StageKey, 0, len(t.failed))
	for key := range t.failed {
		keys = append(keys, key)
	}
	t.mu.Unlock()
	for _, key := range keys {
		t.refresh(ctx, key)
	}
}

// Follow waits until the table has processed the feed up to a revision: what was deployed by then is served from then on.
// The error is ctx's.
func (t *Table) Follow(ctx context.Context, revision int64) error {
	return t.progress.Wait(ctx, revision)
}
