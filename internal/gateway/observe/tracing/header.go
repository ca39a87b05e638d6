package tracing

import (
	"encoding/binary"
	"encoding/hex"
	"strings"

	"go.opentelemetry.io/otel/trace"
)

// header are the fields of an X-Amzn-Trace-Id header.
// Source: X-Ray developer guide, "Tracing header".
type header struct {
	root, parent, sampled string
	// others are all other fields, Self and Lineage among them, as they stand.
	others []string
}

func parseHeader(text string) header {
	var h header
	for field := range strings.SplitSeq(text, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(field), "=")
		switch {
		case strings.EqualFold(name, "Root"):
			h.root = value
		case strings.EqualFold(name, "Parent"):
			h.parent = value
		case strings.EqualFold(name, "Sampled"):
			h.sampled = value
		case name != "":
			h.others = append(h.others, field)
		}
	}
	return h
}

// with is the header for the next in line: the same trace, another parent, and the decision.
func (h *header) with(parent uint64, sampled bool) string {
	var b strings.Builder
	for _, field := range h.others {
		b.WriteString(field)
		b.WriteByte(';')
	}
	b.WriteString("Root=")
	b.WriteString(h.root)
	b.WriteString(";Parent=")
	id := spanID(parent)
	b.WriteString(hex.EncodeToString(id[:]))
	if sampled {
		b.WriteString(";Sampled=1")
	} else {
		b.WriteString(";Sampled=0")
	}
	return b.String()
}

// traceID is the W3C form of a root, "1-5759e988-bd862e3fe1be46a994272793": its 32 digits.
func traceID(root string) (trace.TraceID, bool) {
	var id trace.TraceID
	if len(root) != 35 || root[:2] != "1-" || root[10] != '-' {
		return id, false
	}
	_, err := hex.Decode(id[:], []byte(root[2:10]+root[11:]))
	return id, err == nil && id.IsValid()
}

func spanID(n uint64) (id trace.SpanID) {
	binary.BigEndian.PutUint64(id[:], n)
	return id
}

// parentID is the span in a Parent field, zero when it is none.
func parentID(text string) (id trace.SpanID) {
	if len(text) != 16 {
		return id
	}
	if _, err := hex.Decode(id[:], []byte(text)); err != nil {
		return trace.SpanID{}
	}
	return id
}
