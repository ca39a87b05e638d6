package openapi

import "strconv"

// The functions of this file build documents. Those that add return the object that they add to.

func newObject() *node { return &node{kind: object} }

func newText(s string) *node { return &node{kind: text, text: s} }

func newInteger(i int) *node { return &node{kind: number, text: strconv.Itoa(i)} }

func newBoolean(b bool) *node { return &node{kind: boolean, text: strconv.FormatBool(b)} }

func newList(items ...*node) *node { return &node{kind: list, items: items} }

func newTexts(texts ...string) *node {
	n := newList()
	for _, s := range texts {
		n.items = append(n.items, newText(s))
	}
	return n
}

// newTextMap is a map in the order of exports.
func newTextMap(m map[string]string) *node {
	n := newObject()
	for _, key := range hashed(m) {
		n.add(key, newText(m[key]))
	}
	return n
}

// add adds a member.
func (n *node) add(key string, value *node) *node {
	n.members = append(n.members, member{key, value})
	return n
}

// addText adds a text that is not empty.
func (n *node) addText(key, value string) *node {
	if value == "" {
		return n
	}
	return n.add(key, newText(value))
}

// addTexts adds a list that is not empty.
func (n *node) addTexts(key string, values []string) *node {
	if len(values) == 0 {
		return n
	}
	return n.add(key, newTexts(values...))
}

// addObject adds an object that has members.
func (n *node) addObject(key string, value *node) *node {
	if len(value.members) == 0 {
		return n
	}
	return n.add(key, value)
}
