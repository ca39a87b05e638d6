package filterpattern

import "strings"

// field is one place of a list in brackets.
type field struct {
	name string
	// chosen is nil for a place that only has a name.
	chosen condition
	// rest stands for "...": any number of words.
	rest bool
}

// compileWords compiles "[name, name = value, ...]". A message has as many words as the list has places, unless "..." is
// among them.
func compileWords(text string) (func(string) bool, error) {
	fields, err := parseFields(text)
	if err != nil {
		return nil, err
	}
	return func(message string) bool {
		words := split(message)
		at := 0
		for i := range fields {
			f := &fields[i]
			if f.rest {
				skipped := len(words) - (len(fields) - 1)
				if skipped < 0 {
					return false
				}
				at += skipped
				continue
			}
			if at >= len(words) || f.chosen != nil && !f.chosen(&subject{words: words[at : at+1]}) {
				return false
			}
			at++
		}
		return at == len(words)
	}, nil
}

func parseFields(text string) ([]field, error) {
	p := &parser{text: text[1:]}
	var fields []field
	ellipsis := false
	for {
		f, err := p.field()
		if err != nil || f.rest && ellipsis {
			return nil, ErrSyntax
		}
		ellipsis = ellipsis || f.rest
		fields = append(fields, f)
		if p.accept(",") {
			continue
		}
		if !p.accept("]") || strings.TrimSpace(p.text) != "" {
			return nil, ErrSyntax
		}
		return fields, nil
	}
}

// field reads "...", a name, or a condition on one name.
func (p *parser) field() (field, error) {
	if p.accept("...") {
		return field{rest: true}, nil
	}
	bare := *p
	if name := bare.name(); name != "" && (bare.accept(",") || bare.accept("]")) {
		p.name()
		return field{name: name}, nil
	}
	f := field{}
	p.selector = func(p *parser) (lookup, error) {
		name := p.name()
		if name == "" || f.name != "" && name != f.name {
			return nil, ErrSyntax
		}
		f.name = name
		return func(m *subject) (any, bool) { return m.words[0], true }, nil
	}
	var err error
	f.chosen, err = p.either()
	return f, err
}

func (p *parser) name() string {
	p.skip()
	end := 0
	for end < len(p.text) && (wordByte(p.text[end]) || p.text[end] == '-') {
		end++
	}
	name := p.text[:end]
	p.text = p.text[end:]
	return name
}

// split takes a message apart at blanks; what stands in quotes or brackets is one word, without them.
func split(message string) []string {
	var words []string
	for message = strings.TrimLeft(message, " \t\r\n"); message != ""; message = strings.TrimLeft(message, " \t\r\n") {
		closing := " \t\r\n"
		switch message[0] {
		case '"':
			closing = `"`
		case '[':
			closing = "]"
		}
		begin := 0
		if len(closing) == 1 {
			begin = 1
		}
		end := strings.IndexAny(message[begin:], closing)
		if end < 0 {
			words = append(words, message[begin:])
			break
		}
		words = append(words, message[begin:begin+end])
		message = message[begin+end+begin:]
	}
	return words
}
