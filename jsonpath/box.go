package jsonpath

import "unsafe"

// slab gives out room for values from a few long arrays. A document of a hundred strings costs a handful of
// allocations instead of a hundred.
type slab[T any] struct {
	room   []T
	used   int // elements of room given out
	before int // elements given out of earlier rooms
}

// slabMax is the longest array of a slab, in elements.
const slabMax = 1024

// grow makes room for n elements and for as many as the rest of the text will need if it is like the text so far,
// which at its beginning says little.
func (s *slab[T]) grow(n int, p *parser) {
	s.before += s.used
	sofar := s.before + n
	expected := sofar*(len(p.src)-p.pos)/(p.pos+1) + 2
	s.room, s.used = make([]T, max(n, min(expected+expected/8, 4*sofar, slabMax))), 0
}

// reuse takes everything back that was given out. A slab that needed several rooms gets one that holds it all, unless that
// is more than is worth keeping.
func (s *slab[T]) reuse() {
	total := s.before + s.used
	switch {
	case total > 8*slabMax:
		s.room = nil
	case s.before > 0:
		s.room = make([]T, total+total/8)
	default:
		clear(s.room[:s.used])
	}
	s.used, s.before = 0, 0
}

// next returns a zero element.
func (s *slab[T]) next(p *parser) *T {
	if s.used >= len(s.room) {
		s.grow(1, p)
	}
	at := &s.room[s.used]
	s.used++
	return at
}

// free is the part that is not given out.
func (s *slab[T]) free() []T { return s.room[s.used:] }

// take returns n elements, not all of them zero, as a slice that cannot grow into its neighbours.
func (s *slab[T]) take(n int, p *parser) []T {
	if n > len(s.room)-s.used {
		if n > slabMax/4 {
			return make([]T, n)
		}
		s.grow(n, p)
	}
	first := s.used
	s.used += n
	return s.room[first:s.used:s.used]
}

// boxString returns v as an interface value that points into the slab, to where nobody writes again; so do its
// siblings.
func (p *parser) boxString(v string) any {
	at := p.strings.next(p)
	*at = v
	boxed := any("")
	(*iface)(unsafe.Pointer(&boxed)).data = unsafe.Pointer(at)
	return boxed
}

func (p *parser) boxDouble(v float64) any {
	at := p.doubles.next(p)
	*at = v
	boxed := any(0.0)
	(*iface)(unsafe.Pointer(&boxed)).data = unsafe.Pointer(at)
	return boxed
}

func (p *parser) boxInt(v int32) any {
	at := p.ints.next(p)
	*at = v
	boxed := any(int32(0))
	(*iface)(unsafe.Pointer(&boxed)).data = unsafe.Pointer(at)
	return boxed
}

// iface is how the Go runtime lays out an `any`.
type iface struct {
	_    unsafe.Pointer
	data unsafe.Pointer
}
