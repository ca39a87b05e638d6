package eventloop

import (
	"runtime"
	"time"
)

const (
	// tick is how often the monitor looks. A task that runs from one look to the next is taken to hold its poller up.
	tick = 10 * time.Millisecond
	// window is how many looks the number of pollers is judged by.
	window = 32
	// restful is after how many looks without any event the monitor goes to sleep.
	restful = 1
)

// monitor looks after the pollers until the loop is closed.
func (l *Loop) monitor() {
	seen := map[*poller]uint64{}
	looks, busy, quiet := 0, 0, 0
	start := readProcessors()
	for !l.closed.Load() {
		switch working, moved := l.look(seen); {
		case moved:
			busy += working
			looks, quiet = looks+1, 0
		default:
			looks, quiet = looks+1, quiet+1
		}
		if looks == window {
			end := readProcessors()
			used, idle := end.since(start)
			l.adjust(usage{float64(busy) / window, used, idle})
			looks, busy, start = 0, 0, end
		}
		if quiet < restful {
			time.Sleep(tick)
			continue
		}
		// Only after it has said that it sleeps may it trust that nothing moves: see rouseMonitor.
		l.drowsy.Store(true)
		if _, moved := l.look(seen); moved {
			l.drowsy.Store(false)
			continue
		}
		l.spare.empty()
		select {
		case <-l.rouse:
		case <-l.done:
		}
		quiet = 0
	}
}

// look counts the pollers that run a task or send, and replaces those that have run the same task since the last look.
// moved says that any has done something since.
func (l *Loop) look(seen map[*poller]uint64) (working int, moved bool) {
	var held []*poller
	l.looks.Add(1)
	l.mu.Lock()
	if len(seen) > 2*len(l.pollers) {
		clear(seen)
	}
	for _, p := range l.pollers {
		turn, before := p.turn.Load(), seen[p]
		seen[p] = turn
		moved = moved || turn != before
		if turn%2 == 0 {
			if p.sends.Load() {
				working++
			}
			continue
		}
		working++
		if turn == before {
			held, moved = append(held, p), true
		}
	}
	l.mu.Unlock()
	for _, p := range held {
		l.replace(p, seen[p])
	}
	return working, moved
}

// usage is what a window has shown, in processors: how many pollers were seen at work, how much the process has used, and
// how much nobody has.
type usage struct {
	busy, used, idle float64
}

// adjust fits the number of pollers to a window: one more where they hardly rest and a processor is left for it, for among
// busy processors it would only be in the way; one less where fewer could do the same.
func (l *Loop) adjust(u usage) {
	pollers, last := l.active()
	switch n := float64(pollers); {
	case u.busy > 0.9*n && u.idle > 0.5 && pollers < runtime.GOMAXPROCS(0):
		l.add()
	case pollers > 1 && min(u.busy, u.used) < 0.75*(n-1):
		last.retired.Store(true)
	}
}

// active counts the pollers that are to stay, and returns the last of them.
func (l *Loop) active() (pollers int, last *poller) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range l.pollers {
		if !p.retired.Load() {
			pollers, last = pollers+1, p
		}
	}
	return pollers, last
}

// rouseMonitor wakes the monitor up if it sleeps. A poller calls it when its turn is odd: either the monitor, which said
// before that it sleeps, sees the turn, or the poller sees that the monitor sleeps.
func (l *Loop) rouseMonitor() {
	if !l.drowsy.Load() || !l.drowsy.CompareAndSwap(true, false) {
		return
	}
	select {
	case l.rouse <- struct{}{}:
	default: // it was sent to already
	}
}
