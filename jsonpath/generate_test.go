package jsonpath_test

import (
	"math/rand/v2"
	"strconv"
	"strings"

	"postern/java"
)

// generator makes paths and documents that fit each other often enough, of parts that Jayway and json-smart treat
// in ways of their own.
type generator struct{ r *rand.Rand }

func newGenerator(seed uint64) *generator {
	return &generator{rand.New(rand.NewPCG(seed, 0))}
}

func (g *generator) pick(all ...string) string { return all[g.r.IntN(len(all))] }

func (g *generator) chance(of int) bool { return g.r.IntN(of) == 0 }

// some returns up to n parts joined.
func (g *generator) some(n int, separator string, part func() string) string {
	parts := make([]string, g.r.IntN(n+1))
	for i := range parts {
		parts[i] = part()
	}
	return strings.Join(parts, separator)
}

func (g *generator) key() string {
	return g.pick("a", "a", "a", "b", "b", "c", "d", "a1", "it's", "x y", "", "null", "length", "é", "a.b", "@", "$")
}

func (g *generator) text() string {
	return g.pick("a", "b", "x", "ab", "1", "2.0", "1e1", "true", "TRUE", "false", "null", "", "it's", `it\\'s`, "é", "😀",
		"a b", "10", "-1", "0x1", "a&&b", "/a/", "$.a", "ﬀ")
}

func (g *generator) number() string {
	return g.pick("0", "1", "2", "3", "10", "-1", "1.0", "2.5", "1e1", "-0.0", "2147483648", "9223372036854775808",
		"1152921504606846976", "1.152921504606846976E18", "1.5e300", "1e400", "0.1000000000000000000", "NaN", "007")
}

// json returns a value, in the strict form mostly.
func (g *generator) json(depth int) string {
	if depth > 0 && !g.chance(5) {
		if g.chance(2) {
			return "{" + g.some(4, ",", func() string { return quoted(g.key()) + ":" + g.json(depth-1) }) + "}"
		}
		return "[" + g.some(4, ",", func() string { return g.json(depth - 1) }) + "]"
	}
	switch g.r.IntN(6) {
	case 0, 1:
		return `"` + g.text() + `"`
	case 2:
		return g.pick("true", "false", "null")
	}
	return g.number()
}

func quoted(s string) string { return `"` + s + `"` }

// fragments are what odd JSON is made of.
var fragments = []string{
	"{", "}", "[", "]", ",", ":", `"`, "'", `"a"`, "'b'", "abc", "null", "true", "false", "NaN", "n", "nul", "-", "0",
	"1", "12", "-5", "007", "1.5", ".5", "1.", "-.", "1e5", "1e", "1e+", "1E-3", "e", "2147483647", "2147483648",
	"-2147483648", "-2147483649", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
	"-9223372036854775809", "12345678901234567890123", "0000000000000000000000001", "1.234567890123456",
	"1.2345678901234567", "1.23456789012345678", "1e400", "0.00000000000000000000001", "1e12345678901234",
	"1.00000000000000000e99999999999", " ", "\t", "\n", "\r", "\f", "\x00", "\x01", "\x1a", "\x1f", "\x7f", "~", "é",
	"😀", "\u2028", `\`, `\"`, `\n`, `\u0041`, `\ud83d`, `\ude00`, `\u00`, `\x41`, `\xZ`, `\z`, `\é`, `\😀`, `\'`, `\/`,
	"//c", "/* c */", "#c", `{"k":`, `"k":`, "k:", "[1,2]", `{"a":1}`, `{"a":1,"a":2}`, "+1", "\xed\xa0\x80",
	"\xed\xb0\x80",
}

