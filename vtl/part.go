package vtl

import "postern/java"

// part is a list that subList made: its items are those of another list, from one place on.
type part struct {
	of   *java.List
	from int
	// size and whole are how long the part and the other list were when they were last in step.
	size, whole int
}

// listSubList shares its items with the list: what is set in one shows in the other, and what is added to or removed
// from the part is added to or removed from the whole (see renderer.settle).
func listSubList(c *call) (any, error) {
	l, from, to := list(c), c.int(0), c.int(1)
	if from < 0 || to > len(l.Items) || from > to {
		return nil, failf("from %d to %d is out of bounds for length %d", from, to, len(l.Items))
	}
	if err := c.r.grow(entrySize); err != nil {
		return nil, err
	}
	sub := &java.List{Items: l.Items[from:to:to]}
	if c.r.parts == nil {
		c.r.parts = map[*java.List]*part{}
	}
	c.r.parts[sub] = &part{l, from, to - from, len(l.Items)}
	return sub, nil
}

// partOf is the list that a method of v works on, if it is a part of another.
func (r *renderer) partOf(v any) (*java.List, *part) {
	l, _ := v.(*java.List)
	if it, ok := v.(*iterator); ok {
		l = it.list
	}
	if l == nil {
		return nil, nil
	}
	return l, r.parts[l]
}

// fresh fails when the list that v is a part of, or one that that is a part of, grew or shrank by itself.
func (r *renderer) fresh(v any) error {
	for _, p := r.partOf(v); p != nil; p = r.parts[p.of] {
		if len(p.of.Items) != p.whole {
			return failf("the list was changed behind its part")
		}
	}
	return nil
}

// settle brings what was added to or removed from a part to the list that it is a part of, and on to where that is one.
func (r *renderer) settle(v any) error {
	for l, p := r.partOf(v); p != nil && len(l.Items) != p.size; l, p = p.of, r.parts[p.of] {
		if p.of.Kind == java.Array {
			return failf("an array cannot grow or shrink")
		}
		rest := p.of.Items[p.from+p.size:]
		all := make([]any, 0, p.from+len(l.Items)+len(rest))
		if err := r.grow(itemSize * cap(all)); err != nil {
			return err
		}
		if r.steps -= cap(all) / 16; r.steps < 0 {
			return ErrSteps
		}
		all = append(append(append(all, p.of.Items[:p.from]...), l.Items...), rest...)
		to := p.from + len(l.Items)
		p.of.Items, l.Items = all, all[p.from:to:to]
		p.size, p.whole = len(l.Items), len(all)
	}
	return nil
}
