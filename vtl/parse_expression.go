package vtl

// operators are the binary operators, weakest first. All associate to the left.
var operators = [...][]struct {
	token kind
	node  astKind
}{
	{{tOr, astOr}},
	{{tAnd, astAnd}},
	{{tEqual, astEqual}, {tNotEqual, astNotEqual}},
	{{tLess, astLess}, {tGreater, astGreater}, {tLessEqual, astLessEqual}, {tGreaterEqual, astGreaterEqual}},
	{{tPlus, astAdd}, {tMinus, astSubtract}},
	{{tTimes, astMultiply}, {tDivide, astDivide}, {tModulo, astModulo}},
}

func (p *parser) expression() (*ast, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	n := p.open(astExpression)
	e, err := p.binary(0)
	if err != nil {
		return nil, err
	}
	n.kids = []*ast{e}
	return p.close(n), nil
}

func (p *parser) binary(level int) (*ast, error) {
	if level == len(operators) {
		return p.unary()
	}
	left, err := p.binary(level + 1)
	if err != nil {
		return nil, err
	}
	for length := 0; ; length++ {
		node, ok := p.operator(level)
		if !ok {
			return left, nil
		}
		if length > p.maxDepth {
			return nil, &syntaxError{p.peek(1).pos, ErrNesting.Error(), ErrNesting}
		}
		// The text of an operation is that of its right side, as in Velocity.
		n := p.open(node)
		right, err := p.binary(level + 1)
		if err != nil {
			return nil, err
		}
		n.kids = []*ast{left, right}
		left = p.close(n)
	}
}

func (p *parser) operator(level int) (astKind, bool) {
	for _, o := range operators[level] {
		if p.accept(o.token) {
			return o.node, true
		}
	}
	return 0, false
}

func (p *parser) unary() (*ast, error) {
	if !p.nextIs(tNot) && (!p.nextIs(tSpace) || p.peek(2).kind != tNot) {
		return p.primary()
	}
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	p.accept(tSpace)
	p.at++
	n := p.open(astNot)
	e, err := p.unary()
	if err != nil {
		return nil, err
	}
	n.kids = []*ast{e}
	return p.close(n), nil
}

func (p *parser) primary() (n *ast, err error) {
	p.accept(tSpace)
	if p.accept(tParenOpen) {
		if n, err = p.expression(); err == nil {
			err = p.expect(tParenClose)
		}
	} else {
		n, err = p.simpleValue()
	}
	if err != nil {
		return nil, err
	}
	p.accept(tSpace)
	return n, nil
}

// parameter is a value in a list, a map or the arguments of a method.
func (p *parser) parameter() (*ast, error) {
	p.accept(tSpace)
	n, err := p.simpleValue()
	if err != nil {
		return nil, err
	}
	p.accept(tSpace)
	return n, nil
}

func (p *parser) simpleValue() (*ast, error) {
	switch p.peek(1).kind {
	case tString:
		return p.single(astString), nil
	case tIdentifier, tRefCurlyOpen:
		return p.reference()
	case tInteger:
		return p.single(astInteger), nil
	case tFloat:
		return p.single(astFloat), nil
	case tTrue:
		return p.single(astTrue), nil
	case tFalse:
		return p.single(astFalse), nil
	case tCurlyOpen:
		return p.mapLiteral()
	case tBracketOpen:
		if p.rangeAhead() {
			return p.rangeLiteral()
		}
		return p.listLiteral()
	}
	return nil, p.unexpected()
}

func (p *parser) mapLiteral() (*ast, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	n := p.open(astMap)
	p.at++
	if p.mapEntryAhead() {
		for {
			key, err := p.parameter()
			if err != nil {
				return nil, err
			}
			if err := p.expect(tColon); err != nil {
				return nil, err
			}
			value, err := p.parameter()
			if err != nil {
				return nil, err
			}
			n.kids = append(n.kids, key, value)
			if !p.accept(tComma) {
				break
			}
		}
	} else {
		p.accept(tSpace)
	}
	if !p.accept(tCurlyClose) && !p.accept(tRefCurlyClose) {
		return nil, p.unexpected()
	}
	return p.close(n), nil
}

func (p *parser) mapEntryAhead() bool {
	t := p.peek(1).kind
	if t == tSpace {
		t = p.peek(2).kind
	}
	return t != tCurlyClose && t != tRefCurlyClose
}

