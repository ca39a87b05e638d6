package lambda

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/google/uuid"

	model "postern/internal/aws/wire/lambda"
)

// The longest payloads, in bytes. Source: Lambda developer guide, "Lambda quotas".
const (
	maxPayload = 6291456
	maxEvent   = 1048576
)

// checkPayload refuses what is too long or no JSON.
func checkPayload(in *Invocation) error {
	limit := maxPayload
	if in.Type == Event {
		limit = maxEvent
	}
	if len(in.Payload) > limit {
		return model.RequestTooLargeException.Errorf("Request must be smaller than %d bytes for the InvokeFunction operation", limit)
	}
	if in.PayloadIsJSON || len(in.Payload) == 0 || json.Valid(in.Payload) {
		return nil
	}
	return model.InvalidRequestContentException.Errorf("Could not parse request body into json: %s", misread(in.Payload))
}

// misread says where a payload stops being JSON, in the words of AWS's parser (Jackson).
// Source: known AWS answers, for a token and a character that nothing begins with.
func misread(payload []byte) string {
	var value any
	err := json.Unmarshal(payload, &value)
	syntax, ok := errors.AsType[*json.SyntaxError](err)
	if !ok {
		return "Unexpected end-of-input"
	}
	at := int(max(syntax.Offset-1, 0))
	const expected = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
	if at >= len(payload) || syntax.Offset > int64(len(payload)) || strings.Contains(syntax.Error(), "unexpected end") {
		return "Unexpected end-of-input" + place(payload, len(payload))
	}
	if text := misplaced(syntax.Error(), payload[at]); text != "" {
		return text + place(payload, at+1)
	}
	start := at
	for start > 0 && isWord(payload[start-1]) {
		start--
	}
	if isLetter(payload[start]) {
		end := at
		for end < len(payload) && isWord(payload[end]) {
			end++
		}
		return fmt.Sprintf("Unrecognized token '%s': was expecting %s", payload[start:end], expected) + place(payload, end)
	}
	return fmt.Sprintf("Unexpected character ('%c' (code %d)): expected a valid value %s", payload[at], payload[at], expected) +
		place(payload, at+1)
}

// misplaced is what Jackson says of a character that stands where another was expected; "" where a value was.
// Source: Jackson's public messages.
func misplaced(fault string, c byte) string {
	unexpected := fmt.Sprintf("Unexpected character ('%c' (code %d)): was expecting ", c, c)
	switch {
	case strings.HasSuffix(fault, "in string escape code"):
		return fmt.Sprintf("Unrecognized character escape '%c' (code %d)", c, c)
	case strings.HasSuffix(fault, "in string literal"):
		return fmt.Sprintf("Illegal unquoted character ((CTRL-CHAR, code %d)): has to be escaped using backslash to be included in string value", c)
	case strings.HasSuffix(fault, "after object key:value pair"):
		return unexpected + "comma to separate Object entries"
	case strings.HasSuffix(fault, "after array element"):
		return unexpected + "comma to separate Array entries"
	case strings.HasSuffix(fault, "after object key"):
		return unexpected + "a colon to separate field name and value"
	case strings.HasSuffix(fault, "beginning of object key string"):
		return unexpected + "double-quote to start field name"
	}
	return ""
}

func isLetter(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c == '$'
}

func isWord(c byte) bool { return isLetter(c) || '0' <= c && c <= '9' }

// place is where in the payload, with the beginning of it.
func place(payload []byte, offset int) string {
	line := 1 + bytes.Count(payload[:offset], []byte("\n"))
	column := offset - bytes.LastIndexByte(payload[:offset], '\n')
	shown := payload[:min(len(payload), 500)]
	return fmt.Sprintf("\n at [Source: (byte[])\"%s\"; line: %d, column: %d]", shown, line, column)
}

// clientContext gives the JSON of an X-Amz-Client-Context header, on one line.
func clientContext(header string) (string, error) {
	text, err := base64.StdEncoding.DecodeString(header)
	var line bytes.Buffer
	if err == nil {
		err = json.Compact(&line, text)
	}
	if err != nil || line.Len() == 0 || line.Bytes()[0] != '{' {
		return "", model.InvalidRequestContentException.Errorf("Client context must be a valid Base64-encoded JSON object.")
	}
	return line.String(), nil
}

// newTrace makes a trace that is not sampled.
// Source: X-Ray developer guide, "Tracing header".
func newTrace() string {
	var id [16]byte
	binary.BigEndian.PutUint32(id[:], uint32(time.Now().Unix())) // four bytes of seconds are the form
	randomBytes(id[4:])
	b := make([]byte, 0, len("Root=1-01234567-0123456789abcdef01234567;Sampled=0"))
	b = append(b, "Root=1-"...)
	b = hex.AppendEncode(b, id[:4])
	b = append(b, '-')
	b = hex.AppendEncode(b, id[4:])
	return string(append(b, ";Sampled=0"...))
}

// newRequestID makes a UUID.
func newRequestID() string {
	var id uuid.UUID
	randomBytes(id[:])
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80 // version 4, variant RFC 9562
	return id.String()
}

// randomBytes fills b from the runtime's generator, which the operating system has seeded: no system call.
func randomBytes(b []byte) {
	var word [8]byte
	for len(b) > 0 {
		binary.NativeEndian.PutUint64(word[:], rand.Uint64()) // ChaCha8, and no secret
		b = b[copy(b, word[:]):]
	}
}
