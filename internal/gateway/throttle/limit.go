package throttle

import "math"

// Limit is the size of a token bucket and how fast it is filled. The zero Limit refuses everything.
type Limit struct {
	// Rate is in requests a second, Burst in requests.
	Rate  float64
	Burst int

	kind limitKind
	// interval is the time that one token takes to come, and tolerance that of a full bucket. Nanoseconds.
	interval, tolerance int64
}

type limitKind uint8

const (
	refuses limitKind = iota
	limits
	admits
)

// longest bounds how long a bucket takes to be full, so that sums of its times do not overflow: some 70 years.
const longest = 1 << 61

// NewLimit makes a limit. A rate or a burst of 0 refuses everything; else a negative one is no limit at all (both
// inferred: exports of the console write -1 for a throttle that is off).
func NewLimit(rate float64, burst int) Limit {
	l := Limit{Rate: rate, Burst: burst}
	switch {
	case rate == 0 || burst == 0 || math.IsNaN(rate):
		l.kind = refuses
	case rate < 0 || burst < 0:
		l.kind = admits
	default:
		l.kind = limits
		interval := min(1e9/rate, longest/float64(burst))
		l.interval = int64(interval)
		l.tolerance = max(int64(interval*float64(burst)), l.interval*int64(burst)) // the first may be rounded down
	}
	return l
}

// Unlimited tells that nothing is ever refused, so that no bucket is needed.
func (l *Limit) Unlimited() bool { return l.kind == admits }
