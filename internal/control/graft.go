package control

import (
	"errors"
	"fmt"
	"maps"
	"slices"

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
	// namespaces are the cache namespaces, by resource, of those that a replacing definition has again.
	namespaces map[string]string
	errors     []string
}

// labels tell the ids behind the labels of one definition.
type labels struct{ validators, authorizers map[string]string }

// register stores a new API, without any content.
func (c *Control) register(r records, api *apidef.RestAPI) error {
	if err := c.checkAPIQuota(r, api.EndpointType()); err != nil {
		return err
	}
	if err := put(records{tx: r.tx}, kindAPIOwner, api.ID, &r.scope); err != nil {
		return err
	}
	return put(r, kindRestAPI, api.ID, api)
}

// plant stores a new API with its root resource and its content, and returns what is wrong with the content.
func (c *Control) plant(r records, call *wire.Call, api *apidef.RestAPI, content *apidef.Definition) ([]string, error) {
	if err := c.register(r, api); err != nil {
		return nil, err
	}
	root := &apidef.Resource{ID: api.RootResourceID, Path: "/"}
	if err := r.putResource(api.ID, root); err != nil {
		return nil, err
	}
	return c.graft(r, call, api, content, false)
}

// graft returns what is wrong with the content, each fault as AWS words it.
func (c *Control) graft(r records, call *wire.Call, api *apidef.RestAPI, content *apidef.Definition, replace bool) ([]string, error) {
	have, err := r.definition(api.ID)
	if err != nil {
		return nil, err
	}
	g := &graft{
		c: c, r: r, call: call, api: api, replace: replace, tree: have.Tree(), refs: have.References(),
		labels: labels{validators: map[string]string{}, authorizers: map[string]string{}}, namespaces: map[string]string{},
	}
	steps := []func(have, content *apidef.Definition) error{g.models, g.validators, g.authorizers, g.gatewayResponses, g.resources, g.documentation}
	for _, step := range steps {
		if err := step(have, content); err != nil {
			return nil, err
		}
	}
	return g.errors, g.checkQuotas()
}

// checkQuotas checks what an API has after an import as if it had been made one by one.
func (g *graft) checkQuotas() error {
	authorizers, err := g.r.count(kindAuthorizer, g.api.ID+"/")
	if err != nil {
		return err
	}
	validators, err := g.r.count(kindRequestValidator, g.api.ID+"/")
	if err != nil {
		return err
	}
	models, err := list[apidef.Model](g.r, kindModel, g.api.ID+"/")
	switch limits := g.c.options.Limits; {
	case err != nil:
		return err
	case authorizers > limits.Authorizers:
		return errTooManyAuthorizers
	case validators > limits.RequestValidators:
		return errTooManyRequestValidators
	}
	return g.c.checkModelBytes(models)
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
		checked, err := apidef.NewModel(*m, nil)
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
		checked, err := apidef.ImportedAuthorizer(*a)
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
