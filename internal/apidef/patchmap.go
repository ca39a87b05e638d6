package apidef

import (
	"slices"

	"postern/internal/aws/awserr"
)

// The answers to replace and remove of a map entry that is not there.
// Recorded AWS answers: UpdateMethodResponse, UpdateGatewayResponse.
const (
	unknownParameter   = "Invalid parameter name specified"
	unknownContentType = "Content-Type specified was not found"
)

// patchEntry performs add, replace or remove on the entry of a map. AWS leaves out a map that a patch emptied.
func patchEntry[V any](m *map[string]V, c Change, value V, missing string) error {
	_, there := (*m)[c.Key()]
	if c.Op != Add && !there {
		return awserr.NotFound.Errorf("%s", missing)
	}
	if c.Op == Remove {
		delete(*m, c.Key())
		if len(*m) == 0 {
			*m = nil
		}
		return nil
	}
	if *m == nil {
		*m = make(map[string]V)
	}
	(*m)[c.Key()] = value
	return nil
}

// patchElement adds or removes an element of a list; replace puts the new one at the end.
func patchElement(list *[]string, op Ops, element, replacement, missing string) error {
	at := slices.Index(*list, element)
	if op == Add {
		if at < 0 {
			*list = append(*list, element)
		}
		return nil
	}
	if at < 0 {
		return awserr.NotFound.Errorf("%s", missing)
	}
	*list = slices.Delete(*list, at, at+1)
	if op == Replace {
		*list = append(*list, replacement)
	}
	if len(*list) == 0 {
		*list = nil
	}
	return nil
}
