package eventloop

import "time"

const (
	// span is what a pace is judged by.
	span = 5 * time.Millisecond
	// patience is how long a poller with little rest looks for events before it sleeps. Where processors are virtual, to be
	// woken up takes about as long, and costs more than looking.
	patience = 100 * time.Microsecond
	// long is a wait that the runtime had better wait for: see queue.rest.
	long = time.Millisecond
)

// pace tells how much rest a poller has. A brisk one waits for less than a third of its time, which bounds what it spends
// on looking for events. A sleepy one waits for long, on average.
type pace struct {
	begin         time.Duration
	waited        time.Duration
	waits         time.Duration // how often
	brisk, sleepy bool
}

// note tells of a wait.
func (p *pace) note(begin, end time.Duration) {
	p.waited += end - begin
	p.waits++
	if took := end - p.begin; took >= span {
		p.brisk, p.sleepy = p.waited < took/3, p.waited > p.waits*long
		p.begin, p.waited, p.waits = end, 0, 0
	}
}

// patience is how long the poller should look for events.
func (p *pace) patience() time.Duration {
	if p.brisk {
		return patience
	}
	return 0
}
