package query

import (
	"math"
	"slices"
	"strconv"
)

// Optional reads a value; nil when the form does not have it.
func Optional[T any](n *Node, read func(*Node, *T)) *T {
	if n == nil {
		return nil
	}
	value := new(T)
	read(n, value)
	return value
}

// List reads a list in the order of its numbers, which need not be without gaps. Its elements stand under the name
// member, or directly under n when that is empty. Nil when the form does not have it; a name without elements, as the
// SDKs send for an empty list, is an empty list.
func List[T any](n *Node, member string, read func(*Node, *T)) []T {
	if n == nil {
		return nil
	}
	if member != "" && n.children != nil {
		n = n.Child(member)
	}
	list := []T{}
	for _, element := range n.elements() {
		var zero T
		list = append(list, zero)
		read(element, &list[len(list)-1])
	}
	return list
}

// Map reads a map, whose entries are a list of key and value. Nil when the form does not have it.
func Map[T any](n *Node, read func(*Node, *T)) map[string]T {
	if n == nil {
		return nil
	}
	values := map[string]T{}
	for _, entry := range n.Child("entry").elements() {
		var value T
		if place := entry.Child("value"); place != nil {
			read(place, &value)
		}
		values[entry.Child("key").Text()] = value
	}
	return values
}

// elements are the children with numbers, in the order of the numbers.
func (n *Node) elements() []*Node {
	if n == nil {
		return nil
	}
	var numbers []int
	for name := range n.children {
		if i, err := strconv.Atoi(name); err == nil && i >= 0 && strconv.Itoa(i) == name {
			numbers = append(numbers, i)
		}
	}
	slices.Sort(numbers)
	elements := make([]*Node, len(numbers))
	for i, number := range numbers {
		elements[i] = n.children[strconv.Itoa(number)]
	}
	return elements
}

// String reads a text.
func String(n *Node, value *string) { *value = n.value }

// Bool reads true or false.
func Bool(n *Node, value *bool) {
	switch n.value {
	case "true", "True", "TRUE", "1":
		*value = true
	case "false", "False", "FALSE", "0":
	default:
		n.refuse("Boolean")
	}
}

// Int reads an integer of 32 bits.
func Int(n *Node, value *int) {
	i, err := strconv.ParseInt(n.value, 10, 32)
	if err != nil {
		n.refuse("Integer")
	}
	*value = int(i)
}

// Int64 reads an integer of 64 bits.
func Int64(n *Node, value *int64) {
	i, err := strconv.ParseInt(n.value, 10, 64)
	if err != nil {
		n.refuse("Long")
	}
	*value = i
}

// Float64 reads a number.
func Float64(n *Node, value *float64) {
	f, err := strconv.ParseFloat(n.value, 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		n.refuse("Double")
		return
	}
	*value = f
}

// Elements are the texts of the list at n, in the order of their numbers.
func (n *Node) Elements() []string {
	var texts []string
	for _, element := range n.elements() {
		texts = append(texts, element.value)
	}
	return texts
}
