package java

import (
	"hash/maphash"
	"iter"
	"math/bits"
)

// Entry is one key and value of a Map, java.util.Map.Entry.
type Entry struct {
	Key   any
	Value any
}

// Map is a java.util.LinkedHashMap: keys in the order they were first put, compared with Equal (so the Integer 1
// and the Long 1 are two keys). The zero Map is empty and ready to use; a Map must not be copied.
//
// A small map is a plain list that is searched from the front; a large one has a hash index beside it. Reading is
// safe from several goroutines at once as long as none writes.
type Map struct {
	entries []Entry
	index   *index // nil for a small map
}

// index finds the entries of a large map.
type index struct {
	// slots holds positions in entries, plus one, where the keys hash to; 0 is an empty slot.
	slots []int32
	// dead counts the entries that Delete marked; they are squeezed out when they are more than the others.
	dead int
}

// indexedFrom is the number of entries from which looking a key up by its hash is faster than comparing it with
// each one.
const indexedFrom = 12

// deleted is the key of an entry that was deleted from a large map.
type deleted struct{}

// seed makes the slots of a map unpredictable to whoever sends the keys.
var seed = maphash.MakeSeed()

// NewMap returns an empty map with room for n entries.
func NewMap(n int) *Map {
	return &Map{entries: make([]Entry, 0, n)}
}

// MapOf returns a map of the keys and values that alternate in kv: MapOf("a", 1, "b", 2). A missing last value
// is null.
func MapOf(kv ...any) *Map {
	m := NewMap((len(kv) + 1) / 2)
	for i := 0; i < len(kv); i += 2 {
		var v any
		if i+1 < len(kv) {
			v = kv[i+1]
		}
		m.Put(kv[i], v)
	}
	return m
}

// Adopt makes m hold entries as if each had been put in turn: of two equal keys the first keeps its place and the
// last its value. It takes the slice over; what m held before is gone. It is how a parser builds a map from a
// slab without copying.
func (m *Map) Adopt(entries []Entry) {
	if len(entries) < indexedFrom && distinct(entries) {
		*m = Map{entries: entries}
		return
	}
	*m = Map{entries: entries[:0]}
	if len(entries) >= indexedFrom {
		m.index = newIndex(len(entries))
	}
	for _, e := range entries {
		m.Put(e.Key, e.Value)
	}
}

// AdoptDistinct is Adopt for entries whose keys are known to be distinct.
func (m *Map) AdoptDistinct(entries []Entry) {
	*m = Map{entries: entries}
	if len(entries) >= indexedFrom {
		m.indexAll()
	}
}

// distinct reports whether the keys are strings and no two are equal. It keeps a bit for each coarse hash it has
// met, which nearly always says "new" without a search.
func distinct(entries []Entry) bool {
	var met uint64
	for i := range entries {
		k, ok := entries[i].Key.(string)
		if !ok {
			return false
		}
		bit := coarse(k)
		if met&bit != 0 {
			for j := range i {
				if entries[j].Key.(string) == k {
					return false
				}
			}
		}
		met |= bit
	}
	return true
}

func coarse(k string) uint64 {
	if k == "" {
		return 1
	}
	return 1 << ((uint(len(k))*5 + uint(k[0]) + uint(k[len(k)-1])*3) & 63)
}

// Len returns the number of entries.
func (m *Map) Len() int { return len(m.entries) - m.dead() }

func (m *Map) dead() int {
	if m.index == nil {
		return 0
	}
	return m.index.dead
}

// Get returns the value of key, and whether there is one.
func (m *Map) Get(key any) (any, bool) {
	if k, ok := key.(string); ok {
		return m.GetString(k)
	}
	if i := m.find(key); i >= 0 {
		return m.entries[i].Value, true
	}
	return nil, false
}

// GetString is Get for a key that is a string. It does not allocate.
func (m *Map) GetString(key string) (any, bool) {
	if i := m.findString(key); i >= 0 {
		return m.entries[i].Value, true
	}
	return nil, false
}

// GetStringNear is GetString for whoever asks many maps of one shape for the same key: it looks at the position first where
// the key was in the map before, and returns where it is now, -1 if nowhere.
func (m *Map) GetStringNear(key string, hint int) (value any, at int) {
	if uint(hint) < uint(len(m.entries)) {
		e := &m.entries[hint]
		if k, ok := e.Key.(string); ok && k == key {
			return e.Value, hint
		}
	}
	if at = m.findString(key); at < 0 {
		return nil, -1
	}
	return m.entries[at].Value, at
}

// Put sets the value of key and returns the value it had, null if none.
func (m *Map) Put(key, value any) (old any) {
	if i := m.find(key); i >= 0 {
		old, m.entries[i].Value = m.entries[i].Value, value
		return old
	}
	if m.dead() > len(m.entries)/2 {
		m.indexAll()
	}
	m.entries = append(m.entries, Entry{Key: key, Value: value})
	switch n := len(m.entries); {
	case m.index == nil && n < indexedFrom:
	case m.index == nil || 2*n > len(m.index.slots):
		m.indexAll()
	default:
		m.note(n - 1)
	}
	return nil
}

