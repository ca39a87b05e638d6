package java

// NewList returns an empty list of the given kind with room for n items.
func NewList(kind ListKind, n int) *List {
	return &List{Kind: kind, Items: make([]any, 0, n)}
}

// ArrayListOf returns an ArrayList of items; it takes the slice over.
func ArrayListOf(items ...any) *List { return &List{Kind: ArrayList, Items: items} }

// Len returns the number of items.
func (l *List) Len() int { return len(l.Items) }

// Add appends an item.
func (l *List) Add(v any) { l.Items = append(l.Items, v) }

// IndexOf returns the position of the first item that equals v, -1 if none does.
func (l *List) IndexOf(v any) int {
	for i, item := range l.Items {
		if Equal(item, v) {
			return i
		}
	}
	return -1
}

// Contains reports whether an item equals v.
func (l *List) Contains(v any) bool { return l.IndexOf(v) >= 0 }

// RemoveAt removes the item at position i, 0 ≤ i < Len(), and returns it.
func (l *List) RemoveAt(i int) any {
	old := l.Items[i]
	copy(l.Items[i:], l.Items[i+1:])
	l.Items[len(l.Items)-1] = nil
	l.Items = l.Items[:len(l.Items)-1]
	return old
}

// Insert puts v at position i, 0 ≤ i ≤ Len(), and moves what follows up by one.
func (l *List) Insert(i int, v any) {
	l.Items = append(l.Items, nil)
	copy(l.Items[i+1:], l.Items[i:])
	l.Items[i] = v
}
