package runtime

import (
	"bytes"
	"os"
	"strings"
	"sync"
	"time"
)

// output turns what a process writes to stdout and stderr into lines of its log stream, and frames them with START, END
// and REPORT. The lines that a function wrote before its answer stand before END: the end of an invocation reads the
// pipe empty itself.
type output struct {
	process *process
	read    *os.File
	// raw is read's descriptor, for drain.
	raw int

	mu sync.Mutex
	// closed is true when the pipe must not be read any more.
	closed bool
	buf    []byte
	// text is memory to build lines in.
	text []byte
	// partial is the begin of a line whose end has not come.
	partial []byte
	// pending are events not yet handed to the Log.
	pending []LogEvent
	// tail is the end of the log of this invocation, nil when nobody asked for it; start that of the process's start.
	tail, start *tail
}

// maxLine is how long an event of a log may be, in bytes; longer lines are cut into several.
// Source: CloudWatch Logs user guide, "CloudWatch Logs quotas": event size.
const maxLine = 256 << 10

// newOutput makes the pipe; the process gets the end to write.
func newOutput(p *process) (o *output, write *os.File, err error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	o = &output{process: p, read: read, raw: descriptor(read), buf: make([]byte, 4<<10), start: new(tail)}
	return o, write, nil
}

// run reads what comes between the ends of invocations, until the process and its children have closed the pipe.
func (o *output) run() {
	for o.pull() {
	}
}

// close reads what is left and closes the pipe, whoever still holds its other end.
func (o *output) close() {
	o.mu.Lock()
	if o.closed {
		o.mu.Unlock()
		return
	}
	o.drain()
	o.cut()
	o.flush()
	o.closed = true
	o.mu.Unlock()
	o.read.Close() // waits for run, which wants mu
}

// begin sends the event and writes START, which the Log gets with the first line, or with END. The function runs
// meanwhile, but what it prints waits for mu. It is false when the runtime cannot be reached.
//
// A long event is sent afterwards: a runtime that does not read it may be stuck with what it prints. So is the first one:
// what was printed at the start stands before START.
func (o *output) begin(v *invocation, c *conn) bool {
	if v.cold || len(v.event.Payload) > smallEvent {
		o.mu.Lock()
		o.started(v)
		o.mu.Unlock()
		return c.writeEvent(v.event, v.deadline) == nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if c.writeEvent(v.event, v.deadline) != nil {
		return false
	}
	o.started(v)
	return true
}

// started writes START; the caller holds mu.
func (o *output) started(v *invocation) {
	if v.cold && !o.closed {
		o.drain()
	}
	if v.event.Tail {
		o.tail = new(tail)
		o.tail.add(o.start.text())
	}
	o.start = nil
	o.add(v.began, o.process.startLines(v))
}

// say writes a line of Postern's own at once.
func (o *output) say(line string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.add(time.Now(), line)
	o.flush()
}

// end writes END and REPORT, after line if it is not empty, and gives the tail of the log if it was asked for.
func (o *output) end(v *invocation, f *Failure, line string, now time.Time) (tail []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	report := o.reportLines(v, f, now)
	if !o.closed {
		o.drain()
	}
	o.cut()
	o.add(now, line)
	o.add(now, report)
	o.flush()
	if o.tail != nil {
		tail = o.tail.text()
		o.tail = nil
	}
	return tail
}

// add appends whole lines, which the log's users see one by one.
func (o *output) add(now time.Time, lines string) {
	if lines == "" {
		return
	}
	o.pending = appendLines(o.pending, now.UnixMilli(), lines)
	if o.tail != nil {
		o.tail.add([]byte(lines))
		o.tail.add([]byte{'\n'})
	}
}

func appendLines(events []LogEvent, at int64, lines string) []LogEvent {
	for more := true; more; {
		var line string
		line, lines, more = strings.Cut(lines, "\n")
		events = append(events, LogEvent{Time: at, Message: line})
	}
	return events
}

// consume takes what was read from the pipe.
func (o *output) consume(b []byte) {
	switch {
	case o.tail != nil:
		o.tail.add(b)
	case o.start != nil:
		o.start.add(b)
	}
	now := time.Now().UnixMilli()
	for len(b) > 0 {
		i := bytes.IndexByte(b, '\n')
		if i < 0 || len(o.partial)+i > maxLine {
			n := min(len(b), maxLine-len(o.partial))
			o.partial = append(o.partial, b[:n]...)
			b = b[n:]
			if len(o.partial) == maxLine {
				o.cut()
			}
			continue
		}
		o.partial = append(o.partial, b[:i]...)
		o.pending = append(o.pending, LogEvent{Time: now, Message: string(o.partial)})
		o.partial = o.partial[:0]
		b = b[i+1:]
	}
	if cap(o.partial) > 2*maxLine {
		o.partial = nil
	}
}

// cut ends a line that has no end.
func (o *output) cut() {
	if len(o.partial) == 0 {
		return
	}
	o.pending = append(o.pending, LogEvent{Time: time.Now().UnixMilli(), Message: string(o.partial)})
	o.partial = o.partial[:0]
	if o.tail != nil {
		o.tail.add([]byte{'\n'})
	}
}

// flush hands the events to the Log.
func (o *output) flush() {
	if len(o.pending) == 0 {
		return
	}
	c := &o.process.pool.config
	o.process.pool.host.options.Output.Append(c.Account, c.Region, c.LogGroup, o.process.stream, o.pending)
	clear(o.pending)
	o.pending = o.pending[:0]
}

// maxTail is how much of the log a caller may have with the answer, in bytes.
// Source: Lambda API reference, Invoke, LogResult.
const maxTail = 4 << 10

// tail keeps the end of what it is given.
type tail struct{ b []byte }

func (t *tail) add(b []byte) {
	if len(b) > maxTail {
		b = b[len(b)-maxTail:]
	}
	t.b = append(t.b, b...)
	if len(t.b) > 8*maxTail {
		t.b = append(t.b[:0], t.b[len(t.b)-maxTail:]...)
	}
}

func (t *tail) text() []byte {
	if t == nil {
		return nil
	}
	return t.b[max(0, len(t.b)-maxTail):]
}
