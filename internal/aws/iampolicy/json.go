package iampolicy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

type nodeKind int

const (
	textNode nodeKind = iota
	// scalarNode is a number or a Boolean, its text as written.
	scalarNode
	listNode
	objectNode
)

// node is a JSON value that keeps what decoding into a Go type would lose: members that come twice.
type node struct {
	kind    nodeKind
	text    string
	items   []*node
	members []member
}

type member struct {
	name  string
	value *node
}

// maxDepth is one more than the deepest document has: document, statements, statement, conditions, operator, key, list.
const maxDepth = 8

// parseJSON reads a document. Names are compared exactly; one that comes twice is an error, since two readers of the
// document could understand it in two ways.
func parseJSON(document []byte) (*node, error) {
	d := json.NewDecoder(bytes.NewReader(document))
	d.UseNumber()
	root, err := parseValue(d, 0)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is more after the document")
	}
	return root, nil
}

func parseValue(d *json.Decoder, depth int) (*node, error) {
	if depth > maxDepth {
		return nil, errors.New("the document is nested too deeply")
	}
	token, err := d.Token()
	if err != nil {
		return nil, fmt.Errorf("the document is not JSON: %w", err)
	}
	switch t := token.(type) {
	case string:
		return &node{kind: textNode, text: t}, nil
	case json.Number:
		return &node{kind: scalarNode, text: t.String()}, nil
	case bool:
		return &node{kind: scalarNode, text: fmt.Sprint(t)}, nil
	case json.Delim:
		if t == '[' {
			return parseList(d, depth)
		}
		return parseObject(d, depth)
	}
	return nil, errors.New("the document has a null")
}

func parseList(d *json.Decoder, depth int) (*node, error) {
	list := &node{kind: listNode}
	for d.More() {
		item, err := parseValue(d, depth+1)
		if err != nil {
			return nil, err
		}
		list.items = append(list.items, item)
	}
	return list, closing(d)
}

func parseObject(d *json.Decoder, depth int) (*node, error) {
	object := &node{kind: objectNode}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return nil, fmt.Errorf("the document is not JSON: %w", err)
		}
		name, _ := token.(string)
		if object.member(name) != nil {
			return nil, fmt.Errorf("the document has %q twice in one object", name)
		}
		value, err := parseValue(d, depth+1)
		if err != nil {
			return nil, err
		}
		object.members = append(object.members, member{name, value})
	}
	return object, closing(d)
}

func closing(d *json.Decoder) error {
	if _, err := d.Token(); err != nil {
		return fmt.Errorf("the document is not JSON: %w", err)
	}
	return nil
}

// member gives the member with this name; nil when there is none.
func (n *node) member(name string) *node {
	for _, m := range n.members {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

func (n *node) isText(text string) bool { return n.kind == textNode && n.text == text }
