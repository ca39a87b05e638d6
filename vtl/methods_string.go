package vtl

import (
	"strings"

	"postern/java"
)

// stringMethods are the methods of java.lang.String. Positions count UTF-16 code units.
func stringMethods() []method {
	return append(append(stringQueries(), stringChanges()...), append(stringPatterns(), stringStatics()...)...)
}

// stringQueries ask something about the string.
func stringQueries() []method {
	str := []param{pString}
	return []method{
		get("length", func(v any) any { return boxInt(int32(utf16Length(v.(string)))) }),
		get("isEmpty", func(v any) any { return v.(string) == "" }),
		get("isBlank", func(v any) any { return strings.TrimFunc(v.(string), isJavaSpace) == "" }),
		{name: "charAt", params: []param{pInt}, call: stringCharAt},
		{name: "codePointAt", params: []param{pInt}, call: stringCodePointAt},
		{name: "equalsIgnoreCase", params: str, call: func(c *call) (any, error) {
			return c.args[0] != nil && equalFold(c.recv.(string), c.str(0)), nil
		}},
		{name: "contentEquals", params: []param{pCharSequence}, call: nullSafe(func(c *call) (any, error) {
			return c.recv.(string) == c.str(0), nil
		})},
		{name: "compareTo", params: str, call: nullSafe(func(c *call) (any, error) {
			return compareUTF16(c.recv.(string), c.str(0)), nil
		})},
		{name: "compareToIgnoreCase", params: str, call: nullSafe(func(c *call) (any, error) {
			return compareUTF16(foldUTF16(c.recv.(string)), foldUTF16(c.str(0))), nil
		})},
		{name: "contains", params: []param{pCharSequence}, call: nullSafe(func(c *call) (any, error) {
			return strings.Contains(c.recv.(string), c.str(0)), nil
		})},
		{name: "startsWith", params: str, call: nullSafe(func(c *call) (any, error) {
			return strings.HasPrefix(c.recv.(string), c.str(0)), nil
		})},
		{name: "startsWith", params: []param{pString, pInt}, call: nullSafe(stringStartsAt)},
		{name: "endsWith", params: str, call: nullSafe(func(c *call) (any, error) {
			return strings.HasSuffix(c.recv.(string), c.str(0)), nil
		})},
		{name: "indexOf", params: str, call: nullSafe(func(c *call) (any, error) {
			return int32(indexUTF16(c.recv.(string), c.str(0), 0)), nil
		})},
		{name: "indexOf", params: []param{pString, pInt}, call: nullSafe(func(c *call) (any, error) {
			return int32(indexUTF16(c.recv.(string), c.str(0), c.int(1))), nil
		})},
		{name: "indexOf", params: []param{pInt}, call: func(c *call) (any, error) {
			return int32(indexUTF16(c.recv.(string), codePoint(c.int(0)), 0)), nil
		}},
		{name: "indexOf", params: []param{pInt, pInt}, call: func(c *call) (any, error) {
			return int32(indexUTF16(c.recv.(string), codePoint(c.int(0)), c.int(1))), nil
		}},
		{name: "lastIndexOf", params: str, call: nullSafe(func(c *call) (any, error) {
			return int32(lastIndexUTF16(c.recv.(string), c.str(0), maxIndex)), nil
		})},
		{name: "lastIndexOf", params: []param{pString, pInt}, call: nullSafe(func(c *call) (any, error) {
			return int32(lastIndexUTF16(c.recv.(string), c.str(0), c.int(1))), nil
		})},
		{name: "lastIndexOf", params: []param{pInt}, call: func(c *call) (any, error) {
			return int32(lastIndexUTF16(c.recv.(string), codePoint(c.int(0)), maxIndex)), nil
		}},
		{name: "lastIndexOf", params: []param{pInt, pInt}, call: func(c *call) (any, error) {
			return int32(lastIndexUTF16(c.recv.(string), codePoint(c.int(0)), c.int(1))), nil
		}},
		{name: "codePointCount", params: []param{pInt, pInt}, call: stringCodePointCount},
		{name: "regionMatches", params: []param{pInt, pString, pInt, pInt}, call: func(c *call) (any, error) {
			return regionMatches(c, 0, false)
		}},
		{name: "regionMatches", params: []param{pBool, pInt, pString, pInt, pInt}, call: func(c *call) (any, error) {
			return regionMatches(c, 1, c.args[0].(bool))
		}},
		{name: "getBytes", call: stringBytes},
		{name: "getBytes", params: str, call: nullSafe(stringBytesIn)},
		{name: "toCharArray", call: stringChars},
		{name: "chars", call: unsupported("chars")},
		{name: "codePoints", call: unsupported("codePoints")},
		{name: "lines", call: unsupported("lines")},
	}
}

