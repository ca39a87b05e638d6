package runtime

import (
	"context"
	"errors"
	"os"
	"time"
)

// invocation is one event in its process.
type invocation struct {
	process         *process
	event           *Event
	began, deadline time.Time
	// cold is true for the first event of a process.
	cold bool
	// claimed and isError are guarded by the process's lock until the answer is there.
	claimed, isError bool
	// own is the connection that the event went out on, as long as this invocation reads from it.
	own *conn
	// answer is the connection that the function's answer comes on.
	answer *conn
}

// How an invocation may end, other than with the function's answer.
var (
	errLate      = errors.New("the function did not answer in time")
	errGone      = errors.New("the runtime has ended")
	errTruncated = errors.New("the runtime broke off its answer")
	errTooLarge  = errors.New("the answer is too large")
)

// Invoke runs an event and gives the function's whole answer. A function that fails is a *Failure. When ctx ends first,
// the function goes on to its end, and ctx's error is returned. tail is the end of the log when the event asked for it.
func (p *Pool) Invoke(ctx context.Context, in *Event) (payload, tail []byte, err error) {
	v, err := p.begin(ctx, in)
	if err != nil {
		return nil, nil, err
	}
	end := v.await(ctx)
	if end != nil && end == ctx.Err() { //nolint:errorlint // await returns it as it is
		v.abandon()
		return nil, nil, end
	}
	if end == nil {
		payload, end = v.readAnswer()
	}
	tail, err = v.finish(end)
	return payload, tail, err
}

// begin gives the event to a process.
func (p *Pool) begin(ctx context.Context, in *Event) (*invocation, error) {
	for {
		process, err := p.take(ctx, in.RequestID)
		if err != nil {
			return nil, err
		}
		if !process.alive() {
			continue
		}
		v := &invocation{process: process, event: in, began: time.Now()}
		v.deadline = v.began.Add(p.config.Timeout)
		if process.assign(v) {
			return v, nil
		}
		// The runtime has hung up: it never saw the event, and another process may run it.
		process.kill()
	}
}

// assign makes v the current invocation and writes its event.
func (p *process) assign(v *invocation) bool {
	p.mu.Lock()
	c := p.parked
	p.parked, p.current, p.reading, p.woken = nil, v, c, false
	v.cold, p.used = !p.used, true
	p.mu.Unlock()
	if c == nil {
		return false
	}
	v.own = c
	return p.output.begin(v, c)
}

// await waits until the function's answer begins; its body is still to be read. The error is errLate, errGone, or ctx's.
func (v *invocation) await(ctx context.Context) error {
	p := v.process
	if ctx.Done() != nil {
		stop := context.AfterFunc(ctx, p.wake)
		defer stop()
	}
	for v.own != nil {
		if ended, err := v.attend(ctx); ended {
			return err
		}
	}
	timer := time.NewTimer(time.Until(v.deadline))
	defer timer.Stop()
	select {
	case v.answer = <-p.handoff:
		return nil
	case <-p.exited:
	case <-timer.C:
	case <-ctx.Done():
	}
	_, err := v.look(ctx)
	return err
}

// attend reads one request from the connection that the event went out on.
func (v *invocation) attend(ctx context.Context) (ended bool, err error) {
	c, p := v.own, v.process
	if err := c.net.SetReadDeadline(v.deadline); err == nil && p.attending(c) {
		if ended, err := v.look(ctx); ended {
			return true, err
		}
	}
	err = c.readRequest()
	switch {
	case err == nil:
		if id, isError, ok := c.request.answers(); ok && p.claim(string(id), isError) {
			v.own, v.answer = nil, c
			return true, nil
		}
		if !p.dispatch(c) {
			v.own = nil
		}
	case errors.Is(err, os.ErrDeadlineExceeded):
		return v.look(ctx)
	default:
		// A client that opens a connection for each request closes this one.
		v.own = nil
		p.attending(nil)
		c.refuse(err)
	}
	return false, nil
}

