package eventloop

import (
	"testing"
	"time"
)

func TestProcessors(t *testing.T) {
	// proc(5): user, nice, system, idle, iowait, irq, softirq, steal, guest, guest_nice.
	all, idle := times([]byte("cpu  100 10 50 800 40 0 5 1 0 0\ncpu0 50 5 25 400 20 0 2 0 0 0\n"))
	if all != 10060*time.Millisecond || idle != 8400*time.Millisecond {
		t.Errorf("all %v, idle %v", all, idle)
	}
	start := processors{at: time.Unix(100, 0)}
	end := processors{at: time.Unix(101, 0), used: 500 * time.Millisecond, all: 4 * time.Second, idle: 3 * time.Second}
	if used, idle := end.since(start); used != 0.5 || idle != 3 {
		t.Errorf("used %v, idle %v", used, idle)
	}
	end.all, end.used = 0, 0
	if _, idle := end.since(start); idle < 1 {
		t.Errorf("nobody tells, and %v processors are idle", idle)
	}
}
