package vtl

// macro is a macro's definition.
type macro struct {
	name string
	// params are the slots of its parameters.
	params []int
	body   node
}

// macroCall is #name(args), or #@name(args) body #end. When it is rendered and no macro of that name exists it prints
// its source.
type macroCall struct {
	inert
	place
	name string
	// target is the macro of the template, nil if it has none.
	target *macro
	args   []argument
	source string
	// body is the block of a block macro, nil otherwise.
	body        node
	bodyContent int
	// badArg is set when an argument is a bare word: such a call is an error if the macro exists.
	badArg string
}

// argument is an argument of a macro. Numbers, true and false are values, all else is evaluated when the parameter
// is read.
type argument struct {
	node    node
	literal string
	byValue bool
}

func (n *macroCall) render(r *renderer) error {
	m := n.target
	if r.macros != nil {
		if redefined, ok := r.macros[n.name]; ok {
			m = redefined
		}
	}
	if m == nil {
		r.out = append(r.out, n.source...)
		return r.checkOutput()
	}
	if n.badArg != "" {
		return r.fail(n.place, failWith(ErrSyntax, "argument %s of #%s must not be a bare word", n.badArg, n.name))
	}
	if err := r.step(); err != nil {
		return r.fail(n.place, err)
	}
	if r.trace != nil {
		r.trace(Event{Line: int(n.line), Column: int(n.column), Directive: n.name})
	}
	return n.call(r, m)
}

func (n *macroCall) call(r *renderer, m *macro) error {
	f := r.newFrame()
	for i, slot := range m.params {
		if i == len(n.args) {
			break
		}
		a := &n.args[i]
		if a.byValue {
			v, err := a.node.value(r)
			if err != nil {
				return err
			}
			f.put(slot, v)
		} else {
			f.bind(slot, a)
		}
	}
	if n.body != nil {
		// To Velocity the block is one argument more, a null one.
		if len(m.params) > len(n.args) {
			f.put(m.params[len(n.args)], nil)
		}
		f.put(n.bodyContent, r.newBlock(n.body, r.t.plan.config.limits.MacroDepth))
	}
	if r.macroDepth >= r.t.plan.config.limits.MacroDepth {
		return r.fail(n.place, ErrMacroDepth)
	}
	r.macroDepth++
	outside := r.frame
	r.frame = f
	err := m.body.render(r)
	r.frame = outside
	r.release(f)
	if err == nil {
		r.macroDepth--
	}
	// A macro that #break leaves stays on Velocity's stack of macros, so the depth is not taken back.
	if err == errBreak {
		return nil
	}
	return err
}

// bind lets a parameter stand for an argument. Of two parameters of one name the last counts.
func (f *frame) bind(slot int, a *argument) {
	for i := range f.args {
		if f.args[i].slot == slot {
			f.args[i] = binding{slot: slot, node: a.node, literal: a.literal}
			return
		}
	}
	f.args = append(f.args, binding{slot: slot, node: a.node, literal: a.literal})
}
