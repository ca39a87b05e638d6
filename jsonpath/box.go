package jsonpath

import "unsafe"

// slab gives out room for values from a few long arrays. A document of a hundred strings costs a handful of
// allocations instead of a hundred.
type slab[T any] struct {
	free []T
	used int // elements given out
}

// slabMax is the longest array of a slab, in elements.
const slabMax = 1024

// grow makes room for n elements and for as many as the rest of the text will need if it is like the text so far.
func (s *slab[T]) grow(n int, p *parser) {
	expected := (s.used+n)*(len(p.src)-p.pos)/(p.pos+1) + 2
	s.free = make([]T, max(n, min(expected, slabMax)))
}

// put stores v and returns where.
func (s *slab[T]) put(v T, p *parser) *T {
	if len(s.free) == 0 {
		s.grow(1, p)
	}
	at := &s.free[0]
	*at = v
	s.free = s.free[1:]
	s.used++
	return at
}

// take returns n zero elements as a slice that cannot grow into its neighbours.
func (s *slab[T]) take(n int, p *parser) []T {
	if n > len(s.free) {
		if n > slabMax/4 {
			return make([]T, n)
		}
		s.grow(n, p)
	}
	part := s.free[:n:n]
	s.free = s.free[n:]
	s.used += n
	return part
}

// box returns v as an interface value that points into the slab. T must not be of pointer shape, and nobody may
// write to the slab's elements again.
func (s *slab[T]) box(v T, p *parser) any {
	var zero T
	boxed := any(zero)
	(*iface)(unsafe.Pointer(&boxed)).data = unsafe.Pointer(s.put(v, p))
	return boxed
}

// iface is how the Go runtime lays out an `any`.
type iface struct {
	_    unsafe.Pointer
	data unsafe.Pointer
}
