package filterpattern

import "strings"

// parser reads conditions: comparisons joined by && and ||, in parentheses where need be.
type parser struct {
	text string
	// selector reads what stands left of a comparison, and how to find it in a message.
	selector func(p *parser) (lookup, error)
	depth    int
}

// A lookup finds a value in a message: any JSON value, or a word. ok is false when there is none.
type lookup func(m *subject) (value any, ok bool)

// subject is a message, taken apart.
type subject struct {
	json  any
	words []string
}

// A condition says whether a message is chosen.
type condition func(m *subject) bool

// maxDepth bounds parentheses within each other.
const maxDepth = 32

func (p *parser) skip() { p.text = strings.TrimLeft(p.text, " \t\n\r") }

// accept reads token if it comes next.
func (p *parser) accept(token string) bool {
	p.skip()
	rest, ok := strings.CutPrefix(p.text, token)
	if ok {
		p.text = rest
	}
	return ok
}

// word reads a keyword if it comes next, as a whole and in any case of letters.
func (p *parser) word(keyword string) bool {
	p.skip()
	n := len(keyword)
	if len(p.text) < n || !strings.EqualFold(p.text[:n], keyword) || len(p.text) > n && wordByte(p.text[n]) {
		return false
	}
	p.text = p.text[n:]
	return true
}

func (p *parser) either() (condition, error) {
	left, err := p.both()
	for err == nil && p.accept("||") {
		var right condition
		if right, err = p.both(); err == nil {
			a, b := left, right
			left = func(m *subject) bool { return a(m) || b(m) }
		}
	}
	return left, err
}

func (p *parser) both() (condition, error) {
	left, err := p.one()
	for err == nil && p.accept("&&") {
		var right condition
		if right, err = p.one(); err == nil {
			a, b := left, right
			left = func(m *subject) bool { return a(m) && b(m) }
		}
	}
	return left, err
}

func (p *parser) one() (condition, error) {
	if !p.accept("(") {
		return p.comparison()
	}
	if p.depth++; p.depth > maxDepth {
		return nil, ErrSyntax
	}
	c, err := p.either()
	if err == nil && !p.accept(")") {
		err = ErrSyntax
	}
	p.depth--
	return c, err
}

// comparison reads "selector operator value", "selector IS NULL|TRUE|FALSE" or "selector NOT EXISTS".
func (p *parser) comparison() (condition, error) {
	find, err := p.selector(p)
	if err != nil {
		return nil, err
	}
	switch {
	case p.word("IS"):
		return p.is(find)
	case p.word("NOT"):
		if !p.word("EXISTS") {
			return nil, ErrSyntax
		}
		return func(m *subject) bool { _, ok := find(m); return !ok }, nil
	}
	for _, op := range [...]string{"!=", "<=", ">=", "=", "<", ">"} {
		if p.accept(op) {
			c, err := p.value(op)
			if err != nil {
				return nil, err
			}
			return func(m *subject) bool { v, ok := find(m); return c.holds(v, ok) }, nil
		}
	}
	return nil, ErrSyntax
}

func (p *parser) is(find lookup) (condition, error) {
	var want any
	switch {
	case p.word("NULL"):
	case p.word("TRUE"):
		want = true
	case p.word("FALSE"):
		want = false
	default:
		return nil, ErrSyntax
	}
	return func(m *subject) bool { v, ok := find(m); return ok && v == want }, nil
}
