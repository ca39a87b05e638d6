package control

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"

	"postern/internal/apidef"
	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
)

// graft lays a definition over what an API has. Ids in the definition are mere labels: what is new gets an id of its
// own, what was there under the same path or name keeps its id, and the methods' references follow.
type graft struct {
	c    *Control
	r    records
	call *wire.Call
	api  *apidef.RestAPI
	// replace drops what the definition does not have; otherwise it stays.
	replace bool
	tree    *apidef.Tree
	refs    apidef.References
	labels  labels
	errors  []string
}

// labels tell the ids behind the labels of one definition.
type labels struct{ validators, authorizers map[string]string }

// plant stores a new API with its root resource and its content.
func (c *Control) plant(r records, call *wire.Call, api *apidef.RestAPI, content *apidef.Definition) error {
	if err := c.checkAPIQuota(r, api.EndpointType()); err != nil {
		return err
	}
	if err := put(records{tx: r.tx}, kindAPIOwner, api.ID, &r.scope); err != nil {
		return err
	}
	root := &apidef.Resource{ID: api.RootResourceID, Path: "/"}
	if err := r.putResource(api.ID, root); err != nil {
		return err
	}
	if err := put(r, kindRestAPI, api.ID, api); err != nil {
		return err
	}
	faults, err := c.graft(r, call, api, content, false)
	if err == nil && len(faults) > 0 {
		err = importErrors(faults, nil)
	}
	return err
}

// graft returns what is wrong with the content, each fault as AWS words it.
func (c *Control) graft(r records, call *wire.Call, api *apidef.RestAPI, content *apidef.Definition, replace bool) ([]string, error) {
	have, err := r.definition(api.ID)
	if err != nil {
		return nil, err
	}
	g := &graft{c: c, r: r, call: call, api: api, replace: replace, tree: have.Tree(), refs: have.References(),
		labels: labels{validators: map[string]string{}, authorizers: map[string]string{}}}
	steps := []func(have, content *apidef.Definition) error{g.models, g.validators, g.authorizers, g.gatewayResponses, g.resources}
	for _, step := range steps {
		if err := step(have, content); err != nil {
			return nil, err
		}
	}
	return g.errors, nil
}

// fault notes what AWS would refuse, and passes on any other error.
func (g *graft) fault(err error, format string, args ...any) error {
	refusal, ok := errors.AsType[*awserr.Error](err)
	if !ok {
		return err
	}
	g.errors = append(g.errors, fmt.Sprintf(format, args...)+": "+refusal.Message)
	return nil
}

// merge stores the new documents of one kind, and drops the old ones that have no successor. name tells which new
// document succeeds which old one; keep hands on the old one's id.
func merge[T any](g *graft, kind string, have, content []*T, name func(*T) string, id func(*T) string, keep func(v *T, old *T) error) error {
	old := make(map[string]*T, len(have))
	for _, v := range have {
		old[name(v)] = v
	}
	for _, v := range content {
		if err := keep(v, old[name(v)]); err != nil {
			return err
		}
		delete(old, name(v))
		if err := put(g.r, kind, g.api.ID+"/"+id(v), v); err != nil {
			return err
		}
	}
	if !g.replace {
		return nil
	}
	for _, key := range slices.Sorted(maps.Keys(old)) {
		if err := g.r.delete(kind, g.api.ID+"/"+id(old[key])); err != nil {
			return err
		}
	}
	return nil
}

func (g *graft) models(have, content *apidef.Definition) error {
	if g.replace {
		g.refs.Models = make(map[string]bool)
	}
	name := func(m *apidef.Model) string { return m.Name }
	var legal []*apidef.Model
	for _, m := range content.Models {
		checked, err := apidef.NewModel(*m)
		if err != nil {
			if err := g.fault(err, "Unable to create model for '%s'", m.Name); err != nil {
				return err
			}
			continue
		}
		g.refs.Models[m.Name] = true
		legal = append(legal, checked)
	}
	return merge(g, kindModel, have.Models, legal, name, name, func(m, old *apidef.Model) error {
		m.ID = g.c.options.NewID(resourceIDLength)
		if old != nil {
			m.ID = old.ID
		}
		return nil
	})
}

