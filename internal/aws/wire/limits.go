package wire

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// LengthAtLeast reports a text with fewer characters than low. A nil value is absent and legal.
func (v *Violations) LengthAtLeast(value *string, low int, member string) {
	if value != nil && utf8.RuneCountInString(*value) < low {
		v.add(*value, member, atLeast("length", low))
	}
}

// LengthAtMost reports a text with more characters than high. A nil value is absent and legal.
func (v *Violations) LengthAtMost(value *string, high int, member string) {
	if value != nil && utf8.RuneCountInString(*value) > high {
		v.add(*value, member, atMost("length", high))
	}
}

// BlobAtLeast reports bytes that are fewer than low. Nil is absent and legal. The bytes are not printed: they may be a secret.
func (v *Violations) BlobAtLeast(value []byte, low int, member string) {
	if value != nil && len(value) < low {
		v.add("java.nio.HeapByteBuffer", member, atLeast("length", low))
	}
}

// BlobAtMost reports bytes that are more than high. Nil is absent and legal.
func (v *Violations) BlobAtMost(value []byte, high int, member string) {
	if len(value) > high {
		v.add("java.nio.HeapByteBuffer", member, atMost("length", high))
	}
}

// Number is a number of a service model.
type Number interface{ ~int | ~int64 | ~float64 }

// AtLeast reports a number below low. A nil value is absent and legal.
func AtLeast[T Number](v *Violations, value *T, low T, member string) {
	if value != nil && *value < low {
		v.add(printNumber(*value), member, "Member must have value greater than or equal to "+printNumber(low))
	}
}

// AtMost reports a number above high. A nil value is absent and legal.
func AtMost[T Number](v *Violations, value *T, high T, member string) {
	if value != nil && *value > high {
		v.add(printNumber(*value), member, "Member must have value less than or equal to "+printNumber(high))
	}
}

// ListAtLeast reports a list with fewer elements than low. Nil is absent and legal.
func ListAtLeast[T any](v *Violations, list []T, low int, member string) {
	if list != nil && len(list) < low {
		v.add(printList(list), member, atLeast("length", low))
	}
}

// ListAtMost reports a list with more elements than high.
func ListAtMost[T any](v *Violations, list []T, high int, member string) {
	if len(list) > high {
		v.add(printList(list), member, atMost("length", high))
	}
}

// MapAtLeast reports a map with fewer entries than low. Nil is absent and legal.
func MapAtLeast[T any](v *Violations, values map[string]T, low int, member string) {
	if values != nil && len(values) < low {
		v.add(printMap(values), member, atLeast("length", low))
	}
}

// MapAtMost reports a map with more entries than high.
func MapAtMost[T any](v *Violations, values map[string]T, high int, member string) {
	if len(values) > high {
		v.add(printMap(values), member, atMost("length", high))
	}
}

func atLeast(what string, low int) string {
	return "Member must have " + what + " greater than or equal to " + strconv.Itoa(low)
}

func atMost(what string, high int) string {
	return "Member must have " + what + " less than or equal to " + strconv.Itoa(high)
}

func printNumber[T Number](n T) string { return strconv.FormatFloat(float64(n), 'f', -1, 64) }

// printList is a list as Java prints one. What structures look like there is not known.
func printList[T any](list []T) string {
	texts, ok := any(list).([]string)
	if !ok {
		return "[...]"
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

// printMap is a map as Java prints one, sorted by key here.
func printMap[T any](values map[string]T) string {
	texts, ok := any(values).(map[string]string)
	if !ok {
		return "{...}"
	}
	entries := make([]string, 0, len(texts))
	for _, key := range slices.Sorted(maps.Keys(texts)) {
		entries = append(entries, key+"="+texts[key])
	}
	return "{" + strings.Join(entries, ", ") + "}"
}
