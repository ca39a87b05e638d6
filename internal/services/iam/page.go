package iam

import "encoding/base64"

// defaultPage is how many entries a page has when the caller does not say.
// Source: IAM API reference, MaxItems.
const defaultPage = 100

// page is one page of a list, with what its answer says of the rest.
type page[T any] struct {
	items     []T
	truncated *bool
	marker    *string
}

// paginate cuts a page out of a list that is ordered by key. The marker stands for the key of the last entry before it,
// so that a list may change between two pages.
func paginate[T any](items []T, marker *string, maxItems *int, key func(T) string) (page[T], error) {
	if marker != nil {
		after, err := base64.RawURLEncoding.DecodeString(*marker)
		if err != nil {
			return page[T]{}, invalid("Invalid Marker.")
		}
		for len(items) > 0 && key(items[0]) <= string(after) {
			items = items[1:]
		}
	}
	limit := defaultPage
	if maxItems != nil {
		limit = *maxItems
	}
	if len(items) <= limit {
		return page[T]{items: items, truncated: new(false)}, nil
	}
	last := key(items[limit-1])
	return page[T]{items[:limit], new(true), new(base64.RawURLEncoding.EncodeToString([]byte(last)))}, nil
}
