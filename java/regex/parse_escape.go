package regex

import (
	"strings"
	"unicode"
)

// escape reads what follows a backslash outside of a class.
func (p *parser) escape() (node, error) {
	r, _ := decode(p.src, p.pos)
	switch r {
	case 'A':
		p.take()
		return assert{textStart}, nil
	case 'z':
		p.take()
		return assert{textEnd}, nil
	case 'G':
		p.take()
		return assert{lastEnd}, nil
	case 'Z':
		p.take()
		if p.flags&UnixLines != 0 {
			return assert{finalEndUnix}, nil
		}
		return assert{finalEnd}, nil
	case 'b':
		p.take()
		if p.flags&UnicodeClasses != 0 {
			return assert{wordEdgeUnicode}, nil
		}
		return assert{wordEdge}, nil
	case 'B':
		p.take()
		if p.flags&UnicodeClasses != 0 {
			return assert{notWordEdgeUnicode}, nil
		}
		return assert{notWordEdge}, nil
	case 'R':
		p.take()
		return p.lineBreak(), nil
	case 'k':
		return p.namedReference()
	}
	if r >= '1' && r <= '9' {
		return p.numberedReference()
	}
	has, single, err := p.escapedClass()
	if err != nil {
		return nil, err
	}
	if has == nil {
		return char{literal(single, p.flags)}, nil
	}
	return char{newClass(has)}, nil
}

// lineBreak is \R: \r\n, or one vertical space. Under a quantifier it does not give the \n of \r\n back.
func (p *parser) lineBreak() node {
	n := choice{
		sequence{char{literal('\r', 0)}, char{literal('\n', 0)}},
		char{newClass(isVertical)},
	}
	if strings.ContainsRune("*+?{", p.peek()) {
		return atomic{n}
	}
	return n
}

func (p *parser) namedReference() (node, error) {
	p.take()
	if !p.accept("<") {
		return nil, p.fail(`\k is not followed by <`)
	}
	name, err := p.groupName()
	if err != nil {
		return nil, err
	}
	index, ok := p.names[name]
	if !ok {
		return nil, p.fail("there is no group " + name)
	}
	return backref{index, p.flags}, nil
}

// numberedReference reads as many digits as make the number of a group that has begun.
func (p *parser) numberedReference() (node, error) {
	index := int(p.take() - '0')
	for {
		r, _ := decode(p.src, p.pos)
		if !isDigit(r) || index*10+int(r-'0') > p.groups {
			return backref{index, p.flags}, nil
		}
		index = index*10 + int(r-'0')
		p.pos++
	}
}

// escapedClass reads what follows a backslash where it stands for one character or a class of them: has is nil for
// one character.
func (p *parser) escapedClass() (has func(rune) bool, single rune, err error) {
	words, spaces, digits := isWord, isSpace, isDigit
	if p.flags&UnicodeClasses != 0 {
		words, spaces, digits = isUnicodeWord, unicodePOSIX["Space"], unicode.IsDigit
	}
	switch r := p.take(); r {
	case 'd':
		return digits, 0, nil
	case 'D':
		return not(digits), 0, nil
	case 's':
		return spaces, 0, nil
	case 'S':
		return not(spaces), 0, nil
	case 'w':
		return words, 0, nil
	case 'W':
		return not(words), 0, nil
	case 'h':
		return isHorizontal, 0, nil
	case 'H':
		return not(isHorizontal), 0, nil
	case 'v':
		return isVertical, 0, nil
	case 'V':
		return not(isVertical), 0, nil
	case 'p', 'P':
		has, err := p.property()
		if err == nil && r == 'P' {
			has = not(has)
		}
		return has, 0, err
	default:
		single, err = p.escapedChar(r)
		return nil, single, err
	}
}

// property reads L or {Lower} or {^Lower} after \p.
func (p *parser) property() (func(rune) bool, error) {
	name := ""
	if p.accept("{") {
		end := strings.IndexByte(p.src[p.pos:], '}')
		if end < 0 {
			return nil, p.fail("unclosed character family")
		}
		name = p.src[p.pos : p.pos+end]
		p.pos += end + 1
	} else if r := p.take(); r >= 0 {
		name = string(r)
	}
	has, ok := property(name, p.flags)
	if !ok {
		return nil, p.fail("unknown character property " + name)
	}
	return has, nil
}

// escapedChar returns the character that a backslash and r stand for.
func (p *parser) escapedChar(r rune) (rune, error) {
	switch r {
	case -1:
		return 0, p.fail("pattern ends in a backslash")
	case 't':
		return '\t', nil
	case 'n':
		return '\n', nil
	case 'r':
		return '\r', nil
	case 'f':
		return '\f', nil
	case 'a':
		return 7, nil
	case 'e':
		return 0x1B, nil
	case '0':
		return p.octal()
	case 'x':
		return p.hex()
	case 'u':
		return p.unicode()
	case 'c':
		c := p.take()
		if c < 0 {
			return 0, p.fail("illegal control escape")
		}
		return c ^ 64, nil
	}
	if isLetter(r) {
		return 0, p.fail("illegal escape \\" + string(r))
	}
	return r, nil
}

// octal reads up to three digits, up to 377.
func (p *parser) octal() (rune, error) {
	n, digits := rune(0), 0
	for digits < 3 && p.pos < len(p.src) {
		d := rune(p.src[p.pos]) - '0'
		if d < 0 || d > 7 || n*8+d > 0o377 {
			break
		}
		n = n*8 + d
		digits++
		p.pos++
	}
	if digits == 0 {
		return 0, p.fail("illegal octal escape")
	}
	return n, nil
}

// hex reads xhh or x{h...h} after the x.
func (p *parser) hex() (rune, error) {
	if !p.accept("{") {
		return p.hexDigits(2)
	}
	n := rune(0)
	for digits := 0; ; digits++ {
		if digits > 0 && p.accept("}") {
			return n, nil
		}
		d, err := p.hexDigits(1)
		if err != nil {
			return 0, err
		}
		if n = n<<4 | d; n > unicode.MaxRune {
			return 0, p.fail("hexadecimal code point is too big")
		}
	}
}

func (p *parser) hexDigits(digits int) (rune, error) {
	n := rune(0)
	for range digits {
		r := p.take()
		switch {
		case !isHex(r):
			return 0, p.fail("illegal hexadecimal escape")
		case isDigit(r):
			n = n<<4 + (r - '0')
		default:
			n = n<<4 + (r | 0x20) - 'a' + 10
		}
	}
	return n, nil
}

// unicode reads hhhh after \u, and the low surrogate that may follow a high one.
func (p *parser) unicode() (rune, error) {
	high, err := p.hexDigits(4)
	if err != nil || high < 0xD800 || high > 0xDBFF {
		return high, err
	}
	back := p.pos
	if p.accept(`\u`) {
		if low, err := p.hexDigits(4); err == nil && low >= 0xDC00 && low <= 0xDFFF {
			return 0x10000 + (high-0xD800)<<10 + low - 0xDC00, nil
		}
		p.pos = back
	}
	return high, nil
}
