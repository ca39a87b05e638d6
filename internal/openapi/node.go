package openapi

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// kind is what a node of a document is. The scalar kinds are JSON's.
type kind uint8

const (
	absent kind = iota // what a look-up finds where nothing is
	null
	boolean
	number
	text
	list
	object
)

// node is one value of a document, JSON or YAML alike. Members keep their order. A nil node is absent.
type node struct {
	kind    kind
	text    string // of a scalar: "true", the number as JSON writes it, or the text itself
	items   []*node
	members []member
}

type member struct {
	key   string
	value *node
}

// is tells the kind; that of a nil node is absent.
func (n *node) is(k kind) bool {
	if n == nil {
		return k == absent
	}
	return n.kind == k
}

// get is the member of that name, nil where there is none or n is no object.
func (n *node) get(key string) *node {
	for _, m := range n.entries() {
		if m.key == key {
			return m.value
		}
	}
	return nil
}

// entries are an object's members; none of anything else.
func (n *node) entries() []member {
	if !n.is(object) {
		return nil
	}
	return n.members
}

// elements are a list's items; none of anything else.
func (n *node) elements() []*node {
	if !n.is(list) {
		return nil
	}
	return n.items
}

// scalar is the text of a text, number or boolean, "" of anything else: AWS takes 200 and "200", 1 and "1" alike.
func (n *node) scalar() string {
	if n.is(text) || n.is(number) || n.is(boolean) {
		return n.text
	}
	return ""
}

// isTrue tells whether n is true, or the text "true".
func (n *node) isTrue() bool { return strings.EqualFold(n.scalar(), "true") }

// integer is n as a whole number, also from text, and from "29000.0".
func (n *node) integer() (int, bool) {
	whole, fraction, _ := strings.Cut(n.scalar(), ".")
	i, err := strconv.Atoi(whole)
	return i, err == nil && strings.Trim(fraction, "0") == ""
}

// texts are the scalars of a list.
func (n *node) texts() []string {
	var out []string
	for _, item := range n.elements() {
		if s := item.scalar(); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// json is n as compact JSON text; "" of what is absent.
func (n *node) json() string {
	var b bytes.Buffer
	n.writeJSON(&b)
	return b.String()
}

func (n *node) writeJSON(b *bytes.Buffer) {
	if n == nil {
		return
	}
	switch n.kind {
	case absent: // nothing stands for it
	case null:
		b.WriteString("null")
	case boolean, number:
		b.WriteString(n.text)
	case text:
		writeText(b, n.text)
	case list:
		b.WriteByte('[')
		for i, item := range n.items {
			if i > 0 {
				b.WriteByte(',')
			}
			item.writeJSON(b)
		}
		b.WriteByte(']')
	case object:
		b.WriteByte('{')
		for i, m := range n.members {
			if i > 0 {
				b.WriteByte(',')
			}
			writeText(b, m.key)
			b.WriteByte(':')
			m.value.writeJSON(b)
		}
		b.WriteByte('}')
	}
}

// writeText writes a JSON string with "<", ">" and "&" as they are.
func writeText(b *bytes.Buffer, s string) {
	encoder := json.NewEncoder(b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(s) // text cannot fail
	b.Truncate(b.Len() - 1)
}
