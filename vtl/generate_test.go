package vtl_test

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"postern/internal/oracle"
)

// generator writes random templates: all constructs of the language, nested, with all kinds of blanks around them,
// mostly valid. The same seed gives the same request.
type generator struct {
	*rand.Rand
	id    uint64
	depth int
	vars  []string
	// loops are the loops around the current place.
	loops int
}

// generate makes the request of a seed.
func generate(seed uint64) oracle.Request {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 17)), id: seed, vars: []string{"a", "b", "c", "x", "s", "l", "m"}}
	req := oracle.Request{Template: g.template(), Body: g.body()}
	if g.IntN(2) == 0 {
		req.Rules = "aws"
	}
	if g.IntN(4) == 0 {
		req.Template = g.mutate(req.Template)
	}
	surround(&req, g.IntN(5))
	return req
}

// surround adds what the templates find beside the body.
func surround(req *oracle.Request, n any) {
	req.Context = map[string]any{
		"stage": "prod", "n": n, "list": []any{"a", 1, nil}, "nested": map[string]any{"k": "v", "e": map[string]any{}},
		"override": map[string]any{"header": map[string]any{}},
	}
	req.StageVariables = map[string]any{"env": "dev", "name": "o'x"}
	req.Params = map[string]map[string]any{"querystring": {"q": "1 2"}, "header": {"Accept": "a/b"}}
}

func (g *generator) pick(options ...string) string { return options[g.IntN(len(options))] }

// chance is true once in n times.
func (g *generator) chance(n int) bool { return g.IntN(n) == 0 }

func (g *generator) body() string {
	return g.pick(`{"a":1,"b":"two","l":[1,2,{"k":"v"}],"m":{"x":null,"y":[]}}`, `{}`, `[1,"x",null,true]`,
		`{"a":12345678901,"b":1.50,"big":123456789012345678901234567890,"e":1e3,"neg":-7}`,
		`{"s":"q\"uo/te\u00e9\ud83d\ude00\n","items":[{"id":1,"name":"A"},{"id":2,"name":"B's"}]}`, `"text"`)
}

func (g *generator) template() string {
	var b strings.Builder
	if g.chance(2) {
		b.WriteString(g.preamble())
	}
	for range 1 + g.IntN(6) {
		b.WriteString(g.piece())
	}
	return b.String()
}

// preamble sets the variables that the rest uses.
func (g *generator) preamble() string {
	return "#set($a=" + g.value() + ")#set($b=" + g.value() + ")\n#set($s=" + g.str() + ")#set($l=" + g.list() +
		")#set($m=" + g.mapping() + ")" + g.blank()
}

func (g *generator) blank() string {
	return g.pick("", "", "", "", " ", "\n", "  ", "\t", " \n", "\r\n", " \t\n ", "\n\n", "\r")
}

// space is what may stand inside parentheses.
func (g *generator) space() string { return g.pick("", "", "", "", " ", "  ", "\n", "\t") }

func (g *generator) text() string {
	return g.pick("x", "text ", `{"k": "`, `"}`, ",", "\n", " ", "  \n", "a.b", "$", "#", "\\", "$5.00", "# ", "$$", "##c\n",
		"$.x", "#1", "é", "😀", "'", `"`, "()", "[0]", ".", "..", "-", "{}", "${", "$!", "#[[raw $a #if]]#", "#*c $a*#", "#**d*#",
		"]]#", "*#", "\\\\", "$[", "$![", "&&", "|", "@", "#end", "#else", "/", "e1", "1.5", "$\\!a", "\t", "\r\n", "!", ":", "=")
}

func (g *generator) name() string {
	if g.chance(12) {
		return g.pick("undef", "undef", "context", "stageVariables", "foreach", "velocityCount", "velocityHasNext",
			"bodyContent", "A-b", "x_1", "_u", "in", "end")
	}
	return g.vars[g.IntN(len(g.vars))]
}

