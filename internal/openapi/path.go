package openapi

import (
	"slices"
	"strings"

	"postern/internal/apidef"
)

// verbs are the members of a path item that are methods, with the verb of each.
var verbs = map[string]string{
	"get": "GET", "put": "PUT", "post": "POST", "delete": "DELETE", "patch": "PATCH", "options": "OPTIONS", "head": "HEAD",
	extension + "any-method": "ANY",
}

// place is where a method stands, for messages.
type place struct{ verb, path string }

// readPaths makes a resource of each path and of those above it, and methods of its operations.
func (in *importing) readPaths() {
	for _, m := range in.root.get("paths").entries() {
		if strings.HasPrefix(m.key, "x-") {
			continue
		}
		resource := in.addPath(m.key)
		if in.refused != nil {
			return
		}
		if resource == nil {
			continue
		}
		item := in.resolve(m.value)
		for _, operation := range item.entries() {
			if verb, ok := verbs[operation.key]; ok && operation.value.is(object) {
				in.addMethod(resource, verb, item, operation.value)
			}
			if in.refused != nil {
				return
			}
		}
	}
}

// segments splits a path; a slash at its end means nothing.
func segments(path string) []string {
	return strings.FieldsFunc(path, func(c rune) bool { return c == '/' })
}

// addPath makes the resources of a path that are not there yet, and returns the last one; nil after an error.
func (in *importing) addPath(path string) *apidef.Resource {
	parts := append(slices.Clip(in.base), segments(path)...)
	full := "/" + strings.Join(parts, "/")
	resource, _ := in.tree.Get("/")
	for i, part := range parts {
		at := "/" + strings.Join(parts[:i+1], "/")
		next, ok := in.tree.Get(at)
		if !ok {
			next = &apidef.Resource{ID: at, ParentID: resource.ID, PathPart: part}
			if err := in.addResource(next); err != nil {
				in.failWith(err, "Unable to create resource at path '%s'", full)
				return nil
			}
		}
		resource = next
	}
	return resource
}

func (in *importing) addResource(r *apidef.Resource) error {
	if in.tree.Len() > in.maxResources {
		in.refused = apidef.ErrTooManyResources
		return in.refused
	}
	return in.tree.Add(r)
}
