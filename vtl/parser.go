package vtl

import (
	"fmt"
	"strings"
)

// parser turns tokens into a syntax tree with the grammar of Velocity 1.7. It looks ahead exactly as far as
// Velocity's does, for the lexer's state depends on it.
type parser struct {
	lex  *lexer
	toks []token
	// at is the position of the last consumed token, -1 before the first.
	at int
	// broken is where the lexer found no token, -1 if it did not.
	broken   int
	depth    int
	maxDepth int
	// isMacro tells whether a macro of that name is known while this source is parsed.
	isMacro func(name string) bool
	// escapable are the macros whose #name an escape in front protects.
	escapable map[string]bool
	// ranges remembers which brackets turned out to open a range.
	ranges map[int]bool
}

// syntaxError is a parser's complaint about the byte at pos.
type syntaxError struct {
	pos int
	msg string
	err error
}

func (e *syntaxError) Error() string { return e.msg }

func newParser(src string, maxDepth int, isMacro func(string) bool, escapable map[string]bool) *parser {
	return &parser{
		lex: newLexer(src), at: -1, broken: -1, maxDepth: maxDepth,
		isMacro: isMacro, escapable: escapable, ranges: map[int]bool{},
	}
}

// parse reads the whole source.
func (p *parser) parse() (*ast, error) {
	root := &ast{kind: astTemplate, first: 0}
	err := p.statements(root)
	if err == nil && p.peek(1).kind != tEOF {
		err = p.unexpected()
	}
	if p.broken >= 0 {
		return nil, p.lexicalError()
	}
	if err != nil {
		return nil, err
	}
	root.last = p.at
	return root, nil
}

func (p *parser) lexicalError() error {
	if p.broken >= len(p.lex.src) {
		return &syntaxError{p.broken, "unexpected end of template behind a $, a # or an open comment", ErrSyntax}
	}
	return &syntaxError{p.broken, fmt.Sprintf("unexpected character %q", p.lex.src[p.broken]), ErrSyntax}
}

// peek returns the token n places ahead, 1 being the next.
func (p *parser) peek(n int) *token {
	for len(p.toks) <= p.at+n {
		if k := len(p.toks); k > 0 && p.toks[k-1].kind == tEOF {
			return &p.toks[k-1]
		}
		t, ok := p.lex.next()
		if !ok {
			if p.broken < 0 {
				p.broken = t.pos
			}
			t.kind = tEOF
		}
		p.toks = append(p.toks, t)
	}
	return &p.toks[p.at+n]
}

func (p *parser) nextIs(k kind) bool { return p.peek(1).kind == k }

func (p *parser) accept(k kind) bool {
	if !p.nextIs(k) {
		return false
	}
	p.at++
	return true
}

func (p *parser) expect(k kind) error {
	if !p.accept(k) {
		return p.unexpected()
	}
	return nil
}

func (p *parser) unexpected() error {
	t := p.peek(1)
	if t.kind == tEOF {
		return &syntaxError{t.pos, "unexpected end of template", ErrSyntax}
	}
	return &syntaxError{t.pos, fmt.Sprintf("unexpected %q", t.image), ErrSyntax}
}

func (p *parser) enter() error {
	p.depth++
	if p.depth > p.maxDepth {
		return &syntaxError{p.peek(1).pos, ErrNesting.Error(), ErrNesting}
	}
	return nil
}

func (p *parser) leave() { p.depth-- }

// open starts a node at the next token, close ends it at the last one.
func (p *parser) open(k astKind) *ast {
	p.peek(1)
	return &ast{kind: k, first: p.at + 1}
}

func (p *parser) close(n *ast) *ast {
	n.last = p.at
	return n
}

// statements adds statements to n while there are any.
func (p *parser) statements(n *ast) error {
	if err := p.enter(); err != nil {
		return err
	}
	defer p.leave()
	for {
		kid, err := p.statement()
		if err != nil {
			return err
		}
		if kid == nil {
			return nil
		}
		n.kids = append(n.kids, kid)
	}
}

func (p *parser) block() (*ast, error) {
	b := p.open(astBlock)
	if err := p.statements(b); err != nil {
		return nil, err
	}
	return p.close(b), nil
}

