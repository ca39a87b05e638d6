package jsonpath

import (
	"fmt"
	"strconv"
)

// indices reads an index, several with commas, a slice, or @.length-n, up to the first character that cannot belong
// to it.
func indices(text string) (step, error) {
	r := indexReader{text: text}
	if text[0] == '@' {
		return r.fromEnd()
	}
	var list, from, to, between bool
	for r.belongs(",:") {
		switch c := r.text[r.pos]; c {
		case ' ':
		case ',':
			r.number()
			list = true
		case ':':
			first := r.digits == ""
			if !first {
				r.number()
			}
			r.pos++
			for r.belongs("") {
				r.take()
			}
			switch {
			case first:
				to = true
				r.number()
			case r.digits == "":
				from = true
			default:
				between = true
				r.number()
			}
			if r.pos < len(r.text) && r.text[r.pos] == ']' {
				continue
			}
		default:
			r.digits += string(c)
		}
		r.pos++
	}
	if r.pos >= len(r.text) {
		return step{}, errTruncated
	}
	if r.digits != "" {
		r.number()
	}
	s := step{op: opBroken, ints: r.numbers}
	switch {
	case len(r.numbers) == 1 && !to && !from:
		s.op = opIndex
	case list:
		s.op = opIndexes
	case from:
		s.op = opSliceFrom
	case to:
		s.op = opSliceTo
	case between:
		s.op = opSliceBetween
	}
	return s, r.err
}

// indexReader collects digits and minus signs into numbers.
type indexReader struct {
	text    string
	pos     int
	digits  string
	numbers []int32
	err     error
}

// belongs reports whether the character at the position may be part of an index, or is one of more.
func (r *indexReader) belongs(more string) bool {
	if r.pos >= len(r.text) {
		return false
	}
	c := r.text[r.pos]
	if isDigit(c) || c == ' ' || c == '-' {
		return true
	}
	for i := range len(more) {
		if c == more[i] {
			return true
		}
	}
	return false
}

func (r *indexReader) take() {
	if c := r.text[r.pos]; c != ' ' {
		r.digits += string(c)
	}
	r.pos++
}

func (r *indexReader) number() {
	n, err := strconv.ParseInt(r.digits, 10, 32)
	if err != nil && r.err == nil {
		r.err = fmt.Errorf("%q is not an index", r.digits)
	}
	r.numbers = append(r.numbers, int32(n))
	r.digits = ""
}

// fromEnd reads @.length-n or @.size()-n. Brackets and blanks are ignored, so is the character behind the @.
func (r *indexReader) fromEnd() (step, error) {
	r.pos = 2
	var word []byte
	for ; r.pos < len(r.text) && r.text[r.pos] != '-'; r.pos++ {
		switch c := r.text[r.pos]; c {
		case ' ', '(', ')':
		default:
			word = append(word, c)
		}
	}
	if r.pos >= len(r.text) {
		return step{}, errTruncated
	}
	if function := string(word); function != "size" && function != "length" {
		return step{}, fmt.Errorf("@.%s is neither length nor size()", function)
	}
	for r.pos < len(r.text) && r.text[r.pos] != ')' {
		r.take()
	}
	if r.pos >= len(r.text) {
		return step{}, errTruncated
	}
	r.number()
	return step{op: opFromEnd, ints: r.numbers}, r.err
}
