package vtl

import (
	"errors"

	"postern/java"
)

// stopError ends what is being rendered: not a failure.
type stopError struct{ what string }

func (e *stopError) Error() string { return e.what }

var (
	// errBreak leaves the nearest loop, macro, block or evaluated template.
	errBreak error = &stopError{"#break"}
	// errStop ends the template, or the evaluated template that it is in.
	errStop error = &stopError{"#stop"}
)

// leaveLoop leaves one certain loop: #break($foreach.parent).
type leaveLoop struct{ loop *foreach }

func (e *leaveLoop) Error() string { return "#break of a loop that is not running" }

// isStop tells whether err only ends a part of the template.
func isStop(err error) bool {
	if err == errBreak || err == errStop {
		return true
	}
	_, ok := err.(*leaveLoop)
	return ok
}

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

// breakNode is #break; scope is nil without an argument.
type breakNode struct {
	inert
	place
	scope   node
	literal string
}

func (n *breakNode) render(r *renderer) error {
	if r.trace != nil {
		r.trace(Event{Line: int(n.line), Column: int(n.column), Directive: "break"})
	}
	if n.scope == nil {
		return errBreak
	}
	v, err := n.scope.value(r)
	if err != nil {
		return err
	}
	s, ok := v.(*loopScope)
	if !ok {
		return r.fail(n.place, failf("%s is not the scope of a loop", n.literal))
	}
	return &leaveLoop{s.owner}
}

// stopNode is #stop; the message is evaluated and forgotten.
type stopNode struct {
	inert
	place
	message node
}

func (n *stopNode) render(r *renderer) error {
	if r.trace != nil {
		r.trace(Event{Line: int(n.line), Column: int(n.column), Directive: "stop"})
	}
	if n.message != nil {
		if _, err := n.message.value(r); err != nil {
			return err
		}
	}
	return errStop
}

// define is #define.
type define struct {
	inert
	place
	slot int
	body node
}

// defineDepth is how deep a block may print itself, Velocity's directive.define.max.depth.
const defineDepth = 2

func (n *define) render(r *renderer) error {
	if r.trace != nil {
		r.trace(Event{Line: int(n.line), Column: int(n.column), Directive: "define", Source: r.nameOf(n.slot)})
	}
	r.put(n.slot, r.newBlock(n.body, defineDepth))
	return nil
}

// blockValue is the value of $name after #define($name), and of $bodyContent: a block that is rendered where the
// reference stands.
type blockValue struct {
	body node
	// frame is where the block was defined; it counts when the block is used as a string.
	frame           *frame
	depth, maxDepth int
	// r is the rendering that the block belongs to, nil when that is over.
	r *renderer
}

func (r *renderer) newBlock(body node, maxDepth int) *blockValue {
	b := &blockValue{body: body, frame: r.frame.capture(), maxDepth: maxDepth, r: r}
	r.blocks = append(r.blocks, b)
	return b
}

// JavaString is the text of a block in a list or a map that is printed.
func (b *blockValue) JavaString() string {
	if b.r == nil {
		return ""
	}
	out, ok, err := b.appendTo(b.r, nil)
	if err != nil && b.r.pending == nil {
		b.r.pending = err
	}
	if !ok {
		return "null"
	}
	return string(out)
}

// render prints the block. done is false when it is inside itself too often.
func (b *blockValue) render(r *renderer) (done bool, err error) {
	if b.depth >= b.maxDepth {
		return false, nil
	}
	b.depth++
	err = b.body.render(r)
	b.depth--
	if err == errBreak {
		err = nil
	}
	return true, err
}

// appendTo appends the block as a string.
func (b *blockValue) appendTo(r *renderer, dst []byte) (out []byte, ok bool, err error) {
	saved, inside := r.out, r.frame
	r.out, r.frame = dst, b.frame
	ok, err = b.render(r)
	out = r.out
	r.out, r.frame = saved, inside
	return out, ok, err
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

// load is #include or #parse, which load nothing here: their arguments are checked as Velocity does.
type load struct {
	inert
	place
	name string
	args []node
}

func (n *load) render(r *renderer) error {
	for i, a := range n.args {
		if n.name == "parse" && i > 0 {
			break
		}
		v, err := n.argument(r, a)
		if err != nil {
			return err
		}
		if v != nil {
			return r.fail(n.place, failWith(ErrUnsupported, "#%s loads no other templates", n.name))
		}
		if n.name == "include" {
			r.out = append(r.out, includeError(i)...)
		}
	}
	return r.checkOutput()
}

func (n *load) argument(r *renderer, a node) (any, error) {
	if n.name == "include" {
		_, literal := a.(*interpolation)
		_, ref := a.(*reference)
		c, _ := a.(*constant)
		if c != nil {
			_, literal = c.v.(string)
		}
		if !literal && !ref {
			return nil, r.fail(n.place, failWith(ErrUnsupported, "#include takes strings and references"))
		}
	}
	return a.value(r)
}

func includeError(arg int) string {
	return "<!-- include error : error with arg " + java.String(int32(arg)) + " please see log. see error log -->"
}

// methodFailure is what a method says when it throws.
type methodFailure struct {
	msg string
	err error
}

func (e *methodFailure) Error() string { return e.msg }
func (e *methodFailure) Unwrap() error { return e.err }

func failf(format string, args ...any) error { return failWith(ErrMethod, format, args...) }

// fail adds the place to an error, unless it has one or is none.
func (r *renderer) fail(at place, err error) error {
	if _, ok := err.(*Error); ok || isStop(err) {
		return err
	}
	var e *Error
	if errors.As(err, &e) {
		return err
	}
	return r.t.errorAt(at, err)
}
