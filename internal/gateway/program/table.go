package program

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"sync"
	"sync/atomic"

	"postern/internal/apidef"
	"postern/internal/eventloop"
	"postern/internal/gateway/progress"
)

// Source is where stages come from. The control plane is one.
type Source interface {
	// Load returns what is deployed to a stage, or apidef.ErrNoStage.
	Load(ctx context.Context, apiID, stage string) (*apidef.Deployed, error)
	// Watch tells of changes until ctx ends; then the channel is closed. The first Changes comes at once, with the
	// revision from which on the feed has no gap. A channel that closes while ctx lives means that the source is away:
	// watch again.
	Watch(ctx context.Context) (<-chan apidef.Changes, error)
}

// Options are the settings of a Table.
type Options struct {
	Source  Source
	Compile func(apidef.StageKey, *apidef.Deployed) (*Program, error)
	// MaxPrograms bounds the programs kept; those that were not used lately make room. Default 1000.
	MaxPrograms int
	Log         *slog.Logger
}

// Table holds the programs in use. A stage is compiled when it is first called; that it is not there is remembered as
// well, until a change says otherwise.
//
// What is loaded is found without a lock, and goes on being served while the source is away.
type Table struct {
	options Options
	// loaded and absent are replaced whole; the maps are never written again.
	loaded atomic.Pointer[map[apidef.StageKey]*slot]
	absent atomic.Pointer[map[apidef.StageKey]struct{}]

	mu      sync.Mutex // guards what follows, and replacing the maps
	loading map[apidef.StageKey]*load
	// failed are loaded stages whose change could not be fetched yet.
	failed map[apidef.StageKey]struct{}

	// progress is how far the feed was processed.
	progress progress.Mark
}

// slot is the place of one stage's program.
type slot struct {
	program atomic.Pointer[Program]
	// used is set by readers, and cleared when room is made. It is read first, so that cores do not fight for it.
	used atomic.Bool
}

// load is a stage being compiled for its first call.
type load struct {
	done    chan struct{}
	program *Program
	err     error
	// stale tells that the stage changed after it was fetched.
	stale bool
}

const (
	defaultMaxPrograms = 1000
	// maxAbsent bounds how many stages are remembered as absent, so that guessing names takes no memory.
	maxAbsent = 1024
)

// NewTable makes an empty table. Run keeps it up to date.
func NewTable(o Options) *Table {
	if o.MaxPrograms <= 0 {
		o.MaxPrograms = defaultMaxPrograms
	}
	t := &Table{
		options: o,
		loading: map[apidef.StageKey]*load{},
		failed:  map[apidef.StageKey]struct{}{},
	}
	t.loaded.Store(&map[apidef.StageKey]*slot{})
	t.absent.Store(&map[apidef.StageKey]struct{}{})
	return t
}

// Program returns a stage's program, and compiles it if need be. The error is apidef.ErrNoStage, or what the source says.
func (t *Table) Program(ctx context.Context, apiID, stage string) (*Program, error) {
	key := apidef.StageKey{APIID: apiID, Stage: stage}
	if s := (*t.loaded.Load())[key]; s != nil {
		if !s.used.Load() {
			s.used.Store(true)
		}
		return s.program.Load(), nil
	}
	if _, known := (*t.absent.Load())[key]; known {
		return nil, apidef.ErrNoStage
	}
	// The key outlives the request, whose memory its strings may be part of.
	return t.first(ctx, apidef.StageKey{APIID: strings.Clone(apiID), Stage: strings.Clone(stage)})
}

// first loads a stage for its first call. Calls that come meanwhile wait for the same result.
func (t *Table) first(ctx context.Context, key apidef.StageKey) (*Program, error) {
	eventloop.Of(ctx).Block()
	t.mu.Lock()
	if s := (*t.loaded.Load())[key]; s != nil {
		t.mu.Unlock()
		return s.program.Load(), nil
	}
	if l := t.loading[key]; l != nil {
		t.mu.Unlock()
		select {
		case <-l.done:
			return l.program, l.err
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	l := &load{done: make(chan struct{})}
	t.loading[key] = l
	t.mu.Unlock()
	t.run(context.WithoutCancel(ctx), key, l)
	return l.program, l.err
}

// run fetches and compiles until what was fetched is what is deployed.
func (t *Table) run(ctx context.Context, key apidef.StageKey, l *load) {
	defer close(l.done)
	for {
		l.program, l.err = t.fetch(ctx, key)
		t.mu.Lock()
		if !l.stale {
			break
		}
		l.stale = false
		t.mu.Unlock()
	}
	defer t.mu.Unlock()
	delete(t.loading, key)
	switch {
	case l.err == nil:
		t.insert(key, l.program)
	case errors.Is(l.err, apidef.ErrNoStage):
		t.remember(key)
	}
}

// fetch loads and compiles a stage. A definition that makes the compiler panic must not end the node.
func (t *Table) fetch(ctx context.Context, key apidef.StageKey) (p *Program, err error) {
	defer func() {
		if r := recover(); r != nil {
			p, err = nil, fmt.Errorf("compile stage %s of %s: panic: %v", key.Stage, key.APIID, r)
		}
	}()
	d, err := t.options.Source.Load(ctx, key.APIID, key.Stage)
	if err != nil {
		return nil, err
	}
	p, err = t.options.Compile(key, d)
	if err != nil && p != nil {
		t.options.Log.LogAttrs(ctx, slog.LevelWarn, "stage compiled in part", slog.String("apiId", key.APIID),
			slog.String("stage", key.Stage), slog.String("error", err.Error()))
		err = nil
	}
	return p, err
}

// insert publishes a program that was not there; t.mu is held.
func (t *Table) insert(key apidef.StageKey, p *Program) {
	old := *t.loaded.Load()
	next := make(map[apidef.StageKey]*slot, len(old)+1)
	maps.Copy(next, old)
	if len(next) >= t.options.MaxPrograms {
		t.evict(next)
	}
	s := &slot{}
	s.program.Store(p)
	s.used.Store(true)
	next[key] = s
	t.loaded.Store(&next)
}

// evict makes room for a sixteenth more programs: it takes out those not used since it last ran, and whichever come
// first if that is not enough.
func (t *Table) evict(programs map[apidef.StageKey]*slot) {
	room := t.options.MaxPrograms - 1 - t.options.MaxPrograms/16
	for k, s := range programs {
		if !s.used.Swap(false) && len(programs) > room {
			delete(programs, k)
			delete(t.failed, k)
		}
	}
	for k := range programs {
		if len(programs) <= room {
			return
		}
		delete(programs, k)
		delete(t.failed, k)
	}
}

// remember notes that a stage is not there; t.mu is held.
func (t *Table) remember(key apidef.StageKey) {
	old := *t.absent.Load()
	next := make(map[apidef.StageKey]struct{}, len(old)+1)
	if len(old) < maxAbsent {
		for k := range old {
			next[k] = struct{}{}
		}
	}
	next[key] = struct{}{}
	t.absent.Store(&next)
}
