package jsonpath

import "postern/java"

func (p *parser) array() (any, error) {
	if p.depth++; p.depth > MaxDepth {
		return nil, p.fail("nested too deeply")
	}
	p.pos++
	items := p.itemSlab.open(&p.items)
	for {
		switch c := p.skipCommas(); c {
		case ']':
			p.pos++
			p.depth--
			list := p.lists.next(p)
			list.Kind = java.JSONArray
			if items.n > 0 {
				list.Items = p.itemSlab.close(&items, &p.items, p)
			}
			return list, nil
		case endOfInput:
			return nil, p.fail("array does not end")
		default:
			if c == '{' || c == '[' {
				p.itemSlab.leave(&items, &p.items, 0)
			}
			v, err := p.value(']')
			if err != nil {
				return nil, err
			}
			if items.n < len(items.place) {
				items.place[items.n] = v
			} else {
				items.push(&p.items, v)
			}
			items.n++
		}
	}
}
