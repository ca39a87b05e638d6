package jsonpath

import (
	"errors"

	"postern/java"
)

// readIndefinite returns the list of all that the steps lead to.
func readIndefinite(steps []step, doc any) (any, error) {
	s := search{steps: steps, root: doc, left: MaxSteps}
	if err := s.from(0, doc); err != nil {
		return nil, err
	}
	return &java.List{Kind: java.JSONArray, Items: s.found}, nil
}

// maxNesting is how deep a search goes into values that a template has put together; parsed ones are less deep.
const maxNesting = 10_000

// search collects what an indefinite path leads to.
type search struct {
	steps []step
	root  any
	found []any
	left  int // visits that remain
	depth int
}

// from applies step i and those behind it to v. It fails with ErrNotFound where Jayway gives up the whole search.
func (s *search) from(i int, v any) error {
	if s.left--; s.left < 0 || s.depth > maxNesting {
		return ErrLimit
	}
	if i == len(s.steps) {
		s.found = append(s.found, v)
		return nil
	}
	s.depth++
	err := s.step(i, v)
	s.depth--
	return err
}

func (s *search) step(i int, v any) error {
	switch s.steps[i].op {
	case opRoot:
		return s.from(i+1, v)
	case opProperty, opProperties:
		m, ok := v.(*java.Map)
		if !ok {
			return ErrNotFound
		}
		return s.property(i, m)
	case opWildcard:
		return s.wildcard(i, v)
	case opScan:
		return s.scan(i+1, v)
	case opFilter:
		return s.filter(i, v)
	}
	return s.index(i, v)
}

func (s *search) leaf(i int) bool { return i == len(s.steps)-1 }

func (s *search) property(i int, m *java.Map) error {
	st := &s.steps[i]
	if st.op == opProperties {
		if !s.leaf(i) {
			return errMultiNotLeaf
		}
		return s.from(i+1, pick(m, st.names))
	}
	v, ok := m.GetString(st.name)
	switch {
	case ok:
		return s.from(i+1, v)
	case s.leaf(i) || st.strict:
		return ErrNotFound
	}
	return nil
}

// wildcard follows each member and each item. What is not found below an item is passed over, below a member it
// ends the search.
func (s *search) wildcard(i int, v any) error {
	switch v := v.(type) {
	case *java.Map:
		for _, member := range v.All() {
			if err := s.from(i+1, member); err != nil {
				return err
			}
		}
	case *java.List:
		for _, item := range v.Items {
			if err := s.from(i+1, item); err != nil && !errors.Is(err, ErrNotFound) {
				return err
			}
		}
	}
	return nil
}

// index applies a step that needs an array.
func (s *search) index(i int, v any) error {
	items, err := arrayOf(v)
	if err != nil {
		return err
	}
	st := &s.steps[i]
	switch n := len(items); st.op {
	case opIndex:
		return s.item(i, items, int(st.ints[0]))
	case opFromEnd:
		return s.item(i, items, n+int(st.ints[0]))
	case opIndexes:
		for _, index := range st.ints {
			if err := s.item(i, items, int(index)); err != nil {
				return err
			}
		}
		return nil
	case opSliceFrom:
		from := int(st.ints[0])
		if from < 0 {
			from += n
		}
		return s.items(i, items, max(0, from), n)
	case opSliceTo:
		to := int(st.ints[0])
		if to < 0 {
			to += n
		}
		return s.items(i, items, 0, min(n, to))
	case opSliceBetween:
		if n == 0 {
			return nil
		}
		return s.items(i, items, int(st.ints[0]), min(n, int(st.ints[1])))
	}
	return errNoIndex
}

// items follows the items from one index to before another; one that does not exist ends the search.
func (s *search) items(i int, items []any, from, to int) error {
	for index := from; index < to; index++ {
		if err := s.item(i, items, index); err != nil {
			return err
		}
	}
	return nil
}

func (s *search) item(i int, items []any, index int) error {
	if index < 0 || index >= len(items) {
		return ErrNotFound
	}
	return s.from(i+1, items[index])
}

// filter follows the items for which the filter holds, or the object if it holds for it.
func (s *search) filter(i int, v any) error {
	switch v := v.(type) {
	case *java.Map:
		ok, err := s.holds(i, v)
		if !ok || err != nil {
			return err
		}
		return s.from(i+1, v)
	case *java.List:
		for _, item := range v.Items {
			ok, err := s.holds(i, item)
			if err != nil {
				return err
			}
			if !ok {
				continue
			}
			if err := s.from(i+1, item); err != nil {
				return err
			}
		}
		return nil
	}
	return errNotContainer
}

func (s *search) holds(i int, item any) (bool, error) {
	if s.left--; s.left < 0 {
		return false, ErrLimit
	}
	f := s.steps[i].filter
	if f == nil {
		return false, errNoPredicate
	}
	return f.holds(item, s.root)
}

// scan looks for values that step i, the one behind "..", fits: v and everything in it, an object before its
// members. Where an array fits and more steps follow, Jayway applies those to each of its items, without step i.
func (s *search) scan(i int, v any) error {
	if s.left--; s.left < 0 || s.depth > maxNesting {
		return ErrLimit
	}
	s.depth++
	var err error
	switch v := v.(type) {
	case *java.Map:
		err = s.scanObject(i, v)
	case *java.List:
		err = s.scanArray(i, v)
	}
	s.depth--
	return err
}

func (s *search) scanObject(i int, m *java.Map) error {
	fits, err := s.fits(i, m)
	if err != nil {
		return err
	}
	if fits {
		if err := s.from(i, m); err != nil {
			return err
		}
	}
	for _, member := range m.All() {
		if err := s.scan(i, member); err != nil {
			return err
		}
	}
	return nil
}

func (s *search) scanArray(i int, list *java.List) error {
	fits, err := s.fits(i, list)
	if err != nil {
		return err
	}
	switch {
	case !fits:
	case s.leaf(i):
		err = s.from(i, list)
	default:
		for _, item := range list.Items {
			if err = s.from(i+1, item); err != nil {
				break
			}
		}
	}
	if err != nil {
		return err
	}
	for _, item := range list.Items {
		if err := s.scan(i, item); err != nil {
			return err
		}
	}
	return nil
}

// fits reports whether step i can be applied to an object or array on the way.
func (s *search) fits(i int, v any) (bool, error) {
	switch st := &s.steps[i]; st.op {
	case opProperty:
		m, ok := v.(*java.Map)
		if ok {
			_, ok = m.GetString(st.name)
		}
		return ok, nil
	case opProperties:
		m, ok := v.(*java.Map)
		return ok && hasAll(m, st.names), nil
	case opWildcard:
		return true, nil
	case opFilter:
		return s.holds(i, v)
	case opRoot, opScan:
		return false, nil
	}
	_, ok := v.(*java.List)
	return ok, nil
}
