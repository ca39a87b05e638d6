package vtl

import (
	"errors"
	"strconv"
	"strings"

	"postern/java"
)

// compiler turns syntax trees into nodes. It visits them in the order in which Velocity initializes its own, children
// first: macros get known and images of tokens change on the way.
type compiler struct {
	t         *Template
	symbols   *symbols
	macros    map[string]*macro
	outer     map[string]*macro
	escapable map[string]bool
	// refs receives the references of the template; nil at run time.
	refs *[]Reference
	// dynamic is set for text that #evaluate made.
	dynamic bool

	toks   []token
	places *places
	depth  int

	calls *[]*macroCall
	loops *[]*foreach
	// evaluates is set when the template can run code that is not known yet.
	evaluates *bool
}

// compile compiles a source: the template, a string literal, the text of #evaluate.
func (c *compiler) compile(source string, places *places) (node, error) {
	limit := c.t.plan.config.limits.Nesting
	p := newParser(source, limit, c.isMacro, c.escapable)
	tree, err := p.parse()
	if err != nil {
		return nil, c.syntax(err, places)
	}
	inner := *c
	if inner.calls == nil {
		inner.calls, inner.loops, inner.evaluates = new([]*macroCall), new([]*foreach), new(bool)
	}
	inner.toks, inner.places = p.toks, places
	if inner.depth++; inner.depth > limit {
		return nil, c.t.errorAt(places.at(0), ErrNesting)
	}
	n, err := inner.block(tree)
	c.calls, c.loops, c.evaluates = inner.calls, inner.loops, inner.evaluates
	if err != nil {
		return nil, err
	}
	return n, nil
}

func (c *compiler) syntax(err error, places *places) error {
	if s, ok := errors.AsType[*syntaxError](err); ok {
		return c.t.errorAt(places.at(s.pos), &methodFailure{s.msg, s.err})
	}
	return err
}

func (c *compiler) isMacro(name string) bool {
	return c.macros[name] != nil || c.outer[name] != nil
}

// link resolves what is known only after everything is compiled.
func (c *compiler) link() {
	for _, call := range *c.calls {
		call.target = c.macros[call.name]
		if call.target == nil {
			call.target = c.outer[call.name]
		}
	}
	scope, count, hasNext := c.loopSlot("foreach"), c.loopSlot("velocityCount"), c.loopSlot("velocityHasNext")
	for _, l := range *c.loops {
		l.scope, l.count, l.hasNext = scope, count, hasNext
	}
}

// loopSlot is the slot of a variable that loops define, -1 if nothing can read it.
func (c *compiler) loopSlot(name string) int {
	slot, read := c.symbols.find(name)
	switch {
	case read:
		return slot
	case c.dynamic || *c.evaluates:
		return c.symbols.slot(name)
	}
	return -1
}

func (c *compiler) place(n *ast) place { return c.places.at(c.toks[n.first].pos) }

func (c *compiler) fail(n *ast, kind error, msg string) error {
	return c.t.errorAt(c.place(n), &methodFailure{msg, kind})
}

// literal is the source of a node: the text of its tokens.
func (c *compiler) literal(n *ast) string {
	if n.last <= n.first {
		return c.toks[n.first].literal()
	}
	var b strings.Builder
	for i := n.first; i <= n.last; i++ {
		b.WriteString(c.toks[i].literal())
	}
	return b.String()
}

// images is the source of a node without what the lexer passed over.
func (c *compiler) images(n *ast) string {
	var b strings.Builder
	for i := n.first; i <= n.last; i++ {
		b.WriteString(c.toks[i].image)
	}
	return b.String()
}

// block compiles the children of n and joins neighbouring texts.
func (c *compiler) block(n *ast) (*block, error) {
	b := &block{}
	for _, kid := range n.kids {
		k, err := c.node(kid)
		if err != nil {
			return nil, err
		}
		t, isText := k.(*text)
		if isText && len(t.bytes) == 0 {
			continue
		}
		if last := len(b.kids) - 1; isText && last >= 0 {
			if before, ok := b.kids[last].(*text); ok {
				before.bytes = append(before.bytes, t.bytes...)
				continue
			}
		}
		b.kids = append(b.kids, k)
	}
	return b, nil
}

func (c *compiler) nodes(kids []*ast) ([]node, error) {
	out := make([]node, len(kids))
	for i, k := range kids {
		n, err := c.node(k)
		if err != nil {
			return nil, err
		}
		out[i] = n
	}
	return out, nil
}

func (c *compiler) node(n *ast) (node, error) {
	switch n.kind {
	case astText:
		return &text{bytes: []byte(c.toks[n.first].literal())}, nil
	case astComment:
		return c.comment(n), nil
	case astTextblock:
		return c.textblock(n)
	case astEscape:
		return &text{bytes: []byte(n.text)}, nil
	case astEscapedDirective:
		return &text{bytes: []byte(c.toks[n.first].image)}, nil
	case astReference:
		return c.reference(n)
	case astSet:
		return c.set(n)
	case astIf:
		return c.conditional(n)
	case astDirective:
		return c.directive(n)
	case astBlock:
		return c.block(n)
	case astWord:
		return inert{}, nil
	}
	return c.expression(n)
}

