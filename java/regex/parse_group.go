package regex

// group reads a group after its parenthesis. It is nil for (?i), which has no body.
func (p *parser) group() (node, error) {
	saved := p.flags
	if !p.accept("?") {
		p.groups++
		index := p.groups
		body, err := p.closed()
		p.flags = saved
		return group{index, body}, err
	}
	switch {
	case p.accept("<="):
		return p.behind(false)
	case p.accept("<!"):
		return p.behind(true)
	case p.accept("<"):
		return p.named()
	case p.accept("="):
		return p.ahead(false)
	case p.accept("!"):
		return p.ahead(true)
	case p.accept(">"):
		body, err := p.closed()
		p.flags = saved
		return atomic{body}, err
	}
	if err := p.setFlags(); err != nil {
		return nil, err
	}
	switch p.take() {
	case ')':
		return nil, nil
	case ':':
		body, err := p.closed()
		p.flags = saved
		return body, err
	}
	return nil, p.fail("unknown group")
}

// closed reads a body and its closing parenthesis.
func (p *parser) closed() (node, error) {
	body, err := p.alternatives()
	if err != nil {
		return nil, err
	}
	if p.peek() != ')' {
		return nil, p.fail("unclosed group")
	}
	p.take()
	return body, nil
}

func (p *parser) named() (node, error) {
	name, err := p.groupName()
	if err != nil {
		return nil, err
	}
	if _, known := p.names[name]; known {
		return nil, p.fail("group " + name + " is defined twice")
	}
	p.groups++
	index := p.groups
	p.names[name] = index
	saved := p.flags
	body, err := p.closed()
	p.flags = saved
	return group{index, body}, err
}

// groupName reads letters and digits, a letter first, and the bracket behind.
func (p *parser) groupName() (string, error) {
	start := p.pos
	for p.pos < len(p.src) && (isLetter(rune(p.src[p.pos])) || p.pos > start && isDigit(rune(p.src[p.pos]))) {
		p.pos++
	}
	name := p.src[start:p.pos]
	if name == "" || !p.accept(">") {
		return "", p.fail("malformed group name")
	}
	return name, nil
}

func (p *parser) ahead(negative bool) (node, error) {
	saved := p.flags
	body, err := p.closed()
	p.flags = saved
	return look{body: body, negative: negative}, err
}

func (p *parser) behind(negative bool) (node, error) {
	saved := p.flags
	body, err := p.closed()
	p.flags = saved
	if err != nil {
		return nil, err
	}
	least, most := width(body)
	if most >= unbounded {
		return nil, p.fail("look-behind group has no obvious maximum length")
	}
	return look{body: body, behind: true, negative: negative, min: least, max: most}, nil
}

var flagLetters = map[rune]Flags{
	'i': CaseInsensitive, 'm': Multiline, 's': DotAll, 'd': UnixLines, 'u': UnicodeCase,
	'x': Comments, 'U': UnicodeClasses | UnicodeCase,
}

// setFlags reads the letters of (?idm-sux, stopping at what follows.
func (p *parser) setFlags() error {
	off := false
	for {
		r, _ := decode(p.src, p.pos)
		flag, ok := flagLetters[r]
		switch {
		case ok && off:
			p.flags &^= flag
		case ok:
			p.flags |= flag
		case r == '-' && !off:
			off = true
		default:
			return nil
		}
		p.pos++
	}
}
