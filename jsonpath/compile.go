package jsonpath

import (
	"errors"
	"fmt"
	"strings"
)

var (
	errEmpty     = errors.New("path is empty")
	errScanEnd   = errors.New(`path ends with ".."`)
	errSpace     = errors.New("space outside of brackets")
	errStart     = errors.New("$ must be followed by . or [")
	errTruncated = errors.New("path ends early")
)

// compile reads a path into steps; the first is the root. relative is true if the path begins with @. A predicate's
// path must be definite.
func compile(path string, inPredicate bool) (steps []step, relative bool, err error) {
	path = trim(path)
	if path == "" {
		return nil, false, errEmpty
	}
	if strings.HasSuffix(path, "..") {
		return nil, false, errScanEnd
	}
	switch path[0] {
	case '$':
	case '@':
		relative = true
		path = "$" + path[1:]
	default:
		path = "$." + path
	}
	if len(path) > 1 && path[1] != '.' && path[1] != '[' {
		return nil, false, errStart
	}
	c := compiler{path: path, inPredicate: inPredicate}
	for c.pos < len(path) {
		s, ok, err := c.next()
		if err != nil {
			return nil, false, err
		}
		if !ok {
			continue
		}
		if inPredicate && !s.definite() {
			return nil, false, errIndefinite
		}
		steps = append(steps, s)
	}
	if steps[len(steps)-1].op == opScan { // the path "."
		return nil, false, errScanEnd
	}
	link(steps)
	return steps, relative, nil
}

var errIndefinite = errors.New("a predicate's path must lead to one value")

// compiler walks through a path.
type compiler struct {
	path        string
	pos         int
	inPredicate bool
}

// next reads one part. ok is false for a dot before a bracket, which is no step.
func (c *compiler) next() (s step, ok bool, err error) {
	switch c.path[c.pos] {
	case ' ':
		return s, false, errSpace
	case '$':
		c.pos++
		return step{op: opRoot}, true, nil
	case '*':
		c.pos++
		return step{op: opWildcard}, true, nil
	case '[':
		s, err = c.component(c.bracket())
		return s, true, err
	case '.':
		return c.dot()
	}
	s, err = c.component("['" + c.name() + "']")
	return s, true, err
}

func (c *compiler) dot() (s step, ok bool, err error) {
	c.pos++
	if c.pos == len(c.path) {
		return s, false, errTruncated
	}
	if c.path[c.pos] == '.' {
		c.pos++
		return step{op: opScan}, true, nil
	}
	switch name := c.name(); name {
	case "":
		return s, false, nil
	case "*":
		return step{op: opWildcard}, true, nil
	default:
		s, err = c.component("['" + name + "']")
		return s, true, err
	}
}

// name takes everything up to a dot, a bracket or a space.
func (c *compiler) name() string {
	start := c.pos
	for c.pos < len(c.path) && c.path[c.pos] != '.' && c.path[c.pos] != '[' && c.path[c.pos] != ' ' {
		c.pos++
	}
	return c.path[start:c.pos]
}

// bracket takes everything up to the bracket that closes, or the end. Quotes do not protect brackets.
func (c *compiler) bracket() string {
	start := c.pos
	open := 0
	for c.pos < len(c.path) {
		ch := c.path[c.pos]
		c.pos++
		switch ch {
		case '[':
			open++
		case ']':
			open--
			if open == 0 {
				return c.path[start:c.pos]
			}
		}
	}
	return c.path[start:]
}

// component reads what stands in brackets by the first character in it that tells.
func (c *compiler) component(text string) (step, error) {
	if text == "[*]" {
		return step{op: opWildcard}, nil
	}
	if isBareFilter(text) {
		return step{op: opFilter}, nil
	}
	for i := range len(text) {
		switch ch := text[i]; {
		case ch == '?':
			return c.filter(text, i)
		case ch == '\'':
			return properties(text[i:])
		case ch == ':' || ch == '-' || ch == '@' || isDigit(ch):
			return indices(text[i:])
		}
	}
	return step{}, fmt.Errorf("cannot tell what %s means", text)
}

// isBareFilter reports whether text is [?] with blanks, commas, stars or more question marks behind the first:
// places for predicates that a Java program would pass.
func isBareFilter(text string) bool {
	if len(text) < 3 || text[0] != '[' || text[len(text)-1] != ']' {
		return false
	}
	inner := strings.TrimLeft(text[1:len(text)-1], blanks)
	return inner != "" && inner[0] == '?' && strings.Trim(inner, "?*,"+blanks) == ""
}

// blanks is what \s means to Java.
const blanks = " \t\n\v\f\r"

// properties reads 'a','b' up to a bracket. What stands outside of quotes is ignored.
func properties(text string) (step, error) {
	names := []string{}
	start := -1
	for i := range len(text) {
		switch {
		case text[i] == ']':
			if len(names) == 1 {
				return step{op: opProperty, name: names[0], key: names[0]}, nil
			}
			return step{op: opProperties, names: names}, nil
		case text[i] != '\'':
		case start < 0:
			start = i + 1
		default:
			names = append(names, text[start:i])
			start = -1
		}
	}
	return step{}, errTruncated
}

func isDigit(c byte) bool { return c-'0' <= 9 }
