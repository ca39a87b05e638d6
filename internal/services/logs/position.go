package logs

import (
	"fmt"
	"hash/fnv"
	"strings"
)

// A position orders the events of a group: by their time, then by their arrival. It is 56 digits, the form of AWS's event
// ids, and serves as event id and in tokens.
type position string

// positionDigits is the length of a position.
const positionDigits = 56

// positions makes the positions of one batch's events: timestamp 13 digits, key of the batch 23, stream 14, place in the
// batch 6.
type positions struct{ begun, number, stream string }

func newPositions(streamName, key string) positions {
	begun, number, _ := strings.Cut(key, "-")
	h := fnv.New64a()
	h.Write([]byte(streamName))
	return positions{begun, number, fmt.Sprintf("%014d", h.Sum64()%1e14)}
}

func (p positions) of(e *entry, i int) position {
	return position(fmt.Sprintf("%013d%s%s%s%06d", e.Timestamp, p.begun, p.number, p.stream, i))
}

// first stands before every event.
var first = position(strings.Repeat("0", positionDigits))

// parsePosition reads a position from a token.
func parsePosition(text string) (position, error) {
	if len(text) != positionDigits || strings.Trim(text, "0123456789") != "" {
		return "", errToken
	}
	return position(text), nil
}
