package vtl

// node is a compiled syntax node. Like Velocity's nodes each can be printed, give a value and be a condition,
// whatever it is: a list in place of a block prints its items, a number is never true.
type node interface {
	// render prints the node.
	render(r *renderer) error
	// value returns the node's value.
	value(r *renderer) (any, error)
	// truth tells whether the node holds as a condition.
	truth(r *renderer) (bool, error)
}

// place is where a node stands in the template, counted from 1.
type place struct{ line, column int32 }

// inert is a node that prints nothing, has no value and is false: the beginning of every other node.
type inert struct{}

func (inert) render(*renderer) error        { return nil }
func (inert) value(*renderer) (any, error)  { return nil, nil }
func (inert) truth(*renderer) (bool, error) { return false, nil }

// block is a sequence of nodes.
type block struct {
	inert
	kids []node
}

func (b *block) render(r *renderer) error {
	for _, k := range b.kids {
		if err := k.render(r); err != nil {
			return err
		}
	}
	return nil
}

// text prints itself.
type text struct {
	inert
	bytes []byte
}

func (t *text) render(r *renderer) error {
	r.out = append(r.out, t.bytes...)
	return r.checkOutput()
}

// constant is a literal whose value is known before rendering.
type constant struct {
	inert
	v any
	// isTrue is set for the literal true: no other literal holds as a condition.
	isTrue bool
}

func (c *constant) value(*renderer) (any, error)  { return c.v, nil }
func (c *constant) truth(*renderer) (bool, error) { return c.isTrue, nil }

// failing is what Velocity finds wrong only when it is rendered.
type failing struct {
	inert
	place
	err error
}

func (n *failing) render(r *renderer) error { return r.fail(n.place, n.err) }

// group is an expression in parentheses, or the condition of a directive.
type group struct{ node }

func (group) render(*renderer) error { return nil }
