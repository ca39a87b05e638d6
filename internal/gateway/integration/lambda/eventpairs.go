package lambda

import (
	"strings"

	"postern/internal/gateway/message"
)

func sameName(a, b string) bool { return a == b }

// fewPairs is up to how many pairs are compared each with each; more are sorted into groups first.
const fewPairs = 64

// appendSingle appends an object of names and their last values, or null without any pair. Names stand in the order of
// their first values.
// Source: recorded AWS answer (repeated query parameters); developer guide, "Lambda proxy integrations in API Gateway".
func appendSingle(dst []byte, pairs message.Pairs, same func(a, b string) bool) []byte {
	return appendObject(dst, pairs, same, func(dst []byte, values message.Pairs, name string) []byte {
		for i := range values {
			if last := &values[len(values)-1-i]; same(last.Name, name) {
				return appendQuoted(dst, last.Value)
			}
		}
		return append(dst, `null`...)
	})
}

// appendMulti is appendSingle with all values, as a list.
func appendMulti(dst []byte, pairs message.Pairs, same func(a, b string) bool) []byte {
	return appendObject(dst, pairs, same, func(dst []byte, values message.Pairs, name string) []byte {
		next := byte('[')
		for i := range values {
			if same(values[i].Name, name) {
				dst = appendQuoted(append(dst, next), values[i].Value)
				next = ','
			}
		}
		return append(dst, ']')
	})
}

// appendObject appends an object with a member for each name; value appends what it holds, and is given pairs with all
// values of the name among them, from the first on.
func appendObject(dst []byte, pairs message.Pairs, same func(a, b string) bool, value func(dst []byte, values message.Pairs, name string) []byte) []byte {
	if len(pairs) == 0 {
		return append(dst, "null"...)
	}
	next := byte('{')
	member := func(values message.Pairs) {
		name := values[0].Name
		dst = append(appendQuoted(append(dst, next), name), ':')
		dst = value(dst, values, name)
		next = ','
	}
	if len(pairs) > fewPairs {
		for _, group := range grouped(pairs, same) {
			member(group)
		}
		return append(dst, '}')
	}
	for i := range pairs {
		if !anyNamed(pairs[:i], pairs[i].Name, same) {
			member(pairs[i:])
		}
	}
	return append(dst, '}')
}

func anyNamed(pairs message.Pairs, name string, same func(a, b string) bool) bool {
	for i := range pairs {
		if same(pairs[i].Name, name) {
			return true
		}
	}
	return false
}

// grouped sorts pairs by name, groups in the order of their first values.
func grouped(pairs message.Pairs, same func(a, b string) bool) []message.Pairs {
	fold := same("a", "A")
	at := make(map[string]int, len(pairs))
	var groups []message.Pairs
	for _, p := range pairs {
		key := p.Name
		if fold {
			key = strings.ToLower(key)
		}
		i, ok := at[key]
		if !ok {
			i = len(groups)
			at[key] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], p)
	}
	return groups
}
