package vtl

import (
	"postern/java"
)

// objectMethods are the methods that every value has.
func objectMethods(class class) []method {
	return []method{
		{name: "toString", call: func(c *call) (any, error) {
			if class == classString {
				return c.recv, nil
			}
			s, ok, err := c.r.toString(c.recv)
			if err != nil || !ok {
				return nil, err
			}
			return s, nil
		}},
		{name: "equals", params: []param{pObject}, call: func(c *call) (any, error) {
			return c.r.equalsResult(c.recv, c.args[0])
		}},
		{name: "hashCode", call: func(c *call) (any, error) { return c.r.hashCode(c.recv) }},
		{name: "getClass", call: func(c *call) (any, error) { return class.object(c.recv), nil }},
	}
}

func (r *renderer) equalsResult(a, b any) (any, error) {
	ok, err := r.equals(a, b)
	return ok, err
}

func (r *renderer) hashCode(v any) (any, error) {
	if err := r.weigh(v); err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case *entry:
		return java.HashCode(v.key) ^ java.HashCode(v.current()), nil
	case *loopScope:
		return java.HashCode(&v.values), nil
	case *mapView:
		sum := int32(0)
		if v.kind == viewValues {
			return int32(1), nil
		}
		for i := range v.m.Len() {
			h, err := r.hashCode(v.at(i))
			if err != nil {
				return nil, err
			}
			sum += h.(int32)
		}
		return sum, nil
	}
	return java.HashCode(v), nil
}
