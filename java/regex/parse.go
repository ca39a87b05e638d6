package regex

import "strings"

// parser reads a pattern into nodes.
type parser struct {
	src    string
	pos    int
	flags  Flags
	groups int
	names  map[string]int
	depth  int
	quoted bool // between \Q and \E
}

func (p *parser) fail(reason string) error {
	return &SyntaxError{p.src, p.pos, reason}
}

func (p *parser) parse() (node, error) {
	if p.flags&Literal != 0 {
		var seq sequence
		for p.pos < len(p.src) {
			seq = append(seq, char{literal(p.take(), p.flags)})
		}
		return seq, nil
	}
	n, err := p.alternatives()
	if err != nil {
		return nil, err
	}
	if p.pos < len(p.src) {
		return nil, p.fail("unmatched )")
	}
	return n, nil
}

// peek returns the next character, -1 at the end; with Comments blanks and comments are passed over.
func (p *parser) peek() rune {
	if p.flags&Comments != 0 && !p.quoted {
		p.skipComments()
	}
	r, _ := decode(p.src, p.pos)
	return r
}

func (p *parser) skipComments() {
	for p.pos < len(p.src) {
		r, size := decode(p.src, p.pos)
		switch {
		case isSpace(r):
			p.pos += size
		case r == '#':
			for p.pos < len(p.src) {
				r, size := decode(p.src, p.pos)
				if r == '\n' || p.flags&UnixLines == 0 && isLineEnd(r) {
					break
				}
				p.pos += size
			}
		default:
			return
		}
	}
}

// take returns the next character as it stands and passes it, -1 at the end.
func (p *parser) take() rune {
	r, size := decode(p.src, p.pos)
	p.pos += size
	return r
}

// accept passes text if it comes next.
func (p *parser) accept(text string) bool {
	if strings.HasPrefix(p.src[p.pos:], text) {
		p.pos += len(text)
		return true
	}
	return false
}

// alternatives reads up to the end or an unmatched parenthesis.
func (p *parser) alternatives() (node, error) {
	if p.depth++; p.depth > maxNesting {
		return nil, p.fail("groups nest too deeply")
	}
	defer func() { p.depth-- }()
	var all choice
	for {
		seq, err := p.sequence()
		if err != nil {
			return nil, err
		}
		all = append(all, seq)
		if p.peek() != '|' {
			break
		}
		p.take()
	}
	if len(all) == 1 {
		return all[0], nil
	}
	return all, nil
}

func (p *parser) sequence() (node, error) {
	var seq sequence
	for {
		if !p.quoted && p.accept(`\Q`) {
			p.quoted = true
		}
		if p.quoted {
			n, ok := p.quotedChar()
			if !ok {
				continue
			}
			if n == nil {
				return seq, nil
			}
			n, err := p.quantified(n)
			if err != nil {
				return nil, err
			}
			seq = append(seq, n)
			continue
		}
		switch p.peek() {
		case -1, '|', ')':
			return seq, nil
		}
		n, err := p.atom()
		if err != nil {
			return nil, err
		}
		if n == nil { // flags for the rest of the group
			continue
		}
		if n, err = p.quantified(n); err != nil {
			return nil, err
		}
		seq = append(seq, n)
	}
}

// quotedChar reads a character between \Q and \E. ok is false where the quotation ends; a nil node is the end of
// the pattern.
func (p *parser) quotedChar() (n node, ok bool) {
	if p.accept(`\E`) {
		p.quoted = false
		return nil, false
	}
	r := p.take()
	if r < 0 {
		p.quoted = false
		return nil, true
	}
	if p.accept(`\E`) {
		p.quoted = false
	}
	return char{literal(r, p.flags)}, true
}

// atom reads what a quantifier can follow.
func (p *parser) atom() (node, error) {
	start := p.pos
	switch r := p.take(); r {
	case '(':
		return p.group()
	case '[':
		has, err := p.class()
		if err != nil {
			return nil, err
		}
		return char{newClass(has)}, nil
	case '.':
		return char{newClass(p.dot())}, nil
	case '^':
		return assert{p.caret()}, nil
	case '$':
		return assert{p.dollar()}, nil
	case '\\':
		return p.escape()
	case '{': // the empty text, counted
		p.pos = start
		return sequence{}, nil
	case '*', '+', '?':
		p.pos = start
		return nil, p.fail("dangling " + string(r))
	default:
		return char{literal(r, p.flags)}, nil
	}
}

func (p *parser) dot() func(rune) bool {
	switch {
	case p.flags&DotAll != 0:
		return func(rune) bool { return true }
	case p.flags&UnixLines != 0:
		return func(r rune) bool { return r != '\n' }
	}
	return not(isLineEnd)
}

func (p *parser) caret() assertion {
	switch {
	case p.flags&Multiline == 0:
		return textStart
	case p.flags&UnixLines != 0:
		return lineStartUnix
	}
	return lineStart
}

func (p *parser) dollar() assertion {
	unix := p.flags&UnixLines != 0
	switch {
	case p.flags&Multiline != 0 && unix:
		return lineEndUnix
	case p.flags&Multiline != 0:
		return lineEnd
	case unix:
		return finalEndUnix
	}
	return finalEnd
}

// quantified reads the quantifier that follows n. In Java a second one follows nothing: *, + and ? are then errors, and
// {n} counts the empty text; see atom.
func (p *parser) quantified(n node) (node, error) {
	if p.quoted {
		return n, nil
	}
	r := repeat{body: n}
	switch p.peek() {
	case '?':
		r.min, r.max = 0, 1
		p.take()
	case '*':
		r.min, r.max = 0, -1
		p.take()
	case '+':
		r.min, r.max = 1, -1
		p.take()
	case '{':
		p.take()
		if err := p.counts(&r); err != nil {
			return nil, err
		}
	default:
		return n, nil
	}
	switch p.peek() {
	case '?':
		r.mode = reluctant
		p.take()
	case '+':
		r.mode = possessive
		p.take()
	}
	return r, nil
}

// counts reads {n}, {n,} or {n,m} after the brace.
func (p *parser) counts(r *repeat) error {
	var ok bool
	if r.min, ok = p.count(); !ok {
		return p.fail("illegal repetition")
	}
	r.max = r.min
	if p.accept(",") {
		r.max = -1
		if !strings.HasPrefix(p.src[p.pos:], "}") {
			if r.max, ok = p.count(); !ok {
				return p.fail("illegal repetition range")
			}
			if r.max < r.min {
				return p.fail("illegal repetition range")
			}
		}
	}
	if !p.accept("}") {
		return p.fail("unclosed counted closure")
	}
	return nil
}

func (p *parser) count() (n int, ok bool) {
	for p.pos < len(p.src) && isDigit(rune(p.src[p.pos])) {
		if n = n*10 + int(p.src[p.pos]-'0'); n > 1<<31-1 {
			return 0, false
		}
		ok = true
		p.pos++
	}
	return n, ok
}
