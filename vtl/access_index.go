package vtl

import (
	"postern/java"
)

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
