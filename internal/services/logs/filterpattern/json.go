package filterpattern

import (
	"encoding/json"
	"strconv"
	"strings"
)

// compileJSON compiles "{ condition }". A message that is no JSON object or array is not chosen.
func compileJSON(text string) (func(string) bool, error) {
	p := &parser{text: text[1:], selector: jsonSelector}
	chosen, err := p.either()
	if err != nil {
		return nil, err
	}
	if !p.accept("}") || strings.TrimSpace(p.text) != "" {
		return nil, ErrSyntax
	}
	return func(message string) bool {
		start := strings.TrimLeft(message, " \t\n\r")
		if start == "" || start[0] != '{' && start[0] != '[' {
			return false
		}
		decoder := json.NewDecoder(strings.NewReader(start))
		decoder.UseNumber()
		var m subject
		return decoder.Decode(&m.json) == nil && chosen(&m)
	}, nil
}

// jsonSelector reads a property selector: $.a.b[0]['c'].
func jsonSelector(p *parser) (lookup, error) {
	if !p.accept("$") {
		return nil, ErrSyntax
	}
	var steps []any // member names and indexes
	for {
		step, ok, err := p.step()
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		steps = append(steps, step)
	}
	if len(steps) == 0 {
		return nil, ErrSyntax
	}
	return func(m *subject) (any, bool) { return walk(m.json, steps) }, nil
}

// step reads .name, [n], ['name'] or ["name"], without blanks in front.
func (p *parser) step() (step any, ok bool, err error) {
	switch {
	case strings.HasPrefix(p.text, "."):
		end := 1
		for end < len(p.text) && (wordByte(p.text[end]) || p.text[end] == '-' || p.text[end] == ':') {
			end++
		}
		name := p.text[1:end]
		p.text = p.text[end:]
		if name == "" {
			return nil, false, ErrSyntax
		}
		return name, true, nil
	case strings.HasPrefix(p.text, "["):
		inner, rest, found := strings.Cut(p.text[1:], "]")
		if !found {
			return nil, false, ErrSyntax
		}
		p.text = rest
		if n := len(inner); n > 2 && (inner[0] == '\'' || inner[0] == '"') && inner[n-1] == inner[0] {
			return inner[1 : n-1], true, nil
		}
		i, err := strconv.Atoi(inner)
		if err != nil || i < 0 {
			return nil, false, ErrSyntax
		}
		return i, true, nil
	}
	return nil, false, nil
}

func walk(value any, steps []any) (any, bool) {
	for _, step := range steps {
		switch s := step.(type) {
		case string:
			object, _ := value.(map[string]any)
			member, ok := object[s]
			if !ok {
				return nil, false
			}
			value = member
		case int:
			list, _ := value.([]any)
			if s >= len(list) {
				return nil, false
			}
			value = list[s]
		}
	}
	return value, true
}
