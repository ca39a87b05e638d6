package jsonpath

import "postern/java"

func (p *parser) object() (any, error) {
	if p.depth++; p.depth > MaxDepth {
		return nil, p.fail("nested too deeply")
	}
	p.pos++
	o := object{row: p.entrySlab.open(&p.entries), plain: true, known: true}
	if p.depth < len(p.shapes) {
		o.shape = p.shapes[p.depth]
	}
	for {
		switch c := p.char(); c {
		case ' ', '\t', '\n', '\r', ',':
			p.pos++
			continue
		case ':', '[', ']', '{':
			return nil, p.fail("unexpected " + string(rune(c)))
		case '}':
			return p.closeObject(&o), nil
		}
		if err := p.member(&o); err != nil {
			return nil, err
		}
		switch p.char() {
		case ',':
			p.pos++
		case '}':
			return p.closeObject(&o), nil
		case endOfInput:
			return nil, p.fail("object does not end")
		default:
			return nil, p.fail("expected , or }")
		}
	}
}

// object is an object that is being read.
type object struct {
	row   row[java.Entry]
	shape []java.Entry // those of the object before
	known bool         // all keys so far were the shape's
	plain bool         // all keys so far stood in double quotes, without escapes
}

// member reads a key and its value, and the space behind.
func (p *parser) member(o *object) error {
	key, err := p.key(o)
	if err != nil {
		return err
	}
	if p.char() != ':' {
		if p.skipSpace(); p.char() != ':' {
			return p.fail("expected : after a key")
		}
	}
	if p.pos++; p.pos >= len(p.src) {
		return p.fail("object does not end")
	}
	if c := p.skipBlanks(); c == '{' || c == '[' {
		p.entrySlab.leave(&o.row, &p.entries, len(o.shape))
	}
	v, err := p.value('}')
	if err != nil {
		return err
	}
	if r := &o.row; r.n < len(r.place) {
		e := &r.place[r.n]
		e.Key, e.Value = key, v
	} else {
		r.push(&p.entries, java.Entry{Key: key, Value: v})
	}
	o.row.n++
	p.skipSpace()
	return nil
}

// key reads a key and returns it as an interface value: the one made for the object before if it was equal.
func (p *parser) key(o *object) (any, error) {
	c := p.char()
	if i := o.row.n; c == '"' && i < len(o.shape) {
		if k, ok := o.shape[i].Key.(string); ok {
			start := p.pos + 1
			end := start + len(k)
			if end < len(p.src) && p.src[end] == '"' && p.src[start:end] == k {
				p.pos = end + 1
				return o.shape[i].Key, nil
			}
		}
	}
	o.known = false
	if c != '"' && c != '\'' {
		o.plain = false
		return p.boxString(p.unquoted(p.pos, ':')), nil
	}
	start := p.pos
	k, err := p.quoted(c)
	if err != nil {
		return nil, err
	}
	if c != '"' || p.pos-start != len(k)+2 {
		o.plain = false
	}
	return p.boxString(k), nil
}

func (p *parser) closeObject(o *object) any {
	p.pos++
	m := p.maps.next(p)
	if n := o.row.n; n > 0 {
		entries := p.entrySlab.close(&o.row, &p.entries, p)
		if o.known {
			m.AdoptDistinct(entries)
		} else {
			m.Adopt(entries)
		}
		if p.depth < len(p.shapes) {
			if !o.plain || m.Len() < n {
				entries = nil
			}
			p.shapes[p.depth] = entries
		}
	}
	p.depth--
	return m
}