// comment prints only what stands in its token before it: the dollar sign of "$##".
func (c *compiler) comment(n *ast) node {
	image := c.toks[n.first].image
	i := strings.Index(image, "##")
	if i < 0 {
		i = max(strings.Index(image, "#*"), 0)
	}
	return &text{bytes: []byte(image[:i])}
}

func (c *compiler) textblock(n *ast) (node, error) {
	image := c.toks[n.first].image
	if len(image) < len("#[[]]#") {
		return nil, c.fail(n, ErrSyntax, "the text block has no beginning")
	}
	return &text{bytes: []byte(image[3 : len(image)-3])}, nil
}

func (c *compiler) expression(n *ast) (node, error) {
	switch n.kind {
	case astExpression:
		k, err := c.node(n.kids[0])
		return group{k}, err
	case astTrue, astFalse:
		return &constant{v: n.kind == astTrue, isTrue: n.kind == astTrue}, nil
	case astInteger:
		return c.integer(n)
	case astFloat:
		return c.float(n)
	case astString:
		return c.str(n)
	}
	kids, err := c.nodes(n.kids)
	if err != nil {
		return nil, err
	}
	b := block{kids: kids}
	switch n.kind {
	case astMap:
		return &mapLiteral{b}, nil
	case astList:
		return &listLiteral{b}, nil
	case astRange:
		return &rangeLiteral{b, c.place(n)}, nil
	case astOr, astAnd:
		return &logic{b, n.kind == astOr}, nil
	case astNot:
		return &not{b}, nil
	case astAdd, astSubtract, astMultiply, astDivide, astModulo:
		a := &arithmetic{block: b, place: c.place(n), op: n.kind}
		if n.kind == astAdd {
			a.literals = [2]string{c.literal(n.kids[0]), c.literal(n.kids[1])}
		}
		return a, nil
	}
	return &comparison{b, c.place(n), n.kind}, nil
}

func (c *compiler) integer(n *ast) (node, error) {
	image := c.toks[n.first].image
	if v, err := strconv.ParseInt(image, 10, 64); err == nil {
		return &constant{v: java.Int(v)}, nil
	}
	v, err := java.ParseInteger(image)
	if err != nil {
		return nil, c.fail(n, ErrSyntax, "the number is too long")
	}
	return &constant{v: v}, nil
}

func (c *compiler) float(n *ast) (node, error) {
	image := c.toks[n.first].image
	v, err := strconv.ParseFloat(image, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return nil, c.fail(n, ErrSyntax, "the number is not valid")
	}
	return &constant{v: v}, nil
}

// str compiles a string literal. In double quotes it is a template of its own if it has a $ or # in it, to which
// Velocity adds a blank that it cuts off from the result.
func (c *compiler) str(n *ast) (node, error) {
	image := c.toks[n.first].image
	s := image[1 : len(image)-1]
	plain := s
	quote := image[:1]
	if quote == `"` {
		var err error
		if s, err = unescapeUnicode(s); err != nil {
			return nil, c.fail(n, ErrSyntax, err.Error())
		}
	}
	s = strings.ReplaceAll(s, quote+quote, quote)
	if quote != `"` || !strings.ContainsAny(image, "$#") {
		return &constant{v: s}, nil
	}
	at := fixedPlace(c.place(n))
	if s == plain && !c.places.fixed {
		first := c.place(n)
		first.column++
		at = newPlaces(s, first)
	}
	source := s
	cut := !strings.Contains(s, "##")
	if cut {
		source += " "
	}
	k, err := c.compile(source, at)
	if err != nil {
		return nil, err
	}
	return newInterpolation(k.(*block), cut), nil
}

// newInterpolation cuts the last blank off now if it can.
func newInterpolation(b *block, cut bool) node {
	last := len(b.kids) - 1
	if cut && last >= 0 {
		if t, ok := b.kids[last].(*text); ok && t.bytes[len(t.bytes)-1] == ' ' {
			t.bytes = t.bytes[:len(t.bytes)-1]
			if len(t.bytes) == 0 {
				b.kids = b.kids[:last]
			}
			cut = false
		}
	}
	if len(b.kids) == 0 && !cut {
		return &constant{v: ""}
	}
	if len(b.kids) == 1 && !cut {
		if t, ok := b.kids[0].(*text); ok {
			return &constant{v: string(t.bytes)}
		}
	}
	return &interpolation{body: b, cut: cut}
}

// unescapeUnicode replaces \uXXXX, reading the digits as Integer.parseInt does.
func unescapeUnicode(s string) (string, error) {
	i := strings.Index(s, `\u`)
	if i < 0 {
		return s, nil
	}
	var out []byte
	for ; i >= 0; i = strings.Index(s, `\u`) {
		out = java.AppendText(out, s[:i])
		if len(s) < i+6 {
			return "", errors.New(`\u needs four digits`)
		}
		v, err := strconv.ParseInt(s[i+2:i+6], 16, 32)
		if err != nil {
			return "", errors.New(`\u needs four hexadecimal digits`)
		}
		out = java.AppendChar(out, java.Char(v))
		s = s[i+6:]
	}
	return string(java.AppendText(out, s)), nil
}
