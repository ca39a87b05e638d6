package vtl

import "fmt"

// directive reads #name, with arguments and a block where its kind has them. A name without parentheses is text,
// unless it is a directive that Velocity knows.
func (p *parser) directive() (*ast, error) {
	n := p.open(astDirective)
	p.at++
	word := p.toks[p.at]
	if word.kind == tBracedWord {
		n.name = word.image[2 : len(word.image)-1]
	} else {
		n.name = word.image[1:]
	}
	p.lex.state = inDirective
	if !p.lex.leftParenAhead() {
		if n.name == "macro" {
			return nil, p.directiveError(&word, "#macro needs a name")
		}
		p.lex.pop()
		return p.close(n), nil
	}
	if err := p.directiveArgs(n, &word); err != nil {
		return nil, err
	}
	if !hasBlock(n.name) {
		return p.close(n), nil
	}
	b, err := p.block()
	if err != nil {
		return nil, err
	}
	if err := p.expect(tEnd); err != nil {
		return nil, err
	}
	n.kids = append(n.kids, b)
	p.close(n)
	if n.name == "macro" {
		if len(n.kids) < 2 {
			return nil, p.directiveError(&word, "the first argument of #macro must be its name")
		}
		p.escapable[p.toks[n.kids[0].first].image] = true
	}
	return n, nil
}

func hasBlock(name string) bool {
	switch name {
	case "foreach", "macro", "literal", "define":
		return true
	}
	return hasPrefix(name, "@")
}

// directiveArgs reads the arguments in parentheses; blanks and commas may separate them.
func (p *parser) directiveArgs(n *ast, word *token) error {
	isMacro := !isDirectiveName(n.name) && !hasPrefix(n.name, "@") && p.isMacro(n.name)
	p.accept(tSpace)
	if err := p.expect(tParenOpen); err != nil {
		return err
	}
	for p.argAhead() {
		p.accept(tSpace)
		if p.accept(tComma) {
			p.accept(tSpace)
		}
		arg, err := p.directiveArg()
		if err != nil {
			return err
		}
		if err := p.checkArg(n, word, arg, isMacro); err != nil {
			return err
		}
		n.kids = append(n.kids, arg)
	}
	p.accept(tSpace)
	return p.expect(tParenClose)
}

func (p *parser) argAhead() bool {
	if p.nextIs(tSpace) {
		return p.peek(2).kind != tParenClose
	}
	return !p.nextIs(tParenClose)
}

// checkArg allows a bare word only as name of a macro and as second argument of #foreach; whether a macro that is
// not known yet may have it is told when it is called.
func (p *parser) checkArg(n *ast, word *token, arg *ast, isMacro bool) error {
	i := len(n.kids)
	if arg.kind != astWord {
		if n.name == "macro" && i == 0 {
			return p.directiveError(word, "the first argument of #macro must be its name, without quotes")
		}
		return nil
	}
	switch {
	case n.name == "macro" && i == 0, n.name == "foreach" && i == 1:
		return nil
	case isMacro, isDirectiveName(n.name):
		return p.directiveError(word, fmt.Sprintf("argument %d of #%s must not be a bare word", i+1, n.name))
	}
	return nil
}

func (p *parser) directiveError(t *token, msg string) error {
	return &syntaxError{t.pos, msg, ErrSyntax}
}

func (p *parser) directiveArg() (*ast, error) {
	if p.nextIs(tWord) {
		return p.single(astWord), nil
	}
	return p.simpleValue()
}
