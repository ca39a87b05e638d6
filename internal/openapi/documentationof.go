package openapi

import (
	"cmp"
	"slices"
	"strings"

	"postern/internal/apidef"
)

// documentation is a set of documentation parts, to be asked for what documents an entity.
type documentation []documentedAt

type documentedAt struct {
	at         apidef.DocumentationLocation // in full
	properties *node
}

func newDocumentation(parts []*apidef.DocumentationPart) documentation {
	var d documentation
	for _, p := range parts {
		if properties, err := parseJSON([]byte(p.Properties)); err == nil && properties.is(object) {
			d = append(d, documentedAt{p.Location.Full(), properties})
		}
	}
	return d
}

// inherited are the types of location whose entities take over what parts with a shorter path say.
// Source: API Gateway API reference, DocumentationPartLocation.
var inherited = []string{"PATH_PARAMETER", "QUERY_PARAMETER", "REQUEST_HEADER", "RESPONSE", "RESPONSE_BODY", "RESPONSE_HEADER"}

// of is what documents the entity at a location: the attributes of all parts that are about it, those of the more special
// ones over those of the more general.
func (d documentation) of(at apidef.DocumentationLocation) *node {
	at = at.Full()
	var about []documentedAt
	for _, one := range d {
		if one.isAbout(at) {
			about = append(about, one)
		}
	}
	slices.SortStableFunc(about, func(a, b documentedAt) int {
		return cmp.Or(cmp.Compare(len(a.at.Path), len(b.at.Path)), exactFirst(b.at.Method, a.at.Method), exactFirst(b.at.StatusCode, a.at.StatusCode))
	})
	out := newObject()
	for _, one := range about {
		out.members = append(out.members, one.properties.members...)
	}
	out.tidy()
	return out
}

// exactFirst puts "*" behind everything else.
func exactFirst(a, b string) int {
	switch {
	case a == b || a != "*" && b != "*":
		return 0
	case b == "*":
		return -1
	}
	return 1
}

func (one documentedAt) isAbout(at apidef.DocumentationLocation) bool {
	own := one.at
	switch {
	case own.Type != at.Type, own.Name != at.Name && own.Type != "REQUEST_BODY":
		return false
	case own.Method != at.Method && own.Method != "*", own.StatusCode != at.StatusCode && own.StatusCode != "*":
		return false
	case own.Path == at.Path:
		return true
	}
	return slices.Contains(inherited, own.Type) && strings.HasPrefix(at.Path, strings.TrimSuffix(own.Path, "/")+"/")
}
