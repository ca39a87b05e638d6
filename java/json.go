package java

import "math/bits"

// JSONStyle is the way json-smart escapes strings.
type JSONStyle uint8

const (
	// PlainJSON escapes what JSON demands, the control characters from U+007F to U+009F, and U+2000 to U+20FF:
	// JSONStyle.LT_COMPRESS.
	PlainJSON JSONStyle = iota
	// WebJSON escapes slashes too: JSONStyle.NO_COMPRESS, which JSONArray.toString uses.
	WebJSON
)

// AppendJSON appends v as json-smart's JSONValue.toJSONString(v, JSONStyle.LT_COMPRESS) does: no blanks, map keys
// by their toString, NaN as it is and infinity as null. A Java array is an array, a type of the embedder's the
// string that its JavaString returns.
//
// The text of a value that contains itself is cut off; PrintJSON tells.
func AppendJSON(dst []byte, v any) []byte {
	p := printer{dst: dst, limit: maxPrinted}
	p.json(v, PlainJSON, 0)
	return p.dst
}

// PrintJSON is AppendJSON in the given style for values that a template may have knotted: it fails with
// ErrTooDeep, or with ErrTooLong when it would append more than about limit bytes; dst then ends in part of the
// text.
func PrintJSON(dst []byte, v any, style JSONStyle, limit int) ([]byte, error) {
	p := printer{dst: dst, limit: len(dst) + limit}
	p.json(v, style, 0)
	return p.dst, p.err
}

func (p *printer) json(v any, style JSONStyle, depth int) {
	if !p.room(depth) {
		return
	}
	switch v := v.(type) {
	case string:
		p.dst = appendQuoted(p.dst, v, style)
	case *Map:
		p.jsonObject(v, style, depth)
	case *List:
		p.jsonArray(v, style, depth)
	case Char:
		p.dst = appendQuoted(p.dst, String(v), style)
	case float64:
		if v-v != 0 && v == v { // infinite
			p.dst = append(p.dst, "null"...)
			return
		}
		p.dst = AppendDouble(p.dst, v)
	case Stringer:
		p.dst = appendQuoted(p.dst, v.JavaString(), style)
	default:
		p.dst = appendScalar(p.dst, v)
	}
}

func (p *printer) jsonObject(m *Map, style JSONStyle, depth int) {
	p.dst = append(p.dst, '{')
	first := true
	for k, v := range m.All() {
		if !first {
			p.dst = append(p.dst, ',')
		}
		first = false
		if key, ok := k.(string); ok {
			p.dst = appendQuoted(p.dst, key, style)
		} else {
			key := printer{limit: p.limit - len(p.dst)}
			key.string(k, depth+1)
			p.err = key.err
			p.dst = appendQuoted(p.dst, string(key.dst), style)
		}
		p.dst = append(p.dst, ':')
		p.json(v, style, depth+1)
	}
	p.dst = append(p.dst, '}')
}

func (p *printer) jsonArray(l *List, style JSONStyle, depth int) {
	p.dst = append(p.dst, '[')
	for i, v := range l.Items {
		if i > 0 {
			p.dst = append(p.dst, ',')
		}
		p.json(v, style, depth+1)
	}
	p.dst = append(p.dst, ']')
}

const hexDigits = "0123456789ABCDEF"

// appendQuoted appends s in quotes, with json-smart's escapes.
func appendQuoted(dst []byte, s string, style JSONStyle) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		if i+8 <= len(s) {
			special := specials(s[i:i+8], style)
			if special == 0 {
				i += 8
				continue
			}
			i += bits.TrailingZeros64(special) / 8
		}
		c := s[i]
		if c < 0x7F && !escaped[c] && (c != '/' || style != WebJSON) {
			i++
			continue
		}
		unit, size := rune(c), 1
		if c >= 0x80 {
			unit, size = DecodeRune(s[i:])
			if unit > 0x9F && (unit < 0x2000 || unit > 0x20FF) || size == 1 {
				i += size
				continue
			}
		}
		dst = append(dst, s[start:i]...)
		dst = appendEscape(dst, unit)
		i += size
		start = i
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}

// specials returns a word whose lowest bit that is set is in the first of eight bytes that may need an escape, 0 if
// there is none. Of a byte below 0x80 each sum and difference has the high bit only where the byte is special.
func specials(s string, style JSONStyle) uint64 {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	_ = s[7] // one load
	w := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
	found := w | (w + ones) | (w - ones*' ') | ((w ^ ones*'"') - ones) | ((w ^ ones*'\\') - ones)
	if style == WebJSON {
		found |= (w ^ ones*'/') - ones
	}
	return found & highs
}

func appendEscape(dst []byte, c rune) []byte {
	switch c {
	case '"', '\\', '/':
		return append(dst, '\\', byte(c))
	case '\b':
		return append(dst, `\b`...)
	case '\f':
		return append(dst, `\f`...)
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	}
	return append(dst, '\\', 'u', hexDigits[c>>12&15], hexDigits[c>>8&15], hexDigits[c>>4&15], hexDigits[c&15])
}

// escaped marks the ASCII characters that are always escaped.
var escaped = func() (t [128]bool) {
	for c := range 0x20 {
		t[c] = true
	}
	t['"'], t['\\'], t[0x7F] = true, true, true
	return t
}()
