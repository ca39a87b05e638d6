package integration

import (
	"regexp/syntax"
	"slices"
	"strings"

	"postern/java/regex"
)

// pattern is a compiled selectionPattern: a Java regular expression that must match the whole text.
// Sources: API Gateway API reference, IntegrationResponse, selectionPattern (Java); developer guide, "Handle Lambda
// errors in API Gateway" (whole text, "." matches no line break).
//
// Patterns of fixed length, such as 404, 4\d{2} and 400|5\d\d, are matched byte by byte, everything else by package
// regex.
type pattern struct {
	// words are the alternatives of a pattern of fixed length.
	words []word
	re    *regex.Regexp
}

// word is a set of bytes for each position.
type word []byteSet

type byteSet [2]uint64 // ASCII

func (s *byteSet) add(c byte)      { s[c>>6] |= 1 << (c & 63) }
func (s *byteSet) has(c byte) bool { return c < 128 && s[c>>6]&(1<<(c&63)) != 0 }

// maxWords bounds the alternatives of a pattern that is matched byte by byte.
const maxWords = 64

// compilePattern compiles a selection pattern. The error is an expression that is no Java pattern.
func compilePattern(text string) (*pattern, error) {
	re, err := regex.Compile(text, 0)
	if err != nil {
		return nil, err
	}
	if words := fixedWords(text); words != nil {
		return &pattern{words: words}, nil
	}
	return &pattern{re: re}, nil
}

// matches fails when a match takes too many steps.
func (p *pattern) matches(text string) (bool, error) {
	if p.re != nil {
		return p.re.Matches(text)
	}
	for _, w := range p.words {
		if w.matches(text) {
			return true, nil
		}
	}
	return false, nil
}

func (w word) matches(text string) bool {
	if len(w) != len(text) {
		return false
	}
	for i := range w {
		if !w[i].has(text[i]) {
			return false
		}
	}
	return true
}

// fixedWords returns the alternatives of a pattern of fixed length over ASCII, nil for any other pattern. It reads only
// what package syntax and Java read alike.
func fixedWords(text string) []word {
	if !plain(text) {
		return nil
	}
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return nil
	}
	return wordsOf(tree.Simplify())
}

// plain reports whether a pattern has nothing but letters, digits, \d, groups, alternatives, simple classes and counts.
func plain(text string) bool {
	inClass := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case c == '\\' && i+1 < len(text) && text[i+1] == 'd':
			i++
		case c == '[' && !inClass:
			inClass = true
		case c == ']' && inClass:
			inClass = false
		case c == '-' && inClass:
		case strings.IndexByte("(){}|,", c) >= 0 && !inClass:
		default:
			return false
		}
	}
	return true
}

func wordsOf(n *syntax.Regexp) []word {
	switch n.Op {
	case syntax.OpLiteral:
		if n.Flags&syntax.FoldCase != 0 {
			return nil
		}
		w := make(word, len(n.Rune))
		for i, r := range n.Rune {
			if r > 127 {
				return nil
			}
			w[i].add(byte(r))
		}
		return []word{w}
	case syntax.OpCharClass:
		return classWord(n.Rune)
	case syntax.OpCapture:
		return wordsOf(n.Sub[0])
	case syntax.OpConcat:
		return concatenation(n.Sub)
	case syntax.OpAlternate:
		return alternatives(n.Sub)
	default:
		return nil
	}
}

// classWord is a class of ASCII characters: pairs of bounds.
func classWord(bounds []rune) []word {
	var s byteSet
	for i := 0; i < len(bounds); i += 2 {
		if bounds[i+1] > 127 {
			return nil
		}
		for r := bounds[i]; r <= bounds[i+1]; r++ {
			s.add(byte(r))
		}
	}
	return []word{{s}}
}

func concatenation(parts []*syntax.Regexp) []word {
	words := []word{nil}
	for _, part := range parts {
		tails := wordsOf(part)
		if tails == nil || len(words)*len(tails) > maxWords {
			return nil
		}
		var longer []word
		for _, head := range words {
			for _, tail := range tails {
				longer = append(longer, append(slices.Clip(head), tail...))
			}
		}
		words = longer
	}
	return words
}

func alternatives(parts []*syntax.Regexp) []word {
	var words []word
	for _, part := range parts {
		more := wordsOf(part)
		if more == nil || len(words)+len(more) > maxWords {
			return nil
		}
		words = append(words, more...)
	}
	return words
}
