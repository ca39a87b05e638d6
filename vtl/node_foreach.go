package vtl

// foreach is #foreach.
type foreach struct {
	inert
	place
	variable, count, hasNext, scope int
	list, body                      node
	// quiet tells that nothing in the template reads $foreach, $velocityCount and $velocityHasNext.
	quiet    bool
	limit    int
	template string
}

func (n *foreach) render(r *renderer) error {
	v, err := n.list.value(r)
	if err != nil {
		return err
	}
	if r.trace != nil {
		r.trace(Event{Line: int(n.line), Column: int(n.column), Directive: "foreach", Value: v})
	}
	if v == nil {
		return nil
	}
	if items, ok := v.(*iterator); ok {
		return n.loop(r, items)
	}
	var items iterator
	if !iterate(&items, v) {
		return nil
	}
	return n.loop(r, &items)
}

// loop visits the items. What the loop defines is put back afterwards.
func (n *foreach) loop(r *renderer, items *iterator) error {
	old, err := r.get(n.variable)
	if err != nil {
		return r.fail(n.place, err)
	}
	var oldCount, oldNext any
	var scope *loopScope
	if !n.quiet {
		if oldCount, err = r.get(n.count); err != nil {
			return r.fail(n.place, err)
		}
		if oldNext, err = r.get(n.hasNext); err != nil {
			return r.fail(n.place, err)
		}
		outer, err := r.get(n.scope)
		if err != nil {
			return r.fail(n.place, err)
		}
		scope = newLoopScope(n, outer)
		r.put(n.scope, scope)
	}
	err = n.turns(r, items, scope)
	if err != nil && !isStop(err) {
		return err
	}
	r.restore(n.variable, old)
	if !n.quiet {
		r.restore(n.count, oldCount)
		r.restore(n.hasNext, oldNext)
		if err := n.restoreScope(r); err != nil {
			return r.fail(n.place, err)
		}
	}
	if err == errBreak {
		return nil
	}
	if l, ok := err.(*leaveLoop); ok && l.loop == n {
		return nil
	}
	return err
}

func (n *foreach) turns(r *renderer, items *iterator, scope *loopScope) error {
	var hidden *frame
	for turn := 1; turn <= n.limit && items.hasNext(); turn++ {
		if err := r.step(); err != nil {
			return r.fail(n.place, err)
		}
		if !n.quiet {
			r.put(n.count, boxInt(int32(turn)))
		}
		v, err := items.next()
		if err != nil {
			return r.fail(n.place, err)
		}
		if !n.quiet {
			more := items.hasNext()
			r.put(n.hasNext, more)
			scope.index++
			scope.hasNext = more
		}
		r.put(n.variable, v)
		if v == nil {
			if hidden == nil {
				hidden = &frame{parent: r.frame, loopVar: n.variable, hiding: true, captured: true}
			}
			err = n.renderHidden(r, hidden)
		} else {
			err = n.body.render(r)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// renderHidden renders the body while the loop variable is null.
func (n *foreach) renderHidden(r *renderer, hidden *frame) error {
	outside := r.frame
	r.frame = hidden
	err := n.body.render(r)
	r.frame = outside
	return err
}

func (r *renderer) restore(slot int, old any) {
	if old != nil {
		r.put(slot, old)
	} else {
		r.remove(slot)
	}
}

// restoreScope puts back what $foreach was before the loop. If the loop itself changed it, it stays.
func (n *foreach) restoreScope(r *renderer) error {
	v, err := r.get(n.scope)
	if err != nil {
		return err
	}
	if v == nil {
		return failf("the loop made $foreach null")
	}
	s, ok := v.(*loopScope)
	switch {
	case !ok:
	case s.parent != nil:
		r.put(n.scope, s.parent)
	default:
		r.restore(n.scope, s.outerValue())
	}
	return nil
}
