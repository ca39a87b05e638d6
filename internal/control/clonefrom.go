package control

import (
	"strings"

	"postern/internal/apidef"
)

// clone makes a new API that is a copy of another one: its resources with their methods and integrations, its models,
// request validators, authorizers, gateway responses and documentation parts, each under an id of its own. Deployments,
// stages and documentation versions are not copied. What the request did not set of the API itself is the other's.
// Source: API Gateway API reference, CreateRestApi, cloneFrom; what is copied beside the resources is inferred.
func (c *Control) clone(r records, id string, api *apidef.RestAPI) error {
	content, err := r.definition(id)
	if err != nil {
		return err
	}
	inherit(api, content.RestAPI)
	if err := c.register(r, api); err != nil {
		return err
	}
	k := &cloning{c: c, r: r, from: content.RestAPI, to: api}
	for _, step := range []func(*apidef.Definition) error{k.models, k.validators, k.authorizers, k.gatewayResponses, k.resources, k.documentation} {
		if err := step(content); err != nil {
			return err
		}
	}
	return nil
}

// inherit takes over what a clone's request did not set. Where the policy names the other API, it names the clone.
func inherit(api, from *apidef.RestAPI) {
	if api.Policy == "" {
		api.Policy = strings.ReplaceAll(from.Policy, ":"+from.ID+"/", ":"+api.ID+"/")
	}
	if api.BinaryMediaTypes == nil {
		api.BinaryMediaTypes = from.BinaryMediaTypes
	}
	if api.MinimumCompressionSize == nil {
		api.MinimumCompressionSize = from.MinimumCompressionSize
	}
}

// cloning is an API on its way to be copied: which id each old one became.
type cloning struct {
	c        *Control
	r        records
	from, to *apidef.RestAPI

	validatorIDs, authorizerIDs map[string]string
}

// newID gives an id of the kind to a copy, and notes it as the old one's successor.
func (k *cloning) newID(kind string, ids map[string]string, old string) (string, error) {
	id, err := k.c.newID(k.r, kind, k.to.ID+"/", resourceIDLength)
	ids[old] = id
	return id, err
}

func (k *cloning) models(content *apidef.Definition) error {
	for _, m := range content.Models {
		m.ID = k.c.options.NewID(resourceIDLength)
		m.Schema = strings.ReplaceAll(m.Schema, "/restapis/"+k.from.ID+"/models/", "/restapis/"+k.to.ID+"/models/")
		if err := put(k.r, kindModel, k.to.ID+"/"+m.Name, m); err != nil {
			return err
		}
	}
	return nil
}

func (k *cloning) validators(content *apidef.Definition) (err error) {
	k.validatorIDs = make(map[string]string, len(content.RequestValidators))
	for _, v := range content.RequestValidators {
		if v.ID, err = k.newID(kindRequestValidator, k.validatorIDs, v.ID); err != nil {
			return err
		}
		if err := put(k.r, kindRequestValidator, k.to.ID+"/"+v.ID, v); err != nil {
			return err
		}
	}
	return nil
}

func (k *cloning) authorizers(content *apidef.Definition) (err error) {
	k.authorizerIDs = make(map[string]string, len(content.Authorizers))
	for _, a := range content.Authorizers {
		if a.ID, err = k.newID(kindAuthorizer, k.authorizerIDs, a.ID); err != nil {
			return err
		}
		if err := put(k.r, kindAuthorizer, k.to.ID+"/"+a.ID, a); err != nil {
			return err
		}
	}
	return nil
}

func (k *cloning) gatewayResponses(content *apidef.Definition) error {
	for _, g := range content.GatewayResponses {
		if err := put(k.r, kindGatewayResponse, k.to.ID+"/"+g.ResponseType, g); err != nil {
			return err
		}
	}
	return nil
}

// resources copies the tree. A parent may come behind its children, so that every id is known before one is used.
func (k *cloning) resources(content *apidef.Definition) error {
	ids := make(map[string]string, len(content.Resources))
	for _, res := range content.Resources {
		if res.ParentID == "" {
			ids[res.ID] = k.to.RootResourceID
			continue
		}
		if _, err := k.newID(kindResource, ids, res.ID); err != nil {
			return err
		}
	}
	for _, res := range content.Resources {
		k.methods(res, ids[res.ID])
		res.ID, res.ParentID = ids[res.ID], ids[res.ParentID]
		if err := k.r.putResource(k.to.ID, res); err != nil {
			return err
		}
	}
	return nil
}

// methods lets the methods of a resource refer to the copies. A cache namespace that was the resource's id is its new id.
func (k *cloning) methods(res *apidef.Resource, id string) {
	for _, m := range res.Methods {
		m.AuthorizerID = k.authorizerIDs[m.AuthorizerID]
		m.RequestValidatorID = k.validatorIDs[m.RequestValidatorID]
		if m.Integration != nil && m.Integration.CacheNamespace == res.ID {
			m.Integration.CacheNamespace = id
		}
	}
}

func (k *cloning) documentation(*apidef.Definition) error {
	parts, err := k.r.documentation(k.from.ID)
	if err != nil {
		return err
	}
	for _, part := range parts {
		if err := k.c.newDocumentationPart(k.r, k.to.ID, part); err != nil {
			return err
		}
	}
	return nil
}
