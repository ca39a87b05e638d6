//go:build linux

package eventloop

import (
	"io"
	"sync"
	"sync/atomic"
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
	n := 0
	for n == 0 { // a signal may end a wait
		n = p.wait(found)
	}
	if n != 1 || !found[0].read || p.pace.begin == 0 && p.pace.waited == 0 {
		t.Errorf("%d events for a socket with something to read, noted as a wait of %v", n, p.pace.waited)
	}
	if n := q.look(&p.raw, found); n != 0 {
		t.Errorf("%d events of nothing", n)
	}
}

// Who rests is woken up by every event, however many rest and whenever it comes, and by the end.
func TestRest(t *testing.T) {
	l := newLoop(t)
	q, err := newQueue()
	if err != nil {
		t.Fatal(err)
	}
	c, peer := pair(t, l)
	if err := q.add(c.fd); err != nil {
		t.Fatal(err)
	}
	const resting = 3
	var ended atomic.Bool
	var all sync.WaitGroup
	seen := make(chan event, resting*batchSize)
	for range resting {
		all.Go(func() {
			memory, raw, found := new(rest), new(kernelEvents), make([]event, batchSize)
			for !ended.Load() {
				for _, e := range found[:q.rest(memory, raw, found)] {
					if e.fd == c.fd {
						seen <- e
					}
				}
			}
		})
	}
	if e := <-seen; !e.write {
		t.Error("no event for a socket with room")
	}
	for i := range 500 {
		time.Sleep(time.Duration(i%5) * 100 * time.Microsecond)
		io.WriteString(peer, "x")
		select {
		case e := <-seen:
			if !e.read {
				t.Error("no event for a socket with something to read")
			}
		case <-time.After(held):
			t.Fatalf("event %d was lost", i)
		}
	}
	ended.Store(true)
	q.wakeAll()
	all.Wait()
	q.close()
}
