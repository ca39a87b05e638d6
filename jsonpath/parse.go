package jsonpath

import (
	"fmt"
	"sync"

	"postern/java"
)

// MaxDepth is how deep objects and arrays may nest, json-smart's limit.
const MaxDepth = 400

// SyntaxError says why a text cannot be read as JSON.
type SyntaxError struct {
	Offset int // byte offset in the text
	Reason string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("invalid JSON at offset %d: %s", e.Offset, e.Reason)
}

// endOfInput is the character that json-smart takes for the end of the text, wherever it stands.
const endOfInput = 0x1A

// Parse reads a JSON text as json-smart does in its permissive mode, which is Jayway's default, and returns it as
// values of package java: *java.Map for an object, *java.List of kind java.JSONArray for an array, string, bool,
// nil, and for a number int32, int64 or *big.Int if it is whole, whichever is the first to hold it, otherwise
// float64, or *java.Decimal if it has more than 18 characters.
//
// The permissive mode reads nearly everything: strings in single quotes, keys and values without quotes,
// superfluous commas (also an empty value: {"a":,} is {"a": ""}), leading zeros, NaN, control characters in
// strings, and it ignores what follows the first value. Text without a value is the empty string.
// Of equal keys the last value counts, at the first one's place.
//
// src should be UTF-8; bytes that are not are kept as they are. The values share the memory of src. The error is a
// *SyntaxError: for the empty text, an object, array or string that does not end, nesting deeper than MaxDepth, a
// colon or bracket where none can be, a malformed \u escape, and numbers like 1e+.
func Parse(src string) (any, error) {
	if src == "" {
		return nil, &SyntaxError{0, "text is empty"}
	}
	p := parsers.Get().(*parser)
	p.start(src)
	v, err := p.value(0)
	p.finish()
	parsers.Put(p)
	return v, err
}

var parsers = sync.Pool{New: func() any { return new(parser) }}

// parser reads one text. Its stacks are kept for the next one; its slabs go with the values it returned.
type parser struct {
	src   string
	pos   int
	depth int

	entries []java.Entry // of the objects that are open
	items   []any        // of the arrays that are open
	text    []byte       // the string that is being unescaped

	entrySlab slab[java.Entry]
	itemSlab  slab[any]
	maps      slab[java.Map]
	lists     slab[java.List]
	strings   slab[string]
	doubles   slab[float64]
	ints      slab[int32]
	bytes     slab[byte]

	// shapes holds the entries of the object that was last closed at each depth (modulo its length): objects in an
	// array have the same keys in the same order.
	shapes [8][]java.Entry
}

// room is where the first values go; a small document needs no other.
type room struct {
	entries [8]java.Entry
	items   [6]any
	maps    [3]java.Map
	lists   [2]java.List
	strings [12]string
	doubles [2]float64
	ints    [4]int32
	bytes   [16]byte
}

func (p *parser) start(src string) {
	p.src = src
	r := new(room)
	p.entrySlab.free = r.entries[:]
	p.itemSlab.free = r.items[:]
	p.maps.free = r.maps[:]
	p.lists.free = r.lists[:]
	p.strings.free = r.strings[:]
	p.doubles.free = r.doubles[:]
	p.ints.free = r.ints[:]
	p.bytes.free = r.bytes[:]
}

// finish drops every reference to the text and its values.
func (p *parser) finish() {
	entries, items, text := p.entries, p.items, p.text
	if cap(entries) > 4*slabMax || cap(items) > 4*slabMax || cap(text) > 64*slabMax {
		entries, items, text = nil, nil, nil
	}
	// What was closed is clear already.
	clear(entries)
	clear(items)
	*p = parser{entries: entries[:0], items: items[:0], text: text[:0]}
}

func (p *parser) fail(reason string) error {
	return &SyntaxError{p.pos, reason}
}

// char returns the character at the position, endOfInput after the last.
func (p *parser) char() byte {
	if p.pos < len(p.src) {
		return p.src[p.pos]
	}
	return endOfInput
}

