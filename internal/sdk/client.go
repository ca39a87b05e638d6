package sdk

import (
	"maps"
	"slices"
	"strings"

	"postern/internal/apidef"
)

// client is what the templates are filled with.
type client struct {
	Options
	Title   string
	Methods []method
	Example string // the name of a method
}

// method is one operation of the API.
type method struct {
	// Names are what the method is called: after its path, and after its operation too when that has a name.
	Names                                    []string
	Verb, Path                               string
	PathParameters, QueryParameters, Headers []string
	Required                                 []string
	operation                                string // its name, of any form
}

// Parameters are all the names that a call may set.
func (m method) Parameters() []string {
	return slices.Concat(m.PathParameters, m.QueryParameters, m.Headers)
}

// anyVerbs are the verbs that an ANY method answers. AWS's clients leave such methods out, and one could not call them.
var anyVerbs = []string{"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}

func newClient(s *apidef.Snapshot, o Options) *client {
	c := &client{Options: o, Title: s.RestAPI.Name, Example: "rootGet"}
	names := make(naming)
	for _, r := range slices.SortedFunc(slices.Values(s.Resources), func(a, b *apidef.Resource) int { return strings.Compare(a.Path, b.Path) }) {
		for _, verb := range slices.Sorted(maps.Keys(r.Methods)) {
			if verb != "ANY" {
				c.Methods = append(c.Methods, newMethod(names, r, verb, r.Methods[verb]))
				continue
			}
			for _, one := range anyVerbs {
				if r.Methods[one] == nil {
					c.Methods = append(c.Methods, newMethod(names, r, one, r.Methods[verb]))
				}
			}
		}
	}
	for i := range c.Methods { // the names after paths come first, so that an operation's name takes none of them
		m := &c.Methods[i]
		if name := camelCase(m.operation); name != "" && !names[name] {
			m.Names = append(m.Names, names.take(name))
		}
	}
	if len(c.Methods) > 0 {
		c.Example = c.Methods[0].Names[0]
	}
	return c
}

func newMethod(names naming, r *apidef.Resource, verb string, m *apidef.Method) method {
	out := method{
		Names: []string{names.take(methodName(r.Path, verb))}, Verb: verb, Path: r.Path,
		PathParameters: variables(r.Path), QueryParameters: []string{}, Headers: []string{}, operation: m.OperationName,
	}
	out.Required = slices.Clone(out.PathParameters)
	for _, key := range slices.Sorted(maps.Keys(m.RequestParameters)) {
		e, fault := apidef.ParseExpression(key)
		if fault != 0 {
			continue
		}
		list := &out.QueryParameters
		switch e.Location {
		case apidef.InHeader, apidef.InMultiValueHeader:
			list = &out.Headers
		case apidef.InQueryString, apidef.InMultiValueQueryString:
		default:
			continue // the path has them all
		}
		if slices.Contains(*list, e.Name) {
			continue
		}
		*list = append(*list, e.Name)
		if m.RequestParameters[key] && !slices.Contains(out.Required, e.Name) {
			out.Required = append(out.Required, e.Name)
		}
	}
	return out
}

// variables are the names of a path's variables, in order.
func variables(path string) []string {
	names := []string{}
	for part := range strings.SplitSeq(path, "/") {
		if apidef.IsVariable(part) {
			names = append(names, strings.Trim(part, "{+}"))
		}
	}
	return names
}
