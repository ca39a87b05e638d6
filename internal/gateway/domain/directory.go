package domain

import (
	"context"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"postern/internal/apidef"
	"postern/internal/gateway/progress"
	"postern/internal/gateway/route"
)

// Source is where domain names come from. The control plane is one.
type Source interface {
	// Domains lists every domain name that requests may be addressed to.
	Domains(ctx context.Context) ([]apidef.DeployedDomain, error)
	// Watch is as program.Source has it.
	Watch(ctx context.Context) (<-chan apidef.Changes, error)
}

// Directory finds domain names by host. Its methods may be called from any goroutine.
type Directory struct {
	source Source
	log    *slog.Logger
	// current is replaced whole.
	current atomic.Pointer[index]
	// progress is how far the feed was processed.
	progress progress.Mark
}

// index holds the domains by their names in lower case; wildcards by what follows the "*.".
type index struct{ exact, wildcard map[string]*Domain }

// NewDirectory makes an empty directory. Run fills it and keeps it up to date.
func NewDirectory(source Source, log *slog.Logger) *Directory {
	d := &Directory{source: source, log: log}
	d.current.Store(&index{})
	return d
}

// Lookup returns the domain that serves a host, which may have a port; nil when none does. A name of its own comes before
// a wildcard, whose "*" stands for one label.
func (d *Directory) Lookup(host string) *Domain {
	all := d.current.Load()
	if len(all.exact) == 0 && len(all.wildcard) == 0 {
		return nil
	}
	name, _ := route.DomainName(host)
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if found := all.exact[name]; found != nil {
		return found
	}
	if _, rest, ok := strings.Cut(name, "."); ok {
		return all.wildcard[rest]
	}
	return nil
}

// All lists the domains.
func (d *Directory) All() []*Domain {
	all := d.current.Load()
	out := make([]*Domain, 0, len(all.exact)+len(all.wildcard))
	for _, domains := range [...]map[string]*Domain{all.exact, all.wildcard} {
		for _, one := range domains {
			out = append(out, one)
		}
	}
	return out
}

// retryDelay is how long the directory waits before it asks a source that is away again.
const retryDelay = time.Second

// Run follows the source's changes until ctx ends. It must be called once.
func (d *Directory) Run(ctx context.Context) {
	for ctx.Err() == nil {
		changes, err := d.source.Watch(ctx)
		if err == nil {
			err = d.follow(ctx, changes)
		}
		if ctx.Err() != nil {
			return
		}
		d.log.LogAttrs(ctx, slog.LevelWarn, "feed of domain names ended, serving those that are known", slog.Any("error", err))
		select {
		case <-time.After(retryDelay):
		case <-ctx.Done():
		}
	}
}

// follow applies changes until the channel closes, or the domains cannot be read.
func (d *Directory) follow(ctx context.Context, changes <-chan apidef.Changes) error {
	for first := true; ; first = false {
		select {
		case c, ok := <-changes:
			if !ok {
				return nil
			}
			if first || c.All || c.Domains {
				if err := d.load(ctx); err != nil {
					return err
				}
			}
			d.progress.Reach(c.Revision)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (d *Directory) load(ctx context.Context) error {
	all, err := d.source.Domains(ctx)
	if err != nil {
		return err
	}
	next := &index{map[string]*Domain{}, map[string]*Domain{}}
	for _, one := range all {
		name := strings.ToLower(one.DomainName.Name)
		if rest, ok := strings.CutPrefix(name, "*."); ok {
			next.wildcard[rest] = newDomain(one)
		} else {
			next.exact[name] = newDomain(one)
		}
	}
	d.current.Store(next)
	return nil
}

// Follow waits until the directory has processed the feed up to a revision. The error is ctx's.
func (d *Directory) Follow(ctx context.Context, revision int64) error {
	return d.progress.Wait(ctx, revision)
}
