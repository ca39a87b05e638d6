package http1

import (
	"bytes"
	"strings"

	"postern/internal/gateway/message"
)

// fields is what the field lines of one head say about the connection and the body.
type fields struct {
	host      string
	hosts     int
	length    int64 // Content-Length; -1 when absent
	lengths   int
	coding    string // Transfer-Encoding
	codings   int
	expect    string
	close     bool // Connection: close
	keepAlive bool // Connection: keep-alive
	// idle is how long the sender keeps an idle connection, in seconds (Keep-Alive: timeout=5); 0 when not said.
	idle int64
}

// scanFields reads the field lines of head from offset at on, up to the empty line that ends it, and appends them to
// pairs. text is head as a string: what is appended are slices of it. In a response, white space before the colon is
// dropped; in a request it is refused. RFC 9112, 5.
func scanFields(head []byte, text string, at int, pairs message.Pairs, f *fields, response bool) (message.Pairs, error) {
	*f = fields{length: -1}
	for at < len(head)-2 {
		nameEnd, colon := fieldName(text, at, response)
		if head[colon] != ':' || nameEnd == at {
			return pairs, fieldError(head[at:], head[colon])
		}
		end := colon + 1 + control(head[colon+1:])
		switch {
		case head[end] == '\r' && head[end+1] == '\n':
		case head[end] == '\n':
			return pairs, malformed("a line of the head ends without CR")
		default:
			return pairs, malformed("a field value holds a control character")
		}
		from, to := trimSpace(head, colon+1, end)
		name, value := text[at:nameEnd], text[from:to]
		pairs = append(pairs, message.Pair{Name: name, Value: value})
		if err := f.note(name, value); err != nil {
			return pairs, err
		}
		at = end + 2
	}
	return pairs, nil
}

// fieldName finds the end of the name of the field line at an offset, and its colon, or what stands in its place.
func fieldName(text string, at int, response bool) (end, colon int) {
	if n := strings.IndexByte(text[at:], ':'); n > 0 && token(text[at:at+n]) {
		return at + n, at + n
	}
	end = at
	for tokenChars[text[end]] {
		end++ // ends at the line's CR at the latest
	}
	colon = end
	for response && (text[colon] == ' ' || text[colon] == '\t') {
		colon++
	}
	return end, colon
}

func fieldError(line []byte, c byte) error {
	switch {
	case line[0] == ' ' || line[0] == '\t':
		return malformed("a field line is folded")
	case c == ' ' || c == '\t':
		return malformed("white space before a field's colon")
	case c == '\r' || c == '\n':
		return malformed("a field line without a colon")
	default:
		return malformed("a field name is no token")
	}
}

// note keeps what the engine itself must know of a field.
func (f *fields) note(name, value string) error {
	switch len(name) {
	case len("Host"):
		if message.EqualFold(name, "Host") {
			f.host = value
			f.hosts++
		}
	case len("Expect"):
		if message.EqualFold(name, "Expect") {
			f.expect = value
		}
	case len("Connection"):
		switch {
		case message.EqualFold(name, "Connection"):
			f.connection(value)
		case message.EqualFold(name, "Keep-Alive"):
			f.keepAliveFor(value)
		}
	case len("Content-Length"):
		if message.EqualFold(name, "Content-Length") {
			return f.contentLength(value)
		}
	case len("Transfer-Encoding"):
		if message.EqualFold(name, "Transfer-Encoding") {
			f.coding = value
			f.codings++
		}
	}
	return nil
}

// connection reads the options that matter here. RFC 9112, 9.3.
func (f *fields) connection(value string) {
	for value != "" {
		option, rest := value, ""
		for i := range len(value) {
			if value[i] == ',' {
				option, rest = value[:i], value[i+1:]
				break
			}
		}
		for option != "" && (option[0] == ' ' || option[0] == '\t') {
			option = option[1:]
		}
		for option != "" && (option[len(option)-1] == ' ' || option[len(option)-1] == '\t') {
			option = option[:len(option)-1]
		}
		switch {
		case message.EqualFold(option, "close"):
			f.close = true
		case message.EqualFold(option, "keep-alive"):
			f.keepAlive = true
		}
		value = rest
	}
}

// keepAliveFor reads "timeout=5, max=100". RFC 2068, 19.7.1.1, as servers still send it.
func (f *fields) keepAliveFor(value string) {
	for parameter := range strings.SplitSeq(value, ",") {
		name, number, _ := strings.Cut(strings.TrimSpace(parameter), "=")
		if message.EqualFold(name, "timeout") {
			f.idle, _ = digits(number)
		}
	}
}

// contentLength reads one Content-Length line: digits and nothing else. RFC 9110, 8.6.
func (f *fields) contentLength(value string) error {
	n, ok := digits(value)
	if !ok {
		return malformed("Content-Length is no number")
	}
	if f.lengths > 0 && n != f.length {
		return malformed("Content-Length is given twice and differs")
	}
	f.length = n
	f.lengths++
	return nil
}

// digits reads a decimal number of at most 18 digits, which no length of use exceeds.
func digits(s string) (n int64, ok bool) {
	if s == "" || len(s) > 18 {
		return 0, false
	}
	for i := range len(s) {
		c := s[i] - '0'
		if c > 9 {
			return 0, false
		}
		n = n*10 + int64(c)
	}
	return n, true
}

// headEnd returns the length of the head at the start of b, with its empty line, or 0 when it has not all arrived.
// The first seen bytes were searched before.
func headEnd(b []byte, seen int) int {
	from := max(seen-3, 0)
	if i := bytes.Index(b[from:], endOfHead); i >= 0 {
		return from + i + len(endOfHead)
	}
	return 0
}

var endOfHead = []byte("\r\n\r\n")

// bareLF reports a line feed without a carriage return before it: no such head ever becomes whole.
func bareLF(b []byte) bool {
	for i, c := range b {
		if c == '\n' && (i == 0 || b[i-1] != '\r') {
			return true
		}
	}
	return false
}
