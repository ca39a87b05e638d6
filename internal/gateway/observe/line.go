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

// Masked hides all but the last six characters of what gives access.
func Masked(value string) string {
	const shown = 6
	hidden := max(len(value)-shown, 0)
	return strings.Repeat("*", hidden) + value[hidden:]
}
