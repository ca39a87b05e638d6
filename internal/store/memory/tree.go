package memory

import (
	"cmp"
	"math/rand/v2"

	"postern/internal/store"
)

// node is the root of a persistent treap: a search tree by key and a heap by priority, so that it stays balanced. A
// node is never changed once its tree is published; each change copies the path to it, and readers keep their tree.
type node struct {
	document    store.Document
	priority    uint64
	left, right *node
}

// compare orders keys by kind, account, region and id: what Scan and ScanAll read lies side by side.
func compare(a, b store.Key) int {
	return cmp.Or(
		cmp.Compare(a.Kind, b.Kind),
		cmp.Compare(a.Scope.Account, b.Scope.Account),
		cmp.Compare(a.Scope.Region, b.Scope.Region),
		cmp.Compare(a.ID, b.ID),
	)
}

func (n *node) get(k store.Key) (store.Document, bool) {
	for n != nil {
		switch c := compare(k, n.document.Key); {
		case c < 0:
			n = n.left
		case c > 0:
			n = n.right
		default:
			return n.document, true
		}
	}
	return store.Document{}, false
}

// put returns the tree with the document in it. Its root is fresh.
func (n *node) put(d store.Document) *node {
	if n == nil {
		return &node{document: d, priority: rand.Uint64()}
	}
	fresh := *n
	switch c := compare(d.Key, n.document.Key); {
	case c < 0:
		child := n.left.put(d)
		if child.priority > fresh.priority {
			fresh.left, child.right = child.right, &fresh
			return child
		}
		fresh.left = child
	case c > 0:
		child := n.right.put(d)
		if child.priority > fresh.priority {
			fresh.right, child.left = child.left, &fresh
			return child
		}
		fresh.right = child
	default:
		fresh.document = d
	}
	return &fresh
}

// remove returns the tree without the document of that key, which must be in it.
func (n *node) remove(k store.Key) *node {
	fresh := *n
	switch c := compare(k, n.document.Key); {
	case c < 0:
		fresh.left = n.left.remove(k)
	case c > 0:
		fresh.right = n.right.remove(k)
	default:
		return join(n.left, n.right)
	}
	return &fresh
}

// join makes one tree of two, every key of the first being less than every key of the second.
func join(a, b *node) *node {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	case a.priority > b.priority:
		fresh := *a
		fresh.right = join(a.right, b)
		return &fresh
	default:
		fresh := *b
		fresh.left = join(a, b.left)
		return &fresh
	}
}

// ascend calls yield for each document whose key is not less than from, in order, until yield returns false.
func (n *node) ascend(from store.Key, yield func(store.Document) bool) bool {
	if n == nil {
		return true
	}
	if compare(n.document.Key, from) < 0 {
		return n.right.ascend(from, yield)
	}
	return n.left.ascend(from, yield) && yield(n.document) && n.right.ascend(from, yield)
}
