package vtl

import (
	"errors"
	"strings"

	"postern/java/regex"
)

// pattern is a compiled regular expression.
type pattern struct {
	source string
	re     *regex.Regexp
	// literal is what the pattern matches when it is plain text.
	literal   string
	isLiteral bool
}

// maxPattern is the longest pattern. Unit: bytes.
const maxPattern = 10_000

// patternSteps is what one use of a pattern counts against Limits.Steps, besides the length of the text: matching may
// have to go back and forth.
const patternSteps = 1000

// pattern returns the compiled form of source: one of those that this renderer used lately, or a new one.
func (c *call) pattern(source string) (*pattern, error) {
	for _, p := range c.r.patterns {
		if p != nil && p.source == source {
			return p, nil
		}
	}
	if len(source) > maxPattern {
		return nil, failWith(ErrUnsupported, "a pattern of %d bytes is not supported", len(source))
	}
	source = strings.Clone(source) // the pattern outlives the rendering, whose values may share memory that is used again
	p := &pattern{source: source}
	if p.literal, p.isLiteral = literalPattern(source); !p.isLiteral {
		var err error
		if p.re, err = regex.Compile(source, 0); err != nil {
			return nil, failf("%v", err)
		}
	}
	c.r.patterns[c.r.nextPattern%len(c.r.patterns)] = p
	c.r.nextPattern++
	return p, nil
}

// literalPattern returns the text that a pattern without operators matches.
func literalPattern(source string) (string, bool) {
	if source == "" {
		return "", false
	}
	var out []byte
	for i := 0; i < len(source); i++ {
		c := source[i]
		if strings.IndexByte(`.[]{}()*+?^$|`, c) >= 0 || c >= 0xED {
			return "", false
		}
		if c == '\\' {
			i++
			if i == len(source) || isLetter(source[i]) || isDigit(source[i]) || source[i] >= 0x80 {
				return "", false
			}
			c = source[i]
		}
		out = append(out, c)
	}
	return string(out), true
}

// expression is the pattern for what plain text cannot do.
func (p *pattern) expression() (*regex.Regexp, error) {
	if p.re == nil {
		var err error
		if p.re, err = regex.Compile(p.source, 0); err != nil {
			return nil, failf("%v", err)
		}
	}
	return p.re, nil
}

// patternError tells a match that takes too long from one that Java refuses too.
func patternError(err error) error {
	if errors.Is(err, regex.ErrLimit) {
		return ErrSteps
	}
	return failf("%v", err)
}
