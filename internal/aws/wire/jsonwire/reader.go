// Package jsonwire reads and writes JSON as AWS's services do, for the protocols rest-json and json.
//
// What comes in: the text of a body, or typed values. What goes out: typed values, or text. Generated code calls it,
// one function a shape; nothing here uses reflection. It never checks what a value means: that is the model's
// constraints (wire.Violations) and the operation itself.
package jsonwire

import (
	"strings"

	"postern/internal/aws/awserr"
)

// maxDepth is how deep arrays and objects may nest; no input of a service comes near it.
const maxDepth = 100

// Reader takes JSON text apart, one value after the other. The first thing wrong stops it: from then on every method
// gives nothing, and Err tells what it was.
//
// An object is read with Open and Next:
//
//	if r.Open() {
//		for r.Next() {
//			switch r.Key() {
//			case "name":
//				x.Name = Optional(r, String)
//			default:
//				r.Skip()
//			}
//		}
//	}
//
// Strings that it gives share the memory of the text.
type Reader struct {
	text  string
	pos   int
	depth int
	first bool // nothing has been read yet since the last '{' or '['
	key   string
	err   *awserr.Error
}

// NewReader gives a reader of text.
func NewReader(text string) *Reader { return &Reader{text: text} }

// Err is the SerializationException that stopped the reader, or nil.
func (r *Reader) Err() error {
	if r.err == nil {
		return nil
	}
	return r.err
}

// End checks that nothing but white space is left.
func (r *Reader) End() {
	if r.peek(); r.err == nil && r.pos < len(r.text) {
		r.malformed("unexpected text after the value")
	}
}

// Open goes into an object. It gives false at null, which it consumes, and at anything else, which is an error.
func (r *Reader) Open() bool {
	switch r.peek() {
	case '{':
		return r.down()
	case 'n':
		r.literal("null")
	case '[':
		r.refuse("Start of list found where not expected")
	case '"':
		r.refuse("Unexpected value type in payload: string where a structure is expected")
	default:
		r.unexpectedScalar("a structure")
	}
	return false
}

// Next goes to the next member of the object and reads its key; false at the end of the object, which it leaves.
func (r *Reader) Next() bool {
	if !r.more('}') {
		return false
	}
	if r.peek() != '"' {
		r.malformed("expected a member's name")
		return false
	}
	r.key = r.quoted()
	if r.peek() != ':' {
		r.malformed("expected ':' after a member's name")
		return false
	}
	r.pos++
	return r.err == nil
}

// Key is the name of the member that Next went to.
func (r *Reader) Key() string { return r.key }

// Null consumes a null if the next value is one.
func (r *Reader) Null() bool {
	if r.peek() != 'n' {
		return false
	}
	return r.literal("null")
}

// Skip reads over one value of any kind; unknown members are ignored, but must be JSON.
func (r *Reader) Skip() {
	switch r.peek() {
	case '{':
		for ok := r.down(); ok && r.Next(); {
			r.Skip()
		}
	case '[':
		for ok := r.down(); ok && r.more(']'); {
			r.Skip()
		}
	case '"':
		r.quoted()
	case 't':
		r.literal("true")
	case 'f':
		r.literal("false")
	case 'n':
		r.literal("null")
	default:
		r.number()
	}
}

// openList goes into an array; see Open.
func (r *Reader) openList() bool {
	switch r.peek() {
	case '[':
		return r.down()
	case 'n':
		r.literal("null")
	case '{':
		r.refuse("Start of structure or map found where not expected.")
	case '"':
		r.refuse("Unexpected value type in payload: string where a list is expected")
	default:
		r.unexpectedScalar("a list")
	}
	return false
}

func (r *Reader) down() bool {
	if r.depth == maxDepth {
		r.malformed("nested too deep")
		return false
	}
	r.pos++
	r.depth++
	r.first = true
	return true
}

// more goes to the next element or member; false at closing, which it consumes.
func (r *Reader) more(closing byte) bool {
	c := r.peek()
	switch {
	case r.err != nil:
		return false
	case c == closing:
		r.pos++
		r.depth--
		r.first = false
		return false
	case r.first:
		r.first = false
		return true
	case c == ',':
		r.pos++
		if r.peek() == closing {
			r.malformed("unexpected ','")
			return false
		}
		return r.err == nil
	}
	r.malformed("expected ',' or '" + string(rune(closing)) + "'")
	return false
}

// peek skips white space and gives the next byte, 0 at the end of the text.
func (r *Reader) peek() byte {
	for ; r.pos < len(r.text); r.pos++ {
		switch c := r.text[r.pos]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

func (r *Reader) literal(word string) bool {
	if !strings.HasPrefix(r.text[r.pos:], word) {
		r.malformed("unknown word")
		return false
	}
	r.pos += len(word)
	return true
}

// number reads a number's text as RFC 8259 spells it.
func (r *Reader) number() string {
	start := r.pos
	r.accept('-')
	switch {
	case r.accept('0'):
	case !r.digits():
		r.malformed("expected a value")
		return ""
	}
	if r.accept('.') && !r.digits() {
		r.malformed("expected a digit after '.'")
		return ""
	}
	if r.accept('e') || r.accept('E') {
		if !r.accept('+') {
			r.accept('-')
		}
		if !r.digits() {
			r.malformed("expected a digit in the exponent")
			return ""
		}
	}
	return r.text[start:r.pos]
}

func (r *Reader) accept(c byte) bool {
	if r.pos < len(r.text) && r.text[r.pos] == c {
		r.pos++
		return true
	}
	return false
}

func (r *Reader) digits() bool {
	start := r.pos
	for r.pos < len(r.text) && '0' <= r.text[r.pos] && r.text[r.pos] <= '9' {
		r.pos++
	}
	return r.pos > start
}
