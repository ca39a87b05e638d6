package lambda

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"

	"postern/internal/services/lambda/code"
	"postern/internal/services/lambda/runtime"
	"postern/internal/store"
)

// Functions runs functions. Its methods may be called from any goroutine.
type Functions struct {
	options *Options
	host    *runtime.Host
	code    *code.Cache

	// table is what invocations read: replaced whole, never written.
	table      atomic.Pointer[map[key]*live]
	refreshing sync.Mutex
	// running counts the events of functions without reserved concurrency.
	running atomic.Int64
	queue   *queue
	// lines is nil when nobody wants what functions print.
	lines *lines
	// background is what waits for processes to end, to forget their code.
	background sync.WaitGroup
}

func newFunctions(o *Options, host *runtime.Host, cache *code.Cache) *Functions {
	f := &Functions{options: o, host: host, code: cache}
	f.table.Store(&map[key]*live{})
	f.queue = newQueue(f, o.Queue)
	return f
}

func (f *Functions) close() error {
	f.queue.close()
	err := f.host.Close()
	f.background.Wait()
	if f.lines != nil {
		f.lines.close()
	}
	return errors.Join(err, f.code.Close())
}

// lazyPool makes a version's pool when it is first invoked, since its code may have to be fetched and unpacked.
type lazyPool struct {
	made    atomic.Pointer[runtime.Pool]
	mu      sync.Mutex
	retired bool
	// seen is what the folder of a function that runs where it is looked like when the pool was made.
	folder watchedFolder
}

// pool gives the processes of a version.
func (f *Functions) pool(ctx context.Context, l *live, v *liveVersion) (*runtime.Pool, error) {
	if p := v.pool.made.Load(); p != nil && !v.pool.folder.changed() {
		return p, nil
	}
	v.pool.mu.Lock()
	defer v.pool.mu.Unlock()
	if v.pool.retired {
		return nil, runtime.ErrRetired
	}
	if old := v.pool.made.Load(); old != nil {
		if !v.pool.folder.take() {
			return old, nil
		}
		old.Retire()
	}
	config := v.config
	root, err := f.root(ctx, l, v.version)
	if err != nil {
		return nil, err
	}
	config.Root = root
	p := f.host.Pool(config)
	v.pool.made.Store(p)
	if v.version.Code.Folder != "" {
		v.pool.folder.begin(root)
	}
	return p, nil
}

// retire ends the pool, now and for ever. It gives the pool if there was one.
func (p *lazyPool) retire() *runtime.Pool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.retired = true
	made := p.made.Load()
	if made != nil {
		made.Retire()
	}
	return made
}

// forget removes an archive's folder once the pool that ran it has ended, unless a function has that archive still.
func (f *Functions) forget(archive string, ran *runtime.Pool) {
	if archive == "" {
		return
	}
	f.background.Go(func() {
		if ran != nil {
			<-ran.Ended()
		}
		f.refreshing.Lock()
		defer f.refreshing.Unlock()
		for _, l := range *f.table.Load() {
			for _, v := range l.versions {
				if v.version.Code.Key == archive {
					return
				}
			}
		}
		if err := f.code.Remove(archive); err != nil {
			f.options.Log.LogAttrs(context.Background(), slog.LevelWarn, "the code of a function could not be removed",
				slog.String("error", err.Error()))
		}
	})
}

// root is the folder with a version's code; an archive that is not unpacked here yet is fetched from the store.
func (f *Functions) root(ctx context.Context, l *live, v *version) (string, error) {
	if v.Code.Folder != "" {
		if info, err := os.Stat(v.Code.Folder); err != nil || !info.IsDir() {
			return "", fmt.Errorf("the folder of function %s: %s is not there", l.name, v.Code.Folder)
		}
		return v.Code.Folder, nil
	}
	if path, ok := f.code.Folder(v.Code.Key); ok {
		return path, nil
	}
	parsed, err := parseRef(store.Scope{}, l.arn, "")
	if err != nil {
		return "", err
	}
	var archive []byte
	err = f.options.Store.View(ctx, func(tx store.Tx) (err error) {
		archive, err = records{tx: tx, scope: parsed.scope}.archive(l.name, v.Code.Key)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("fetch the code of function %s: %w", l.name, err)
	}
	return f.code.Unpack(archive)
}
