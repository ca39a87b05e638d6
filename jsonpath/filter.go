package jsonpath

import (
	"errors"
	"slices"
	"strings"
)

// filter is a predicate, or several that are joined.
type filter interface {
	// holds reports whether the filter holds for item in a document. ErrNotFound is never its error.
	holds(item, root any) (bool, error)
}

// all holds if each of its filters does, asked in turn.
type all []filter

func (f all) holds(item, root any) (bool, error) {
	for _, one := range f {
		if ok, err := one.holds(item, root); !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

// either holds if its left or its right filter does; the right one is asked only if the left does not.
type either struct{ left, right filter }

func (f either) holds(item, root any) (bool, error) {
	if ok, err := f.left.holds(item, root); ok || err != nil {
		return ok, err
	}
	return f.right.holds(item, root)
}

var (
	errFilterForm = errors.New("a filter must have the form [?(...)]")
	errOperators  = errors.New("&& and || do not fit the predicates around them")
)

// filter reads the filter whose question mark stands at question.
func (c *compiler) filter(text string, question int) (step, error) {
	if c.inPredicate {
		return step{}, errIndefinite
	}
	text, err := filterText(text, question)
	if err != nil {
		return step{}, err
	}
	text = trim(text[1 : len(text)-1])
	if !strings.HasPrefix(text, "?") {
		return step{}, errFilterForm
	}
	text = trim(text[1:])
	if !strings.HasPrefix(text, "(") || !strings.HasSuffix(text, ")") || len(text) < 2 {
		return step{}, errFilterForm
	}
	f, err := parseFilter(trim(text[1 : len(text)-1]))
	return step{op: opFilter, filter: f}, err
}

// filterText returns the filter from the bracket before its question mark to the first closing bracket outside of
// quotes and parentheses.
func filterText(text string, question int) (string, error) {
	start := strings.LastIndexByte(text[:question], '[')
	var brackets, parens int
	quoted := false
	last := byte(' ')
	for i := start; i < len(text); i++ {
		ch := text[i]
		switch {
		case ch == '\'':
			if last != '\\' {
				quoted = !quoted
			}
		case quoted:
		case ch == '(':
			parens++
		case ch == ')':
			parens--
		case ch == '[':
			brackets++
		case ch == ']':
			brackets--
			if parens == 0 {
				if brackets != 0 {
					return "", errFilterForm
				}
				return text[start : i+1], nil
			}
		}
		last = ch
	}
	return "", errTruncated
}

// parseFilter reads predicates joined by && and ||. The operators are taken from the last to the first, each
// joining what there is with the predicate before it; && binds only to the newest predicate of an ||.
func parseFilter(text string) (filter, error) {
	var operators []string
	var predicates []filter
	for _, part := range splitOperators(text) {
		part = trim(part)
		if part == "&&" || part == "||" {
			operators = append(operators, part)
			continue
		}
		p, err := parsePredicate(part)
		if err != nil {
			return nil, err
		}
		predicates = append(predicates, p)
	}
	if len(predicates) != len(operators)+1 {
		return nil, errOperators
	}
	f := predicates[len(operators)]
	for i, operator := range slices.Backward(operators) {
		if operator == "&&" {
			f = and(f, predicates[i])
		} else {
			f = either{f, predicates[i]}
		}
	}
	return f, nil
}

func and(f, g filter) filter {
	switch f := f.(type) {
	case all:
		return append(f, g)
	case either:
		return either{f.left, all{f.right, g}}
	}
	return all{f, g}
}

// splitOperators cuts text before and behind every && and ||, wherever it stands; empty parts at the end are
// dropped.
func splitOperators(text string) []string {
	var parts []string
	start := 0
	for i := 1; i <= len(text); i++ {
		if isOperator(text, i) || i >= 2 && isOperator(text, i-2) {
			parts = append(parts, text[start:i])
			start = i
		}
	}
	parts = append(parts, text[start:])
	for len(parts) > 0 && parts[len(parts)-1] == "" {
		parts = parts[:len(parts)-1]
	}
	return parts
}

func isOperator(text string, i int) bool {
	return i+2 <= len(text) && (text[i:i+2] == "&&" || text[i:i+2] == "||")
}
