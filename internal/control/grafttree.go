package control

import (
	"maps"
	"slices"
	"sort"
	"strings"

	"postern/internal/apidef"
)

// resources finds or makes every path of the content, and gives it the content's methods.
func (g *graft) resources(_, content *apidef.Definition) error {
	paths := make(map[string]*apidef.Resource, g.tree.Len())
	for res := range g.tree.All() {
		paths[res.Path] = res
		if g.replace {
			res.Methods = nil
		}
	}
	sort.Slice(content.Resources, func(i, j int) bool { return content.Resources[i].Path < content.Resources[j].Path })
	if g.replace {
		if err := g.dropPaths(content, paths); err != nil {
			return err
		}
	}
	for _, from := range content.Resources {
		_, survives := paths[from.Path]
		res, err := g.ensure(from.Path, paths)
		if err != nil {
			return err
		}
		if res == nil {
			continue // a fault was noted
		}
		if g.replace && survives {
			g.namespaces[res.ID] = g.c.options.NewID(resourceIDLength)
		}
		if err := g.methods(res, from); err != nil {
			return err
		}
	}
	for res := range g.tree.All() {
		if err := g.r.putResource(g.api.ID, res); err != nil {
			return err
		}
	}
	return g.c.checkResourceQuota(g.tree.Len() - 1)
}

// dropPaths removes the resources that are on the way to none of the content's.
func (g *graft) dropPaths(content *apidef.Definition, paths map[string]*apidef.Resource) error {
	for path, res := range paths {
		needed := path == "/" || slices.ContainsFunc(content.Resources, func(r *apidef.Resource) bool {
			return strings.HasPrefix(strings.TrimSuffix(r.Path, "/")+"/", path+"/")
		})
		if needed {
			continue
		}
		g.tree.Remove(res.ID)
		delete(paths, path)
		if err := g.r.delete(kindResource, g.api.ID+"/"+res.ID); err != nil {
			return err
		}
	}
	return nil
}

// ensure finds the resource at a path, or makes it with those on the way. nil means that the tree refused one.
func (g *graft) ensure(path string, paths map[string]*apidef.Resource) (*apidef.Resource, error) {
	at, res := "", paths["/"]
	for part := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		if part == "" {
			continue
		}
		at += "/" + part
		next, ok := paths[at]
		if !ok {
			id, err := g.c.newID(g.r, kindResource, g.api.ID+"/", resourceIDLength)
			if err != nil {
				return nil, err
			}
			next = &apidef.Resource{ID: id, ParentID: res.ID, PathPart: part}
			if err := g.tree.Add(next); err != nil {
				return nil, g.fault(err, "Unable to create resource at path '%s'", at)
			}
			paths[at] = next
		}
		res = next
	}
	return res, nil
}

// methods replaces the methods of a resource that the content has, whole.
func (g *graft) methods(res, from *apidef.Resource) error {
	for _, verb := range slices.Sorted(maps.Keys(from.Methods)) {
		m, err := g.method(res, from, verb)
		if err != nil {
			return err
		}
		if m == nil {
			continue // a fault was noted
		}
		if res.Methods == nil {
			res.Methods = make(map[string]*apidef.Method)
		}
		res.Methods[verb] = m
	}
	return nil
}

func (g *graft) method(res, from *apidef.Resource, verb string) (*apidef.Method, error) {
	source := *from.Methods[verb]
	source.HTTPMethod = verb
	if id, ok := g.labels.validators[source.RequestValidatorID]; ok {
		source.RequestValidatorID = id
	}
	if id, ok := g.labels.authorizers[source.AuthorizerID]; ok {
		source.AuthorizerID = id
	}
	m, err := apidef.NewMethod(source, g.refs)
	if err == nil {
		err = apidef.CheckHTTPMethod(verb)
	}
	if err != nil {
		return nil, g.fault(err, "Unable to put method '%s' on resource at path '%s'", verb, res.Path)
	}
	for _, status := range slices.Sorted(maps.Keys(source.MethodResponses)) {
		if _, err := apidef.NewMethodResponse(*source.MethodResponses[status], g.refs); err != nil {
			if err := g.fault(err, "Unable to put method response '%s' on '%s' for resource at path '%s'", status, verb, res.Path); err != nil {
				return nil, err
			}
		}
	}
	m.Integration = nil
	if source.Integration == nil {
		return m, nil
	}
	return m, g.integration(res, from, m, *source.Integration)
}

func (g *graft) integration(res, from *apidef.Resource, m *apidef.Method, source apidef.Integration) error {
	var timeout *int
	if source.TimeoutInMillis != 0 {
		timeout = &source.TimeoutInMillis
	}
	if source.CacheNamespace == from.ID {
		source.CacheNamespace = "" // it was the resource's id by default, and is again
	}
	if source.CacheNamespace == "" {
		// A resource that PutRestApi overwrites keeps its id, but its methods share a namespace of another name
		// (recorded AWS answer). Everywhere else there is none here, and the id is the default.
		source.CacheNamespace = g.namespaces[res.ID]
	}
	responses := source.Responses
	integration, err := apidef.NewIntegration(source, timeout, g.c.place(g.call, res, m))
	if err != nil {
		return g.fault(err, "Unable to put integration on '%s' for resource at path '%s'", m.HTTPMethod, res.Path)
	}
	m.Integration = integration
	for _, status := range slices.Sorted(maps.Keys(responses)) {
		response, err := apidef.NewIntegrationResponse(*responses[status], m.MethodResponses[status], *g.c.options.Limits)
		if err != nil {
			if err := g.fault(err, "Unable to put integration response '%s' on '%s' for resource at path '%s'", status, m.HTTPMethod, res.Path); err != nil {
				return err
			}
			continue
		}
		if integration.Responses == nil {
			integration.Responses = make(map[string]*apidef.IntegrationResponse)
		}
		integration.Responses[status] = response
	}
	return nil
}
