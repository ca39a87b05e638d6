package elbv2

import (
	"encoding/base64"

	"postern/internal/aws/awserr"
)

// maxPage is the size of a page unless it is asked for otherwise. Source: Elastic Load Balancing API reference, PageSize.
const maxPage = 400

// page cuts the page out of items that starts behind marker. next is the marker of the page after it; nil on the last.
func page[T any](items []T, marker *string, size *int, key func(T) string) (cut []T, next *string, err error) {
	n := maxPage
	set(&n, size)
	if m := value(marker); m != "" {
		last, err := base64.RawURLEncoding.DecodeString(m)
		if err != nil {
			return nil, nil, awserr.ValidationError.Errorf("The marker '%s' is not valid", m)
		}
		for i := range items {
			if key(items[i]) == string(last) {
				items = items[i+1:]
				break
			}
		}
	}
	if len(items) <= n {
		return items, nil, nil
	}
	items = items[:n]
	last := base64.RawURLEncoding.EncodeToString([]byte(key(items[n-1])))
	return items, &last, nil
}
