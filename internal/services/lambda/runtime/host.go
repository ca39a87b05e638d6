package runtime

import (
	"context"
	"log/slog"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Options are what a Host needs to know. The zero value is ready to use.
type Options struct {
	// MaxProcesses is how many processes may run at one time, of all functions; 0 means 100.
	MaxProcesses int
	// MaxPerFunction is how many of them may belong to one version of a function; 0 means 50.
	MaxPerFunction int
	// MaxWait is how long an event may wait for a process when no more may be started, before it is refused with
	// ErrRateExceeded; 0 means 2 seconds, less than 0 not at all. A process that is starting is always waited for.
	MaxWait time.Duration
	// Idle is after which time an idle process is ended; 0 means 5 minutes.
	Idle time.Duration
	// InitTimeout bounds the start of a process until it asks for its first event; 0 means 10 seconds, as on AWS.
	InitTimeout time.Duration
	// Path is the PATH that interpreters are looked for in, and that functions see; empty means the server's own.
	Path string
	// Surroundings give functions credentials and this server's address; nil gives them neither.
	Surroundings Surroundings
	// Output gets what functions print; nil discards it.
	Output Log
	// Log gets what no caller is told; nil discards it.
	Log *slog.Logger
}

// Host owns the processes of every function. Its methods may be called from any goroutine.
type Host struct {
	options Options
	// bootstraps is the folder with the programs that run handlers, LAMBDA_RUNTIME_DIR. It is made when a process starts.
	bootstraps   func() (*bootstraps, error)
	interpreters interpreters
	starter      *starter

	mu     sync.Mutex
	closed bool
	pools  map[*Pool]struct{}
	// processes counts those that run or start.
	processes int
	// hungry are pools that wait for a process of another pool to end, first come first served.
	hungry []*Pool
	// launched is true once a process was started.
	launched atomic.Bool
	// needy is len(hungry), for those who only look.
	needy atomic.Int32
	// alive is closed for the janitor's wake-up when the first process starts.
	alive chan struct{}

	stop context.CancelFunc
	// done is closed when the janitor has ended; running counts processes not yet buried.
	done    chan struct{}
	running sync.WaitGroup
}

// NewHost makes a host, and ends what functions of killed servers left behind. Close ends it.
func NewHost(o Options) *Host {
	o.setDefaults()
	endLeftovers()
	ctx, stop := context.WithCancel(context.Background())
	h := &Host{
		options: o, bootstraps: sync.OnceValues(unpackBootstraps), starter: newStarter(), pools: map[*Pool]struct{}{},
		alive: make(chan struct{}, 1), stop: stop, done: make(chan struct{}),
	}
	h.interpreters.path = o.Path
	go h.keepHouse(ctx)
	return h
}

func (o *Options) setDefaults() {
	orInt := func(n *int, otherwise int) {
		if *n <= 0 {
			*n = otherwise
		}
	}
	orTime := func(d *time.Duration, otherwise time.Duration) {
		if *d == 0 {
			*d = otherwise
		}
	}
	orInt(&o.MaxProcesses, 100)
	orInt(&o.MaxPerFunction, 50)
	orTime(&o.MaxWait, 2*time.Second)
	orTime(&o.Idle, 5*time.Minute)
	orTime(&o.InitTimeout, 10*time.Second)
	if o.Path == "" {
		o.Path = os.Getenv("PATH")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Output == nil {
		o.Output = discard{}
	}
}

// Pool gives the pool that makes its processes from c. Nothing is started before the first event.
func (h *Host) Pool(c Config) *Pool {
	p := &Pool{host: h, config: c, members: map[*process]struct{}{}, ended: make(chan struct{})}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		p.retired = true
		p.checkEnd()
		return p
	}
	h.pools[p] = struct{}{}
	return p
}

// Processes counts the processes that run or start, of all pools.
func (h *Host) Processes() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.processes
}