func (g *generator) piece() string {
	if g.depth > 4 {
		return g.text()
	}
	g.depth++
	defer func() { g.depth-- }()
	switch g.IntN(24) {
	case 0, 1, 2, 3:
		return g.text()
	case 4, 5, 6, 7, 8:
		return g.reference()
	case 9:
		return g.pick("\\", "\\\\", "\\\\\\", "$", "#", "$!", "!") + g.reference()
	case 10, 11, 12:
		return g.blank() + g.set() + g.blank()
	case 13, 14, 15:
		return g.conditional()
	case 16, 17, 18:
		return g.foreach()
	case 19, 20:
		return g.macro()
	case 21:
		return g.pick("#define($"+g.name()+")"+g.block()+"#end", "#evaluate("+g.str()+")", "#evaluate($"+g.name()+")",
			"#literal()"+g.text()+g.reference()+"#end", "#[["+g.text()+"]]#", "#*"+g.text()+"*#", "##"+g.text()+"\n",
			"#evaluate('"+strings.ReplaceAll(g.piece(), "'", "''")+"')")
	case 22:
		return g.pick("#break", "#stop", "#{break}", "#{stop}", "#stop('m')", "#break($foreach)", "#break($foreach.parent)",
			"#include($undef)", "#parse($undef)", "#include('f')", "#unknown", "#unknown("+g.args(" ")+")", "#{unknown}", "#@un()x#end",
			"\\#if", "\\#set($x=1)", "\\\\#if("+g.condition()+")y#end", "\\#unknown", "\\#foreach", "\\\\#end", "\\#{if}")
	}
	return g.host()
}

func (g *generator) block() string {
	var b strings.Builder
	b.WriteString(g.blank())
	for range g.IntN(4) {
		b.WriteString(g.piece())
	}
	b.WriteString(g.blank())
	return b.String()
}

func (g *generator) set() string {
	keyword := g.pick("#set(", "#set(", "#set(", "#set (", "#{set}(", "#set( ", "  #set(", "#set(\n")
	left := "$" + g.name()
	switch g.IntN(10) {
	case 0:
		left = "${" + g.name() + "}"
	case 1:
		left = "$" + g.name() + "." + g.pick("k", "x", "value", "header.h")
	case 2:
		left = "$" + g.name() + "[" + g.pick("0", "'k'", `"x"`, "$a", "-1", "9") + "]"
	case 3:
		left = g.pick("$context.override.x", "$context.override.header['h']", "$context['override'].y", "$context.nested.e.z",
			"$!context.stage", "$context.missing.x", "$context.n")
	}
	right := g.expression
	if strings.Contains(left, "context") {
		right = g.plain
	}
	return keyword + left + g.space() + "=" + g.space() + right() + g.space() + ")"
}

func (g *generator) conditional() string {
	var b strings.Builder
	fmt.Fprintf(&b, "#%s%s(%s)%s", g.pick("if", "if", "if", "{if}"), g.pick("", "", "", " "), g.condition(), g.block())
	for g.chance(4) {
		fmt.Fprintf(&b, "#%s(%s)%s", g.pick("elseif", "elseif", "{elseif}"), g.condition(), g.block())
	}
	if g.chance(2) {
		b.WriteString("#" + g.pick("else", "else", "{else}") + g.block())
	}
	return b.String() + "#" + g.pick("end", "end", "end", "{end}") + g.blank()
}

func (g *generator) foreach() string {
	g.loops++
	defer func() { g.loops-- }()
	v := g.name()
	head := g.pick("#foreach(", "#foreach(", "#foreach (", "#foreach( ", "#{foreach}(")
	body := g.block()
	if g.chance(2) {
		body = g.reference() + g.pick("", ",", "$foreach.index", "$velocityCount", "$foreach.count$foreach.hasNext",
			"#if($foreach.hasNext),#end", "$velocityHasNext", "$foreach.first$foreach.last", "$foreach.parent.index",
			"$foreach.topmost.count", "$foreach", "#set($foreach.k=1)$foreach.k") + body
	}
	if g.chance(6) {
		body += "#if($foreach.count > " + g.pick("1", "2") + ")" + g.pick("#break", "#break($foreach)", "#stop") + "#end"
	}
	return head + "$" + v + " " + g.pick("in", "in", "in", "in", "of") + " " + g.iterable() + g.space() + ")" + body + "#end" + g.blank()
}

func (g *generator) iterable() string {
	switch g.IntN(9) {
	case 0:
		return "$" + g.name()
	case 1:
		return g.mapping()
	case 2:
		return g.reference()
	case 3:
		return g.pick("$m.keySet()", "$m.entrySet()", "$m.values()", "$l.iterator()", "$context.list", "$context.keySet()",
			"$input.path('$.items')", "$input.path('$.l')", "$input.path('$')", "$s.split(',')", "$input.params()")
	case 4:
		return g.rng()
	}
	return g.list()
}