// oddJSON returns a text that may be JSON to a lenient reader.
func (g *generator) oddJSON(depth int) string {
	switch n := g.r.IntN(10); {
	case n < 3 && depth > 0:
		item := func() string { return g.oddJSON(depth-1) + g.pick(",", ",", ",", " ,", "") }
		return "[" + g.some(3, "", item) + g.pick("]", "]", "]", "]", " ]", "")
	case n < 6 && depth > 0:
		member := func() string {
			key := g.pick(`"a"`, `"b"`, `'c'`, "d", g.pick(fragments...))
			return key + g.pick(":", ":", ":", " : ", "") + g.oddJSON(depth-1) + g.pick(",", ",", " ,", "")
		}
		return "{" + g.some(3, "", member) + g.pick("}", "}", "}", "}", " }", "")
	case n == 6:
		quote := g.pick(`"`, "'")
		return quote + g.some(4, "", func() string { return g.pick(fragments...) }) + quote
	case n == 7:
		return g.some(3, "", func() string { return g.pick(fragments...) })
	}
	return g.pick(fragments...)
}

// document returns a text for a path to be read from.
func (g *generator) document() string {
	switch {
	case g.chance(40):
		return g.oddJSON(3)
	case g.chance(3):
		return `[` + g.some(5, ",", func() string { return g.json(2) }) + `]`
	}
	return "{" + g.some(5, ",", func() string { return quoted(g.key()) + ":" + g.json(3) }) + "}"
}

// path returns a path that mostly has something to find in doc.
func (g *generator) path(doc any) string {
	if g.chance(20) {
		return g.some(6, "", func() string { return g.pick(pathFragments...) })
	}
	front := g.pick("$", "$", "$", "$", "$", "$", "$", "$", "@", "", "$.", " $", "$$")
	if g.chance(20) {
		return front + g.some(4, "", g.step) + g.pick("", " ", "..", ".", "$")
	}
	for range 1 + g.r.IntN(4) {
		var part string
		part, doc = g.fitting(doc)
		front += part
	}
	return front
}

// fitting returns a step that can be applied to v mostly, and a value that it leads to.
func (g *generator) fitting(v any) (string, any) {
	if g.chance(20) {
		return g.step(), nil
	}
	switch v := v.(type) {
	case *java.Map:
		if v.Len() == 0 {
			return g.pick(".a", ".*", "..a"), nil
		}
		e := v.At(g.r.IntN(v.Len()))
		key := e.Key.(string)
		switch g.r.IntN(10) {
		case 0:
			return g.pick(".*", "[*]"), e.Value
		case 1:
			return ".." + g.pick("['"+key+"']", "*", "[0]", "['a','b']", g.filter()), e.Value
		case 2:
			return g.filter(), v
		case 3:
			return "['" + key + "','" + g.key() + "']", nil
		case 4, 5:
			return "." + key, e.Value
		}
		return "['" + key + "']", e.Value
	case *java.List:
		n := v.Len()
		if n == 0 {
			return g.pick("[0]", "[*]", "[0:]", "..a", g.filter()), nil
		}
		i := g.r.IntN(n)
		item := v.Items[i]
		switch g.r.IntN(8) {
		case 0, 1:
			return "[" + strconv.Itoa(i) + "]", item
		case 2:
			return g.pick("[*]", ".*"), item
		case 3:
			return "[" + strconv.Itoa(g.r.IntN(n)) + g.pick(",", ":") + strconv.Itoa(g.r.IntN(n+2)) + "]", item
		case 4:
			return g.pick("[:"+strconv.Itoa(i-1)+"]", "["+strconv.Itoa(-i)+":]", "[(@.length-"+strconv.Itoa(i+1)+")]"), item
		case 5:
			return ".." + g.pick("a", "*", "[0]", "[*]", g.filter()), item
		}
		return g.filter(), item
	}
	return g.pick("", "", "", "", ".a", "[0]", ".*"), v
}

var pathFragments = []string{
	"$", "@", ".", "..", "*", "[", "]", "(", ")", "'", "'a'", "a", "b", "0", "1", "-1", ":", ",", "?", "?(", ")]", " ",
	"[?", "[*]", "[0]", "&&", "||", "==", "!", "@.a", "length", "-", `"`, "[?]", "[?,?]", "é",
}

