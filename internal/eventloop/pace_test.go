package eventloop

import (
	"testing"
	"time"
)

// A poller looks for events before it sleeps while it waits for less than a third of its time, and leaves long waits to the
// runtime.
func TestPace(t *testing.T) {
	for name, c := range map[string]struct {
		work, wait time.Duration
		want       time.Duration
		sleepy     bool
	}{
		"always at work":   {100 * time.Microsecond, 0, patience, false},
		"little rest":      {90 * time.Microsecond, 30 * time.Microsecond, patience, false},
		"much rest":        {60 * time.Microsecond, 40 * time.Microsecond, 0, false},
		"short waits":      {10 * time.Microsecond, 900 * time.Microsecond, 0, false},
		"long waits":       {50 * time.Microsecond, 1100 * time.Microsecond, 0, true},
		"hardly ever work": {50 * time.Microsecond, 20 * time.Millisecond, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			for _, before := range []bool{false, true} {
				p, now := pace{brisk: before, sleepy: before}, time.Duration(0)
				for range 2*span/(c.work+c.wait) + 2 {
					now += c.work
					p.note(now, now+c.wait)
					now += c.wait
				}
				if got := p.patience(); got != c.want {
					t.Errorf("patience %v, want %v", got, c.want)
				}
				if p.sleepy != c.sleepy {
					t.Errorf("sleepy %t, want %t", p.sleepy, c.sleepy)
				}
			}
		})
	}
}