// statement reads one statement, nil if the next token starts none.
func (p *parser) statement() (*ast, error) {
	switch p.peek(1).kind {
	case tIf:
		return p.ifStatement()
	case tIdentifier:
		p.peek(2)
		return p.reference()
	case tRefCurlyOpen:
		if p.peek(2).kind == tIdentifier {
			return p.reference()
		}
		return p.single(astText), nil
	case tLineCommentOpen:
		n := p.open(astComment)
		p.at++
		p.accept(tLineCommentEnd)
		return p.close(n), nil
	case tComment, tFormalComment:
		return p.single(astComment), nil
	case tTextblock:
		return p.single(astTextblock), nil
	case tSet:
		return p.setDirective()
	case tEscapedDirective:
		n := p.single(astEscapedDirective)
		t := &p.toks[p.at]
		t.image = p.unescapeDirective(t.image)
		return n, nil
	case tDoubleEscape:
		return p.escape(), nil
	case tWord, tBracedWord:
		return p.directive()
	case tText, tDot, tParenClose, tParenOpen, tInteger, tFloat, tString, tEscape, tRefCurlyClose, tEmptyIndex:
		return p.single(astText), nil
	}
	return nil, nil
}

// single makes a node of one token.
func (p *parser) single(k astKind) *ast {
	n := p.open(k)
	p.at++
	return p.close(n)
}

// isDirectiveName tells whether Velocity 1.7 adds a directive of that name to its grammar.
func isDirectiveName(s string) bool {
	switch s {
	case "foreach", "include", "parse", "macro", "literal", "evaluate", "break", "define", "stop":
		return true
	}
	return false
}

// isControlWord tells whether s is a directive, which an escape protects.
func isControlWord(s string) bool {
	switch s {
	case "if", "end", "set", "else", "elseif":
		return true
	}
	return isDirectiveName(s)
}

// unescapeDirective halves the backslashes before a directive or macro that exists.
func (p *parser) unescapeDirective(image string) string {
	last := len(image) - 1
	for image[last] != '\\' {
		last--
	}
	directive := image[last+1:]
	name := directive[1:]
	if name[0] == '{' {
		name = name[1 : len(name)-1]
	}
	if isControlWord(name) || p.escapable[name] || p.isMacro(name) {
		return image[:last/2] + directive
	}
	return image
}

// escape reads pairs of backslashes.
func (p *parser) escape() *ast {
	n := p.open(astEscape)
	count := 0
	for p.accept(tDoubleEscape) {
		count++
	}
	next := p.peek(1)
	unit := `\\`
	switch next.kind {
	case tIf, tElse, tElseIf, tEnd:
		unit = `\`
	default:
		if next.image == "" {
			break
		}
		if name := next.image[1:]; isDirectiveName(name) || p.escapable[name] || p.isMacro(name) {
			unit = `\`
		}
	}
	n.text = strings.Repeat(unit, count)
	return p.close(n)
}

func (p *parser) ifStatement() (*ast, error) {
	n := p.open(astIf)
	if err := p.condition(n); err != nil {
		return nil, err
	}
	for p.nextIs(tElseIf) {
		e := p.open(astElseIf)
		if err := p.condition(e); err != nil {
			return nil, err
		}
		n.kids = append(n.kids, p.close(e))
	}
	if p.nextIs(tElse) {
		e := p.open(astElse)
		p.at++
		b, err := p.block()
		if err != nil {
			return nil, err
		}
		e.kids = append(e.kids, b)
		n.kids = append(n.kids, p.close(e))
	}
	if err := p.expect(tEnd); err != nil {
		return nil, err
	}
	return p.close(n), nil
}

// condition reads the keyword, the condition and the block of an #if or #elseif.
func (p *parser) condition(n *ast) error {
	p.at++
	p.accept(tSpace)
	if err := p.expect(tParenOpen); err != nil {
		return err
	}
	e, err := p.expression()
	if err != nil {
		return err
	}
	if err := p.expect(tParenClose); err != nil {
		return err
	}
	b, err := p.block()
	if err != nil {
		return err
	}
	n.kids = append(n.kids, e, b)
	return nil
}

func (p *parser) setDirective() (*ast, error) {
	n := p.open(astSet)
	p.at++
	p.accept(tSpace)
	left, err := p.reference()
	if err != nil {
		return nil, err
	}
	p.accept(tSpace)
	if err := p.expect(tAssign); err != nil {
		return nil, err
	}
	right, err := p.expression()
	if err != nil {
		return nil, err
	}
	if err := p.expect(tParenClose); err != nil {
		return nil, err
	}
	p.lex.set = false
	p.accept(tNewline)
	n.kids = []*ast{left, right}
	return p.close(n), nil
}
