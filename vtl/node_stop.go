package vtl

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
