package route

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"postern/internal/gateway/message"
)

// Entry is one method of one resource: its resource path ("/pets/{petId}"), its verb or ANY, and what serves it.
type Entry[T any] struct {
	Path   string
	Method string
	Value  T
}

// Tree is the path tree of one deployment. It is never changed after New.
type Tree[T any] struct{ root *node[T] }

// node is one resource, or a path part above one.
type node[T any] struct {
	static map[string]*node[T]
	// params are children such as {petId}; AWS allows one, an import may bring more. They are tried in name order.
	params []paramNode[T]
	// greedy are children such as {proxy+}, which have no children of their own.
	greedy []paramNode[T]
	leaf   *leaf[T]
}

type paramNode[T any] struct {
	name string
	node *node[T]
}

// leaf holds the methods of a resource: explicit ones by verb, and ANY for the rest.
type leaf[T any] struct {
	value  [verbs]T
	served [verbs]bool
}

// New builds the tree of a deployment's methods. The error names the entries that AWS would not have stored: those with
// an unknown verb, without a leading slash, or with a part below a greedy one. The tree holds all the others.
func New[T any](entries []Entry[T]) (*Tree[T], error) {
	t := &Tree[T]{root: &node[T]{}}
	var refused []error
	// ANY first, so that explicit methods overwrite what it serves.
	ordered := slices.Clone(entries)
	slices.SortStableFunc(ordered, func(a, b Entry[T]) int { return anyFirst(a.Method) - anyFirst(b.Method) })
	for _, e := range ordered {
		n, err := t.place(e.Path)
		if err == nil {
			err = n.serve(e)
		}
		if err != nil {
			refused = append(refused, err)
		}
	}
	return t, errors.Join(refused...)
}

func anyFirst(method string) int {
	if method == Any {
		return 0
	}
	return 1
}

// place returns the node of a resource path, which it makes if need be.
func (t *Tree[T]) place(path string) (*node[T], error) {
	if !strings.HasPrefix(path, "/") {
		return nil, fmt.Errorf("route: resource path %q does not start with a slash", path)
	}
	n := t.root
	if path == "/" {
		return n, nil
	}
	parts := strings.Split(path[1:], "/")
	for i, part := range parts {
		switch name, greedy, ok := variable(part); {
		case greedy && i < len(parts)-1:
			return nil, fmt.Errorf("route: resource path %q goes on below a greedy path variable", path)
		case greedy:
			n = child(&n.greedy, name)
		case ok:
			n = child(&n.params, name)
		default:
			n = n.staticChild(part)
		}
	}
	return n, nil
}

// variable reads {name} and {name+}.
func variable(part string) (name string, greedy, ok bool) {
	if len(part) < 3 || part[0] != '{' || part[len(part)-1] != '}' {
		return "", false, false
	}
	name = part[1 : len(part)-1]
	if trimmed, is := strings.CutSuffix(name, "+"); is {
		return trimmed, true, true
	}
	return name, false, true
}

func child[T any](list *[]paramNode[T], name string) *node[T] {
	i, found := slices.BinarySearchFunc(*list, name, func(p paramNode[T], name string) int {
		return strings.Compare(p.name, name)
	})
	if !found {
		*list = slices.Insert(*list, i, paramNode[T]{name, &node[T]{}})
	}
	return (*list)[i].node
}

func (n *node[T]) staticChild(part string) *node[T] {
	if c, ok := n.static[part]; ok {
		return c
	}
	if n.static == nil {
		n.static = map[string]*node[T]{}
	}
	c := &node[T]{}
	n.static[part] = c
	return c
}

func (n *node[T]) serve(e Entry[T]) error {
	if n.leaf == nil {
		n.leaf = &leaf[T]{}
	}
	if e.Method == Any {
		for v := range verbs {
			n.leaf.value[v], n.leaf.served[v] = e.Value, true
		}
		return nil
	}
	v := verbOf(e.Method)
	if v == noVerb {
		return fmt.Errorf("route: %s has an unknown method %q", e.Path, e.Method)
	}
	n.leaf.value[v], n.leaf.served[v] = e.Value, true
	return nil
}

// Find returns what serves a method and a path below the stage, and appends the path parameters, as sent, to params.
//
// The more specific resource wins: static over {param} over {greedy+}, decided from the first segment on, with a way
// back: a resource that has neither the rest of the path nor the method is passed over. An explicit method beats ANY.
// One trailing slash is ignored. A path variable needs at least one character.
// Source: recorded AWS answers (routing).
func (t *Tree[T]) Find(method, path string, params *message.Pairs) (value T, ok bool) {
	v := verbOf(method)
	if v == noVerb || path == "" || path[0] != '/' {
		return value, false
	}
	rest := path[1:]
	if len(rest) > 1 && rest[len(rest)-1] == '/' {
		rest = rest[:len(rest)-1]
	}
	if n := t.root.find(v, rest, rest == "", params); n != nil {
		return n.value[v], true
	}
	return value, false
}

// find matches rest, the path without its leading slash, below n. end tells that nothing is left, which an empty rest
// alone does not: it may also be an empty last segment.
func (n *node[T]) find(v verb, rest string, end bool, params *message.Pairs) *leaf[T] {
	if end {
		if n.leaf != nil && n.leaf.served[v] {
			return n.leaf
		}
		return nil
	}
	segment, after, more := strings.Cut(rest, "/")
	if c := n.static[segment]; c != nil {
		if l := c.find(v, after, !more, params); l != nil {
			return l
		}
	}
	if segment != "" {
		for i := range n.params {
			mark := len(*params)
			params.Add(n.params[i].name, segment)
			if l := n.params[i].node.find(v, after, !more, params); l != nil {
				return l
			}
			*params = (*params)[:mark]
		}
	}
	if rest == "" {
		return nil
	}
	for i := range n.greedy {
		if l := n.greedy[i].node.leaf; l != nil && l.served[v] {
			params.Add(n.greedy[i].name, rest)
			return l
		}
	}
	return nil
}
