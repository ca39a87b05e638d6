// Package accesslog makes the access log lines of stages.
//
// What comes in: a stage's format, compiled when the stage is, and exchanges that have been answered. What goes out: one
// line an exchange, appended to a buffer. Where lines go, it does not know.
//
// Sources: developer guide, "Set up CloudWatch logging for REST APIs in API Gateway" and "Variables for access logging for
// API Gateway"; captured access logs for what has no value and for escapes.
package accesslog

import (
	"strconv"
	"strings"
	"time"

	"postern/internal/gateway/message"
)

// Stage is what a format is compiled with: the values that no exchange changes.
type Stage struct {
	// EndpointType is EDGE, REGIONAL or PRIVATE.
	EndpointType string
	// Tracing tells that the stage traces, so that its exchanges have an X-Ray trace id.
	Tracing bool
}

// Format is a compiled format: CLF, JSON, XML, CSV or any other text with $context variables. It is never changed.
type Format struct{ parts []part }

// part is a text, or a variable.
type part struct {
	text string
	read reader
	// late tells that the value is known only once a streamed answer has ended.
	late bool
}

// A reader appends a variable's value, and nothing when it has none.
type reader func(dst []byte, x *message.Exchange) []byte

const variablePrefix = "$context."

// Compile compiles a format. Every text is one: what is no variable stays as it is, and a variable that does not exist
// never has a value.
func Compile(format string, stage Stage) *Format {
	f := &Format{}
	for {
		i := strings.Index(format, variablePrefix)
		if i < 0 {
			break
		}
		f.literal(format[:i])
		format = format[i+len(variablePrefix):]
		name := variableName(format)
		format = format[len(name):]
		f.parts = append(f.parts, variable(name, stage))
	}
	f.literal(format)
	return f
}

func (f *Format) literal(text string) {
	if text != "" {
		f.parts = append(f.parts, part{text: text})
	}
}

// variableName is the name that text starts with. Names of headers and parameters may hold hyphens, those of claims colons.
func variableName(text string) string {
	more := "_."
	switch {
	case strings.HasPrefix(text, "requestOverride."), strings.HasPrefix(text, "responseOverride."):
		more += "-"
	case strings.HasPrefix(text, "authorizer.claims."):
		more += ":-"
	}
	n := 0
	for n < len(text) && (alphanumeric(text[n]) || strings.IndexByte(more, text[n]) >= 0) {
		n++
	}
	return strings.TrimRight(text[:n], ".")
}

func alphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// Append appends the line of an exchange. What has no value is shown as "-".
func (f *Format) Append(dst []byte, x *message.Exchange) []byte {
	for i := range f.parts {
		dst = f.parts[i].append(dst, x)
	}
	return dst
}

func (p *part) append(dst []byte, x *message.Exchange) []byte {
	if p.read == nil {
		return append(dst, p.text...)
	}
	before := len(dst)
	if dst = p.read(dst, x); len(dst) == before {
		return append(dst, '-')
	}
	return dst
}

// Begun is the line of an exchange whose answer is still being streamed. It holds nothing of the exchange.
type Begun struct {
	text             []byte
	start, callStart time.Time
	holes            []hole
}

// hole is where a value is missing that only the end tells.
type hole struct {
	at int
	p  *part
}

// Begin makes the line of an exchange as far as it is known.
func (f *Format) Begin(x *message.Exchange) *Begun {
	b := &Begun{start: x.Start, callStart: x.Observed.CallStart}
	for i := range f.parts {
		if p := &f.parts[i]; p.late {
			b.holes = append(b.holes, hole{len(b.text), p})
		} else {
			b.text = p.append(b.text, x)
		}
	}
	return b
}

// Ended is what the end of a streamed answer tells.
type Ended struct {
	// At is when the answer was complete, and ContentAt when the first byte of its body had arrived, zero without a body.
	At, ContentAt time.Time
	// Length is that of the body, in bytes.
	Length int64
}

// Append appends the whole line of an answer that has ended. The integration's call lasted until then.
// Source: developer guide, "Troubleshoot issues with response streaming in API Gateway".
func (b *Begun) Append(dst []byte, ended Ended) []byte {
	x := &message.Exchange{Start: b.start, Observed: message.Observed{
		CallStart: b.callStart, CallEnd: ended.At, ContentAt: ended.ContentAt, End: ended.At, ResponseLength: ended.Length,
	}}
	begin := 0
	for _, h := range b.holes {
		dst = append(dst, b.text[begin:h.at]...)
		dst = h.p.append(dst, x)
		begin = h.at
	}
	return append(dst, b.text[begin:]...)
}

// appendMillis appends a span of time in whole milliseconds.
func appendMillis(dst []byte, d time.Duration) []byte {
	return strconv.AppendInt(dst, d.Milliseconds(), 10)
}

// appendEscaped appends a value as it stands in a JSON text, so that no value ends a line or a string. Captured access
// logs show quotes and backslashes escaped so; that it is done in formats that are no JSON, too, is inferred.
func appendEscaped(dst []byte, value string) []byte {
	begin := 0
	for i := range len(value) {
		c := value[i]
		if c >= ' ' && c != '"' && c != '\\' && c != 0x7f {
			continue
		}
		dst = append(dst, value[begin:i]...)
		begin = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			const hex = "0123456789abcdef"
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	return append(dst, value[begin:]...)
}
