package message

import (
	"fmt"
	"time"
)

// Trace collects the lines of an execution log. A nil Trace is off and costs nothing.
type Trace struct {
	Lines []Line
	// Brief leaves out the lines of Dataf: what stages without data tracing log.
	Brief bool
}

// Line is one line of an execution log.
type Line struct {
	At   time.Time
	Text string
	// Data tells that the line shows parameters, headers, bodies or addresses, which stages log only with data tracing.
	Data bool
	// Note tells that the line is Postern's own explanation, which no stage's log has.
	Note bool
}

// On reports whether anybody reads the trace; ask it before preparing a line's arguments.
func (t *Trace) On() bool { return t != nil }

// Full reports whether anybody reads lines of data too.
func (t *Trace) Full() bool { return t != nil && !t.Brief }

// Addf appends a line.
func (t *Trace) Addf(format string, args ...any) {
	if t != nil {
		t.Lines = append(t.Lines, Line{At: time.Now(), Text: fmt.Sprintf(format, args...)})
	}
}

// Dataf appends a line that shows what was sent or answered.
func (t *Trace) Dataf(format string, args ...any) {
	if t.Full() {
		t.Lines = append(t.Lines, Line{At: time.Now(), Text: fmt.Sprintf(format, args...), Data: true})
	}
}

// Notef appends an explanation of Postern's own.
func (t *Trace) Notef(format string, args ...any) {
	if t != nil {
		t.Lines = append(t.Lines, Line{At: time.Now(), Text: fmt.Sprintf(format, args...), Note: true})
	}
}

// Reset empties t and keeps its memory.
func (t *Trace) Reset() {
	clear(t.Lines)
	t.Lines, t.Brief = t.Lines[:0], false
}
