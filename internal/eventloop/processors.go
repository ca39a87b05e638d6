package eventloop

import (
	"bytes"
	"os"
	"strconv"
	"time"
)

// processors is what they have done up to a time: worked for this process, and nothing at all.
type processors struct {
	at         time.Time
	used, idle time.Duration
}

// since gives both since a start, in processors.
func (p processors) since(start processors) (used, idle float64) {
	passed := float64(p.at.Sub(start.at))
	return float64(p.used-start.used) / passed, float64(p.idle-start.idle) / passed
}

// readProcessors reads both. Where nothing tells how idle the processors are, they never are.
func readProcessors() processors {
	stat, _ := os.ReadFile("/proc/stat")
	return processors{at: time.Now(), used: cpuTime(), idle: idleTime(stat)}
}

// tickHz is how many clock ticks the times of /proc/stat have a second. proc(5): nearly always 100.
const tickHz = 100

// idleTime reads the first line of /proc/stat: "cpu", then user, nice, system, idle and iowait time of all processors.
func idleTime(stat []byte) time.Duration {
	line, _, _ := bytes.Cut(stat, []byte("\n"))
	fields := bytes.Fields(line)
	if len(fields) < 6 {
		return 0
	}
	ticks := int64(0)
	for _, f := range fields[4:6] {
		n, _ := strconv.ParseInt(string(f), 10, 64)
		ticks += n
	}
	return time.Duration(ticks) * (time.Second / tickHz)
}