func (g *graft) validators(have, content *apidef.Definition) error {
	if g.replace {
		g.refs.RequestValidators = make(map[string]bool)
	}
	return merge(g, kindRequestValidator, have.RequestValidators, content.RequestValidators,
		func(v *apidef.RequestValidator) string { return v.Name },
		func(v *apidef.RequestValidator) string { return v.ID },
		func(v, old *apidef.RequestValidator) (err error) {
			label := v.ID
			if v.ID, err = g.identify(kindRequestValidator, old != nil, func() string { return old.ID }); err != nil {
				return err
			}
			g.labels.validators[label], g.labels.validators[v.Name] = v.ID, v.ID
			g.refs.RequestValidators[v.ID] = true
			return nil
		})
}

func (g *graft) authorizers(have, content *apidef.Definition) error {
	if g.replace {
		g.refs.Authorizers = make(map[string]string)
	}
	var legal []*apidef.Authorizer
	for _, a := range content.Authorizers {
		checked, err := apidef.NewAuthorizer(*a)
		if err == nil {
			legal = append(legal, checked)
		} else if err := g.fault(err, "Unable to create authorizer '%s'", a.Name); err != nil {
			return err
		}
	}
	return merge(g, kindAuthorizer, have.Authorizers, legal,
		func(a *apidef.Authorizer) string { return a.Name },
		func(a *apidef.Authorizer) string { return a.ID },
		func(a, old *apidef.Authorizer) (err error) {
			label := a.ID
			if a.ID, err = g.identify(kindAuthorizer, old != nil, func() string { return old.ID }); err != nil {
				return err
			}
			g.labels.authorizers[label], g.labels.authorizers[a.Name] = a.ID, a.ID
			g.refs.Authorizers[a.ID] = a.Type
			return nil
		})
}

func (g *graft) identify(kind string, known bool, old func() string) (string, error) {
	if known {
		return old(), nil
	}
	return g.c.newID(g.r, kind, g.api.ID+"/", resourceIDLength)
}

func (g *graft) gatewayResponses(have, content *apidef.Definition) error {
	responseType := func(r *apidef.GatewayResponse) string { return r.ResponseType }
	return merge(g, kindGatewayResponse, have.GatewayResponses, content.GatewayResponses, responseType, responseType,
		func(r, _ *apidef.GatewayResponse) error {
			if err := r.Check(*g.c.options.Limits); err != nil {
				return g.fault(err, "Unable to put gateway response '%s'", r.ResponseType)
			}
			return nil
		})
}

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
		res, err := g.ensure(from.Path, paths)
		if err != nil {
			return err
		}
		if res == nil {
			continue // a fault was noted
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

// cloneFrom reads the content of the API that a new one is a copy of. Where its documents name its id, they name the new
// one's. What the request did not set is taken from it.
func (r records) cloneFrom(id string, api *apidef.RestAPI, owner apidef.Owner) (*apidef.Definition, error) {
	content, err := r.definition(id)
	if err != nil {
		return nil, err
	}
	for _, m := range content.Models {
		m.Schema = strings.ReplaceAll(m.Schema, "/restapis/"+id+"/models/", "/restapis/"+owner.APIID+"/models/")
	}
	from := content.RestAPI
	if api.Policy == "" {
		api.Policy = strings.ReplaceAll(from.Policy, ":"+id+"/", ":"+owner.APIID+"/")
	}
	if api.BinaryMediaTypes == nil {
		api.BinaryMediaTypes = from.BinaryMediaTypes
	}
	if api.MinimumCompressionSize == nil {
		api.MinimumCompressionSize = from.MinimumCompressionSize
	}
	return content, nil
}