// skipSpace skips blanks and control characters.
func (p *parser) skipSpace() {
	for p.pos < len(p.src) && p.src[p.pos] <= ' ' && p.src[p.pos] != endOfInput {
		p.pos++
	}
}

// value reads one value. closer is the bracket that ends what it stands in, 0 at the top.
func (p *parser) value(closer byte) (any, error) {
	for {
		switch c := p.char(); c {
		case ' ', '\t', '\n', '\r':
			p.pos++
		case '"', '\'':
			s, err := p.quoted(c)
			if err != nil {
				return nil, err
			}
			return p.strings.box(s, p), nil
		case '{':
			return p.object()
		case '[':
			return p.array()
		case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
			return p.number(closer)
		case 'n', 't', 'f', 'N':
			return p.word(closer), nil
		case ':', ']', '}':
			return nil, p.fail("unexpected " + string(rune(c)))
		default:
			return p.strings.box(p.unquoted(p.pos, closer), p), nil
		}
	}
}

func (p *parser) array() (any, error) {
	if p.depth++; p.depth > MaxDepth {
		return nil, p.fail("nested too deeply")
	}
	p.pos++
	first := len(p.items)
	for {
		switch c := p.char(); c {
		case ' ', '\t', '\n', '\r', ',':
			p.pos++
		case ']':
			p.pos++
			p.depth--
			list := p.lists.put(java.List{Kind: java.JSONArray}, p)
			if n := len(p.items) - first; n > 0 {
				list.Items = p.itemSlab.take(n, p)
				copy(list.Items, p.items[first:])
				clear(p.items[first:])
				p.items = p.items[:first]
			}
			return list, nil
		case endOfInput:
			return nil, p.fail("array does not end")
		default:
			v, err := p.value(']')
			if err != nil {
				return nil, err
			}
			p.items = append(p.items, v)
		}
	}
}

func (p *parser) object() (any, error) {
	if p.depth++; p.depth > MaxDepth {
		return nil, p.fail("nested too deeply")
	}
	p.pos++
	first := len(p.entries)
	for {
		switch c := p.char(); c {
		case ' ', '\t', '\n', '\r', ',':
			p.pos++
			continue
		case ':', '[', ']', '{':
			return nil, p.fail("unexpected " + string(rune(c)))
		case '}':
			return p.closeObject(first), nil
		}
		if err := p.member(first); err != nil {
			return nil, err
		}
		switch p.char() {
		case ',':
			p.pos++
		case '}':
			return p.closeObject(first), nil
		case endOfInput:
			return nil, p.fail("object does not end")
		default:
			return nil, p.fail("expected , or }")
		}
	}
}

// member reads a key and its value, and the space behind. The object's entries start at first.
func (p *parser) member(first int) error {
	var key string
	var err error
	if c := p.char(); c == '"' || c == '\'' {
		if key, err = p.quoted(c); err != nil {
			return err
		}
	} else {
		key = p.unquoted(p.pos, ':')
	}
	p.skipSpace()
	if p.char() != ':' {
		return p.fail("expected : after a key")
	}
	if p.pos++; p.pos >= len(p.src) {
		return p.fail("object does not end")
	}
	v, err := p.value('}')
	if err != nil {
		return err
	}
	p.entries = append(p.entries, java.Entry{Key: p.key(key, len(p.entries)-first), Value: v})
	p.skipSpace()
	return nil
}

func (p *parser) closeObject(first int) any {
	p.pos++
	m := p.maps.put(java.Map{}, p)
	if n := len(p.entries) - first; n > 0 {
		entries := p.entrySlab.take(n, p)
		copy(entries, p.entries[first:])
		clear(p.entries[first:])
		p.entries = p.entries[:first]
		p.shapes[p.depth%len(p.shapes)] = entries
		m.Adopt(entries)
	}
	p.depth--
	return m
}

// key returns k, member i of its object, as an interface value: the one made for the object before if it was
// equal.
func (p *parser) key(k string, i int) any {
	if shape := p.shapes[p.depth%len(p.shapes)]; i < len(shape) {
		if known, ok := shape[i].Key.(string); ok && known == k {
			return shape[i].Key
		}
	}
	return p.strings.box(k, p)
}
