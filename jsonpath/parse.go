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

// A Parser is Parse for many texts, one after the other, whose values are not kept: it builds the values of each text in
// the memory of those before. The zero Parser is ready to use; a Parser must not be used by two goroutines at once.
type Parser struct{ parser parser }

// Parse is the function Parse. The values are valid until the next call of Parse or Reset.
func (p *Parser) Parse(src string) (any, error) {
	p.Reset()
	if src == "" {
		return nil, &SyntaxError{0, "text is empty"}
	}
	p.parser.src = src
	return p.parser.value(0)
}

// Reset ends the life of the values that Parse returned last, and drops what they refer to.
func (p *Parser) Reset() { p.parser.reuse() }

// parser reads one text. Its stacks are kept for the next one; its slabs go with the values it returned, or are used again
// once nobody reads these any more.
type parser struct {
	src   string
	pos   int
	depth int

	entries stack[java.Entry] // of the open objects that are not built in their slab
	items   stack[any]        // of the open arrays that are not
	text    []byte            // the string that is being unescaped

	entrySlab slab[java.Entry]
	itemSlab  slab[any]
	maps      slab[java.Map]
	lists     slab[java.List]
	strings   slab[string]
	doubles   slab[float64]
	ints      slab[int32]
	bytes     slab[byte]

	// shapes holds the entries of the object that was last closed at each depth, if its keys are distinct and stood
	// in double quotes without escapes: objects in an array have the same keys in the same order.
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
	p.entrySlab.room = r.entries[:]
	p.itemSlab.room = r.items[:]
	p.maps.room = r.maps[:]
	p.lists.room = r.lists[:]
	p.strings.room = r.strings[:]
	p.doubles.room = r.doubles[:]
	p.ints.room = r.ints[:]
	p.bytes.room = r.bytes[:]
}

// finish drops every reference to the text and its values.
func (p *parser) finish() {
	p.entries.empty()
	p.items.empty()
	if cap(p.text) > 64*slabMax {
		p.text = nil
	}
	entries, items, text := p.entries, p.items, p.text[:0]
	*p = parser{}
	p.entries, p.items, p.text = entries, items, text
}

// reuse drops every reference to the text and its values, whose memory takes the next ones.
func (p *parser) reuse() {
	if p.src == "" {
		return
	}
	p.entries.empty()
	p.items.empty()
	p.entrySlab.reuse()
	p.itemSlab.reuse()
	p.maps.reuse()
	p.lists.reuse()
	p.strings.reuse()
	p.doubles.reuse()
	p.ints.reuse()
	p.bytes.reuse()
	if cap(p.text) > 64*slabMax {
		p.text = nil
	}
	p.shapes = [8][]java.Entry{}
	p.src, p.pos, p.depth = "", 0, 0
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
			start := p.pos + 1
			if i := indexQuote(p.src, start, c); i < len(p.src) && p.src[i] == c {
				p.pos = i + 1
				return p.boxString(p.src[start:i]), nil
			}
			s, err := p.quoted(c)
			if err != nil {
				return nil, err
			}
			return p.boxString(s), nil
		case '{':
			return p.object()
		case '[':
			return p.array()
		case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
			if v, ok := p.shortNumber(closer); ok {
				return v, nil
			}
			return p.number(closer)
		case 'n', 't', 'f', 'N':
			return p.word(closer), nil
		case ':', ']', '}':
			return nil, p.fail("unexpected " + string(rune(c)))
		default:
			return p.boxString(p.unquoted(p.pos, closer)), nil
		}
	}
}

// skipBlanks skips what may stand before a value, and returns the character behind it.
func (p *parser) skipBlanks() byte {
	src := p.src
	for i := p.pos; i < len(src); i++ {
		if c := src[i]; c > ' ' || blankBits>>(c&63)&1 == 0 {
			p.pos = i
			return c
		}
	}
	p.pos = len(src)
	return endOfInput
}

// skipCommas skips what may stand before a member or an item, and returns the character behind it.
func (p *parser) skipCommas() byte {
	src := p.src
	for i := p.pos; i < len(src); i++ {
		if c := src[i]; c > ',' || commaBits>>(c&63)&1 == 0 {
			p.pos = i
			return c
		}
	}
	p.pos = len(src)
	return endOfInput
}

// Sets of characters, a bit for each.
const (
	blankBits uint64 = 1<<' ' | 1<<'\t' | 1<<'\n' | 1<<'\r'
	commaBits        = blankBits | 1<<','
)
