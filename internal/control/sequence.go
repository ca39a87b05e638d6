package control

import (
	"fmt"
	"math"
)

// kindSequence counts what was made of a kind of document that is listed in the order in which it was made.
const kindSequence = "sequence" // {kind}, or {api}/{kind}

// nextSequence numbers one more document of a kind, from 1.
func (r records) nextSequence(kind string) (int64, error) {
	last, err := get[int64](r, kindSequence, kind)
	if notFound(err) {
		last, err = new(int64), nil
	}
	if err != nil {
		return 0, err
	}
	next := *last + 1
	return next, put(r, kindSequence, kind, &next)
}

// newestFirst is the position in a list that starts with the newest: the greater the number, the smaller.
func newestFirst(sequence int64) string { return fmt.Sprintf("%019d", math.MaxInt64-sequence) }
