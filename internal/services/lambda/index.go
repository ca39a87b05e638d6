package lambda

import (
	"context"
	"log/slog"
	"maps"
	"time"

	"postern/internal/aws/iampolicy"
	"postern/internal/services/lambda/runtime"
	"postern/internal/store"
	"postern/internal/store/document"
	"postern/internal/store/feed"
)

// live is a function as invocations see it: compiled once for each change, then only read.
type live struct {
	// revision is that of the function's document.
	revision int64
	name     string
	arn      string
	versions map[string]*liveVersion
	aliases  map[string]*liveAlias
	policies map[string]*iampolicy.Policy
	// gate is the same for every revision.
	gate *gate
}

// liveVersion is a version with the processes that run it. It is kept as long as the version does not change.
type liveVersion struct {
	version *version
	config  runtime.Config
	pool    lazyPool
}

// liveAlias points to a version, or to two with a probability of the second.
type liveAlias struct {
	version string
	second  string
	weight  float64
}

// find gives a function, from memory or from the store; nil when there is none.
func (f *Functions) find(ctx context.Context, k key) (*live, error) {
	if l := (*f.table.Load())[k]; l != nil {
		return l, nil
	}
	if err := f.refresh(ctx, k); err != nil {
		return nil, err
	}
	return (*f.table.Load())[k], nil
}

// refresh reads a function from the store, and publishes it if it has changed.
func (f *Functions) refresh(ctx context.Context, k key) error {
	f.refreshing.Lock()
	defer f.refreshing.Unlock()
	table := *f.table.Load()
	old := table[k]
	fresh, err := f.read(ctx, k, old)
	if err != nil {
		return err
	}
	if fresh == old {
		return nil
	}
	next := maps.Clone(table)
	if fresh == nil {
		delete(next, k)
	} else {
		next[k] = fresh
	}
	f.table.Store(&next) // never written again
	f.retire(old, fresh)
	return nil
}

// retire ends the processes of versions that are no longer there, or have changed, and forgets code that nobody runs.
func (f *Functions) retire(old, fresh *live) {
	if old == nil {
		return
	}
	for number, v := range old.versions {
		if fresh == nil || fresh.versions[number] != v {
			f.forget(v.version.Code.Key, v.pool.retire())
		}
	}
}

// read compiles a function; old when nothing has changed, nil when it is not there.
func (f *Functions) read(ctx context.Context, k key, old *live) (*live, error) {
	fresh := &live{
		name: k.name, versions: map[string]*liveVersion{}, aliases: map[string]*liveAlias{}, policies: map[string]*iampolicy.Policy{},
	}
	scope := store.Scope{Account: k.account, Region: k.region}
	fresh.arn = functionARN(scope, k.name)
	err := f.options.Store.View(ctx, func(tx store.Tx) error {
		r := records{tx: tx, scope: scope}
		doc, err := tx.Get(r.key(kindFunction, k.name))
		if notFound(err) {
			fresh = nil
			return nil
		}
		if err != nil {
			return err
		}
		if old != nil && old.revision == doc.Revision {
			fresh = old
			return nil
		}
		fresh.revision = doc.Revision
		return f.compile(r, doc, fresh, old)
	})
	return fresh, err
}

// compile fills fresh from the documents, and takes over what has not changed.
func (f *Functions) compile(r records, doc store.Document, fresh, old *live) error {
	def, err := document.Decode[function](doc)
	if err != nil {
		return err
	}
	published, err := r.versions(def.Name)
	if err != nil {
		return err
	}
	for _, v := range append(published, &def.Latest) {
		fresh.versions[v.Number] = f.liveVersion(fresh, v, r.scope, old)
	}
	aliases, err := r.aliases(def.Name)
	if err != nil {
		return err
	}
	for _, a := range aliases {
		compiled := &liveAlias{version: a.Version}
		for second, weight := range a.Weights {
			compiled.second, compiled.weight = second, weight
		}
		fresh.aliases[a.Name] = compiled
	}
	for qualifier, p := range def.Policies {
		parsed, err := iampolicy.Parse(p.within(r.scope.Account).document(), iampolicy.ResourcePolicy)
		if err != nil { // a policy that cannot be read permits nothing
			f.options.Log.LogAttrs(context.Background(), slog.LevelError, "the function's policy cannot be read",
				slog.String("functionArn", fresh.arn), slog.String("error", err.Error()))
			continue
		}
		fresh.policies[qualifier] = parsed
	}
	fresh.gate = &gate{}
	if old != nil {
		fresh.gate = old.gate
	}
	fresh.gate.reserve(def.Reserved)
	return nil
}

// liveVersion gives the old one when it runs the same code with the same configuration.
func (f *Functions) liveVersion(l *live, v *version, scope store.Scope, old *live) *liveVersion {
	if old != nil {
		if same := old.versions[v.Number]; same != nil && same.version.RevisionID == v.RevisionID {
			return same
		}
	}
	fresh := &liveVersion{version: v, config: runtime.Config{
		Account: scope.Account, Region: scope.Region, Name: l.name, Version: v.Number, ARN: l.arn,
		Runtime: v.Runtime, Handler: v.Handler, MemoryMB: v.MemorySize, Timeout: time.Duration(v.Timeout) * time.Second,
		Role: v.Role, LogGroup: v.LogGroup, JSONLogs: v.LogFormat == "JSON", LogLevel: v.ApplicationLogLevel,
		SystemLogLevel: v.SystemLogLevel,
	}}
	for name, value := range v.Variables {
		fresh.config.Variables = append(fresh.config.Variables, name+"="+value)
	}
	return fresh
}

// follow refreshes what other nodes change, until ctx ends.
func (f *Functions) follow(ctx context.Context) {
	feed.Follow(ctx, f.options.Store, f.apply, func(err error) {
		f.options.Log.LogAttrs(ctx, slog.LevelWarn, "functions do not follow the store", slog.String("error", err.Error()))
	})
}

func (f *Functions) apply(ctx context.Context, _ int64, changes []store.Change) error {
	if changes == nil {
		f.refreshAll(ctx)
	}
	for _, c := range changes {
		if c.Key.Kind != kindFunction {
			continue
		}
		k := key{c.Key.Scope.Account, c.Key.Scope.Region, c.Key.ID}
		if l := (*f.table.Load())[k]; l == nil || l.revision >= c.Revision && !c.Deleted {
			continue
		}
		if err := f.refresh(ctx, k); err != nil {
			return err
		}
	}
	return nil
}

// refreshAll reads every function that is in memory again.
func (f *Functions) refreshAll(ctx context.Context) {
	for k := range *f.table.Load() {
		if err := f.refresh(ctx, k); err != nil && ctx.Err() == nil {
			f.options.Log.LogAttrs(ctx, slog.LevelWarn, "a function could not be read again",
				slog.String("function", k.name), slog.String("error", err.Error()))
		}
	}
}
