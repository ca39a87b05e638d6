package runtime

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Pool holds the processes of one version of a function. Its methods may be called from any goroutine.
type Pool struct {
	host   *Host
	config Config

	mu      sync.Mutex
	retired bool
	members map[*process]struct{}
	// idle is a stack: the process that was used last is used next, so that those not needed grow old.
	idle []*process
	// waiters are events without a process, first come first served.
	waiters []*waiter
	// size counts processes that run or start, starting those of them that are not ready for an event.
	size, starting int
	// ended is closed once the pool is retired and has no process.
	ended  chan struct{}
	ending sync.Once
}

// Ended is closed once the pool is retired and its last process has ended.
func (p *Pool) Ended() <-chan struct{} { return p.ended }

// checkEnd notices the end; the caller holds mu.
func (p *Pool) checkEnd() {
	if p.retired && p.size == 0 {
		p.ending.Do(func() { close(p.ended) })
	}
}

// waiter is an event that waits for a process.
type waiter struct {
	// ready gets a process, or why there is none; it has room for one.
	ready chan claim
	// id is the event's request id, for the description of a failure.
	id string
}

type claim struct {
	process *process
	err     error
}

// take gives an idle process, or one that is started.
func (p *Pool) take(ctx context.Context, requestID string) (*process, error) {
	p.mu.Lock()
	if n := len(p.idle); n > 0 {
		process := p.idle[n-1]
		p.idle[n-1] = nil
		p.idle = p.idle[:n-1]
		p.mu.Unlock()
		return process, nil
	}
	if p.retired {
		p.mu.Unlock()
		return nil, ErrRetired
	}
	w := &waiter{ready: make(chan claim, 1), id: requestID}
	p.waiters = append(p.waiters, w)
	p.mu.Unlock()
	p.startForWaiters()
	return p.wait(ctx, w)
}

// wait waits until w has a process. The patience of Options.MaxWait runs only while none is starting.
func (p *Pool) wait(ctx context.Context, w *waiter) (*process, error) {
	patience := time.NewTicker(max(p.host.options.MaxWait, time.Millisecond))
	defer patience.Stop()
	for {
		select {
		case c := <-w.ready:
			return c.process, c.err
		case <-ctx.Done():
			p.leave(w)
			return nil, ctx.Err()
		case <-patience.C:
			p.mu.Lock()
			hopeless := p.starting == 0 || len(p.waiters) > 0 && slices.Index(p.waiters, w) >= p.starting
			p.mu.Unlock()
			if hopeless {
				p.leave(w)
				return nil, ErrRateExceeded
			}
		}
	}
}

// leave takes a waiter out of the queue; what it was given in the same moment goes on to the next.
func (p *Pool) leave(w *waiter) {
	p.mu.Lock()
	if i := slices.Index(p.waiters, w); i >= 0 {
		p.waiters = slices.Delete(p.waiters, i, i+1)
	}
	p.mu.Unlock()
	select {
	case c := <-w.ready:
		if c.process != nil {
			p.put(c.process)
		}
	default:
	}
}

// put takes a process that is ready for an event.
func (p *Pool) put(process *process) {
	now := time.Now()
	p.mu.Lock()
	if _, there := p.members[process]; !there { // it has ended meanwhile
		p.mu.Unlock()
		return
	}
	switch {
	case p.retired || now.Sub(process.launched) > MaxAge:
		p.mu.Unlock()
		process.kill()
		return
	case len(p.waiters) > 0:
		w := p.waiters[0]
		p.waiters = slices.Delete(p.waiters, 0, 1)
		w.ready <- claim{process: process}
	default:
		process.idleSince = now
		p.idle = append(p.idle, process)
	}
	p.mu.Unlock()
	if p.host.needy.Load() > 0 {
		p.yield()
	}
}

// yield ends an idle process when another pool needs its slot.
func (p *Pool) yield() {
	if p.host.starving(p) {
		p.endIdle()
	}
}

// startForWaiters starts as many processes as there are events that none is starting for.
func (p *Pool) startForWaiters() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for !p.retired && p.starting < len(p.waiters) && p.size < p.host.options.MaxPerFunction {
		p.size++
		p.starting++
		go p.start()
	}
}

