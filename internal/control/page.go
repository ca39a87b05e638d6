package control

import (
	"encoding/base64"

	"postern/internal/aws/awserr"
)

// The bounds of a page. Source: API Gateway API reference, limit; a negative one is ignored (recorded AWS answer:
// GetApiKeys), a greater one than the maximum means the maximum.
const (
	defaultPage = 25
	maxPage     = 500
)

// page cuts the page out of items, which are in order of key, that starts behind position. next is the position of the
// page after it; nil on the last page.
func page[T any](items []T, key func(T) string, position *string, limit *int) (cut []T, next *string, err error) {
	size := defaultPage
	if limit != nil && *limit > 0 {
		size = min(*limit, maxPage)
	}
	if position != nil && *position != "" {
		after, err := base64.RawURLEncoding.DecodeString(*position)
		if err != nil {
			return nil, nil, awserr.BadRequest.Errorf("Invalid position parameter specified")
		}
		for len(items) > 0 && key(items[0]) <= string(after) {
			items = items[1:]
		}
	}
	if len(items) <= size {
		return items, nil, nil
	}
	items = items[:size]
	last := base64.RawURLEncoding.EncodeToString([]byte(key(items[size-1])))
	return items, &last, nil
}

// answers words every item for the wire; an empty collection is [], never absent.
func answers[T, A any](items []T, answer func(T) A) []A {
	out := make([]A, 0, len(items))
	for _, item := range items {
		out = append(out, answer(item))
	}
	return out
}
