package vtl

// set is #set.
type set struct {
	inert
	place
	left  *reference
	right node
}

func (n *set) render(r *renderer) error {
	v, err := n.right.value(r)
	if err != nil {
		return err
	}
	if r.trace != nil {
		r.trace(Event{
			Line: int(n.line), Column: int(n.column), Directive: "set", Source: n.left.literal, Value: v,
		})
	}
	if v == nil {
		return nil
	}
	if err := n.left.assign(r, v); err != nil {
		return r.fail(n.left.place, err)
	}
	return nil
}

// branch is a condition with its block; the condition of #else is nil.
type branch struct {
	place
	name string
	cond node
	body node
}

// conditional is #if with its #elseif and #else.
type conditional struct {
	inert
	branches []branch
}

func (n *conditional) render(r *renderer) error {
	if err := r.step(); err != nil {
		return r.fail(n.branches[0].place, err)
	}
	for i := range n.branches {
		b := &n.branches[i]
		if b.cond == nil {
			return b.body.render(r)
		}
		ok, err := b.cond.truth(r)
		if err != nil {
			return err
		}
		if r.trace != nil {
			r.trace(Event{Line: int(b.line), Column: int(b.column), Directive: b.name, Value: ok})
		}
		if ok {
			return b.body.render(r)
		}
	}
	return nil
}

// evaluate is #evaluate.
type evaluate struct {
	inert
	place
	source node
}

func (n *evaluate) render(r *renderer) error {
	v, err := n.source.value(r)
	if err != nil {
		return err
	}
	if v == nil {
		return nil
	}
	s, ok, err := r.toString(v)
	if err != nil {
		return r.fail(n.place, err)
	}
	if !ok {
		return r.fail(n.place, failf("the block has no text"))
	}
	if r.trace != nil {
		r.trace(Event{Line: int(n.line), Column: int(n.column), Directive: "evaluate", Value: s})
	}
	root, err := r.compile(s, n.place)
	if err != nil {
		return err
	}
	if r.nesting++; r.nesting > r.t.plan.config.limits.Nesting {
		return r.fail(n.place, ErrNesting)
	}
	err = root.render(r)
	r.nesting--
	if err == errBreak || err == errStop {
		return nil
	}
	return err
}
