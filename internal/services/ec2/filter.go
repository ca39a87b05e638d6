package ec2

import (
	"encoding/base64"
	"slices"
	"strings"

	wireec2 "postern/internal/aws/wire/ec2"
)

// filter keeps what every filter accepts: one of its values must be one of the thing's, * and ? standing for any text and
// any character. values are the filters that a thing knows, and what it has for each. An unknown filter is refused.
// Source: EC2 user guide, "Filter resources"; text: known AWS answer.
func filter[T any](things []T, filters []wireec2.Filter, values map[string]func(T) []string) ([]T, error) {
	for _, f := range filters {
		if f.Name == nil {
			return nil, refuse("InvalidParameterValue", "The filter 'null' is invalid")
		}
		of, ok := values[*f.Name]
		if key, isTag := strings.CutPrefix(*f.Name, "tag:"); isTag && values["tag:"] != nil {
			of, ok = func(thing T) []string { return tagValues(values["tag:"](thing), key) }, true
		}
		if !ok || *f.Name == "tag:" {
			return nil, refuse("InvalidParameterValue", "The filter '%s' is invalid", *f.Name)
		}
		things = slices.DeleteFunc(slices.Clone(things), func(thing T) bool {
			return !slices.ContainsFunc(of(thing), func(value string) bool {
				return slices.ContainsFunc(f.Values, func(pattern string) bool { return matches(pattern, value) })
			})
		})
	}
	return things, nil
}

// constant is a filter's value that every thing has.
func constant[T any](value string) func(T) []string {
	return func(T) []string { return []string{value} }
}

// yesNo is a filter's value for what is or is not.
func yesNo(is bool) []string {
	if is {
		return []string{"true"}
	}
	return []string{"false"}
}

// tagPairs are tags for the filter "tag:", key and value taking turns.
func tagPairs(tags []tag) []string {
	var pairs []string
	for _, t := range tags {
		pairs = append(pairs, t.Key, t.Value)
	}
	return pairs
}

func tagValues(pairs []string, key string) []string {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] == key {
			return pairs[i+1 : i+2]
		}
	}
	return nil
}

// tagKeys are the values of the filter tag-key.
func tagKeys(tags []tag) []string {
	var keys []string
	for _, t := range tags {
		keys = append(keys, t.Key)
	}
	return keys
}

// matches tells whether a value is what a pattern says; a backslash takes the meaning from * and ?.
func matches(pattern, value string) bool {
	star, back := -1, 0 // where the last * stands, and how much of the value it has taken
	p, v := 0, 0
	for v < len(value) {
		if p < len(pattern) && pattern[p] == '*' {
			star, back = p, v
			p++
			continue
		}
		if width := matchesOne(pattern[p:], value[v]); width > 0 {
			p += width
			v++
			continue
		}
		if star < 0 {
			return false
		}
		back++
		p, v = star+1, back
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// matchesOne tells how much of the pattern stands for the character; 0 when it does not.
func matchesOne(pattern string, c byte) int {
	switch {
	case pattern == "":
		return 0
	case pattern[0] == '\\' && len(pattern) > 1 && pattern[1] == c:
		return 2
	case pattern[0] == '?' || pattern[0] == c:
		return 1
	}
	return 0
}

// known refuses identifiers that nothing has.
func known[T any](ids []string, things []T, id func(T) string, code, format string) error {
	for _, want := range ids {
		if !slices.ContainsFunc(things, func(thing T) bool { return id(thing) == want }) {
			return refuse(code, format, want)
		}
	}
	return nil
}

// pick keeps the things with these identifiers, all when there are none.
func pick[T any](things []T, ids []string, id func(T) string) []T {
	if len(ids) == 0 {
		return things
	}
	return slices.DeleteFunc(slices.Clone(things), func(thing T) bool { return !slices.Contains(ids, id(thing)) })
}

// paginate cuts a page; next is nil on the last. The token stands for the last thing before the page.
func paginate[T any](things []T, token *string, limit *int, id func(T) string) (page []T, next *string, err error) {
	if token != nil {
		after, err := base64.RawURLEncoding.DecodeString(*token)
		i := slices.IndexFunc(things, func(thing T) bool { return id(thing) == string(after) })
		if err != nil || i < 0 {
			return nil, nil, refuse("InvalidNextToken", "The token '%s' is invalid", *token)
		}
		things = things[i+1:]
	}
	if limit == nil || len(things) <= *limit {
		return things, nil, nil
	}
	return things[:*limit], new(base64.RawURLEncoding.EncodeToString([]byte(id(things[*limit-1])))), nil
}
