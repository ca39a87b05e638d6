package filterpattern

import (
	"regexp"
	"strings"
)

// term is a text or an expression that a message contains, or must not contain.
type term struct {
	text string
	re   *regexp.Regexp
}

func (t *term) in(message string) bool {
	if t.re != nil {
		return t.re.MatchString(message)
	}
	return strings.Contains(message, t.text)
}

// compileTerms compiles terms: all that stand bare must be there, none that "-" excludes, and with nothing but "?" terms
// any of them. Next to others, "?" terms count for nothing.
func compileTerms(text string) (func(string) bool, error) {
	var all, none, some []term
	for text != "" {
		list := &all
		switch text[0] {
		case '-':
			list, text = &none, text[1:]
		case '?':
			list, text = &some, text[1:]
		}
		t, rest, err := readTerm(text)
		if err != nil {
			return nil, err
		}
		*list = append(*list, t)
		text = strings.TrimLeft(rest, " \t\n")
	}
	return func(message string) bool {
		for i := range all {
			if !all[i].in(message) {
				return false
			}
		}
		for i := range none {
			if none[i].in(message) {
				return false
			}
		}
		if len(all)+len(none) > 0 {
			return true
		}
		for i := range some {
			if some[i].in(message) {
				return true
			}
		}
		return false
	}, nil
}

// readTerm reads one term: a word of letters, digits and underscores, a text in quotes, or an expression.
func readTerm(text string) (t term, rest string, err error) {
	switch {
	case text == "":
		return t, "", ErrSyntax
	case text[0] == '"':
		t.text, rest, err = quoted(text)
		return t, rest, err
	case text[0] == '%':
		t.re, rest, err = expression(text)
		return t, rest, err
	}
	end := strings.IndexAny(text, " \t\n")
	if end < 0 {
		end = len(text)
	}
	for i := range end {
		if !wordByte(text[i]) {
			return t, "", ErrSyntax
		}
	}
	return term{text: text[:end]}, text[end:], nil
}

func wordByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c >= 0x80
}

// quoted reads a text in double quotes; a backslash stands before a quote or a backslash in it.
func quoted(text string) (value, rest string, err error) {
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			return b.String(), text[i+1:], nil
		case c == '\\' && i+1 < len(text) && (text[i+1] == '"' || text[i+1] == '\\'):
			i++
			b.WriteByte(text[i])
		default:
			b.WriteByte(c)
		}
	}
	return "", "", ErrSyntax
}

// expression reads a regular expression between percent signs.
func expression(text string) (re *regexp.Regexp, rest string, err error) {
	source, rest, ok := strings.Cut(text[1:], "%")
	if !ok || source == "" {
		return nil, "", ErrSyntax
	}
	if re, err = regexp.Compile(source); err != nil {
		return nil, "", ErrSyntax
	}
	return re, rest, nil
}
