package observe

import (
	"strings"

	"postern/internal/gateway/message"
)

// Line appends a line to the execution log, cut as AWS cuts it. Ask x.Trace.On before preparing the text.
func Line(x *message.Exchange, label, text string) {
	if x.Trace.On() {
		line(x, label, text)
	}
}

// Masked hides what gives access, but for its end: six characters, of a short text half of it.
// Source: captured execution logs; knowledge center, "use API Gateway logs for troubleshooting" ("***xyz").
func Masked(value string) string {
	hidden := len(value) - min(6, len(value)/2)
	return strings.Repeat("*", hidden) + value[hidden:]
}
