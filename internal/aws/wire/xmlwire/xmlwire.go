// Package xmlwire writes XML as AWS's query services do: indented, empty elements closed at once, absent ones left out.
//
// What comes in: typed values, an element a member. What goes out: text. Generated code calls it, one function a shape;
// nothing here uses reflection, and nothing reads XML: no request of these services holds any.
package xmlwire

import (
	"strconv"
	"time"
	"unicode/utf8"

	"postern/internal/aws/wire"
)

// Writer builds one document.
type Writer struct {
	b      []byte
	indent string
	depth  int
	last   last
}

// last is what the writer wrote last.
type last uint8

const (
	nothing last = iota
	opened
	text
	closed
)

// NewWriter gives a writer that appends to memory and indents each level by indent; an empty one puts all into one line.
func NewWriter(memory []byte, indent string) *Writer { return &Writer{b: memory, indent: indent} }

// Bytes is what has been written.
func (w *Writer) Bytes() []byte { return w.b }

// Header writes the XML declaration, before anything else.
func (w *Writer) Header() {
	w.b = append(w.b, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"...)
}

// Open begins an element.
func (w *Writer) Open(name string) { w.OpenIn(name, "") }

// OpenIn begins an element in a namespace; the elements within it are in the same.
func (w *Writer) OpenIn(name, namespace string) {
	w.line()
	w.b = append(append(w.b, '<'), name...)
	if namespace != "" {
		w.b = append(append(append(w.b, ` xmlns="`...), namespace...), '"')
	}
	w.b = append(w.b, '>')
	w.depth++
	w.last = opened
}

// Close ends the element. One that holds nothing becomes <name/>.
func (w *Writer) Close(name string) {
	w.depth--
	if w.last == opened {
		w.b = append(w.b[:len(w.b)-1], "/>"...)
		w.last = closed
		return
	}
	if w.last == closed {
		w.line()
	}
	w.b = append(append(append(w.b, "</"...), name...), '>')
	w.last = closed
}

// Element writes an element that holds text.
func (w *Writer) Element(name, value string) {
	w.Open(name)
	w.Text(value)
	w.Close(name)
}

// line begins a line.
func (w *Writer) line() {
	if w.last == nothing || w.indent == "" {
		return
	}
	w.b = append(w.b, '\n')
	for range w.depth {
		w.b = append(w.b, w.indent...)
	}
}

// Text writes text into the open element.
func (w *Writer) Text(value string) {
	if value == "" {
		return
	}
	w.last = text
	start := 0
	for i := 0; i < len(value); {
		r, size := utf8.DecodeRuneInString(value[i:])
		if escape := escapeOf(r, size); escape != "" {
			w.b = append(append(w.b, value[start:i]...), escape...)
			start = i + size
		}
		i += size
	}
	w.b = append(w.b, value[start:]...)
}

// escapeOf is how a character is written that cannot stand for itself; empty when it can. What XML cannot hold at all
// becomes U+FFFD.
func escapeOf(r rune, size int) string {
	switch {
	case r == '<':
		return "&lt;"
	case r == '>':
		return "&gt;"
	case r == '&':
		return "&amp;"
	case r == '"':
		return "&quot;"
	case r == '\r':
		return "&#xD;" // a bare one would be read as a line's end
	case r == '\t' || r == '\n':
		return ""
	case r < ' ' || r == 0xFFFE || r == 0xFFFF || r == utf8.RuneError && size == 1:
		return "\uFFFD"
	}
	return ""
}

// raw writes what needs no escape.
func (w *Writer) raw(write func([]byte) []byte) {
	w.b = write(w.b)
	w.last = text
}

// String writes a text.
func String(w *Writer, value *string) { w.Text(*value) }

// Bool writes true or false.
func Bool(w *Writer, value *bool) {
	w.raw(func(b []byte) []byte { return strconv.AppendBool(b, *value) })
}

// Int writes an integer.
func Int(w *Writer, value *int) {
	w.raw(func(b []byte) []byte { return strconv.AppendInt(b, int64(*value), 10) })
}

// Int64 writes an integer.
func Int64(w *Writer, value *int64) {
	w.raw(func(b []byte) []byte { return strconv.AppendInt(b, *value, 10) })
}

// Float64 writes a number.
func Float64(w *Writer, value *float64) {
	w.raw(func(b []byte) []byte { return strconv.AppendFloat(b, *value, 'f', -1, 64) })
}

// Timestamp writes a time to the second, "2012-05-09T15:45:35Z".
// Source: IAM API reference, the examples of CreateRole.
func Timestamp(w *Writer, value *wire.Timestamp) {
	w.raw(func(b []byte) []byte { return time.Unix(int64(*value), 0).UTC().AppendFormat(b, time.RFC3339) })
}

// Millis writes a time to the millisecond, "2016-03-25T21:26:12.920Z".
// Source: Elastic Load Balancing API reference, the examples of CreateLoadBalancer.
func Millis(w *Writer, value *wire.Millis) {
	w.raw(func(b []byte) []byte {
		return time.UnixMilli(int64(*value)).UTC().AppendFormat(b, "2006-01-02T15:04:05.000Z07:00")
	})
}
