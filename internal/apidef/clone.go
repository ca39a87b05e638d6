package apidef

import "encoding/json"

// clone copies a definition deeply, by the codec that stores it.
func clone[T any](v *T) *T {
	body, err := json.Marshal(v)
	if err != nil {
		return nil // the types of this package are all JSON values
	}
	next := new(T)
	if err := json.Unmarshal(body, next); err != nil {
		return nil
	}
	return next
}
