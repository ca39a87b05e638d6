package openapi

import (
	"cmp"
	"maps"
	"slices"
	"unicode/utf16"
)

// hashed are the keys of a map in the order in which exports of AWS have them: that of a java.util.HashMap made without a
// capacity. Keys of one place in its table are in the order of their names.
// Source: recorded AWS answers, GetExport; public exports in the developer guide.
func hashed[V any](m map[string]V) []string {
	return inTable(slices.Sorted(maps.Keys(m)), tableSize(16, len(m)))
}

// packed is hashed for the parameters of a method, which AWS copies into a table no larger than it must be: keys of one
// place there are in the order of the table that they came from.
func packed[V any](m map[string]V) []string {
	return inTable(hashed(m), tableSize(4, len(m)))
}

// tableSize is the size of a table for n keys that starts with a size: it doubles when more than three quarters are taken.
func tableSize(size, n int) int {
	for 4*n > 3*size {
		size *= 2
	}
	return size
}

func inTable(keys []string, size int) []string {
	slices.SortStableFunc(keys, func(a, b string) int { return cmp.Compare(slot(a, size), slot(b, size)) })
	return keys
}

// slot is where a java.util.HashMap of a size keeps a string, from java.lang.String.hashCode.
func slot(key string, size int) uint32 {
	var hash uint32
	for _, unit := range utf16.Encode([]rune(key)) {
		hash = 31*hash + uint32(unit)
	}
	return (hash ^ hash>>16) & uint32(size-1)
}
