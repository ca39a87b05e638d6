package vtl

import (
	"sort"
	"unicode/utf8"
)

// places turns byte positions into lines and columns.
type places struct {
	src   string
	lines []int
	// marks[i] is the number of characters before byte i*markDistance: long lines are not counted again and again.
	marks []int
	// first is the place of the first byte.
	first place
	// fixed places are all the same: the text was made at run time or had escapes in it.
	fixed bool
}

const markDistance = 256

func newPlaces(src string, first place) *places {
	p := &places{src: src, lines: []int{0}, first: first}
	count := 0
	for i := range len(src) {
		if i%markDistance == 0 {
			p.marks = append(p.marks, count)
		}
		if utf8.RuneStart(src[i]) {
			count++
		}
		if src[i] == '\n' {
			p.lines = append(p.lines, i+1)
		}
	}
	return p
}

// characters is the number of characters before byte pos.
func (p *places) characters(pos int) int {
	i := min(pos/markDistance, len(p.marks)-1)
	if i < 0 {
		return 0
	}
	count := p.marks[i]
	for j := i * markDistance; j < pos; j++ {
		if utf8.RuneStart(p.src[j]) {
			count++
		}
	}
	return count
}

func fixedPlace(at place) *places { return &places{first: at, fixed: true} }

func (p *places) at(pos int) place {
	if p.fixed {
		return p.first
	}
	pos = min(pos, len(p.src))
	line := sort.SearchInts(p.lines, pos+1) - 1
	column := int32(p.characters(pos) - p.characters(p.lines[line]))
	if line == 0 {
		return place{p.first.line, p.first.column + column}
	}
	return place{p.first.line + int32(line), 1 + column}
}

func sortReferences(refs []Reference) {
	sort.SliceStable(refs, func(i, j int) bool {
		a, b := &refs[i], &refs[j]
		return a.Line < b.Line || a.Line == b.Line && a.Column < b.Column
	})
}