func (g *generator) step() string {
	switch g.r.IntN(16) {
	case 0, 1, 2, 3:
		return "." + g.pick("a", "a", "b", "c", "d", "a1", "it's", "a]b", "null", "length", "é", "*x", "?", "$")
	case 4:
		return "['" + g.key() + "']"
	case 5:
		return g.pick("['a','b']", "['a' , 'c']", "['a','zz']", "[ 'a' ]", `["a"]`, `["a1"]`, "['a'b]", "['a]", "[a]", "['']", "[]")
	case 6, 7:
		return "[" + g.pick("0", "0", "1", "2", "-1", "9", " 1 ", "01", "1-", "99999999999", "+1") + "]"
	case 8:
		return "[" + g.pick("0,1", "0, 2", "0,9", "1,", ",1", "0,,1", "-1,0", "1 2") + "]"
	case 9:
		return "[" + g.pick("0:2", "1:", ":2", ":-1", "-1:", "-2:", ":", "1:0", "-1:1", "0:9", "1:2:3", ":1:2", "0,1:2", " 0 : 1 ", "0:-1") + "]"
	case 10:
		return g.pick("[(@.length-1)]", "[(@.length - 1)]", "[(@.size()-1)]", "[(@.length-9)]", "[(@.length-0)]",
			"[@.length-1]", "[(@.count-1)]", "[(@.length+1)]", "[(@.length)]", "[(@.length-1-1)]")
	case 11, 12:
		return g.pick(".*", "[*]", "*", "[ * ]")
	case 13:
		return ".." + g.pick("a", "b", "*", "['a']", "['a','b']", "[0]", "[*]", "[0:1]", "[(@.length-1)]", "$", "[1,0]",
			g.filter(), ".")
	}
	return g.filter()
}

func (g *generator) filter() string {
	if g.chance(25) {
		return g.pick("[?]", "[?,?]", "[ ? ]", "[?(@.a]", "[?@.a]", "[?(@.a))]", "[?()]", "[(?(@.a))]", "[?(@.a)]x", "[?(@.a[?(@.b)])]")
	}
	operator := func() string { return g.pick(" && ", " || ", "&&", "||") }
	text := g.predicate()
	for g.chance(3) {
		text += operator() + g.predicate()
	}
	return "[?" + g.pick("", "", " ") + "(" + text + ")]"
}

func (g *generator) predicate() string {
	if g.chance(4) {
		return g.pick("", "", "!", "(", " ") + g.operandPath() + g.pick("", "", ")", " ")
	}
	if !g.chance(3) { // the usual form
		path := g.pick("@", "@.a", "@.a", "@.b", "@['a']", "@.c", "$.a", "@.a.b")
		if g.chance(5) {
			return path + " =~ " + g.pick("/a/", "/A/i", "/.*/", `/\d+/`, "/[a-z]{1,2}/", "/(?!a).*/")
		}
		return path + g.pick("==", " == ", " != ", "<", " <= ", ">", " >= ") + g.pick("'"+g.text()+"'", g.number(), "@.b", "true")
	}
	comparison := g.pick("==", "==", "!=", "<", "<=", ">", ">=", "=~", " in ", "=", "===", "<>")
	return g.operand() + g.pick("", " ") + comparison + g.pick("", " ") + g.operand()
}

func (g *generator) operandPath() string {
	return g.pick("@", "@", "@", "$", "!@") + g.pick("", ".a", ".a", ".b", ".a.b", "['a']", "[0]", "[(@.length-1)]", "['a','b']",
		".*", "..a", ".a[0]", ".length", ".size()", ".it's", "['x y']")
}

func (g *generator) operand() string {
	switch g.r.IntN(8) {
	case 0, 1, 2:
		return g.operandPath()
	case 3, 4:
		return "'" + g.text() + "'"
	case 5:
		return g.number()
	case 6:
		return g.pick("/a/", "/A/i", "/.*/", `/\d+/`, "/a|b/", "/(a)\\1/", "/", "/i", "/[/", "/a", "/a/x", "/x.*(?=y)/", "/^a$/")
	}
	return g.text()
}
