package lambda

import (
	"sync/atomic"

	model "postern/internal/aws/wire/lambda"
)

// gate counts a function's events, for its reserved concurrency.
type gate struct {
	running atomic.Int64
	// reserved is the reserved concurrency plus one; 0 for none.
	reserved atomic.Int64
}

func (g *gate) reserve(n *int) {
	if n == nil {
		g.reserved.Store(0)
		return
	}
	g.reserved.Store(int64(*n) + 1)
}

// enter lets an event in, or refuses it. The caller leaves, with what enter gave it, when the event has ended.
func (f *Functions) enter(l *live) (shared bool, err error) {
	running := l.gate.running.Add(1)
	if reserved := l.gate.reserved.Load(); reserved > 0 {
		if running > reserved-1 {
			f.leave(l, false)
			return false, throttled("ReservedFunctionConcurrentInvocationLimitExceeded")
		}
		return false, nil
	}
	if f.running.Add(1) > int64(f.options.ConcurrentExecutions) {
		f.leave(l, true)
		return false, throttled("ConcurrentInvocationLimitExceeded")
	}
	return true, nil
}

func (f *Functions) leave(l *live, shared bool) {
	l.gate.running.Add(-1)
	if shared {
		f.running.Add(-1)
	}
}

// throttled is the answer when no more events may run. Known AWS answer: Invoke with a reserved concurrency of 0.
func throttled(reason string) error {
	e := model.TooManyRequestsException.Errorf("Rate Exceeded.")
	e.Reason = reason
	return e
}
