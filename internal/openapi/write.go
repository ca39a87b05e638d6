package openapi

import (
	"bytes"
	"fmt"
	"regexp"
	"unicode"
)

// prettyJSON writes a document in the layout of AWS's exports: two spaces a level, a space on both sides of a colon,
// lists on one line but for the objects in them.
func (n *node) prettyJSON() []byte {
	var b bytes.Buffer
	n.writePretty(&b, "\n")
	return b.Bytes()
}

// writePretty is given the line break with the indentation that n stands at.
func (n *node) writePretty(b *bytes.Buffer, line string) {
	switch {
	case n.is(object) && len(n.members) > 0:
		b.WriteByte('{')
		for i, m := range n.members {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(line + "  ")
			writeText(b, m.key)
			b.WriteString(" : ")
			m.value.writePretty(b, line+"  ")
		}
		b.WriteString(line + "}")
	case n.is(object):
		b.WriteString("{ }")
	case n.is(list):
		b.WriteString("[ ")
		for i, item := range n.items {
			if i > 0 {
				b.WriteString(", ")
			}
			item.writePretty(b, line)
		}
		if len(n.items) > 0 {
			b.WriteByte(' ')
		}
		b.WriteByte(']')
	default:
		n.writeJSON(b)
	}
}

// yaml writes a document in the layout of AWS's exports: texts always quoted, lists at the indentation of their key.
// Source: public exports.
func (n *node) yaml() []byte {
	b := bytes.NewBufferString("---")
	n.writeYAML(b, "\n", "\n")
	b.WriteByte('\n')
	return b.Bytes()
}

// writeYAML is given what stands before the first member of an object or item of a list, and before each other one.
func (n *node) writeYAML(b *bytes.Buffer, first, line string) {
	switch {
	case n.is(object) && len(n.members) > 0:
		for i, m := range n.members {
			if i > 0 {
				first = line
			}
			b.WriteString(first)
			writeYAMLKey(b, m.key)
			b.WriteByte(':')
			below := line + "  "
			if m.value.is(list) {
				below = line
			}
			m.value.writeYAML(b, below, below)
		}
	case n.is(list) && len(n.items) > 0:
		for _, item := range n.items {
			b.WriteString(line + "-")
			item.writeYAML(b, " ", line+"  ")
		}
	case n.is(object):
		b.WriteString(" {}")
	case n.is(list):
		b.WriteString(" []")
	case n.is(text):
		b.WriteByte(' ')
		writeYAMLText(b, n.text)
	default:
		b.WriteByte(' ')
		n.writeJSON(b)
	}
}

// writeYAMLText writes a text in double quotes. That is JSON, but for characters that YAML does not take as they are.
func writeYAMLText(b *bytes.Buffer, s string) {
	var quoted bytes.Buffer
	writeText(&quoted, s)
	for _, c := range quoted.String() {
		switch {
		case unicode.IsPrint(c):
			b.WriteRune(c)
		case c <= 0xffff:
			fmt.Fprintf(b, `\u%04x`, c)
		default:
			fmt.Fprintf(b, `\U%08x`, c)
		}
	}
}

// plainKey is a key that YAML reads as this text without quotes: it starts like a name, and is no word for another value.
var (
	plainKey  = regexp.MustCompile(`^[A-Za-z_/][A-Za-z0-9_./{}$+-]*$`)
	valueWord = regexp.MustCompile(`(?i)^(?:null|true|false|yes|no|on|off|y|n)$`)
)

func writeYAMLKey(b *bytes.Buffer, key string) {
	if plainKey.MatchString(key) && !valueWord.MatchString(key) {
		b.WriteString(key)
		return
	}
	writeYAMLText(b, key)
}
