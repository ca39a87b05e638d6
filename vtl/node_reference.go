package vtl

import "postern/java"

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

// propertyAccess is .name.
type propertyAccess struct {
	name string
	// key is name as a value, for maps.
	key any
	// class tells that the name is "class", which every value has.
	class bool
}

func (a *propertyAccess) get(r *renderer, v any) (any, error) {
	switch v := v.(type) {
	case *java.Map:
		if a.class {
			break
		}
		e, _ := v.GetString(a.name)
		return e, nil
	case *loopScope:
		return v.property(a.name), nil
	case Object:
		p, _ := v.Property(a.name)
		return p, nil
	}
	if a.class {
		return classOf(v).object(v), nil
	}
	return property(r, v, a.name)
}

func (a *propertyAccess) set(r *renderer, target, v any) error {
	switch t := target.(type) {
	case *java.Map:
		return r.putEntry(t, a.key, v)
	case *loopScope:
		return r.putEntry(&t.values, a.key, v)
	case *entry:
		if a.name == "value" || a.name == "Value" {
			t.set(v)
		}
	case PropertySetter:
		_, err := t.SetProperty(a.name, v)
		return err
	}
	return nil
}

// putEntry is map.put in an assignment.
func (r *renderer) putEntry(m *java.Map, key, v any) error {
	if err := r.weigh(key); err != nil {
		return err
	}
	n := m.Len()
	m.Put(key, v)
	if m.Len() > n {
		return r.grow(entrySize)
	}
	return nil
}

// indexAccess is [key].
type indexAccess struct{ key node }

func (a *indexAccess) get(r *renderer, v any) (any, error) {
	key, err := a.key.value(r)
	if err != nil {
		return nil, err
	}
	if key, err = a.fromEnd(key, v); err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case *java.Map:
		if err := r.weigh(key); err != nil {
			return nil, err
		}
		e, _ := v.Get(key)
		return e, nil
	case *java.List:
		i, ok := key.(int32)
		if !ok {
			return nil, nil
		}
		if i < 0 || int(i) >= len(v.Items) {
			return nil, failf("index %d is out of bounds for length %d", i, len(v.Items))
		}
		return v.Items[i], nil
	case *loopScope:
		return v.get(key), nil
	case Indexer:
		e, _, err := v.Index(key)
		return e, err
	case Object:
		if s, ok := key.(string); ok {
			p, _ := v.Property(s)
			return p, nil
		}
	}
	return nil, nil
}

// fromEnd counts a negative index from the end of what has a size.
func (a *indexAccess) fromEnd(key, v any) (any, error) {
	i, ok := key.(int32)
	if !ok || i >= 0 {
		return key, nil
	}
	n, ok := sizeOf(v)
	if o, isObject := v.(Object); isObject {
		size, known, err := o.Call("size", nil)
		if err != nil {
			return nil, err
		}
		if s, isInt := size.(int32); known && isInt {
			n, ok = int(s), true
		}
	}
	if !ok {
		return nil, failf("a negative index needs a value that has a size")
	}
	return i + int32(n), nil
}

func (a *indexAccess) set(r *renderer, target, v any) error {
	key, err := a.key.value(r)
	if err != nil {
		return err
	}
	if key, err = a.fromEnd(key, target); err != nil {
		return err
	}
	switch t := target.(type) {
	case *java.Map:
		return r.putEntry(t, key, v)
	case *java.List:
		i, ok := key.(int32)
		if !ok {
			return nil
		}
		return setItem(t, int(i), v)
	case *loopScope:
		return r.putEntry(&t.values, key, v)
	case PropertySetter:
		if s, ok := key.(string); ok {
			_, err := t.SetProperty(s, v)
			return err
		}
	}
	return nil
}

// methodCall is .name(args).
type methodCall struct {
	name string
	args []node
	// constants are the arguments if all of them are known before rendering.
	constants []any
	// methods are the candidates by class of the receiver.
	methods    *candidates
	asProperty propertyAccess
}

func (a *methodCall) get(r *renderer, v any) (any, error) {
	args, base, err := a.evaluate(r)
	if err != nil {
		return nil, err
	}
	out, err := a.call(r, v, args)
	r.args = r.args[:base]
	return out, err
}

func (a *methodCall) call(r *renderer, v any, args []any) (any, error) {
	if o, ok := v.(Object); ok {
		out, ok, err := o.Call(a.name, args)
		if err != nil || ok {
			return out, err
		}
		return a.callObject(r, o, args)
	}
	if a.methods == nil {
		return nil, nil
	}
	m := a.methods.find(classOf(v), args)
	if m == nil {
		return nil, nil
	}
	return m.invoke(r, v, args)
}

// callObject gives every Object the methods of java.lang.Object that do no harm.
func (a *methodCall) callObject(r *renderer, o Object, args []any) (any, error) {
	switch {
	case a.name == "toString" && len(args) == 0:
		s, _, err := r.toString(o)
		return s, err
	case a.name == "equals" && len(args) == 1:
		return java.Equal(o, args[0]), nil
	}
	return nil, nil
}

// appendTo prints the result of a call on an object that can do so. ok is false when the result is null.
func (a *methodCall) appendTo(r *renderer, o CallAppender) (ok bool, err error) {
	args, base, err := a.evaluate(r)
	if err != nil {
		return false, err
	}
	out, ok, err := o.AppendCall(r.out, a.name, args)
	if ok && err == nil {
		r.out = out
	}
	if !ok && err == nil {
		var v any
		if v, err = a.call(r, o, args); v != nil && err == nil {
			ok, err = r.print(v)
		}
	}
	r.args = r.args[:base]
	return ok && err == nil, err
}

// evaluate puts the arguments on the renderer's stack; the caller takes them off again, down to base.
func (a *methodCall) evaluate(r *renderer) (args []any, base int, err error) {
	base = len(r.args)
	if a.constants != nil || len(a.args) == 0 {
		return a.constants, base, nil
	}
	for _, n := range a.args {
		v, err := n.value(r)
		if err != nil {
			r.args = r.args[:base]
			return nil, base, err
		}
		r.args = append(r.args, v)
	}
	return r.args[base:], base, nil
}
