//go:build linux

package eventloop

import (
	"io"
	"testing"
	"time"
)

// A poller with little rest finds what has come without a look at the clock, and sleeps when nothing comes.
func TestWait(t *testing.T) {
	l := newLoop(t)
	q, err := newQueue()
	if err != nil {
		t.Fatal(err)
	}
	defer q.close()
	c, peer := pair(t, l)
	if err := q.add(c.fd); err != nil {
		t.Fatal(err)
	}
	p := &poller{loop: &Loop{queue: q, started: time.Now()}, pace: pace{brisk: true}}
	found := make([]event, batchSize)
	if n := p.wait(found); n != 1 || !found[0].write || p.pace.begin != 0 || p.pace.waited != 0 {
		t.Errorf("%d events for a socket with room, noted as a wait of %v", n, p.pace.waited)
	}
	time.AfterFunc(10*patience, func() { io.WriteString(peer, "x") })
	if n := p.wait(found); n != 1 || !found[0].read || p.pace.begin == 0 && p.pace.waited == 0 {
		t.Errorf("%d events for a socket with something to read, noted as a wait of %v", n, p.pace.waited)
	}
	if n := q.look(&p.raw, found); n != 0 {
		t.Errorf("%d events of nothing", n)
	}
}
