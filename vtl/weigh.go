package vtl

import (
	"postern/java"
)

// equals is a.equals(b), bounded: values may contain one value many times.
func (r *renderer) equals(a, b any) (bool, error) {
	if err := r.weigh(a); err != nil {
		return false, err
	}
	if err := r.weigh(b); err != nil {
		return false, err
	}
	return equalValues(a, b), nil
}

// weigh counts the parts of a value as steps before something walks over all of them. A template can make a list
// that contains another twice, that one another twice, and so on. A value that contains itself is an error, as Java
// overflows its stack.
func (r *renderer) weigh(v any) error { return r.weighFor(v, false) }

// weighText is weigh for a value that is printed: Java prints one that contains itself directly.
func (r *renderer) weighText(v any) error { return r.weighFor(v, true) }

func (r *renderer) weighFor(v any, text bool) error {
	switch v.(type) {
	case string:
		return r.charge(v)
	case *java.Map, *java.List, *mapView, *entry:
		w := weigher{r, text}
		return w.parts(v, nil, 0)
	}
	return nil
}

// maxDepth is how deep values may contain each other.
const maxDepth = 3000

type weigher struct {
	r    *renderer
	text bool
}

func (w *weigher) parts(v, parent any, depth int) error {
	if depth > maxDepth {
		return ErrNesting
	}
	switch v := v.(type) {
	case *java.List:
		if w.text && parent == any(v) {
			return nil
		}
		if w.r.steps -= len(v.Items); w.r.steps < 0 {
			return ErrSteps
		}
		for _, item := range v.Items {
			if err := w.parts(item, v, depth+1); err != nil {
				return err
			}
		}
	case *java.Map:
		if w.text && parent == any(v) {
			return nil
		}
		for _, e := range v.Entries() {
			if err := w.entry(e.Key, e.Value, v, depth+1); err != nil {
				return err
			}
		}
	case *mapView:
		return w.parts(v.m, nil, depth+1)
	case *entry:
		return w.entry(v.key, v.current(), nil, depth+1)
	}
	return nil
}

func (w *weigher) entry(key, value, parent any, depth int) error {
	if err := w.r.step(); err != nil {
		return err
	}
	if err := w.parts(key, parent, depth); err != nil {
		return err
	}
	return w.parts(value, parent, depth)
}