func (g *generator) macroName(i int) string { return fmt.Sprintf("q%dx%d", g.id, i) }

func (g *generator) macro() string {
	name := g.macroName(g.IntN(3))
	switch g.IntN(4) {
	case 0, 1:
		return "#macro(" + g.space() + name + g.pick("", " $p", " $p $q", " $a", " $a $x", ", $p", " $p $p") + ")" + g.macroBody() + "#end" + g.blank() +
			g.call(name)
	case 2:
		return "#@" + name + "(" + g.args(" ") + ")" + g.block() + "#end"
	}
	return g.call(name)
}

func (g *generator) macroBody() string {
	old := g.vars
	g.vars = append(append([]string(nil), old...), "p", "q", "bodyContent")
	defer func() { g.vars = old }()
	return g.block() + g.pick("", "$p", "$!p", "${p}", "[$p|$q]", "$!bodyContent", "$bodyContent", "#set($p=1)$p", "$p.k", "$a")
}

func (g *generator) call(name string) string {
	return g.pick("#", "#", "#", "\\#", "\\\\#") + g.pick(name, name, "{"+name+"}") + g.pick("(", "(", " (") + g.args(" ") + g.space() + ")" + g.blank()
}

// args are values that blanks or commas separate.
func (g *generator) args(sep string) string {
	var out []string
	for range g.IntN(3) {
		out = append(out, g.simple())
	}
	return strings.Join(out, g.pick(sep, sep, ",", ", ", " , "))
}

func (g *generator) integer() string {
	return g.pick("0", "1", "2", "3", "5", "10", "-1", "-3", "100", "2147483647", "-2147483648", "2147483648", "9223372036854775807",
		"99999999999999999999", "007", "1000000")
}

func (g *generator) number() string {
	if g.chance(4) {
		return g.pick("1.5", ".5", "-0.25", "1e3", "2.0", "1.", "1.5E-7", "123456789.125", "0.1", "1e400", "1E5", "100.0", "3.0")
	}
	return g.integer()
}

func (g *generator) str() string {
	if g.chance(3) {
		return "'" + g.pick("", "x", "a b", "it''s", "$a", "a,b,,c", "1", "true", `q"q`, "\\\\", "Key", "é😀", "abc", "#if", "12.5", " x ") + "'"
	}
	if g.chance(3) && g.depth < 4 {
		g.depth++
		defer func() { g.depth-- }()
		return `"` + strings.ReplaceAll(g.text()+g.piece()+g.text(), `"`, `""`) + `"`
	}
	return `"` + g.pick("", "x", "hello", "a b", `""`, "$a", "${b}c", "$!u", "a,b", "1", "#set($z=1)$z", "$s.length()", "## c", "k", "it's", "é",
		"\\u0041", "a\nb", "abcabc", "5", "$", "#", "true", "ABC") + `"`
}

func (g *generator) list() string {
	var out []string
	for range g.IntN(4) {
		out = append(out, g.space()+g.simple()+g.space())
	}
	return "[" + strings.Join(out, ",") + "]"
}

func (g *generator) mapping() string {
	var out []string
	for range g.IntN(4) {
		key := g.pick(`"k"`, "'x'", `"a b"`, "1", "$a", `"y"`, "true", `"K$a"`)
		out = append(out, g.space()+key+g.space()+":"+g.space()+g.simple())
	}
	return "{" + strings.Join(out, ",") + "}"
}

// plain is a value that the oracle can print as JSON.
func (g *generator) plain() string {
	return g.pick(g.number(), "'x'", `"a$context.n"`, "[1,2]", `{"k":"v"}`, "true", "$context.n", "$context.n + 1", "1 / 0", "$undef",
		"$input.path('$.l')", "[]", "$context.list", "2147483647 + 1", "1.5 * 2")
}

func (g *generator) rng() string {
	end := func() string { return g.pick("0", "1", "2", "3", "-1", "5", "$context.n", "$l.size()", "${x}") }
	return "[" + g.space() + end() + g.space() + ".." + g.space() + end() + g.space() + "]"
}