// Delete removes key and returns the value it had, and whether there was one.
func (m *Map) Delete(key any) (old any, ok bool) {
	i := m.find(key)
	if i < 0 {
		return nil, false
	}
	old = m.entries[i].Value
	if m.index == nil {
		m.entries = append(m.entries[:i], m.entries[i+1:]...)
		clear(m.entries[len(m.entries) : len(m.entries)+1])
		return old, true
	}
	m.entries[i] = Entry{Key: deleted{}}
	if m.index.dead++; m.Len() == 0 {
		m.Clear()
	}
	return old, true
}

// Clear removes all entries.
func (m *Map) Clear() { *m = Map{} }

// At returns the entry at position i of the order, 0 ≤ i < Len(). Its cost is constant unless entries were
// deleted from a large map.
func (m *Map) At(i int) Entry {
	if m.dead() == 0 {
		return m.entries[i]
	}
	for _, e := range m.entries {
		if e.Key == (deleted{}) {
			continue
		}
		if i == 0 {
			return e
		}
		i--
	}
	panic("java: Map.At: index out of range")
}

// All iterates over the entries in order. The map must not be changed meanwhile, except that the value of a key
// it holds may be set.
func (m *Map) All() iter.Seq2[any, any] {
	return func(yield func(key, value any) bool) {
		for i := range m.entries {
			e := &m.entries[i]
			if m.dead() > 0 && e.Key == (deleted{}) {
				continue
			}
			if !yield(e.Key, e.Value) {
				return
			}
		}
	}
}

// Entries returns the entries in order. The caller must not change the slice; it is valid until the map changes.
func (m *Map) Entries() []Entry {
	if m.dead() == 0 {
		return m.entries
	}
	live := make([]Entry, 0, m.Len())
	for k, v := range m.All() {
		live = append(live, Entry{k, v})
	}
	return live
}

// Keys returns the keys in order, in a slice of the caller's own.
func (m *Map) Keys() []any {
	keys := make([]any, 0, m.Len())
	for k := range m.All() {
		keys = append(keys, k)
	}
	return keys
}

// Values returns the values in order, in a slice of the caller's own.
func (m *Map) Values() []any {
	values := make([]any, 0, m.Len())
	for _, v := range m.All() {
		values = append(values, v)
	}
	return values
}

// Clone returns a map with the same entries; keys and values are shared.
func (m *Map) Clone() *Map {
	c := &Map{entries: append([]Entry(nil), m.Entries()...)}
	if len(c.entries) >= indexedFrom {
		c.indexAll()
	}
	return c
}

func (m *Map) find(key any) int {
	if k, ok := key.(string); ok {
		return m.findString(k)
	}
	if m.index == nil {
		for i := range m.entries {
			if Equal(m.entries[i].Key, key) {
				return i
			}
		}
		return -1
	}
	slots := m.index.slots
	mask := len(slots) - 1
	for slot := int(hashKey(key)) & mask; slots[slot] != 0; slot = (slot + 1) & mask {
		if i := int(slots[slot]) - 1; Equal(m.entries[i].Key, key) {
			return i
		}
	}
	return -1
}

func (m *Map) findString(key string) int {
	if m.index == nil {
		for i := range m.entries {
			if k, ok := m.entries[i].Key.(string); ok && k == key {
				return i
			}
		}
		return -1
	}
	slots := m.index.slots
	mask := len(slots) - 1
	for slot := int(maphash.String(seed, key)) & mask; slots[slot] != 0; slot = (slot + 1) & mask {
		i := int(slots[slot]) - 1
		if k, ok := m.entries[i].Key.(string); ok && k == key {
			return i
		}
	}
	return -1
}

// newIndex returns an empty index with room for n entries and as many more, at most half full.
func newIndex(n int) *index {
	size := 1 << bits.Len(uint(4*n-1))
	return &index{slots: make([]int32, size)}
}

// indexAll drops the entries that were deleted and makes a new index of the others.
func (m *Map) indexAll() {
	if m.dead() > 0 {
		m.entries = m.Entries()
	}
	m.index = newIndex(len(m.entries))
	for i := range m.entries {
		m.note(i)
	}
}

// note writes the position of entry i into the index.
func (m *Map) note(i int) {
	slots := m.index.slots
	mask := len(slots) - 1
	slot := int(hashKey(m.entries[i].Key)) & mask
	for slots[slot] != 0 {
		slot = (slot + 1) & mask
	}
	slots[slot] = int32(i + 1)
}

func hashKey(key any) uint64 {
	if k, ok := key.(string); ok {
		return maphash.String(seed, k)
	}
	return maphash.Comparable(seed, HashCode(key))
}
