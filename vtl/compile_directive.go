package vtl

import "strings"

func (c *compiler) set(n *ast) (node, error) {
	left, err := c.reference(n.kids[0])
	if err != nil {
		return nil, err
	}
	c.assigned(left)
	if len(left.path) == 0 {
		// As in Velocity, #set(${a} = 1) sets a variable called "{".
		left.slot = c.symbols.slot(c.nameArgument(n.kids[0]))
	}
	right, err := c.node(n.kids[1])
	if err != nil {
		return nil, err
	}
	return &set{place: c.place(n), left: left, right: right}, nil
}

func (c *compiler) conditional(n *ast) (node, error) {
	first, err := c.branch("if", n, n.kids[0], n.kids[1])
	if err != nil {
		return nil, err
	}
	out := &conditional{branches: []branch{first}}
	for _, k := range n.kids[2:] {
		var b branch
		if k.kind == astElse {
			b, err = c.branch("else", k, nil, k.kids[0])
		} else {
			b, err = c.branch("elseif", k, k.kids[0], k.kids[1])
		}
		if err != nil {
			return nil, err
		}
		out.branches = append(out.branches, b)
	}
	return out, nil
}

func (c *compiler) branch(name string, n, cond, body *ast) (b branch, err error) {
	b = branch{place: c.place(n), name: name}
	if cond != nil {
		if b.cond, err = c.node(cond); err != nil {
			return b, err
		}
	}
	b.body, err = c.node(body)
	return b, err
}

// directive compiles #name. Its arguments and its block come first, as their macros must be known even if the
// directive itself never runs.
func (c *compiler) directive(n *ast) (node, error) {
	kids, err := c.nodes(n.kids)
	if err != nil {
		return nil, err
	}
	switch n.name {
	case "foreach":
		return c.foreach(n, kids)
	case "macro":
		return c.macro(n, kids)
	case "define":
		return c.define(n, kids)
	case "literal":
		if len(kids) == 0 {
			return nil, c.fail(n, ErrSyntax, "#literal needs parentheses and a block")
		}
		if k := n.kids[0]; k.last < k.first {
			return nil, c.fail(n, ErrSyntax, "#literal is empty")
		}
		return &text{bytes: []byte(c.literal(n.kids[0]))}, nil
	case "evaluate":
		return c.evaluate(n, kids)
	case "break", "stop":
		return c.leave(n, kids)
	case "parse":
		if len(kids) == 0 {
			return &failing{place: c.place(n), err: failWith(ErrSyntax, "#parse needs an argument")}, nil
		}
		fallthrough
	case "include":
		return &load{place: c.place(n), name: n.name, args: kids}, nil
	}
	return c.macroCall(n, kids)
}

func (c *compiler) foreach(n *ast, kids []node) (node, error) {
	const incomplete = "#foreach needs a variable, the word in and something to walk over"
	switch {
	case len(kids) == 0:
		return nil, c.fail(n, ErrSyntax, incomplete)
	case len(kids) < 3:
		return &failing{place: c.place(n), err: failWith(ErrSyntax, incomplete)}, nil
	}
	var name string
	if r, ok := kids[0].(*reference); ok {
		name = c.symbols.name(r.slot)
		c.assigned(r)
	} else {
		name = c.nameArgument(n.kids[0])
	}
	// The second and third argument are what they are, the fourth is the block unless there are more arguments.
	f := &foreach{
		place: c.place(n), variable: c.symbols.slot(name), list: kids[2], body: inert{},
		limit: c.t.plan.config.limits.LoopIterations, template: c.t.name,
	}
	if len(kids) > 3 {
		f.body = kids[3]
	}
	*c.loops = append(*c.loops, f)
	return f, nil
}

// nameArgument is an argument that names something: its first token without its first character.
func (c *compiler) nameArgument(n *ast) string {
	image := c.toks[n.first].image
	if image == "" {
		return ""
	}
	return image[1:]
}

// macro makes a macro known. The call itself prints nothing.
func (c *compiler) macro(n *ast, kids []node) (node, error) {
	name := c.toks[n.kids[0].first].image
	m := &macro{name: name, body: kids[len(kids)-1]}
	for _, k := range n.kids[1 : len(n.kids)-1] {
		param := c.toks[k.first].image
		m.params = append(m.params, c.symbols.slot(strings.TrimPrefix(param, "$")))
	}
	c.macros[name] = m
	return inert{}, nil
}

func (c *compiler) define(n *ast, kids []node) (node, error) {
	if len(kids) != 2 {
		return nil, c.fail(n, ErrSyntax, "#define needs the name of a block")
	}
	slot := c.symbols.slot(c.nameArgument(n.kids[0]))
	return &define{place: c.place(n), slot: slot, body: kids[1]}, nil
}

func (c *compiler) evaluate(n *ast, kids []node) (node, error) {
	if len(kids) != 1 {
		return nil, c.fail(n, ErrSyntax, "#evaluate needs exactly one argument")
	}
	if k := n.kids[0].kind; k != astString && k != astReference {
		return nil, c.fail(n, ErrSyntax, "the argument of #evaluate must be a string or a reference")
	}
	*c.evaluates = true
	return &evaluate{place: c.place(n), source: kids[0]}, nil
}

func (c *compiler) leave(n *ast, kids []node) (node, error) {
	if len(kids) > 1 {
		return nil, c.fail(n, ErrSyntax, "#"+n.name+" takes one argument at most")
	}
	var arg node
	var literal string
	if len(kids) == 1 {
		arg, literal = kids[0], c.literal(n.kids[0])
	}
	if n.name == "stop" {
		return &stopNode{place: c.place(n), message: arg}, nil
	}
	return &breakNode{place: c.place(n), scope: arg, literal: literal}, nil
}

// macroCall compiles #name or #@name. Whether there is such a macro is known later.
func (c *compiler) macroCall(n *ast, kids []node) (node, error) {
	call := &macroCall{place: c.place(n), name: n.name, source: c.images(n)}
	args := n.kids
	if hasPrefix(n.name, "@") {
		if len(kids) == 0 {
			return &text{bytes: []byte("#" + n.name)}, nil
		}
		last := len(kids) - 1
		call.name, call.body = n.name[1:], kids[last]
		call.bodyContent = c.symbols.slot("bodyContent")
		args, kids = args[:last], kids[:last]
	}
	for i, a := range args {
		if a.kind == astWord {
			call.badArg = c.toks[a.first].image
		}
		call.args = append(call.args, argument{node: kids[i], literal: c.literal(a), byValue: byValue(a.kind)})
	}
	*c.calls = append(*c.calls, call)
	return call, nil
}

func byValue(k astKind) bool {
	switch k {
	case astRange, astReference, astList, astMap, astString, astText:
		return false
	}
	return true
}