// simple is a value without operators.
func (g *generator) simple() string {
	if g.depth > 5 {
		return g.integer()
	}
	g.depth++
	defer func() { g.depth-- }()
	switch g.IntN(14) {
	case 0, 1, 2:
		return g.number()
	case 3, 4, 5:
		return g.str()
	case 6:
		return g.list()
	case 7:
		return g.mapping()
	case 8:
		return g.rng()
	case 9:
		return g.pick("true", "false")
	case 10:
		return g.hostCall()
	}
	return g.reference()
}

// value is a simple value that is mostly defined.
func (g *generator) value() string {
	return g.pick(g.number(), g.str(), g.list(), g.mapping(), g.integer(), "true", "$context.n", "$input.path('$.a')", g.rng())
}

func (g *generator) expression() string {
	if g.depth > 5 || g.chance(2) {
		return g.simple()
	}
	g.depth++
	defer func() { g.depth-- }()
	switch g.IntN(8) {
	case 0, 1, 2, 3:
		return g.expression() + g.pick(" ", " ", "") + g.pick("+", "-", "*", "/", "%", "+", "*") + g.pick(" ", " ", "") + g.expression()
	case 4:
		return "(" + g.space() + g.expression() + g.space() + ")"
	case 5:
		return g.condition()
	}
	return g.simple()
}

func (g *generator) condition() string {
	if g.depth > 5 {
		return "true"
	}
	g.depth++
	defer func() { g.depth-- }()
	switch g.IntN(8) {
	case 0:
		return g.reference()
	case 1:
		return g.pick("!", "! ", " !", "not ") + g.condition()
	case 2:
		return g.condition() + g.pick(" && ", " || ", "&&", " and ", " or ") + g.condition()
	case 3:
		return "(" + g.condition() + ")"
	case 4:
		return g.simple()
	}
	return g.expression() + g.pick(" ", " ", "", "\n") +
		g.pick("==", "!=", "<", ">", "<=", ">=", " eq ", " ne ", " lt ", " gt ", " le ", " ge ") + g.pick(" ", " ", "") + g.expression()
}

func (g *generator) reference() string {
	n := g.name() + g.path()
	switch g.IntN(12) {
	case 0:
		return "${" + n + "}"
	case 1:
		return "$!" + n
	case 2:
		return "$!{" + n + "}"
	case 3:
		return g.hostCall()
	}
	return "$" + n
}

func (g *generator) path() string {
	var b strings.Builder
	for g.chance(2) && b.Len() < 60 {
		switch g.IntN(5) {
		case 0:
			b.WriteString("[" + g.space() + g.pick("0", "1", "'k'", `"x"`, "$a", "-1", "true", "$foreach.index") + g.space() + "]")
		case 1:
			b.WriteString("." + g.pick("k", "x", "a", "key", "value", "empty", "length", "class.name", "bytes.size()", "index", "K"))
		default:
			b.WriteString("." + g.method())
		}
	}
	return b.String()
}

func (g *generator) host() string {
	return g.pick("$input.body", "$input.json('$')", `$input.path("$")`, "$context.stage", "$context", "$stageVariables.env",
		"$stageVariables['name']", "$input.params('q')", "$input.params().querystring.q", "$context.nested", "$context.list[0]",
		"$input.foo", "$util.foo('x')", "$input.json('$.l')", "$input.json('$.nope')", "$context.n", "$input.params('none')") + g.blank()
}

func (g *generator) hostCall() string {
	path := g.pick("$", "$.a", "$.b", "$.l", "$.l[2].k", "$.m", "$.m.x", "$.items", "$.nope", "$.s", "$.big", "$.e")
	arg := g.pick("'"+path+"'", `"`+path+`"`, "$s", g.simple())
	constant := g.pick("'"+path+"'", `"`+path+`"`, "1", "$undef", "''")
	return g.pick("$input.path("+constant+")", "$input.json("+constant+")", "$util.escapeJavaScript("+arg+")", "$util.urlEncode("+arg+")",
		"$util.base64Encode("+arg+")", "$input.params("+arg+")", "$context.get("+arg+")", "$input.path('"+path+"')"+g.path(),
		"$context.nested"+g.path())
}

// method is a call with arguments that mostly fit.
func (g *generator) method() string {
	if g.chance(12) {
		return g.pick("nope", "size", "length", "get", "put", "wait", "notify") + "(" + g.parameters() + ")"
	}
	return g.call1()
}

