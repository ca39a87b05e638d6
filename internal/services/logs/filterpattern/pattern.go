// Package filterpattern is CloudWatch Logs' language for choosing log events.
//
// What comes in: a pattern as text. What goes out: a Pattern that says of each message whether it is chosen. There are
// three forms: terms for any text (ERROR -"not found" ?WARN), a condition in braces for JSON messages
// ({ $.status >= 500 && $.path = "/pets*" }), and a list in brackets for messages of words
// ([ip, user, ..., status = 4*, bytes]). Regular expressions stand between percent signs. It never changes a message, and
// matching takes time in proportion to message and pattern.
//
// Source: CloudWatch Logs user guide, "Filter pattern syntax for metric filters, subscription filters, filter log events,
// and Live Tail".
package filterpattern

import (
	"errors"
	"strings"
)

// Pattern is a compiled filter pattern. It may be used by many goroutines.
type Pattern struct{ match func(message string) bool }

// ErrSyntax is what Compile returns for a text that is no pattern.
var ErrSyntax = errors.New("filterpattern: invalid filter pattern")

// maxPattern bounds a pattern, in bytes. Source: CloudWatch Logs API reference, FilterLogEvents, filterPattern.
const maxPattern = 1024

// Compile compiles a pattern. The empty one chooses every message. The error is ErrSyntax.
func Compile(text string) (*Pattern, error) {
	text = strings.TrimSpace(text)
	if len(text) > maxPattern {
		return nil, ErrSyntax
	}
	var match func(string) bool
	var err error
	switch {
	case text == "":
		match = func(string) bool { return true }
	case text[0] == '{':
		match, err = compileJSON(text)
	case text[0] == '[':
		match, err = compileWords(text)
	default:
		match, err = compileTerms(text)
	}
	if err != nil {
		return nil, err
	}
	return &Pattern{match}, nil
}

// Match tells whether a message is chosen.
func (p *Pattern) Match(message string) bool { return p.match(message) }
