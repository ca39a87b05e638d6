package vtl

// reference is $a.b(c)[d] in any notation.
type reference struct {
	place
	slot int
	path []accessor
	// runt is a name without a dollar sign, which prints itself.
	runt string
	// literal is the reference as written.
	literal string
	// nullText is what the reference prints when it is null.
	nullText string
	// prefix goes before a value; nullPrefix before nullText.
	prefix, nullPrefix string
	// escaped references print their source.
	escaped bool
	// broken references ($\!a) have no value.
	broken bool
	// bare tells that nullText is the variable alone, so that a macro's argument may stand for it.
	bare bool
}

// accessor is one step of a reference: a property, a method call or an index.
type accessor interface {
	// get applies the step to v, which is not null.
	get(r *renderer, v any) (any, error)
}

// execute returns the value of the reference.
func (n *reference) execute(r *renderer) (any, error) {
	if n.runt != "" {
		return nil, nil
	}
	if err := r.step(); err != nil {
		return nil, r.fail(n.place, err)
	}
	v, err := r.get(n.slot)
	for i := 0; err == nil && v != nil && i < len(n.path); i++ {
		v, err = n.path[i].get(r, v)
	}
	if err != nil {
		return nil, r.fail(n.place, err)
	}
	if v == nil && r.nullAsEmpty {
		v = empty
	}
	if r.trace != nil {
		r.trace(Event{Line: int(n.line), Column: int(n.column), Source: n.literal, Value: v})
	}
	return v, nil
}

func (n *reference) value(r *renderer) (any, error) {
	if n.broken {
		return nil, nil
	}
	return n.execute(r)
}

func (n *reference) truth(r *renderer) (bool, error) {
	v, err := n.execute(r)
	if err != nil || v == nil {
		return false, err
	}
	switch v := v.(type) {
	case bool:
		return v, nil
	case *blockValue:
		_, ok, err := r.toString(v)
		return ok, err
	}
	return true, nil
}

func (n *reference) render(r *renderer) error {
	if n.runt != "" {
		r.out = append(r.out, n.runt...)
		return r.checkOutput()
	}
	if n.prefix == "" && !n.escaped {
		if done, err := n.renderCall(r); done || err != nil {
			return err
		}
	}
	v, err := n.execute(r)
	if err != nil {
		return err
	}
	if n.escaped {
		return n.renderEscaped(r, v)
	}
	if v == nil {
		return n.renderNull(r)
	}
	if b, ok := v.(*blockValue); ok {
		if done, err := b.render(r); done || err != nil {
			return err
		}
	}
	start := len(r.out)
	r.out = append(r.out, n.prefix...)
	ok, err := r.print(v)
	if err != nil {
		return r.fail(n.place, err)
	}
	if !ok {
		r.out = r.out[:start]
		return n.renderNull(r)
	}
	return nil
}

// renderCall lets an object print the result of a call without making a value of it.
func (n *reference) renderCall(r *renderer) (done bool, err error) {
	if len(n.path) != 1 || r.trace != nil {
		return false, nil
	}
	call, ok := n.path[0].(*methodCall)
	if !ok || r.isArgument(n.slot) {
		return false, nil
	}
	v, err := r.get(n.slot)
	if err != nil {
		return false, r.fail(n.place, err)
	}
	o, ok := v.(CallAppender)
	if !ok {
		return false, nil
	}
	if err = r.step(); err == nil {
		ok, err = call.appendTo(r, o)
	}
	if err == nil {
		err = r.checkOutput()
	}
	if err != nil {
		return false, r.fail(n.place, err)
	}
	if !ok && !r.nullAsEmpty {
		return true, n.renderNull(r)
	}
	return true, nil
}

func (n *reference) renderEscaped(r *renderer, v any) error {
	r.out = append(r.out, n.prefix...)
	if v == nil {
		r.out = append(r.out, '\\')
	}
	r.out = append(r.out, n.nullString(r)...)
	return r.checkOutput()
}

func (n *reference) renderNull(r *renderer) error {
	r.out = append(r.out, n.nullPrefix...)
	r.out = append(r.out, n.nullString(r)...)
	return r.checkOutput()
}

// nullString is the reference as written or, for a macro's parameter, the argument as written.
func (n *reference) nullString(r *renderer) string {
	if n.bare && r.frame != nil {
		if s, ok := r.literalOf(n.slot); ok {
			return s
		}
	}
	return n.nullText
}

// assign sets the reference. Assigning below something that is null does nothing.
func (n *reference) assign(r *renderer, v any) error {
	last := len(n.path) - 1
	if last < 0 {
		r.put(n.slot, v)
		return nil
	}
	target, err := r.get(n.slot)
	for i := 0; err == nil && target != nil && i < last; i++ {
		target, err = n.path[i].get(r, target)
	}
	if err != nil || target == nil {
		return err
	}
	switch a := n.path[last].(type) {
	case *indexAccess:
		return a.set(r, target, v)
	case *propertyAccess:
		return a.set(r, target, v)
	}
	// #set($a.b() = 1) sets the property whose name the call has.
	if a, ok := n.path[last].(*methodCall); ok {
		return a.asProperty.set(r, target, v)
	}
	return nil
}
