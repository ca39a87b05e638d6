package vtl

import (
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

// pattern is a java.util.regex pattern, run by Go's engine, which never backtracks. Patterns that need backtracking
// are refused.
type pattern struct {
	source string
	re     *regexp.Regexp
	// whole matches only all of a text.
	whole *regexp.Regexp
	// after matches behind one character that has been consumed already; made when it is needed.
	after *regexp.Regexp
	// literal is set when the pattern is plain text.
	literal   string
	isLiteral bool
	// dollar tells that the pattern has a $, which in Java matches before a final line break too.
	dollar bool
}

// newPattern translates a pattern of Java's.
func newPattern(source string) (*pattern, error) {
	t := translator{src: source}
	text, err := t.translate()
	if err != nil {
		return nil, err
	}
	re, err := regexp.Compile(text)
	if err != nil {
		return nil, patternError(source, err)
	}
	p := &pattern{source: source, re: re, dollar: t.dollar}
	p.literal, p.isLiteral = re.LiteralPrefix()
	p.isLiteral = p.isLiteral && p.literal != "" && utf8.ValidString(source)
	p.whole, err = regexp.Compile(`\A(?:` + text + `)\z`)
	if err != nil {
		return nil, patternError(source, err)
	}
	return p, nil
}

func patternError(source string, err error) error {
	if e, ok := err.(*syntax.Error); ok && (e.Code == syntax.ErrInvalidPerlOp || e.Code == syntax.ErrInvalidRepeatOp ||
		e.Code == syntax.ErrInvalidRepeatSize || e.Code == syntax.ErrLarge) {
		return failWith(ErrUnsupported, "the pattern %q is not supported: %v", source, err)
	}
	return failf("the pattern %q is not valid: %v", source, err)
}

// check refuses texts for which a $ would mean something else than in Java.
func (p *pattern) check(s string) error {
	if p.dollar && s != "" && isLineBreak(lastRune(s)) {
		return failWith(ErrUnsupported, "the $ in the pattern %q is not supported on a text that ends with a line break",
			p.source)
	}
	return nil
}

func lastRune(s string) rune {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r
}

func isLineBreak(r rune) bool {
	switch r {
	case '\n', '\r', 0x85, 0x2028, 0x2029:
		return true
	}
	return false
}

// each calls f with the positions of each match as Matcher.find gives them, until f returns false. Unlike Go's, Java's
// matches may be empty right behind another.
func (p *pattern) each(s string, f func(m []int) bool) {
	end := -1
	emptyAt := func(at int) bool {
		_, size := utf8.DecodeLastRuneInString(s[:at])
		if p.after == nil {
			p.after = regexp.MustCompile(`\A(?s:.)(?:` + p.re.String() + `)`)
		}
		m := p.after.FindStringIndex(s[at-size:])
		return m != nil && m[1] == size
	}
	for _, m := range p.re.FindAllStringSubmatchIndex(s, -1) {
		if end >= 0 && m[0] > end && p.matchesEmpty() && emptyAt(end) && !f([]int{end, end}) {
			return
		}
		end = -1
		if !f(m) {
			return
		}
		if m[1] > m[0] {
			end = m[1]
		}
	}
	if end >= 0 && p.matchesEmpty() && emptyAt(end) {
		f([]int{end, end})
	}
}

// matchesEmpty tells whether the pattern can match nothing at all, assertions aside.
func (p *pattern) matchesEmpty() bool {
	re, err := syntax.Parse(p.re.String(), syntax.Perl)
	return err == nil && nullable(re)
}

func nullable(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpLiteral, syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL, syntax.OpNoMatch:
		return false
	case syntax.OpPlus, syntax.OpCapture:
		return nullable(re.Sub[0])
	case syntax.OpRepeat:
		return re.Min == 0 || nullable(re.Sub[0])
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if !nullable(sub) {
				return false
			}
		}
	case syntax.OpAlternate:
		for _, sub := range re.Sub {
			if nullable(sub) {
				return true
			}
		}
		return false
	}
	return true
}

// pattern returns the compiled pattern of the first argument: the call's own if it is known since Parse, else one
// of those that this renderer used lately.
func (c *call) pattern(source string) (*pattern, error) {
	for _, p := range c.r.patterns {
		if p != nil && p.source == source {
			return p, nil
		}
	}
	if c.r.steps -= 20 + len(source); c.r.steps < 0 {
		return nil, ErrSteps
	}
	if len(source) > maxPattern {
		return nil, failWith(ErrUnsupported, "a pattern of %d bytes is not supported", len(source))
	}
	p, err := newPattern(source)
	if err != nil {
		return nil, err
	}
	c.r.patterns[c.r.nextPattern%len(c.r.patterns)] = p
	c.r.nextPattern++
	return p, nil
}

// maxPattern is the longest pattern. Unit: bytes.
const maxPattern = 10_000

// replacement is what replaces a match: text and groups.
type replacement []struct {
	text  string
	group int
}

// newReplacement reads $1, ${name} and backslashes as Matcher.appendReplacement does.
func (p *pattern) newReplacement(s string) (replacement, error) {
	var out replacement
	text := []byte(nil)
	groups := p.re.NumSubexp()
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\':
			if i++; i == len(s) {
				return nil, failf("character to be escaped is missing")
			}
			text = append(text, s[i])
		case c != '$':
			text = append(text, c)
		default:
			group, end, err := p.group(s, i+1, groups)
			if err != nil {
				return nil, err
			}
			out = append(out, struct {
				text  string
				group int
			}{string(text), group})
			text = text[:0]
			i = end - 1
		}
	}
	return append(out, struct {
		text  string
		group int
	}{string(text), -1}), nil
}

// group reads the group behind a dollar sign; end is the position behind it.
func (p *pattern) group(s string, i, groups int) (group, end int, err error) {
	if i == len(s) {
		return 0, 0, failf("illegal group reference: group index is missing")
	}
	if s[i] == '{' {
		j := strings.IndexByte(s[i:], '}')
		if j < 0 {
			return 0, 0, failf("named capturing group is missing trailing '}'")
		}
		name := s[i+1 : i+j]
		if group = p.re.SubexpIndex(name); name == "" || group < 0 {
			return 0, 0, failf("no group with name {%s}", name)
		}
		return group, i + j + 1, nil
	}
	if !isDigit(s[i]) {
		return 0, 0, failf("illegal group reference")
	}
	group = int(s[i] - '0')
	if group > groups {
		return 0, 0, failf("no group %d", group)
	}
	for i++; i < len(s) && isDigit(s[i]); i++ {
		next := group*10 + int(s[i]-'0')
		if next > groups {
			break
		}
		group = next
	}
	return group, i, nil
}

func (rp replacement) appendTo(dst []byte, s string, m []int) []byte {
	for _, part := range rp {
		dst = append(dst, part.text...)
		if g := part.group; g >= 0 && 2*g+1 < len(m) && m[2*g] >= 0 {
			dst = append(dst, s[m[2*g]:m[2*g+1]]...)
		}
	}
	return dst
}

// needsMatch tells whether a group other than the whole match is used.
func (rp replacement) plain() (string, bool) {
	if len(rp) == 1 {
		return rp[0].text, true
	}
	return "", false
}
