package eventloop

import (
	"bytes"
	"os"
	"runtime"
	"strconv"
	"time"
)

// processors is what they have done up to a time: worked for this process, worked or not at all, and nothing.
type processors struct {
	at              time.Time
	used, all, idle time.Duration
}

// since gives what this process has used and what nobody has, since a start, in processors. Where the system does not tell,
// as in some sandboxes, all the others are taken to be idle.
func (p processors) since(start processors) (used, idle float64) {
	passed := float64(p.at.Sub(start.at))
	used = float64(p.used-start.used) / passed
	if p.all == start.all {
		return used, max(float64(runtime.GOMAXPROCS(0))-used, 0)
	}
	return used, float64(p.idle-start.idle) / passed
}

// readProcessors reads what they have done.
func readProcessors() processors {
	p := processors{at: time.Now(), used: cpuTime()}
	if f, err := os.Open("/proc/stat"); err == nil {
		defer f.Close()
		var head [512]byte // the first line is enough, and there is one more for each processor
		n, _ := f.Read(head[:])
		p.all, p.idle = times(head[:n])
	}
	return p
}

// tickHz is how many clock ticks the times of /proc/stat have a second. proc(5): nearly always 100.
const tickHz = 100

// times reads the first line of /proc/stat: "cpu", then user, nice, system, idle, iowait and other times of all processors.
func times(stat []byte) (all, idle time.Duration) {
	line, _, _ := bytes.Cut(stat, []byte("\n"))
	for i, f := range bytes.Fields(line) {
		ticks, _ := strconv.ParseInt(string(f), 10, 64)
		t := time.Duration(ticks) * (time.Second / tickHz)
		all += t
		if i == 4 || i == 5 {
			idle += t
		}
	}
	return all, idle
}
