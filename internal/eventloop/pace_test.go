package eventloop

import (
	"testing"
	"time"
)

// A poller looks for events before it sleeps while it waits for less than a third of its time.
func TestPace(t *testing.T) {
	for name, c := range map[string]struct {
		work, wait time.Duration
		want       time.Duration
	}{
		"always at work":   {100 * time.Microsecond, 0, patience},
		"little rest":      {90 * time.Microsecond, 30 * time.Microsecond, patience},
		"much rest":        {60 * time.Microsecond, 40 * time.Microsecond, 0},
		"hardly ever work": {50 * time.Microsecond, 20 * time.Millisecond, 0},
	} {
		t.Run(name, func(t *testing.T) {
			for _, before := range []bool{false, true} {
				p, now := pace{brisk: before}, time.Duration(0)
				for range 2*span/(c.work+c.wait) + 2 {
					now += c.work
					p.note(now, now+c.wait)
					now += c.wait
				}
				if got := p.patience(); got != c.want {
					t.Errorf("patience %v, want %v", got, c.want)
				}
			}
		})
	}
}
