// Package weakmap finds shared values by name, for as long as somebody holds them.
//
// What comes in: a name and a way to make its value. What goes out: the one value of that name. Programs are compiled
// again and again, and what they share (a bucket, a counter, a cache) has to outlive each of them but not all of them:
// once nobody holds a value, it is collected. It is never asked while a request waits.
package weakmap

import (
	"runtime"
	"sync"
	"weak"
)

// Map is a map of weakly held values. The zero value is empty and ready to use; its methods may be called from any
// goroutine.
type Map[K comparable, V any] struct {
	mu     sync.Mutex
	values map[K]weak.Pointer[V]
}

// Get returns the value of a name, which is what fresh returns unless somebody holds one already.
func (m *Map[K, V]) Get(key K, fresh func() *V) *V {
	m.mu.Lock()
	defer m.mu.Unlock()
	if v := m.values[key].Value(); v != nil {
		return v
	}
	v := fresh()
	held := weak.Make(v)
	if m.values == nil {
		m.values = map[K]weak.Pointer[V]{}
	}
	m.values[key] = held
	runtime.AddCleanup(v, func(held weak.Pointer[V]) { m.forget(key, held) }, held)
	return v
}

// Find returns the value of a name, or nil when nobody holds one.
func (m *Map[K, V]) Find(key K) *V {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.values[key].Value()
}

// All lists the values that somebody holds, in no order.
func (m *Map[K, V]) All() []*V {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []*V
	for _, held := range m.values {
		if v := held.Value(); v != nil {
			all = append(all, v)
		}
	}
	return all
}

// Len is how many names are remembered.
func (m *Map[K, V]) Len() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.values)
}

// forget drops a name, unless it has a new value.
func (m *Map[K, V]) forget(key K, held weak.Pointer[V]) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.values[key] == held {
		delete(m.values, key)
	}
}