// stringChanges make another string.
func stringChanges() []method {
	return []method{
		{name: "substring", params: []param{pInt}, call: func(c *call) (any, error) {
			s := c.recv.(string)
			return c.substring(c.int(0), utf16Length(s))
		}},
		{name: "substring", params: []param{pInt, pInt}, call: func(c *call) (any, error) {
			return c.substring(c.int(0), c.int(1))
		}},
		{name: "subSequence", params: []param{pInt, pInt}, call: func(c *call) (any, error) {
			return c.substring(c.int(0), c.int(1))
		}},
		{name: "concat", params: []param{pString}, call: nullSafe(func(c *call) (any, error) {
			return c.result(join(c.recv.(string), c.str(0)))
		})},
		{name: "replace", params: []param{pChar, pChar}, call: func(c *call) (any, error) {
			return c.replace(charText(c.args[0].(java.Char)), charText(c.args[1].(java.Char)))
		}},
		{name: "replace", params: []param{pCharSequence, pCharSequence}, call: nullSafe(func(c *call) (any, error) {
			return c.replace(c.str(0), c.str(1))
		})},
		{name: "toLowerCase", call: func(c *call) (any, error) { return c.result(toLower(c.recv.(string))) }},
		{name: "toUpperCase", call: func(c *call) (any, error) { return c.result(toUpper(c.recv.(string))) }},
		{name: "trim", call: func(c *call) (any, error) {
			return strings.TrimFunc(c.recv.(string), func(r rune) bool { return r <= ' ' }), nil
		}},
		{name: "strip", call: func(c *call) (any, error) { return strings.TrimFunc(c.recv.(string), isJavaSpace), nil }},
		{name: "stripLeading", call: func(c *call) (any, error) {
			return strings.TrimLeftFunc(c.recv.(string), isJavaSpace), nil
		}},
		{name: "stripTrailing", call: func(c *call) (any, error) {
			return strings.TrimRightFunc(c.recv.(string), isJavaSpace), nil
		}},
		{name: "repeat", params: []param{pInt}, call: stringRepeat},
		{name: "intern", call: func(c *call) (any, error) { return c.recv, nil }},
		{name: "formatted", params: []param{pObjects}, variadic: true, call: func(c *call) (any, error) {
			return c.format(c.recv.(string), c.args)
		}},
		{name: "indent", params: []param{pInt}, call: unsupported("indent")},
		{name: "stripIndent", call: unsupported("stripIndent")},
		{name: "translateEscapes", call: unsupported("translateEscapes")},
	}
}

