package apidef

import "strings"

// isJavaPattern tells whether java.util.regex would compile a pattern, as far as its structure goes: groups and classes
// close, quantifiers follow something. AWS matches selection patterns with that engine.
func isJavaPattern(pattern string) bool {
	p := &patternReader{rest: pattern}
	return p.alternatives() && p.rest == "" && !p.bad
}

type patternReader struct {
	rest string
	bad  bool
	deep int
}

// deepestPattern bounds how far groups and classes nest.
const deepestPattern = 200

// alternatives reads up to the end or a ")" that closes an outer group.
func (p *patternReader) alternatives() bool {
	if p.deep++; p.deep > deepestPattern {
		p.bad = true
	}
	defer func() { p.deep-- }()
	quantifiable := false
	for p.rest != "" && !p.bad {
		switch c := p.rest[0]; {
		case c == ')':
			return true
		case c == '|':
			p.rest, quantifiable = p.rest[1:], false
		case strings.IndexByte("*+?", c) >= 0 || c == '{':
			if !quantifiable || !p.quantifier() {
				p.bad = true
			}
			quantifiable = false
		default:
			p.atom(c)
			quantifiable = true
		}
	}
	return !p.bad
}

func (p *patternReader) atom(c byte) {
	switch c {
	case '(':
		p.group()
	case '[':
		p.rest = p.rest[1:]
		p.class()
	case '\\':
		p.escape()
	default:
		p.rest = p.rest[1:]
	}
}

func (p *patternReader) group() {
	p.rest = p.rest[1:]
	if strings.HasPrefix(p.rest, "?") && !p.groupHead() {
		p.bad = true
		return
	}
	if !p.alternatives() || p.rest == "" {
		p.bad = true
		return
	}
	p.rest = p.rest[1:]
}

// groupHead reads what follows "(?": a kind of group, a name, or flags.
func (p *patternReader) groupHead() bool {
	for _, head := range []string{"?:", "?=", "?!", "?<=", "?<!", "?>"} {
		if rest, ok := strings.CutPrefix(p.rest, head); ok {
			p.rest = rest
			return true
		}
	}
	if rest, ok := strings.CutPrefix(p.rest, "?<"); ok {
		name, after, closed := strings.Cut(rest, ">")
		p.rest = after
		return closed && alphanumeric.MatchString(name) && (name[0] < '0' || name[0] > '9')
	}
	flags := strings.TrimLeft(p.rest[1:], "idmsuxU-")
	if flags == "" || flags[0] != ':' && flags[0] != ')' {
		return false
	}
	p.rest = strings.TrimPrefix(flags, ":")
	return true
}

// class reads a character class behind its "[": Java's may hold classes of their own.
func (p *patternReader) class() {
	if p.deep++; p.deep > deepestPattern {
		p.bad = true
		return
	}
	defer func() { p.deep-- }()
	p.rest = strings.TrimPrefix(p.rest, "^")
	for first := true; p.rest != "" && !p.bad; first = false {
		switch p.rest[0] {
		case ']':
			p.rest = p.rest[1:]
			if !first {
				return
			}
		case '[':
			p.rest = p.rest[1:]
			p.class()
		case '\\':
			p.escape()
		default:
			p.rest = p.rest[1:]
		}
	}
	p.bad = true
}

// escape reads a backslash and what it escapes.
func (p *patternReader) escape() {
	if len(p.rest) < 2 {
		p.bad = true
		return
	}
	c := p.rest[1]
	p.rest = p.rest[2:]
	switch c {
	case 'Q':
		_, p.rest, _ = strings.Cut(p.rest, `\E`)
	case 'p', 'P':
		p.property()
	case 'k':
		rest, ok := strings.CutPrefix(p.rest, "<")
		_, after, closed := strings.Cut(rest, ">")
		p.rest, p.bad = after, !ok || !closed
	}
}

func (p *patternReader) property() {
	if rest, ok := strings.CutPrefix(p.rest, "{"); ok {
		_, after, closed := strings.Cut(rest, "}")
		p.rest, p.bad = after, !closed
		return
	}
	if p.rest == "" {
		p.bad = true
		return
	}
	p.rest = p.rest[1:]
}

// quantifier reads *, +, ?, {n}, {n,} or {n,m}, and the mark that makes it lazy or possessive.
func (p *patternReader) quantifier() bool {
	if p.rest[0] == '{' {
		bounds, after, closed := strings.Cut(p.rest[1:], "}")
		least, most, _ := strings.Cut(bounds, ",")
		if !closed || least == "" || strings.Trim(least+most, "0123456789") != "" || len(bounds) > 20 {
			return false
		}
		p.rest = after
	} else {
		p.rest = p.rest[1:]
	}
	if strings.HasPrefix(p.rest, "?") || strings.HasPrefix(p.rest, "+") {
		p.rest = p.rest[1:]
	}
	return true
}