// attending says which connection the invocation reads from, and tells whether it was woken since it last asked.
func (p *process) attending(c *conn) (woken bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	woken = p.woken
	p.reading, p.woken = c, false
	return woken
}

// look tells whether the wait is over, and why.
func (v *invocation) look(ctx context.Context) (ended bool, err error) {
	select {
	case c := <-v.process.handoff:
		v.answer = c
		if own := v.own; own != nil {
			v.own = nil
			v.process.attending(nil)
			own.serve()
		}
		return true, nil
	default:
	}
	switch {
	case !v.process.alive():
		return true, errGone
	case !time.Now().Before(v.deadline):
		return true, errLate
	}
	return ctx.Err() != nil, ctx.Err()
}

// serve gives the connection back to a goroutine of its own.
func (c *conn) serve() {
	if c.net.SetReadDeadline(time.Time{}) != nil || !c.process.spawn(c.run) {
		c.close()
	}
}

// spawn runs fn in a goroutine that the process waits for; false when it has ended.
func (p *process) spawn(fn func()) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.alive() {
		return false
	}
	p.accepting.Go(fn)
	return true
}

// abandon lets the invocation go on without its caller.
func (v *invocation) abandon() {
	alone := func() {
		end := v.await(context.Background())
		if end == nil {
			_, end = v.readAnswer()
		}
		_, _ = v.finish(end)
	}
	if !v.process.spawn(alone) {
		alone()
	}
}

// finish writes the end into the log, and frees the process or kills it. It gives the end of the log when the event
// asked for it, and the invocation's *Failure if it failed.
func (v *invocation) finish(end error) (tail []byte, err error) {
	p := v.process
	if end != nil && (errors.Is(end, errLate) || errors.Is(end, errTruncated)) {
		p.kill()
	}
	failure, line := v.describe(end)
	now := time.Now()
	tail = p.output.end(v, failure, line, now)
	if answered(end) {
		p.settle(v, end != nil && errors.Is(end, errTooLarge), now)
	}
	if failure == nil {
		return tail, nil
	}
	return tail, failure
}

// answered tells whether the runtime lives and waits for a reply to its answer.
func answered(end error) bool {
	return end == nil || !errors.Is(end, errLate) && !errors.Is(end, errGone) && !errors.Is(end, errTruncated)
}

// describe is the failure that an end means, and what the log says of it.
func (v *invocation) describe(end error) (f *Failure, line string) {
	id := v.event.RequestID
	switch {
	case end == nil:
		return nil, ""
	case errors.Is(end, errLate):
		return timedOut(id, v.process.pool.config.Timeout, time.Now())
	case errors.Is(end, errGone):
		f, reason := exited(id, v.process.command.ProcessState)
		return f, reason + "\nRuntime.ExitError"
	case errors.Is(end, errTooLarge):
		return tooLarge(), ""
	case errors.Is(end, errTruncated):
		return failed("Runtime.TruncatedResponse", "RequestId: "+id+" Error: Response was truncated"), ""
	}
	f, _ = errors.AsType[*Failure](end)
	return f, ""
}

// settle replies to the answer, and lets the runtime ask for the next event.
func (p *process) settle(v *invocation, tooLarge bool, now time.Time) {
	p.mu.Lock()
	p.current, p.reading, p.woken = nil, nil, false
	p.settling = now
	p.mu.Unlock()
	c := v.answer
	var err error
	if tooLarge {
		err = c.answer(413, `{"errorMessage":"Exceeded maximum allowed payload size (6291556 bytes).","errorType":"RequestEntityTooLarge"}`)
	} else {
		err = c.accept()
	}
	switch {
	case err != nil || c.request.close:
		c.close()
	case c.buffered():
		// The runtime has asked already: the connection need not be read by another goroutine.
		if err := c.readRequest(); err != nil {
			c.refuse(err)
		} else if p.dispatch(c) {
			c.serve()
		}
	default:
		c.serve()
	}
}
