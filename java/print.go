package java

import (
	"errors"
	"hash/maphash"
	"math/big"
	"strconv"
)

// Stringer is what a type of the embedder's implements to have a toString.
type Stringer interface {
	JavaString() string
}

var (
	// ErrTooDeep says that a value contains itself or is nested more than 5000 deep; Java's stack overflows there.
	ErrTooDeep = errors.New("value is nested too deeply")
	// ErrTooLong says that the printed form is longer than allowed.
	ErrTooLong = errors.New("printed value is too long")
)

// String returns what Java prints for v: String.valueOf(v). See AppendString.
func String(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	return string(AppendString(nil, v))
}

// AppendString appends what Java prints for v, "null" for null. A map prints as {k=v, l=w}, an ArrayList as
// [a, b], a JSONArray as JSON text with its slashes escaped, a Java array as its type and a number that changes
// from run to run, a type of the embedder's as its JavaString says.
//
// On a value that contains itself (other than directly, which Java prints as "(this Map)") the text is cut off;
// PrintString tells.
func AppendString(dst []byte, v any) []byte {
	if s, ok := v.(string); ok && len(dst) <= maxPrinted {
		return AppendText(dst, s)
	}
	p := printer{dst: dst, limit: maxPrinted}
	p.string(v, 0)
	return p.dst
}

// PrintString is AppendString for values that a template may have knotted: it fails with ErrTooDeep, or with
// ErrTooLong when it would append more than about limit bytes; dst then ends in part of the text.
func PrintString(dst []byte, v any, limit int) ([]byte, error) {
	p := printer{dst: dst, limit: len(dst) + limit}
	p.string(v, 0)
	return p.dst, p.err
}

// maxPrinted is where a printed value without a limit of its caller's ends: 1 GiB.
const maxPrinted = 1 << 30

// printer appends one value; after an error it appends nothing more.
type printer struct {
	dst   []byte
	limit int
	err   error
}

// room reports whether printing may go on.
func (p *printer) room(depth int) bool {
	switch {
	case p.err != nil:
		return false
	case depth > maxDepth:
		p.err = ErrTooDeep
	case len(p.dst) > p.limit:
		p.err = ErrTooLong
	}
	return p.err == nil
}

func (p *printer) string(v any, depth int) {
	if !p.room(depth) {
		return
	}
	switch v := v.(type) {
	case string:
		p.dst = AppendText(p.dst, v)
	case *Map:
		p.mapString(v, depth)
	case *List:
		p.listString(v, depth)
	case Stringer:
		p.dst = append(p.dst, v.JavaString()...)
	default:
		p.dst = appendScalar(p.dst, v)
	}
}

// appendScalar appends what prints the same in toString and in JSON.
func appendScalar(dst []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(dst, "null"...)
	case bool:
		return strconv.AppendBool(dst, v)
	case Char:
		return AppendChar(dst, v)
	case int32:
		return strconv.AppendInt(dst, int64(v), 10)
	case int64:
		return strconv.AppendInt(dst, v, 10)
	case float64:
		return AppendDouble(dst, v)
	case *big.Int:
		return v.Append(dst, 10)
	case *Decimal:
		return AppendDecimal(dst, v)
	}
	return appendIdentity(dst, "java.lang.Object", v)
}

func (p *printer) mapString(m *Map, depth int) {
	p.dst = append(p.dst, '{')
	first := true
	for k, v := range m.All() {
		if !first {
			p.dst = append(p.dst, ", "...)
		}
		first = false
		p.member(k, k == any(m), "(this Map)", depth)
		p.dst = append(p.dst, '=')
		p.member(v, v == any(m), "(this Map)", depth)
	}
	p.dst = append(p.dst, '}')
}

func (p *printer) listString(l *List, depth int) {
	switch l.Kind {
	case JSONArray:
		p.json(l, WebJSON, depth)
		return
	case Array:
		p.dst = appendIdentity(p.dst, l.Kind.className(), l)
		return
	}
	p.dst = append(p.dst, '[')
	for i, v := range l.Items {
		if i > 0 {
			p.dst = append(p.dst, ", "...)
		}
		p.member(v, v == any(l), "(this Collection)", depth)
	}
	p.dst = append(p.dst, ']')
}

// member prints what a map or a list holds, with a word in place of the holder itself.
func (p *printer) member(v any, self bool, word string, depth int) {
	if self {
		p.dst = append(p.dst, word...)
		return
	}
	p.string(v, depth+1)
}

// appendIdentity appends a class and a number that is the same for one object as long as the process runs, as
// Object.toString does.
func appendIdentity(dst []byte, class string, v any) []byte {
	dst = append(append(dst, class...), '@')
	var h maphash.Hash
	h.SetSeed(seed)
	if l, ok := v.(*List); ok {
		maphash.WriteComparable(&h, l)
	}
	return strconv.AppendUint(dst, h.Sum64()>>34, 16)
}
