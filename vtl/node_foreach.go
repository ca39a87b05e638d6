package vtl

// foreach is #foreach.
type foreach struct {
	inert
	place
	variable int
	// scope, count and hasNext are the slots of $foreach, $velocityCount and $velocityHasNext, -1 for what nothing reads.
	scope, count, hasNext int
	list, body            node
	limit                 int
	template              string
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
	old, err := n.before(r)
	if err != nil {
		return r.fail(n.place, err)
	}
	var scope *loopScope
	if n.scope >= 0 {
		scope = newLoopScope(n, old.scope)
		r.put(n.scope, scope)
	}
	err = n.turns(r, items, scope)
	if err != nil && !isStop(err) {
		return err
	}
	if err := n.restoreAll(r, old); err != nil {
		return r.fail(n.place, err)
	}
	if err == errBreak {
		return nil
	}
	if l, ok := err.(*leaveLoop); ok && l.loop == n {
		return nil
	}
	return err
}

// shadowed are the values that a loop's variables had before.
type shadowed struct{ variable, count, hasNext, scope any }

func (n *foreach) before(r *renderer) (old shadowed, err error) {
	if old.variable, err = r.get(n.variable); err != nil {
		return old, err
	}
	for _, v := range [...]struct {
		slot int
		old  *any
	}{{n.count, &old.count}, {n.hasNext, &old.hasNext}, {n.scope, &old.scope}} {
		if v.slot < 0 {
			continue
		}
		if *v.old, err = r.get(v.slot); err != nil {
			return old, err
		}
	}
	return old, nil
}

func (n *foreach) restoreAll(r *renderer, old shadowed) error {
	r.restore(n.variable, old.variable)
	if n.count >= 0 {
		r.restore(n.count, old.count)
	}
	if n.hasNext >= 0 {
		r.restore(n.hasNext, old.hasNext)
	}
	if n.scope >= 0 {
		return n.restoreScope(r)
	}
	return nil
}

func (n *foreach) turns(r *renderer, items *iterator, scope *loopScope) error {
	var hidden *frame
	for turn := 1; turn <= n.limit && items.hasNext(); turn++ {
		if err := r.step(); err != nil {
			return r.fail(n.place, err)
		}
		v, err := n.advance(r, items, scope, turn)
		if err != nil {
			return r.fail(n.place, err)
		}
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

// advance sets the loop's variables for the next turn.
func (n *foreach) advance(r *renderer, items *iterator, scope *loopScope, turn int) (any, error) {
	if n.count >= 0 {
		r.put(n.count, boxInt(int32(turn)))
	}
	v, err := items.next()
	if err != nil {
		return nil, err
	}
	more := items.hasNext()
	if n.hasNext >= 0 {
		r.put(n.hasNext, more)
	}
	if scope != nil {
		scope.index++
		scope.hasNext = more
	}
	r.put(n.variable, v)
	return v, nil
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