// start starts one process for the first event that waits, or tells that event why there is none. A process that needs
// longer than AWS lets it is started once more, for as long as an event may take.
// Source: Lambda developer guide, "Understanding the Lambda execution environment lifecycle", init phase.
func (p *Pool) start() {
	for _, limit := range []time.Duration{p.host.options.InitTimeout, p.config.Timeout} {
		process, why := p.startOnce(limit)
		if process != nil {
			p.adopt(process)
			return
		}
		if why == nil { // no slot: the host comes back to this pool
			p.mu.Lock()
			p.starting--
			p.size--
			p.checkEnd()
			p.mu.Unlock()
			return
		}
		if why != errInitTimeout { //nolint:errorlint // never wrapped
			p.refuse(why)
			return
		}
	}
	p.refuse(errInitTimeout)
}

// adopt takes a process that has started, unless it has ended already.
func (p *Pool) adopt(process *process) {
	p.mu.Lock()
	p.starting--
	_, there := p.members[process]
	if there {
		process.adopted = true
	} else {
		p.size--
		p.checkEnd()
	}
	p.mu.Unlock()
	if !there {
		p.startForWaiters()
		return
	}
	p.put(process)
}

// startOnce gives a process that waits for its first event; or why it does not; or neither when there was no slot.
func (p *Pool) startOnce(limit time.Duration) (*process, error) {
	if !p.host.reserve(p) {
		return nil, nil
	}
	process, err := p.launch()
	if err != nil {
		p.host.release()
		return nil, err
	}
	p.mu.Lock()
	p.members[process] = struct{}{}
	p.mu.Unlock()
	if err := process.awaitInit(limit); err != nil {
		process.kill()
		<-process.buried
		return nil, err
	}
	return process, nil
}

// refuse ends an attempt to start a process: the first event that waits gets the reason, the others another attempt.
func (p *Pool) refuse(why error) {
	p.mu.Lock()
	p.starting--
	p.size--
	if len(p.waiters) > 0 {
		w := p.waiters[0]
		p.waiters = slices.Delete(p.waiters, 0, 1)
		w.ready <- claim{err: describe(why, w.id, p.config.Timeout)}
	}
	p.checkEnd()
	p.mu.Unlock()
	p.startForWaiters()
}

// buried forgets a process that has ended. Of one that never became ready, start knows.
func (p *Pool) buried(dead *process) {
	p.mu.Lock()
	delete(p.members, dead)
	if i := slices.Index(p.idle, dead); i >= 0 {
		p.idle = slices.Delete(p.idle, i, i+1)
	}
	if dead.adopted {
		p.size--
	}
	p.checkEnd()
	p.mu.Unlock()
	p.host.release()
	p.startForWaiters()
}

// wants tells whether an event waits that no process is starting for.
func (p *Pool) wants() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.retired && p.starting < len(p.waiters) && p.size < p.host.options.MaxPerFunction
}

// Retire ends the pool: idle processes are killed now, busy ones after their event, and events that wait are refused
// with ErrRetired.
func (p *Pool) Retire() { p.close(false) }

// close retires the pool; with busy ones too when now is true.
func (p *Pool) close(now bool) {
	p.host.mu.Lock()
	delete(p.host.pools, p)
	p.host.mu.Unlock()
	p.mu.Lock()
	p.retired = true
	doomed := p.idle
	if now {
		doomed = make([]*process, 0, len(p.members))
		for process := range p.members {
			doomed = append(doomed, process)
		}
	}
	p.idle = nil
	for _, w := range p.waiters {
		w.ready <- claim{err: ErrRetired}
	}
	p.waiters = nil
	p.checkEnd()
	p.mu.Unlock()
	for _, process := range doomed {
		process.kill()
	}
}

// oldestIdle is since when the process that is needed least is idle.
func (p *Pool) oldestIdle() (since time.Time, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.idle) == 0 {
		return since, false
	}
	return p.idle[0].idleSince, true
}

// endIdle kills the process that is needed least.
func (p *Pool) endIdle() {
	p.mu.Lock()
	var doomed *process
	if len(p.idle) > 0 {
		doomed = p.idle[0]
		p.idle = slices.Delete(p.idle, 0, 1)
	}
	p.mu.Unlock()
	if doomed != nil {
		doomed.kill()
	}
}

// look ends what has been idle for long, and what uses too much memory or does not come back.
func (p *Pool) look(now time.Time) {
	p.mu.Lock()
	var doomed []*process
	for len(p.idle) > 0 && now.Sub(p.idle[0].idleSince) >= p.host.options.Idle {
		doomed = append(doomed, p.idle[0])
		p.idle = slices.Delete(p.idle, 0, 1)
	}
	members := make([]*process, 0, len(p.members))
	for process := range p.members {
		members = append(members, process)
	}
	p.mu.Unlock()
	for _, process := range members {
		if process.excessive(now) {
			doomed = append(doomed, process)
		}
	}
	for _, process := range doomed {
		process.kill()
	}
}
