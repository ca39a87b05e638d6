package regex

import "unicode"

// holds reports whether pos is such a place.
func (m *machine) holds(kind assertion, pos int) bool {
	before, _ := decodeLast(m.s, pos)
	after, size := decode(m.s, pos)
	switch kind {
	case textStart:
		return pos == 0
	case textEnd:
		return pos == len(m.s)
	case lastEnd:
		return pos == m.origin
	case finalEnd:
		return pos == len(m.s) || m.isLineEndAt(pos) && m.endsAfter(pos, size)
	case finalEndUnix:
		return pos == len(m.s) || after == '\n' && pos+1 == len(m.s)
	case lineStart:
		return pos < len(m.s) && (pos == 0 || isLineEnd(before) && (before != '\r' || after != '\n'))
	case lineStartUnix:
		return pos < len(m.s) && (pos == 0 || before == '\n')
	case lineEnd:
		return pos == len(m.s) || m.isLineEndAt(pos)
	case lineEndUnix:
		return pos == len(m.s) || after == '\n'
	case wordEdge:
		return m.isWordBefore(pos) != m.isWordAt(after, pos)
	case notWordEdge:
		return m.isWordBefore(pos) == m.isWordAt(after, pos)
	case wordEdgeUnicode:
		return isUnicodeWord(before) != isUnicodeWord(after)
	}
	return isUnicodeWord(before) == isUnicodeWord(after)
}

// isLineEndAt reports whether a line end begins at pos; the \n of \r\n does not.
func (m *machine) isLineEndAt(pos int) bool {
	after, _ := decode(m.s, pos)
	if after == '\n' {
		before, _ := decodeLast(m.s, pos)
		return before != '\r'
	}
	return isLineEnd(after)
}

// endsAfter reports whether the line end at pos is the last of the text.
func (m *machine) endsAfter(pos, size int) bool {
	return pos+size == len(m.s) || m.s[pos:] == "\r\n"
}

// isWordAt reports whether r, which stands at pos, belongs to a word as \b of Java 17 sees it: letters and digits of
// all scripts (unlike \w), and marks that belong to one.
func (m *machine) isWordAt(r rune, pos int) bool {
	if r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) {
		return true
	}
	for unicode.Is(unicode.Mn, r) {
		before, size := decodeLast(m.s, pos)
		if unicode.IsLetter(before) || unicode.IsDigit(before) {
			return true
		}
		r, pos = before, pos-size
	}
	return false
}

func (m *machine) isWordBefore(pos int) bool {
	r, size := decodeLast(m.s, pos)
	return m.isWordAt(r, pos-size)
}