// stringStatics are static methods, which Velocity reaches through any string.
func stringStatics() []method {
	valueOf := func(p param) method {
		return method{name: "valueOf", params: []param{p}, call: func(c *call) (any, error) {
			s, err := c.text(0)
			return s, err
		}}
	}
	return []method{
		valueOf(pObject), valueOf(pInt), valueOf(pLong), valueOf(pDouble), valueOf(pBool), valueOf(pChar),
		{name: "valueOf", params: []param{pFloat}, call: unsupported("valueOf(float)")},
		{name: "valueOf", params: []param{pCharArray}, variadic: true, call: nullSafe(charsToString)},
		{name: "copyValueOf", params: []param{pCharArray}, variadic: true, call: nullSafe(charsToString)},
		{name: "join", params: []param{pCharSequence, pSequences}, variadic: true, call: func(c *call) (any, error) {
			if c.args[0] == nil || c.nullRest {
				return nil, failf("an argument is null")
			}
			return c.joinAll(c.str(0), c.args[1:])
		}},
		{name: "join", params: []param{pCharSequence, pIterable}, call: nullSafe(stringJoin)},
		{name: "format", params: []param{pString, pObjects}, variadic: true, call: func(c *call) (any, error) {
			if c.args[0] == nil {
				return nil, failf("the format is null")
			}
			return c.format(c.str(0), c.args[1:])
		}},
	}
}

// unsupported is a method that Java has and this engine does not.
func unsupported(name string) func(*call) (any, error) {
	return func(*call) (any, error) { return nil, failWith(ErrUnsupported, "the method %s is not supported", name) }
}

// nullSafe fails when an argument is null, as Java does with a NullPointerException.
func nullSafe(f func(*call) (any, error)) func(*call) (any, error) {
	return func(c *call) (any, error) {
		for i := range c.args {
			if err := c.notNull(i); err != nil {
				return nil, err
			}
		}
		return f(c)
	}
}

func outOfBounds(what string, i, length int) error {
	return failf("%s %d is out of bounds for length %d", what, i, length)
}

func stringCharAt(c *call) (any, error) {
	s, i := c.recv.(string), c.int(0)
	if n := utf16Length(s); i < 0 || i >= n {
		return nil, outOfBounds("index", i, n)
	}
	return charAt(s, i), nil
}

func stringCodePointAt(c *call) (any, error) {
	s, i := c.recv.(string), c.int(0)
	n := utf16Length(s)
	if i < 0 || i >= n {
		return nil, outOfBounds("index", i, n)
	}
	unit := charAt(s, i)
	if unit>>10 == 0x36 && i+1 < n {
		if low := charAt(s, i+1); low>>10 == 0x37 {
			return (int32(unit)-0xD800)<<10 + int32(low) - 0xDC00 + 0x10000, nil
		}
	}
	return int32(unit), nil
}

func stringCodePointCount(c *call) (any, error) {
	s := c.recv.(string)
	from, to := c.int(0), c.int(1)
	if n := utf16Length(s); from < 0 || to > n || from > to {
		return nil, outOfBounds("range to", to, n)
	}
	n := to - from
	part := units(substringUTF16(s, from, to))
	for i := 1; i < len(part); i++ {
		if part[i-1]>>10 == 0x36 && part[i]>>10 == 0x37 {
			n-- // a pair of surrogates
		}
	}
	return int32(n), nil
}

func stringStartsAt(c *call) (any, error) {
	s, from := c.recv.(string), c.int(1)
	n := utf16Length(s)
	if from < 0 || from > n {
		return false, nil
	}
	return strings.HasPrefix(substringUTF16(s, from, n), c.str(0)), nil
}

// regionMatches compares parts of two strings; the arguments start at position at.
func regionMatches(c *call, at int, fold bool) (any, error) {
	if err := c.notNull(at + 1); err != nil {
		return nil, err
	}
	s, t := c.recv.(string), c.str(at+1)
	i, j, n := c.int(at), c.int(at+2), c.int(at+3)
	if i < 0 || j < 0 || i > utf16Length(s)-n || j > utf16Length(t)-n {
		return false, nil
	}
	if n <= 0 {
		return true, nil
	}
	s, t = substringUTF16(s, i, i+n), substringUTF16(t, j, j+n)
	return s == t || fold && equalFold(s, t), nil
}