func (g *generator) call1() string {
	i := g.pick("0", "1", "2", "-1", "5", "$a")
	s := g.pick("'a'", `"x"`, "'k'", "','", "'b'", "$s", "'[a-c]'", "''", "' '")
	switch g.IntN(4) {
	case 0:
		return g.pick("length()", "isEmpty()", "toUpperCase()", "toLowerCase()", "trim()", "toString()", "hashCode()", "toCharArray().size()",
			"substring("+i+")", "substring("+i+","+i+")", "charAt("+i+")", "indexOf("+s+")", "lastIndexOf("+s+")", "indexOf("+s+","+i+")",
			"replace("+s+","+s+")", "replaceAll("+s+", 'z')", "replaceFirst("+s+",'$0$0')", "split("+s+").size()", "split("+s+")["+i+"]",
			"contains("+s+")", "startsWith("+s+")", "endsWith("+s+")", "concat("+s+")", "equals("+s+")", "equalsIgnoreCase("+s+")",
			"compareTo("+s+")", "matches("+s+")", "format('%s-%5s|%-3s', "+s+","+i+", true)", "join('-', $l)", "valueOf("+i+")", "repeat("+i+")",
			"isBlank()", "strip()")
	case 1:
		return g.pick("size()", "isEmpty()", "get("+i+")", "add("+g.simple()+")", "add("+i+","+g.simple()+")", "set("+i+","+g.simple()+")", "remove("+i+")",
			"contains("+g.simple()+")", "indexOf("+g.simple()+")", "subList(0,"+i+")", "addAll("+g.list()+")", "clear()", "iterator().next()",
			"containsAll($l)", "removeAll("+g.list()+")", "retainAll($l)", "lastIndexOf("+g.simple()+")", "equals("+g.simple()+")", "remove("+s+")",
			"iterator().hasNext()")
	case 2:
		return g.pick("get("+s+")", "put("+s+","+g.simple()+")", "remove("+s+")", "containsKey("+s+")", "containsValue("+g.simple()+")", "keySet()",
			"values()", "entrySet()", "putAll("+g.mapping()+")", "size()", "getOrDefault("+s+", 'd')", "putIfAbsent("+s+", 1)", "keySet().size()",
			"values().contains(1)", "entrySet().iterator().next().value", "keySet().contains("+s+")")
	}
	return g.pick("intValue()", "longValue()", "doubleValue()", "compareTo("+g.integer()+")", "equals("+g.number()+")", "parseInt("+g.pick("'12'", "'x'", "$s", "'-7'")+")",
		"valueOf("+g.pick("'3'", "5", "'true'", "1.5")+")", "toHexString("+g.integer()+")", "toString()", "booleanValue()", "charValue()",
		"max("+g.integer()+","+g.integer()+")", "isNaN()", "parseBoolean('TRUE')", "toString("+g.integer()+",16)", "toBinaryString("+i+")",
		"parseDouble('1.5')", "isInfinite()", "sum(1, 2)", "signum("+g.integer()+")", "compare(1,2)", "isLetter($a)")
}

func (g *generator) parameters() string {
	var out []string
	for range g.IntN(3) {
		out = append(out, g.space()+g.simple()+g.space())
	}
	return strings.Join(out, ",")
}

// mutate damages a template in one or two places.
func (g *generator) mutate(s string) string {
	for range 1 + g.IntN(2) {
		if s == "" {
			return s
		}
		i := g.IntN(len(s))
		for i > 0 && s[i]&0xC0 == 0x80 {
			i--
		}
		n := 1
		for i+n < len(s) && s[i+n]&0xC0 == 0x80 {
			n++
		}
		switch g.IntN(4) {
		case 0:
			s = s[:i] + s[i+n:]
		case 1:
			s = s[:i] + g.pick("$", "#", "(", ")", "\"", "'", "\\", "{", "}", "[", "]", ".", " ", "\n", "!", ",", "..", "-", "1", "a", "=", "##", "#*", "*#",
				"#[[", "]]#", "#end", "$!", "${", "&&", "true", ":", "#if(", "#set(", "|", "@", "_", "é") + s[i:]
		case 2:
			s = s[:i] + s[i:i+n] + s[i:]
		case 3:
			s = s[:i]
		}
	}
	return s
}
