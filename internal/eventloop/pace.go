package eventloop

import "time"

const (
	// span is what a pace is judged by.
	span = 5 * time.Millisecond
	// patience is how long a poller with little rest looks for events before it sleeps. Where processors are virtual, to be
	// woken up takes about as long, and costs more than looking.
	patience = 100 * time.Microsecond
)

// pace tells whether a poller has little rest: it waits for less than a third of its time, which bounds what it spends on
// looking for events.
type pace struct {
	begin  time.Duration
	waited time.Duration
	brisk  bool
}

// note tells of a wait.
func (p *pace) note(begin, end time.Duration) {
	p.waited += end - begin
	if took := end - p.begin; took >= span {
		p.brisk = p.waited < took/3
		p.begin, p.waited = end, 0
	}
}

// patience is how long the poller should look for events.
func (p *pace) patience() time.Duration {
	if p.brisk {
		return patience
	}
	return 0
}
