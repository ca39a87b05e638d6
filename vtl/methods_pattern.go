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
		{name: "replaceAll", params: two, call: nullSafe(func(c *call) (any, error) { return c.replacePattern(-1) })},
		{name: "replaceFirst", params: two, call: nullSafe(func(c *call) (any, error) { return c.replacePattern(1) })},
		{name: "split", params: str, call: nullSafe(func(c *call) (any, error) { return c.split(0) })},
		{name: "split", params: []param{pString, pInt}, call: nullSafe(func(c *call) (any, error) {
			return c.split(c.int(1))
		})},
	}
}

// scan counts a pass of a pattern over a text.
func (c *call) scan(s string) error {
	if c.r.steps -= len(s) / 16; c.r.steps < 0 {
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
	if err := c.scan(s); err != nil {
		return nil, err
	}
	return p.whole.MatchString(s), nil
}

// replacePattern replaces the first limit matches, all if limit is negative.
func (c *call) replacePattern(limit int) (any, error) {
	s := c.recv.(string)
	p, err := c.pattern(c.str(0))
	if err != nil {
		return nil, err
	}
	if p.isLiteral {
		if !strings.Contains(s, p.literal) {
			return s, nil
		}
		if !strings.ContainsAny(c.str(1), `\$`) {
			return c.replaceText(s, p.literal, c.str(1), limit)
		}
	}
	if err := p.check(s); err != nil {
		return nil, err
	}
	if err := c.scan(s); err != nil {
		return nil, err
	}
	return c.replaceMatches(s, p, limit)
}

func (c *call) replaceText(s, old, new string, limit int) (any, error) {
	n := strings.Count(s, old)
	if limit >= 0 {
		n = min(n, limit)
	}
	if err := c.r.grow(max(len(s)+n*(len(new)-len(old)), 0)); err != nil {
		return nil, err
	}
	return strings.Replace(s, old, new, limit), nil
}

func (c *call) replaceMatches(s string, p *pattern, limit int) (any, error) {
	var out []byte
	var rp replacement
	var err error
	end, found := 0, false
	p.each(s, func(m []int) bool {
		if !found {
			if rp, err = p.newReplacement(c.str(1)); err != nil {
				return false
			}
			found = true
		}
		out = append(out, s[end:m[0]]...)
		out = rp.appendTo(out, s, m)
		end = m[1]
		if len(out) > c.r.size {
			err = ErrValueSize
		}
		limit--
		return err == nil && limit != 0
	})
	if err != nil {
		return nil, err
	}
	if !found {
		return s, nil
	}
	return c.result(string(append(out, s[end:]...)))
}

// split is String.split: without a limit, empty strings at the end are dropped.
func (c *call) split(limit int) (any, error) {
	s := c.recv.(string)
	p, err := c.pattern(c.str(0))
	if err != nil {
		return nil, err
	}
	if err := p.check(s); err != nil {
		return nil, err
	}
	if err := c.scan(s); err != nil {
		return nil, err
	}
	var parts []any
	end, found := 0, false
	p.each(s, func(m []int) bool {
		if limit > 0 && len(parts) == limit-1 {
			return false
		}
		if m[1] == 0 {
			return true // an empty match at the start makes no part
		}
		parts = append(parts, s[end:m[0]])
		end, found = m[1], true
		return true
	})
	if !found {
		parts = []any{s}
	} else {
		parts = append(parts, s[end:])
	}
	if limit == 0 && found {
		for len(parts) > 0 && parts[len(parts)-1] == "" {
			parts = parts[:len(parts)-1]
		}
	}
	if err := c.r.grow(itemSize*2*len(parts) + len(s)); err != nil {
		return nil, err
	}
	return &java.List{Kind: java.Array, Items: parts}, nil
}
