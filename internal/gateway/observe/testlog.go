package observe

import (
	"strings"

	"postern/internal/gateway/message"
)

// TestLog is an execution log in the form of TestInvokeMethod: a first line without a date, the others with one, each
// ended by a line feed.
// Source: recorded AWS answer (TestInvokeMethod).
func TestLog(requestID string, trace *message.Trace) string {
	var b strings.Builder
	b.WriteString("Execution log for request ")
	b.WriteString(requestID)
	b.WriteByte('\n')
	for _, line := range trace.Lines {
		b.WriteString(line.At.UTC().Format("Mon Jan 02 15:04:05 UTC 2006"))
		b.WriteString(" : ")
		b.WriteString(line.Text)
		b.WriteByte('\n')
	}
	return b.String()
}
