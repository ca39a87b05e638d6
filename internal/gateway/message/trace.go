package message

import (
	"fmt"
	"time"
)

// Trace collects the lines of an execution log. A nil Trace is off and costs nothing.
type Trace struct{ Lines []Line }

// Line is one line of an execution log.
type Line struct {
	At   time.Time
	Text string
}

// On reports whether anybody reads the trace; ask it before preparing a line's arguments.
func (t *Trace) On() bool { return t != nil }

// Addf appends a line.
func (t *Trace) Addf(format string, args ...any) {
	if t != nil {
		t.Lines = append(t.Lines, Line{time.Now(), fmt.Sprintf(format, args...)})
	}
}