func (p *parser) listLiteral() (*ast, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	n := p.open(astList)
	p.at++
	if !p.nextIs(tBracketClose) {
		if err := p.parameters(n); err != nil {
			return nil, err
		}
	}
	if err := p.expect(tBracketClose); err != nil {
		return nil, err
	}
	return p.close(n), nil
}

// parameters adds values that commas separate.
func (p *parser) parameters(n *ast) error {
	for {
		v, err := p.parameter()
		if err != nil {
			return err
		}
		n.kids = append(n.kids, v)
		if !p.accept(tComma) {
			return nil
		}
	}
}

// rangeAhead tells a range from a list: both start with a bracket and a value. The answer is remembered, or nested
// brackets would be read again and again.
func (p *parser) rangeAhead() bool {
	start := p.at
	is, known := p.ranges[start]
	if known {
		return is
	}
	depth := p.depth
	p.at++
	p.accept(tSpace)
	_, err := p.rangeEnd()
	if err == nil {
		p.accept(tSpace)
		is = p.nextIs(tDoubleDot)
	}
	p.at, p.depth = start, depth
	p.ranges[start] = is
	return is
}

func (p *parser) rangeEnd() (*ast, error) {
	if p.nextIs(tInteger) {
		return p.single(astInteger), nil
	}
	return p.reference()
}

func (p *parser) rangeLiteral() (*ast, error) {
	n := p.open(astRange)
	p.at++
	p.accept(tSpace)
	from, err := p.rangeEnd()
	if err != nil {
		return nil, err
	}
	p.accept(tSpace)
	if err := p.expect(tDoubleDot); err != nil {
		return nil, err
	}
	p.accept(tSpace)
	to, err := p.rangeEnd()
	if err != nil {
		return nil, err
	}
	p.accept(tSpace)
	if err := p.expect(tBracketClose); err != nil {
		return nil, err
	}
	n.kids = []*ast{from, to}
	return p.close(n), nil
}

// reference reads $a.b(c)[d] in all its notations. The dollar sign is part of the first token.
func (p *parser) reference() (*ast, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	n := p.open(astReference)
	curly := p.accept(tRefCurlyOpen)
	if err := p.expect(tIdentifier); err != nil {
		return nil, err
	}
	if err := p.indexes(n); err != nil {
		return nil, err
	}
	for p.nextIs(tDot) && p.peek(2).kind == tIdentifier {
		p.at++
		kid, err := p.member()
		if err != nil {
			return nil, err
		}
		n.kids = append(n.kids, kid)
		if err := p.indexes(n); err != nil {
			return nil, err
		}
	}
	if curly {
		if err := p.expect(tRefCurlyClose); err != nil {
			return nil, err
		}
	}
	return p.close(n), nil
}

// member reads a method call if a parenthesis and the beginning of an argument follow the name, else a property.
func (p *parser) member() (*ast, error) {
	if p.peek(2).kind != tParenOpen || !startsCall(p.peek(3).kind) {
		return p.single(astIdentifier), nil
	}
	n := p.open(astMethod)
	p.at += 2
	if !p.nextIs(tCallClose) {
		if err := p.parameters(n); err != nil {
			return nil, err
		}
	}
	if err := p.expect(tCallClose); err != nil {
		return nil, err
	}
	return p.close(n), nil
}

func startsCall(k kind) bool {
	switch k {
	case tCallClose, tSpace, tString, tInteger, tFloat, tTrue, tFalse, tBracketOpen, tCurlyOpen, tIdentifier,
		tRefCurlyOpen:
		return true
	}
	return false
}

func (p *parser) indexes(n *ast) error {
	for p.nextIs(tIndexOpen) {
		kid := p.open(astIndex)
		p.at++
		p.accept(tSpace)
		switch p.peek(1).kind {
		case tString, tInteger, tTrue, tFalse, tIdentifier, tRefCurlyOpen:
		default:
			return p.unexpected()
		}
		v, err := p.simpleValue()
		if err != nil {
			return err
		}
		p.accept(tSpace)
		if err := p.expect(tIndexClose); err != nil {
			return err
		}
		kid.kids = []*ast{v}
		n.kids = append(n.kids, p.close(kid))
	}
	return nil
}