func (c *call) substring(from, to int) (any, error) {
	s := c.recv.(string)
	n := utf16Length(s)
	if from < 0 || to > n || from > to {
		return nil, failf("begin %d, end %d, length %d", from, to, n)
	}
	return substringUTF16(s, from, to), nil
}

func (c *call) replace(old, by string) (any, error) {
	s := c.recv.(string)
	if old != "" {
		if n := strings.Count(s, old); n == 0 {
			return c.recv, nil
		} else if err := c.r.grow(len(s) + n*(len(by)-len(old))); err != nil {
			return nil, err
		}
		return strings.ReplaceAll(s, old, by), nil
	}
	if err := c.r.grow(len(s) + (len(s)+1)*len(by)); err != nil {
		return nil, err
	}
	out := []byte(by)
	for _, unit := range java.UTF16(s) {
		out = java.AppendChar(out, unit)
		out = java.AppendText(out, by)
	}
	return string(out), nil
}

func stringRepeat(c *call) (any, error) {
	s, n := c.recv.(string), c.int(0)
	if n < 0 {
		return nil, failf("count is negative: %d", n)
	}
	if len(s) > 0 && n > c.r.size/len(s) {
		return nil, ErrValueSize
	}
	return c.result(strings.Repeat(s, n))
}

func stringChars(c *call) (any, error) {
	s := c.recv.(string)
	if err := c.r.grow(itemSize * len(s)); err != nil {
		return nil, err
	}
	l := java.NewList(java.Array, utf16Length(s))
	for _, unit := range java.UTF16(s) {
		l.Add(unit)
	}
	return l, nil
}

func stringBytes(c *call) (any, error) { return c.bytes(java.EncodeUTF8(c.recv.(string))) }

// stringBytesIn is getBytes(charset) for the two charsets that templates use.
func stringBytesIn(c *call) (any, error) {
	switch strings.ToUpper(c.str(0)) {
	case "UTF-8", "UTF8":
		return stringBytes(c)
	case "US-ASCII", "ASCII":
		return c.bytes(narrow(c.recv.(string), 0x7F))
	case "ISO-8859-1", "LATIN1":
		return c.bytes(narrow(c.recv.(string), 0xFF))
	}
	return nil, failf("the charset %s is not known", c.str(0))
}

// narrow encodes s in one byte a character, those above limit as '?'.
func narrow(s string, limit rune) string {
	out := make([]byte, 0, len(s))
	for _, r := range s {
		if r > limit {
			r = '?'
		}
		out = append(out, byte(r))
	}
	return string(out)
}

func (c *call) bytes(s string) (any, error) {
	if err := c.r.grow(itemSize * len(s)); err != nil {
		return nil, err
	}
	l := java.NewList(java.Array, len(s))
	for i := range len(s) {
		l.Add(int32(int8(s[i])))
	}
	return l, nil
}

func charsToString(c *call) (any, error) {
	var out []byte
	for _, item := range c.args {
		out = java.AppendChar(out, item.(java.Char))
	}
	return c.result(string(out))
}

func stringJoin(c *call) (any, error) {
	var it iterator
	if !iterate(&it, c.args[1]) {
		return nil, failf("the second argument cannot be walked over")
	}
	var items []any
	for it.hasNext() {
		v, err := it.next()
		if err != nil {
			return nil, err
		}
		items = append(items, v)
	}
	return c.joinAll(c.str(0), items)
}

// joinAll is String.join; elements other than strings make Java throw.
func (c *call) joinAll(separator string, items []any) (any, error) {
	var out []byte
	for i, item := range items {
		if i > 0 {
			out = java.AppendText(out, separator)
		}
		switch item := item.(type) {
		case string:
			out = java.AppendText(out, item)
		case nil:
			out = append(out, "null"...)
		default:
			return nil, failf("only strings can be joined, not %s", classNameOf(classOf(item), item))
		}
		if len(out) > c.r.size {
			return nil, ErrValueSize
		}
	}
	return c.result(string(out))
}
