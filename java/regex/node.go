package regex

// node is a part of a pattern.
type node any

type (
	// char matches one character of a class.
	char struct{ set *class }
	// sequence matches its nodes one after the other; the empty one matches the empty text.
	sequence []node
	// choice matches the first of its nodes that leads to a match.
	choice []node
	// group remembers what its node matched.
	group struct {
		index int
		body  node
	}
	// repeat matches its body min to max times; max < 0 is without end.
	repeat struct {
		body     node
		min, max int
		mode     mode
	}
	// assert matches the empty text at certain places.
	assert struct{ kind assertion }
	// backref matches what a group matched.
	backref struct {
		index int
		flags Flags
	}
	// look matches the empty text where its body matches, or does not.
	look struct {
		body     node
		behind   bool
		negative bool
		min, max int // length of the body, looking behind
	}
	// atomic matches its body and never tries another way.
	atomic struct{ body node }
)

// mode is how a quantifier chooses.
type mode uint8

const (
	greedy mode = iota
	reluctant
	possessive
)

// assertion is a place in a text.
type assertion uint8

const (
	textStart     assertion = iota // \A
	textEnd                        // \z
	lastEnd                        // \G
	finalEnd                       // \Z, $
	finalEndUnix                   // $ with (?d)
	lineStart                      // ^ with (?m)
	lineStartUnix                  // ^ with (?md)
	lineEnd                        // $ with (?m)
	lineEndUnix                    // $ with (?md)
	wordEdge                       // \b
	notWordEdge                    // \B
	wordEdgeUnicode
	notWordEdgeUnicode
)

// unbounded is the length of a node that has no longest match.
const unbounded = 1 << 30

// width returns the least and the greatest number of characters that a node matches.
func width(n node) (least, most int) {
	switch n := n.(type) {
	case char:
		return 1, 1
	case sequence:
		for _, part := range n {
			l, m := width(part)
			least, most = least+l, min(unbounded, most+m)
		}
		return least, most
	case choice:
		least = unbounded
		for _, part := range n {
			l, m := width(part)
			least, most = min(least, l), max(most, m)
		}
		return least, most
	case group:
		return width(n.body)
	case atomic:
		return width(n.body)
	case repeat:
		l, m := width(n.body)
		least = min(unbounded, l*n.min)
		switch {
		case m == 0:
			return 0, 0
		case n.max < 0 || m >= unbounded || m*n.max >= unbounded:
			return least, unbounded
		}
		return least, m * n.max
	case backref:
		return 0, unbounded
	}
	return 0, 0
}

// literalPrefix returns characters that every match begins with.
func literalPrefix(n node) string {
	prefix, _ := prefixOf(n)
	return prefix
}

// prefixOf returns what n begins with, and whether that is all of it.
func prefixOf(n node) (prefix string, whole bool) {
	switch n := n.(type) {
	case char:
		if n.set.single >= 0 {
			return string(appendRune(nil, n.set.single)), true
		}
	case sequence:
		for _, part := range n {
			more, whole := prefixOf(part)
			prefix += more
			if !whole {
				return prefix, false
			}
		}
		return prefix, true
	case group:
		return prefixOf(n.body)
	}
	return "", false
}
