package runtime

import (
	"io"
	"time"
)

// dispatch answers the request that c has read. It is false when c is no longer its goroutine's: handed to an
// invocation, waiting for an event, or closed.
func (p *process) dispatch(c *conn) bool {
	r := &c.request
	if string(r.method) == "GET" && string(r.path) == pathNext {
		return p.park(c)
	}
	if id, isError, ok := r.answers(); ok && p.claim(string(id), isError) {
		p.handoff <- c // has room: one answer is claimed for each event
		p.wake()
		return false
	}
	return c.report()
}

// park lets the runtime wait for an event.
func (p *process) park(c *conn) bool {
	p.mu.Lock()
	if p.current != nil {
		p.mu.Unlock()
		return c.reply(403, `{"errorMessage":"State transition from Running to Ready failed for runtime. Error: State transition is not allowed","errorType":"InvalidStateTransition"}`)
	}
	old := p.parked
	p.parked = c
	p.settling = time.Time{}
	first := !p.wasReady()
	if first {
		p.initDuration = time.Since(p.launched)
		close(p.ready)
	}
	p.mu.Unlock()
	switch {
	case old != nil: // a client that gave up waiting, and asks again
		old.close()
	case !first: // the first time, start gives the process to the pool
		p.pool.put(p)
	}
	return false
}

// claim tells whether an answer to a request is what the current invocation waits for; it does so once.
func (p *process) claim(id string, isError bool) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	v := p.current
	if v == nil || v.claimed || v.event.RequestID != id {
		return false
	}
	v.claimed, v.isError = true, isError
	return true
}

// report answers everything that is neither a wait for an event nor an expected answer.
func (c *conn) report() bool {
	r := &c.request
	post := string(r.method) == "POST"
	if post && string(r.path) == pathInitError {
		if c.proceedWithBody() != nil || c.process.noteInitError(c) != nil || c.drain() != nil || c.accept() != nil {
			c.close()
			return false
		}
		return c.again()
	}
	if _, _, ok := r.answers(); ok {
		return c.reply(400, `{"errorMessage":"Invalid request ID","errorType":"InvalidRequestID"}`)
	}
	return c.reply(404, `{"errorMessage":"Not Found","errorType":"NotFound"}`)
}

// reply answers a request whose body nobody wants.
func (c *conn) reply(status int, text string) bool {
	if c.request.expects { // the client sends the body only when it is told to
		_ = c.answer(status, text)
		c.close()
		return false
	}
	if c.drain() != nil || c.answer(status, text) != nil {
		c.close()
		return false
	}
	return c.again()
}

// again tells whether the connection takes another request.
func (c *conn) again() bool {
	if c.request.close {
		c.close()
		return false
	}
	return true
}

// proceedWithBody tells a client that waits with its body to send it.
func (c *conn) proceedWithBody() error {
	if !c.request.expects {
		return nil
	}
	_, err := c.net.Write([]byte("HTTP/1.1 100 Continue\r\n\r\n"))
	return err
}

// drain reads what is left of the body.
func (c *conn) drain() error {
	_, err := io.Copy(io.Discard, &c.body)
	return err
}
