package jsonpath

import (
	"errors"
	"strings"

	"postern/java"
	"postern/java/regex"
)

var (
	errNoOperator = errors.New("a predicate without an operator is not a path")
	errNegation   = errors.New("! can only be used to ask whether a path exists")
	errOperand    = errors.New("a predicate ends early")
)

// relation is what a comparison asks for.
type relation uint8

const (
	equal relation = iota
	notEqual
	less
	lessOrEqual
	greater
	greaterOrEqual
	matching
)

// operators are searched for in this order.
var operators = []struct {
	text     string
	relation relation
}{
	{"==", equal},
	{">=", greaterOrEqual},
	{"<=", lessOrEqual},
	{"!=", notEqual},
	{"<", less},
	{">", greater},
	{"=~", matching},
}

// parsePredicate reads one predicate: two operands and an operator, or a path.
func parsePredicate(text string) (filter, error) {
	text = strings.TrimLeft(text, "[?( ")
	text = strings.TrimRight(text, ") ")
	if text == "" {
		return nil, errOperand
	}
	for _, operator := range operators {
		if left, right, ok := strings.Cut(text, operator.text); ok {
			return newComparison(trim(left), operator.relation, trim(right))
		}
	}
	o, err := parseOperand(trim(text), true)
	if err != nil {
		return nil, err
	}
	if o.steps == nil {
		return nil, errNoOperator
	}
	return existence{o.steps, !o.negated}, nil
}

// operand is one side of a comparison: a path, a pattern or a text.
type operand struct {
	source  string
	steps   []step // of a path
	root    bool   // the path starts at the document
	negated bool
	pattern *regex.Regexp
	text    string
	value   any     // text, boxed
	number  *number // text as a number, nil if it is none
}

func parseOperand(text string, left bool) (operand, error) {
	o := operand{source: text}
	switch {
	case strings.HasPrefix(text, "!@"):
		if !left {
			return o, errNegation
		}
		o.negated = true
		text = text[1:]
		fallthrough
	case strings.HasPrefix(text, "$"), strings.HasPrefix(text, "@"):
		steps, relative, err := compile(text, true)
		o.steps, o.root = steps, !relative
		return o, err
	case isEnclosed(text, '\''):
		if len(text) < 2 {
			return o, errOperand
		}
		text = text[1 : len(text)-1]
	case isPattern(text):
		return o, o.compilePattern(text)
	}
	o.text, o.value = text, text
	o.number = newNumber(text)
	return o, nil
}

func isEnclosed(text string, quote byte) bool {
	return text != "" && text[0] == quote && text[len(text)-1] == quote
}

func isPattern(text string) bool {
	return isEnclosed(text, '/') || strings.HasPrefix(text, "/") && strings.HasSuffix(text, "/i")
}

// compilePattern reads /pattern/ or /pattern/i.
func (o *operand) compilePattern(text string) error {
	end := strings.LastIndexByte(text, '/')
	if end == 0 {
		return errOperand
	}
	var flags regex.Flags
	if strings.HasSuffix(text, "i") {
		flags = regex.CaseInsensitive
	}
	var err error
	o.pattern, err = regex.Compile(text[1:end], flags)
	return err
}

// read returns the operand's value for an item.
func (o *operand) read(item, root any) (any, error) {
	switch {
	case o.pattern != nil:
		return o.pattern, nil
	case o.steps == nil:
		return o.value, nil
	case o.root:
		return readDefinite(o.steps, root, false)
	}
	return readDefinite(o.steps, item, false)
}

// existence asks whether a path leads to a value that is not null. Also a path that begins with $ starts at the
// item.
type existence struct {
	steps []step
	want  bool
}

func (e existence) holds(item, _ any) (bool, error) {
	v, err := readDefinite(e.steps, item, true)
	switch {
	case errors.Is(err, ErrNotFound):
		return !e.want, nil
	case err != nil:
		return false, err
	}
	return (v != nil) == e.want, nil
}

// comparison compares two operands.
type comparison struct {
	left, right operand
	relation    relation
	// same says that both sides lead to the same object, which equals itself even if it is not a number.
	same bool
}

func newComparison(left string, relation relation, right string) (filter, error) {
	l, err := parseOperand(left, true)
	if err != nil {
		return nil, err
	}
	r, err := parseOperand(right, false)
	if err != nil {
		return nil, err
	}
	// Only a path that picks members makes a new object each time, unless it starts at the document: Jayway reads
	// such a path once.
	same := l.steps != nil && l.source == r.source &&
		(l.root || l.steps[len(l.steps)-1].op != opProperties)
	return &comparison{l, r, relation, same}, nil
}

func (c *comparison) holds(item, root any) (bool, error) {
	left, err := c.left.read(item, root)
	if err != nil {
		return false, notFoundIsFalse(err)
	}
	right, err := c.right.read(item, root)
	if err != nil {
		return false, notFoundIsFalse(err)
	}
	if c.relation == matching {
		return c.matches(left, right)
	}
	if c.relation != equal && c.relation != notEqual && (left == nil) != (right == nil) {
		return false, nil
	}
	order := 0
	if !c.same {
		var ok bool
		if order, ok, err = c.compare(right, left); !ok || err != nil {
			return false, err
		}
	}
	// The right operand was compared with the left one.
	switch c.relation {
	case equal:
		return order == 0, nil
	case notEqual:
		return order != 0, nil
	case greater:
		return order < 0, nil
	case greaterOrEqual:
		return order <= 0, nil
	case less:
		return order > 0, nil
	}
	return order >= 0, nil
}

func notFoundIsFalse(err error) error {
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// matches applies =~, whichever side the pattern stands on; the left one if both are.
func (c *comparison) matches(left, right any) (bool, error) {
	switch {
	case c.left.pattern != nil && c.right.pattern != nil:
		return c.left.pattern.Matches(c.right.pattern.String())
	case c.left.pattern != nil:
		return matches(c.left.pattern, right)
	case c.right.pattern != nil:
		return matches(c.right.pattern, left)
	case right == nil && left == nil:
		return false, nil
	}
	return false, errNotPattern
}

func matches(p *regex.Regexp, v any) (bool, error) {
	switch v := v.(type) {
	case nil:
		return false, nil
	case string:
		return p.Matches(v)
	}
	text, err := java.PrintString(nil, v, 1<<20)
	if err != nil {
		return false, err
	}
	return p.Matches(string(text))
}
