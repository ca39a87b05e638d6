package regex

import (
	"strings"
	"unicode"
)

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

// quantified reads the quantifiers that follow n. In Java one may follow the other.
func (p *parser) quantified(n node) (node, error) {
	for !p.quoted {
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
		n = r
	}
	return n, nil
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
