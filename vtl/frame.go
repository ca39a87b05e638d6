package vtl

// frame is the scope of one macro call, or of one turn of a loop whose value is null.
//
// Macros take arguments by name: an argument is evaluated each time its parameter is read, in the frame of the
// caller. A variable that a macro sets is set in its frame and in all frames around it.
type frame struct {
	parent *frame
	args   []binding
	locals []local
	// loopVar is the slot of a loop variable that is null, -1 for the frame of a macro. It hides the variable of that
	// name outside as long as hiding is set.
	loopVar int
	hiding  bool
	// captured frames are held by a block value and must not be used again.
	captured bool
}

// binding is a parameter with the argument that it stands for.
type binding struct {
	slot int
	node node
	// literal is the argument as written, printed when the parameter is null. It outlives the binding.
	literal string
	removed bool
}

type local struct {
	slot int
	v    any
}

func (r *renderer) newFrame() *frame {
	n := len(r.spare) - 1
	if n < 0 {
		return &frame{parent: r.frame, loopVar: -1}
	}
	f := r.spare[n]
	r.spare = r.spare[:n]
	f.parent = r.frame
	return f
}

// release gives a frame back for later use.
func (r *renderer) release(f *frame) {
	if f.captured {
		return
	}
	clear(f.args)
	clear(f.locals)
	*f = frame{args: f.args[:0], locals: f.locals[:0], loopVar: -1}
	r.spare = append(r.spare, f)
}

// capture keeps the frames from f outwards from being used again.
func (f *frame) capture() *frame {
	for g := f; g != nil && !g.captured; g = g.parent {
		g.captured = true
	}
	return f
}

func (f *frame) local(slot int) *local {
	for i := range f.locals {
		if f.locals[i].slot == slot {
			return &f.locals[i]
		}
	}
	return nil
}

func (f *frame) put(slot int, v any) {
	if f.loopVar >= 0 {
		f.hiding = f.hiding || f.loopVar == slot && v == nil
		return
	}
	if l := f.local(slot); l != nil {
		l.v = v
		return
	}
	f.locals = append(f.locals, local{slot, v})
}

func (f *frame) remove(slot int) {
	if f.loopVar >= 0 {
		f.hiding = f.hiding && f.loopVar != slot
		return
	}
	if l := f.local(slot); l != nil {
		l.v = nil
	}
	for i := range f.args {
		if f.args[i].slot == slot {
			f.args[i].removed = true
		}
	}
}

// getFrom returns a variable as frame f sees it.
func (r *renderer) getFrom(f *frame, slot int) (any, error) {
	for ; f != nil; f = f.parent {
		if f.hiding && f.loopVar == slot {
			return nil, nil
		}
		if l := f.local(slot); l != nil && l.v != nil {
			return l.v, nil
		}
		for i := range f.args {
			if b := &f.args[i]; b.slot == slot && !b.removed {
				return r.argument(f, b.node)
			}
		}
	}
	v := r.vars[slot]
	if _, ok := v.(unlookedValue); ok {
		v = r.lookup(slot)
	}
	return v, nil
}

// isArgument tells whether a variable is a parameter, which is evaluated when it is read.
func (r *renderer) isArgument(slot int) bool {
	for f := r.frame; f != nil; f = f.parent {
		for i := range f.args {
			if f.args[i].slot == slot && !f.args[i].removed {
				return true
			}
		}
	}
	return false
}

// argument evaluates a macro's argument in the frame of the caller.
func (r *renderer) argument(f *frame, n node) (any, error) {
	if err := r.step(); err != nil {
		return nil, err
	}
	inside := r.frame
	r.frame = f.parent
	var v any
	var err error
	if ref, ok := n.(*reference); ok {
		if len(ref.path) == 0 {
			v, err = r.get(ref.slot)
		} else {
			v, err = ref.execute(r)
		}
	} else {
		v, err = n.value(r)
	}
	r.frame = inside
	return v, err
}

// literalOf returns the argument that a parameter stands for, as written.
func (r *renderer) literalOf(slot int) (string, bool) {
	for f := r.frame; f != nil; f = f.parent {
		for i := range f.args {
			if f.args[i].slot == slot {
				return f.args[i].literal, true
			}
		}
	}
	return "", false
}
