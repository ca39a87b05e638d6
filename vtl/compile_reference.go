package vtl

import "strings"

func (c *compiler) reference(n *ast) (*reference, error) {
	path, err := c.path(n.kids)
	if err != nil {
		return nil, err
	}
	r := &reference{place: c.place(n), path: path}
	root := c.root(n, r)
	r.slot = c.symbols.slot(root)
	r.literal = c.literal(n)
	r.bare = r.nullText == "$"+root
	c.record(n, r, root)
	return r, nil
}

// root finds the name of the variable in the first token, with the backslashes, dollar and hash signs before it,
// and takes those off the token.
func (c *compiler) root(n *ast, r *reference) string {
	t := &c.toks[n.first]
	if strings.Contains(t.image, `\!`) {
		return c.brokenRoot(t.image, r)
	}
	if slashes := backslashes(t.image); slashes > 0 {
		r.escaped = slashes%2 != 0
		r.prefix = t.image[:slashes/2]
		t.image = t.image[slashes:]
	}
	escapes := r.prefix
	if i := strings.LastIndexByte(t.image, '$'); i > 0 {
		r.prefix += t.image[:i]
		t.image = t.image[i:]
	}
	r.nullPrefix = escapes + r.prefix
	if r.escaped {
		r.prefix = escapes
	}
	r.nullText = c.literal(n)
	next := func() string { return c.toks[min(n.first+1, len(c.toks)-1)].image }
	switch image := t.image; {
	case hasPrefix(image, "$!"):
		if !r.escaped {
			r.nullText = ""
		}
		if hasPrefix(image, "$!{") {
			return next()
		}
		return image[2:]
	case image == "${":
		return next()
	case hasPrefix(image, "$"):
		return image[1:]
	default:
		r.runt = image
		return image
	}
}

// brokenRoot is for $\!a: no reference at all, it prints itself with one backslash less.
func (c *compiler) brokenRoot(image string, r *reference) string {
	r.broken = true
	start := strings.IndexByte(image, '$')
	for start < len(image) && image[start] != '\\' {
		start++
	}
	end := start + backslashes(image[start:])
	r.nullText = image[:end-1] + image[end:]
	return r.nullText
}

func (c *compiler) path(kids []*ast) ([]accessor, error) {
	var path []accessor
	for _, k := range kids {
		a, err := c.accessor(k)
		if err != nil {
			return nil, err
		}
		path = append(path, a)
	}
	return path, nil
}

func (c *compiler) accessor(n *ast) (accessor, error) {
	switch n.kind {
	case astIndex:
		k, err := c.node(n.kids[0])
		return &indexAccess{key: k}, err
	case astMethod:
		return c.methodCall(n)
	}
	p := newPropertyAccess(c.toks[n.first].image)
	return &p, nil
}

func newPropertyAccess(name string) propertyAccess {
	return propertyAccess{name: name, key: name, class: name == "class" || name == "Class"}
}

func (c *compiler) methodCall(n *ast) (accessor, error) {
	name := c.toks[n.first].image
	args, err := c.nodes(n.kids)
	if err != nil {
		return nil, err
	}
	m := &methodCall{
		name: name, args: args, methods: methodTable()[name], asProperty: newPropertyAccess(name),
		constants: constants(args),
	}
	return m, nil
}

// constants returns the values of args if all are known now, else nil.
func constants(args []node) []any {
	var out []any
	for _, a := range args {
		k, ok := a.(*constant)
		if !ok {
			return nil
		}
		out = append(out, k.v)
	}
	return out
}

// record adds the reference to the template's list.
func (c *compiler) record(n *ast, r *reference, root string) {
	if c.refs == nil || r.runt != "" || r.broken {
		return
	}
	ref := Reference{
		Line: int(r.line), Column: int(r.column), Source: r.literal, Root: root,
		Quiet: hasPrefix(c.toks[n.first].image, "$!"),
	}
	for _, a := range r.path {
		switch a := a.(type) {
		case *propertyAccess:
			ref.Path = append(ref.Path, Access{Kind: PropertyAccess, Name: a.name})
		case *methodCall:
			ref.Path = append(ref.Path, Access{Kind: MethodAccess, Name: a.name, Args: argsOf(a.args...)})
		case *indexAccess:
			ref.Path = append(ref.Path, Access{Kind: IndexAccess, Args: argsOf(a.key)})
		}
	}
	*c.refs = append(*c.refs, ref)
}

func argsOf(nodes ...node) []Arg {
	var out []Arg
	for _, n := range nodes {
		if k, ok := n.(*constant); ok {
			out = append(out, Arg{Constant: true, Value: k.v})
		} else {
			out = append(out, Arg{})
		}
	}
	return out
}

// assigned marks a recorded reference as the target of an assignment.
func (c *compiler) assigned(r *reference) {
	if c.refs == nil {
		return
	}
	for i := len(*c.refs) - 1; i >= 0; i-- {
		if ref := &(*c.refs)[i]; ref.Line == int(r.line) && ref.Column == int(r.column) && ref.Source == r.literal {
			ref.Assigned = true
			return
		}
	}
}
