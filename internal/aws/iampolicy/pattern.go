package iampolicy

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// The runes of a glob that stand for others. A glob holds them apart from the characters * and ? themselves, which a
// policy variable may bring in.
const (
	anyRun rune = -1 // *: any characters, also none
	anyOne rune = -2 // ?: one character
)

// glob is a pattern. Without anyRun and anyOne it is text, compared as it is.
type glob struct {
	text  string
	runes []rune
}

// compileGlob compiles a pattern whose * and ? are wild.
func compileGlob(pattern string) glob {
	if !strings.ContainsAny(pattern, "*?") {
		return glob{text: pattern}
	}
	return glob{runes: appendWild(nil, pattern)}
}

func appendWild(runes []rune, pattern string) []rune {
	for _, r := range pattern {
		switch r {
		case '*':
			r = anyRun
		case '?':
			r = anyOne
		}
		runes = append(runes, r)
	}
	return runes
}

// match tells whether the whole text fits. Only the last * is ever tried again, so the time is bounded by the product
// of the lengths.
func (g *glob) match(text string) bool {
	if g.runes == nil {
		return text == g.text
	}
	p, i := 0, 0
	star, retry := -1, 0
	for i < len(text) {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case p < len(g.runes) && g.runes[p] == anyRun:
			star, retry = p, i
			p++
		case p < len(g.runes) && (g.runes[p] == anyOne || g.runes[p] == r):
			p++
			i += size
		case star >= 0:
			_, size = utf8.DecodeRuneInString(text[retry:])
			retry += size
			p, i = star+1, retry
		default:
			return false
		}
	}
	for p < len(g.runes) && g.runes[p] == anyRun {
		p++
	}
	return p == len(g.runes)
}

// template is a pattern or text that may hold policy variables.
type template struct {
	// fixed is the whole of a template without variables.
	fixed  glob
	pieces []piece
}

// piece is runes, or a variable.
type piece struct {
	runes []rune
	// key is the variable's name in lower case; empty for runes.
	key        string
	fallback   string
	hasDefault bool
}

var errVariable = errors.New("has a policy variable that is not closed or has no name")

// template compiles text; * and ? are wild when wild is true.
// Source: IAM user guide, "IAM policy elements: Variables and tags".
func (c *compiler) template(text string, wild bool) (template, error) {
	if !c.variables || !strings.Contains(text, "${") {
		if wild {
			return template{fixed: compileGlob(text)}, nil
		}
		return template{fixed: glob{text: text}}, nil
	}
	var t template
	for text != "" {
		before, rest, found := strings.Cut(text, "${")
		if before != "" {
			t.pieces = append(t.pieces, piece{runes: literal(before, wild)})
		}
		if !found {
			break
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed || name == "" {
			return template{}, errVariable
		}
		variable, err := compileVariable(name)
		if err != nil {
			return template{}, err
		}
		t.pieces = append(t.pieces, variable)
		text = after
	}
	return t, nil
}

func literal(text string, wild bool) []rune {
	if wild {
		return appendWild(nil, text)
	}
	return []rune(text)
}

// compileVariable compiles what stands between the braces: a key, a key with a default in quotes, or one of the three
// characters that could not be written otherwise.
func compileVariable(name string) (piece, error) {
	if name == "*" || name == "?" || name == "$" {
		return piece{runes: []rune(name)}, nil
	}
	key, fallback, hasDefault := strings.Cut(name, ",")
	key, fallback = strings.TrimSpace(key), strings.TrimSpace(fallback)
	if hasDefault {
		if len(fallback) < 2 || fallback[0] != '\'' || fallback[len(fallback)-1] != '\'' {
			return piece{}, errors.New("has a policy variable whose default is not in single quotes")
		}
		fallback = fallback[1 : len(fallback)-1]
	}
	if key == "" {
		return piece{}, errVariable
	}
	return piece{key: strings.ToLower(key), fallback: fallback, hasDefault: hasDefault}, nil
}

// expand puts the variables' values in. ok is false when one has no value, or several: the template then matches
// nothing.
func (t *template) expand(ctx Context) (g glob, ok bool) {
	if t.pieces == nil {
		return t.fixed, true
	}
	runes := []rune{}
	for _, p := range t.pieces {
		if p.key == "" {
			runes = append(runes, p.runes...)
			continue
		}
		values := ctx.Values(p.key)
		switch {
		case len(values) == 1:
			runes = append(runes, []rune(values[0])...)
		case len(values) == 0 && p.hasDefault:
			runes = append(runes, []rune(p.fallback)...)
		default:
			return glob{}, false
		}
	}
	return glob{runes: runes}, true
}

func (t *template) match(text string, ctx Context) bool {
	g, ok := t.expand(ctx)
	return ok && g.match(text)
}

// arnParts is how many parts an ARN has: arn, partition, service, region, account, resource.
const arnParts = 6

// arnPattern is a pattern of ARNs. It is compared part by part, so that a * for the region cannot reach into the
// resource, which the client has a say in. A pattern with fewer parts ("*", "arn:aws:s3*") is compared as a whole.
// Source: IAM user guide, "IAM JSON policy elements: Resource".
type arnPattern struct {
	whole template
	parts []template
}

func (c *compiler) arn(text string) (p arnPattern, err error) {
	sources := c.splitARN(text)
	if len(sources) < arnParts {
		p.whole, err = c.template(text, true)
		return p, err
	}
	p.parts = make([]template, arnParts)
	for i, source := range sources {
		if p.parts[i], err = c.template(source, true); err != nil {
			return p, err
		}
	}
	return p, nil
}

// splitARN cuts at the first five colons that are not inside a variable.
func (c *compiler) splitARN(text string) []string {
	var parts []string
	start, inside := 0, false
	for i := 0; i < len(text) && len(parts) < arnParts-1; i++ {
		switch {
		case c.variables && strings.HasPrefix(text[i:], "${"):
			inside = true
		case text[i] == '}':
			inside = false
		case text[i] == ':' && !inside:
			parts = append(parts, text[start:i])
			start = i + 1
		}
	}
	return append(parts, text[start:])
}

func (p *arnPattern) match(text string, ctx Context) bool {
	if p.parts == nil {
		return p.whole.match(text, ctx)
	}
	for i := range p.parts {
		part, rest, more := text, "", false
		if i < arnParts-1 {
			if part, rest, more = strings.Cut(text, ":"); !more {
				return false
			}
		}
		if !p.parts[i].match(part, ctx) {
			return false
		}
		text = rest
	}
	return true
}
