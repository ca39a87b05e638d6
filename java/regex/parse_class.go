package regex

// class reads a character class after its bracket: characters, ranges, classes in classes, and && for what two have
// in common. A ^ at the front turns all of it around.
func (p *parser) class() (func(rune) bool, error) {
	if p.depth++; p.depth > maxNesting {
		return nil, p.fail("classes nest too deeply")
	}
	defer func() { p.depth-- }()
	negative := p.peek() == '^'
	if negative {
		p.take()
	}
	has, err := p.intersection()
	if err != nil {
		return nil, err
	}
	if negative {
		has = not(has)
	}
	return has, nil
}

// intersection reads unions joined by && up to the closing bracket.
func (p *parser) intersection() (func(rune) bool, error) {
	var has func(rune) bool
	first := true
	for {
		part, err := p.union(first)
		if err != nil {
			return nil, err
		}
		switch {
		case part == nil: // [a&&] and [&&a] are a
		case has == nil:
			has = part
		default:
			left, right := has, part
			has = func(r rune) bool { return left(r) && right(r) }
		}
		first = false
		if p.peek() == ']' {
			p.take()
			if has == nil {
				return nil, p.fail("bad class syntax")
			}
			return has, nil
		}
		for p.peek() == '&' && p.accept("&&") {
			continue // several stand for one
		}
	}
}

// union reads items up to a closing bracket or &&, which stay. It is nil if there are none. A bracket that comes
// first of all is an item.
func (p *parser) union(first bool) (func(rune) bool, error) {
	var all []func(rune) bool
	for {
		switch p.peek() {
		case -1:
			return nil, p.fail("unclosed character class")
		case ']':
			if !first || len(all) > 0 {
				return anyOf(all), nil
			}
		case '&':
			if p.pos+1 < len(p.src) && p.src[p.pos+1] == '&' {
				return anyOf(all), nil
			}
		}
		has, err := p.classItem()
		if err != nil {
			return nil, err
		}
		if has != nil {
			all = append(all, has)
		}
	}
}

func anyOf(all []func(rune) bool) func(rune) bool {
	switch len(all) {
	case 0:
		return nil
	case 1:
		return all[0]
	}
	return func(r rune) bool {
		for _, has := range all {
			if has(r) {
				return true
			}
		}
		return false
	}
}

// classItem reads a character, a range, an escape or a class in a class.
func (p *parser) classItem() (func(rune) bool, error) {
	if p.accept(`\Q`) {
		return p.quotedItems(), nil
	}
	if p.accept(`\E`) {
		return nil, nil
	}
	r := p.take()
	switch r {
	case '[':
		return p.class()
	case '\\':
		has, single, err := p.escapedClass()
		if has != nil || err != nil {
			return has, err
		}
		return p.rangeFrom(single)
	}
	return p.rangeFrom(r)
}

// quotedItems reads the characters of a class up to \E.
func (p *parser) quotedItems() func(rune) bool {
	var all []func(rune) bool
	for p.pos < len(p.src) && !p.accept(`\E`) {
		all = append(all, literal(p.take(), p.flags).has)
	}
	return anyOf(all)
}

// rangeFrom reads -z after a, if it comes next; a minus before a bracket is a character.
func (p *parser) rangeFrom(low rune) (func(rune) bool, error) {
	if p.peek() == '-' {
		back := p.pos
		p.take()
		switch p.peek() {
		case '[':
			p.pos = back
		case ']':
			p.pos = back
		default:
			high := p.take()
			if high < 0 {
				return nil, p.fail("illegal character range")
			}
			if high == '\\' {
				has, single, err := p.escapedClass()
				if err != nil {
					return nil, err
				}
				if has != nil {
					return nil, p.fail("illegal character range")
				}
				high = single
			}
			if high < low {
				return nil, p.fail("illegal character range")
			}
			return span(low, high, p.flags), nil
		}
	}
	return literal(low, p.flags).has, nil
}
