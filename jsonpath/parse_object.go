package jsonpath

import (
	"unsafe"

	"postern/java"
)

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
		switch c := p.skipCommas(); c {
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
	key := p.knownKey(o)
	if key == nil {
		var err error
		if key, err = p.newKey(o); err != nil {
			return err
		}
	}
	src, i := p.src, p.pos
	if i >= len(src) || src[i] != ':' {
		p.skipSpace()
		if i = p.pos; i >= len(src) || src[i] != ':' {
			return p.fail("expected : after a key")
		}
	}
	if i++; i < len(src) && src[i] == ' ' {
		i++
	}
	if p.pos = i; i >= len(src) && src[i-1] == ':' {
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
	if i = p.pos; i < len(src) && src[i] <= ' ' {
		p.skipSpace()
	}
	return nil
}

// knownKey reads a key if it is the one that the object before had at the same place. It returns that, nil if it
// is not.
func (p *parser) knownKey(o *object) any {
	n := o.row.n
	if n >= len(o.shape) {
		return nil
	}
	known := o.shape[n].Key
	k := *(*string)((*iface)(unsafe.Pointer(&known)).data) // only strings are keys here
	src := p.src[p.pos:]
	if len(k)+2 > len(src) || src[0] != '"' || src[len(k)+1] != '"' || src[1:len(k)+1] != k {
		return nil
	}
	p.pos += len(k) + 2
	return known
}

// newKey reads a key.
func (p *parser) newKey(o *object) (any, error) {
	o.known = false
	c := p.char()
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