// Close kills every process with its children and waits until they have ended.
func (h *Host) Close() error {
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		return nil
	}
	h.closed = true
	pools := h.poolList()
	h.mu.Unlock()
	for _, p := range pools {
		p.close(true)
	}
	h.running.Wait()
	h.stop()
	<-h.done
	h.starter.close()
	if !h.launched.Load() {
		return nil
	}
	kinship().sweep()
	unpacked, err := h.bootstraps()
	if err != nil {
		return nil //nolint:nilerr // there is nothing to remove
	}
	return unpacked.remove()
}

// poolList is the pools; the caller holds mu.
func (h *Host) poolList() []*Pool {
	pools := make([]*Pool, 0, len(h.pools))
	for p := range h.pools {
		pools = append(pools, p)
	}
	return pools
}

// reserve takes a slot for a process of p. When there is none, an idle process of another pool is ended, and p is
// started again once a slot is free.
func (h *Host) reserve(p *Pool) bool {
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		return false
	}
	if h.processes < h.options.MaxProcesses {
		h.processes++
		h.running.Add(1)
		h.mu.Unlock()
		select {
		case h.alive <- struct{}{}:
		default:
		}
		return true
	}
	h.hungry = append(h.hungry, p)
	h.needy.Store(int32(len(h.hungry)))
	pools := h.poolList()
	h.mu.Unlock()
	if victim := longestIdle(pools, p); victim != nil {
		victim.endIdle()
	}
	return false
}

// release gives a slot back and lets the pool that has waited longest try again.
func (h *Host) release() {
	h.mu.Lock()
	h.processes--
	h.mu.Unlock()
	h.running.Done()
	if next := h.nextHungry(nil); next != nil {
		next.startForWaiters()
	}
}

// starving tells whether a pool other than except waits for a slot.
func (h *Host) starving(except *Pool) bool {
	next := h.nextHungry(except)
	if next == nil {
		return false
	}
	h.mu.Lock()
	h.hungry = slices.Insert(h.hungry, 0, next)
	h.needy.Store(int32(len(h.hungry)))
	h.mu.Unlock()
	return true
}

// nextHungry takes the first pool out of the queue that still wants a slot; nil when none does.
func (h *Host) nextHungry(except *Pool) *Pool {
	for {
		h.mu.Lock()
		if len(h.hungry) == 0 {
			h.mu.Unlock()
			return nil
		}
		next := h.hungry[0]
		h.hungry = slices.Delete(h.hungry, 0, 1)
		h.needy.Store(int32(len(h.hungry)))
		h.mu.Unlock()
		if next != except && next.wants() {
			return next
		}
	}
}

// longestIdle is the pool, other than except, with the process that has been idle longest.
func longestIdle(pools []*Pool, except *Pool) (victim *Pool) {
	var since time.Time
	for _, p := range pools {
		if p == except {
			continue
		}
		if at, ok := p.oldestIdle(); ok && (victim == nil || at.Before(since)) {
			victim, since = p, at
		}
	}
	return victim
}

// The janitor's rounds: how often processes are looked at, and how often the machine's whole process table is.
const (
	round      = time.Second
	sweepEvery = 5
)

// keepHouse ends idle processes and those that use too much memory, and buries what functions left behind. It sleeps
// while there is no process.
func (h *Host) keepHouse(ctx context.Context) {
	defer close(h.done)
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.alive:
		}
		if !h.rounds(ctx) {
			return
		}
	}
}

// rounds goes on until there is no process; false when the host closes.
func (h *Host) rounds(ctx context.Context) bool {
	ticker := time.NewTicker(round)
	defer ticker.Stop()
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return false
		case now := <-ticker.C:
			h.look(now)
			if n%sweepEvery == 0 {
				kinship().sweep()
			}
		}
		if h.Processes() == 0 {
			return true
		}
	}
}

// look goes once through every pool.
func (h *Host) look(now time.Time) {
	h.mu.Lock()
	pools := h.poolList()
	h.mu.Unlock()
	for _, p := range pools {
		p.look(now)
	}
}
