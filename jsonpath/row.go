package jsonpath

// row is the entries of an object, or the items of an array, that is being read. As long as nothing else is taken
// from the slab they are written to where they will stay; the rest is on a stack until the closing bracket.
type row[T any] struct {
	place []T  // where they go in the slab; nil if they are on the stack
	n     int  // how many there are
	first int  // where they begin on the stack
	taken bool // place is no longer free
}

// stack holds the rows that others were begun in. It is kept from one text to the next.
type stack[T any] struct {
	elems []T
	high  int // elements from here on are clear
}

// open begins a row.
func (s *slab[T]) open(st *stack[T]) row[T] {
	return row[T]{place: s.free(), first: len(st.elems)}
}

// leave prepares a row for another that begins in it. Of a row that will probably have expected elements the place
// is taken, another one moves to the stack.
func (s *slab[T]) leave(r *row[T], st *stack[T], expected int) {
	switch {
	case r.taken || r.place == nil:
	case r.n < expected && expected <= len(r.place):
		r.place, r.taken = r.place[:expected:expected], true
		s.used += expected
	default:
		r.move(st)
	}
}

// move takes a row to the stack.
func (r *row[T]) move(st *stack[T]) {
	st.elems = append(st.elems, r.place[:r.n]...)
	r.place = nil
}

// push adds an element to a row whose place is full or that has none.
func (r *row[T]) push(st *stack[T], v T) {
	if r.place != nil {
		r.move(st)
	}
	st.elems = append(st.elems, v)
}

// close returns the elements of a row that has some, as a slice that cannot grow into its neighbours.
func (s *slab[T]) close(r *row[T], st *stack[T], p *parser) []T {
	if r.place != nil {
		if !r.taken {
			s.used += r.n
		}
		return r.place[:r.n:r.n]
	}
	elems := s.take(r.n, p)
	copy(elems, st.elems[r.first:])
	st.high = max(st.high, len(st.elems))
	st.elems = st.elems[:r.first]
	return elems
}

// empty drops the references of a stack.
func (st *stack[T]) empty() {
	if cap(st.elems) > 4*slabMax {
		*st = stack[T]{}
		return
	}
	clear(st.elems[:max(st.high, len(st.elems))])
	st.elems, st.high = st.elems[:0], 0
}
