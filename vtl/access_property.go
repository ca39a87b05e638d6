package vtl

import (
	"sync/atomic"

	"postern/java"
)

// propertyAccess is .name.
type propertyAccess struct {
	name string
	// key is name as a value, for maps.
	key any
	// class tells that the name is "class", which every value has.
	class bool
	// near is where the name was in the map that was asked last: the items of a list have their keys in the same order.
	near atomic.Int32
}

func (a *propertyAccess) get(r *renderer, v any) (any, error) {
	switch v := v.(type) {
	case *java.Map:
		if a.class {
			break
		}
		near := int(a.near.Load())
		e, at := v.GetStringNear(a.name, near)
		if at >= 0 && at != near {
			a.near.Store(int32(at))
		}
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
