package vtl

import (
	"strings"

	"postern/java"
)

// stringPatterns are the methods of String that take a regular expression.
func stringPatterns() []method {
	str, two := []param{pString}, []param{pString, pString}
	return []method{
		{name: "matches", params: str, call: nullSafe(stringMatches)},
		{name: "replaceAll", params: two, call: func(c *call) (any, error) { return c.replacePattern(-1) }},
		{name: "replaceFirst", params: two, call: nullSafe(func(c *call) (any, error) { return c.replacePattern(1) })},
		{name: "split", params: str, call: nullSafe(func(c *call) (any, error) { return c.split(0) })},
		{name: "split", params: []param{pString, pInt}, call: nullSafe(func(c *call) (any, error) {
			return c.split(c.int(1))
		})},
	}
}

// scan counts a pass of a pattern over a text.
func (c *call) scan(s string) error {
	if c.r.steps -= patternSteps + len(s)/4; c.r.steps < 0 {
		return ErrSteps
	}
	return nil
}

func stringMatches(c *call) (any, error) {
	s := c.recv.(string)
	p, err := c.pattern(c.str(0))
	if err != nil {
		return nil, err
	}
	if p.isLiteral {
		return s == p.literal, nil
	}
	if err := c.scan(s); err != nil {
		return nil, err
	}
	ok, err := p.re.Matches(s)
	if err != nil {
		return nil, patternError(err)
	}
	return ok, nil
}

// replacePattern replaces the first limit matches, all if limit is negative.
func (c *call) replacePattern(limit int) (any, error) {
	s := c.recv.(string)
	if err := c.notNull(0); err != nil {
		return nil, err
	}
	p, err := c.pattern(c.str(0))
	if err != nil {
		return nil, err
	}
	if c.args[1] == nil {
		return c.replaceByNull(s, p)
	}
	if p.isLiteral && isASCII(p.literal) {
		if !strings.Contains(s, p.literal) {
			return c.recv, nil
		}
		if !strings.ContainsAny(c.str(1), `\$`) {
			return c.replaceText(s, p.literal, c.str(1), limit)
		}
	}
	if p.source == "" && limit < 0 && !strings.ContainsAny(c.str(1), `\$`) {
		return c.replace("", c.str(1))
	}
	if err := c.scan(s); err != nil {
		return nil, err
	}
	return c.replaceMatches(s, p, limit)
}

// replaceByNull leaves a text without a match as it is: Java reads the replacement of replaceAll only then.
func (c *call) replaceByNull(s string, p *pattern) (any, error) {
	re, err := p.expression()
	if err != nil {
		return nil, err
	}
	if err := c.scan(s); err != nil {
		return nil, err
	}
	found, err := re.FindAll(s, 1)
	if err != nil {
		return nil, patternError(err)
	}
	if len(found) > 0 {
		return nil, c.notNull(1)
	}
	return s, nil
}

func (c *call) replaceText(s, old, by string, limit int) (any, error) {
	n := strings.Count(s, old)
	if limit >= 0 {
		n = min(n, limit)
	}
	if err := c.r.grow(max(len(s)+n*(len(by)-len(old)), 0)); err != nil {
		return nil, err
	}
	return strings.Replace(s, old, by, limit), nil
}

func (c *call) replaceMatches(s string, p *pattern, limit int) (any, error) {
	re, err := p.expression()
	if err != nil {
		return nil, err
	}
	matches := len(s) + 1
	if limit > 0 {
		matches = limit
	}
	if c.replacedSize(s, matches) > c.r.size {
		// Too much if every place matched: count.
		found, err := re.FindAll(s, limit)
		if err != nil {
			return nil, patternError(err)
		}
		if c.replacedSize(s, len(found)) > c.r.size {
			return nil, ErrValueSize
		}
	}
	var out string
	if limit < 0 {
		out, err = re.ReplaceAll(s, c.str(1))
	} else {
		out, err = re.ReplaceFirst(s, c.str(1))
	}
	if err != nil {
		return nil, patternError(err)
	}
	return c.result(out)
}

// replacedSize bounds the length of s after n replacements: each group in the replacement adds s once at most.
func (c *call) replacedSize(s string, n int) int {
	return len(s)*(1+strings.Count(c.str(1), "$")) + n*len(c.str(1))
}

// split is String.split: without a limit, empty strings at the end are dropped.
func (c *call) split(limit int) (any, error) {
	s := c.recv.(string)
	p, err := c.pattern(c.str(0))
	if err != nil {
		return nil, err
	}
	if err := c.scan(s); err != nil {
		return nil, err
	}
	parts, err := p.split(s, limit)
	if err != nil {
		return nil, err
	}
	if err := c.r.grow(2 * itemSize * len(parts)); err != nil {
		return nil, err
	}
	l := java.NewList(java.Array, len(parts))
	for _, part := range parts {
		l.Add(part)
	}
	return l, nil
}

func (p *pattern) split(s string, limit int) ([]string, error) {
	if p.source == "" && !isASCII(s) {
		return splitUnits(s, limit), nil
	}
	re, err := p.expression()
	if err != nil {
		return nil, err
	}
	parts, err := re.Split(s, limit)
	if err != nil {
		return nil, patternError(err)
	}
	return parts, nil
}

// splitUnits is split by the empty pattern, which also cuts between the two units of a character.
func splitUnits(s string, limit int) []string {
	all := units(s)
	n := len(all)
	if limit > 0 {
		n = min(n, limit-1)
	}
	parts := make([]string, 0, n+1)
	for _, u := range all[:n] {
		parts = append(parts, charText(u))
	}
	if limit != 0 {
		var rest []byte
		for _, u := range all[n:] {
			rest = java.AppendChar(rest, u)
		}
		parts = append(parts, string(rest))
	}
	return parts
}
