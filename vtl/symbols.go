package vtl

// symbols gives each variable name a slot, once for a whole template.
type symbols struct {
	slots map[string]int
	names []string
	// outer are the symbols of the template that a runtime-parsed one extends; they are read only then.
	outer *symbols
}

func newSymbols(outer *symbols) *symbols { return &symbols{slots: map[string]int{}, outer: outer} }

func (s *symbols) size() int {
	if s.outer == nil {
		return len(s.names)
	}
	return s.outer.size() + len(s.names)
}

func (s *symbols) find(name string) (int, bool) {
	if s.outer != nil {
		if i, ok := s.outer.find(name); ok {
			return i, true
		}
	}
	i, ok := s.slots[name]
	return i, ok
}

func (s *symbols) slot(name string) int {
	if i, ok := s.find(name); ok {
		return i
	}
	i := s.size()
	s.slots[name] = i
	s.names = append(s.names, name)
	return i
}

func (s *symbols) name(slot int) string {
	if s.outer != nil {
		n := s.outer.size()
		if slot < n {
			return s.outer.name(slot)
		}
		slot -= n
	}
	return s.names[slot]
}
