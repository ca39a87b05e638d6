package query

import (
	"net/url"
	"strconv"
	"strings"

	"postern/internal/aws/awserr"
	"postern/internal/gateway/message"
)

const (
	// maxParameters bounds the parameters of a call; no input of a service comes near it.
	maxParameters = 10_000
	// maxDepth bounds the parts of a parameter's name.
	maxDepth = 32
)

// Node is one place in the tree that the names of a form's parameters make: Tags.member.1.Key is the child "Key" of the
// child "1" of ... A nil Node is a place that the form does not have; its methods give what is absent.
type Node struct {
	value    string
	children map[string]*Node
	form     *form
}

// form is what all nodes of a tree share.
type form struct{ err error }

// ParseForm reads the parameters of a call: of the query string, and of the body unless the method is GET.
func ParseForm(req *message.Request) (*Node, error) {
	root := &Node{form: &form{}}
	count := 0
	sources := []string{req.RawQuery}
	if req.Method != "GET" {
		sources = append(sources, string(req.Body))
	}
	for _, source := range sources {
		for pair := range strings.SplitSeq(source, "&") {
			if pair == "" {
				continue
			}
			if count++; count > maxParameters {
				return nil, awserr.MalformedInput.Errorf("More than %d parameters", maxParameters)
			}
			if err := root.add(pair); err != nil {
				return nil, err
			}
		}
	}
	return root, nil
}

// add puts one name=value into the tree. A name that comes twice has its last value.
func (n *Node) add(pair string) error {
	encodedName, encodedValue, _ := strings.Cut(pair, "=")
	name, err := url.QueryUnescape(encodedName)
	if err != nil {
		return awserr.MalformedInput.Errorf("Malformed parameter name %s", encodedName)
	}
	value, err := url.QueryUnescape(encodedValue)
	if err != nil {
		return awserr.MalformedInput.Errorf("Malformed value of the parameter %s", name)
	}
	for depth := 1; name != ""; depth++ {
		var part string
		if part, name, _ = strings.Cut(name, "."); depth > maxDepth {
			return awserr.MalformedInput.Errorf("A parameter name with more than %d parts", maxDepth)
		}
		n = n.child(part)
	}
	n.value = value
	return nil
}

func (n *Node) child(name string) *Node {
	if next := n.children[name]; next != nil {
		return next
	}
	if n.children == nil {
		n.children = map[string]*Node{}
	}
	next := &Node{form: n.form}
	n.children[name] = next
	return next
}

// Child is the place of that name within n; nil when the form does not have it.
func (n *Node) Child(name string) *Node {
	if n == nil {
		return nil
	}
	return n.children[name]
}

// Text is the value at n; empty when there is none.
func (n *Node) Text() string {
	if n == nil {
		return ""
	}
	return n.value
}

// Err is the first value of the form that could not be read, a MalformedInput; nil when all is well.
func (n *Node) Err() error { return n.form.err }

// refuse notes a value of the wrong type (the text is inferred).
func (n *Node) refuse(kind string) {
	if n.form.err == nil {
		n.form.err = awserr.MalformedInput.Errorf("The value %s is not a valid %s", strconv.Quote(n.value), kind)
	}
}
