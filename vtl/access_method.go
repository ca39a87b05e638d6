package vtl

import (
	"postern/java"
)

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
		if class, ok := v.(*javaClass); ok {
			return a.callStatic(r, class, args)
		}
		return nil, nil
	}
	return m.invoke(r, v, args)
}

// callStatic looks for a method that a class itself has not among those of the class it stands for. The methods of its
// values are found too, and Java refuses to run them on a class.
func (a *methodCall) callStatic(r *renderer, class *javaClass, args []any) (any, error) {
	m := a.methods.find(class.of, args)
	switch {
	case m == nil:
		return nil, nil
	case !m.isStatic(class.of):
		return nil, failf("the class %s is not a value of itself", class.name)
	}
	return m.invoke(r, class, args)
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
