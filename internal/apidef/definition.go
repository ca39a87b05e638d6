package apidef

import "sort"

// Definition is a whole API as it is being edited: what CreateDeployment freezes, what cloneFrom copies, and what an
// import produces.
//
// In a definition that comes from the store, everything has its id. In one that an importer made, resources are told
// apart by Path alone, and the ids of authorizers and request validators are labels, or their names, that methods refer
// to in AuthorizerID and RequestValidatorID.
type Definition struct {
	RestAPI           *RestAPI
	Resources         []*Resource
	Models            []*Model
	RequestValidators []*RequestValidator
	GatewayResponses  []*GatewayResponse
	Authorizers       []*Authorizer
	// EndpointDisabled is what an import says of disableExecuteApiEndpoint; nil when it says nothing.
	EndpointDisabled *bool
	// DocumentationParts are those that an import brings; nil when documentation is no part of it. A definition that comes
	// from the store has none: they are not deployed.
	DocumentationParts []*DocumentationPart
}

// Tree is the definition's resources as a tree.
func (d *Definition) Tree() *Tree { return NewTree(d.Resources) }

// References is what the definition's methods may refer to.
func (d *Definition) References() References {
	refs := References{
		Models:            make(map[string]bool, len(d.Models)),
		RequestValidators: make(map[string]bool, len(d.RequestValidators)),
		Authorizers:       make(map[string]string, len(d.Authorizers)),
	}
	for _, m := range d.Models {
		refs.Models[m.Name] = true
	}
	for _, v := range d.RequestValidators {
		refs.RequestValidators[v.ID] = true
	}
	for _, a := range d.Authorizers {
		refs.Authorizers[a.ID] = a.Type
	}
	return refs
}

// Sort puts every list into the order in which it is listed and frozen: resources by path, the rest by name.
func (d *Definition) Sort() {
	sort.Slice(d.Resources, func(i, j int) bool { return d.Resources[i].Path < d.Resources[j].Path })
	sort.Slice(d.Models, func(i, j int) bool { return d.Models[i].Name < d.Models[j].Name })
	sort.Slice(d.RequestValidators, func(i, j int) bool { return d.RequestValidators[i].ID < d.RequestValidators[j].ID })
	sort.Slice(d.GatewayResponses, func(i, j int) bool {
		return d.GatewayResponses[i].ResponseType < d.GatewayResponses[j].ResponseType
	})
	sort.Slice(d.Authorizers, func(i, j int) bool { return d.Authorizers[i].ID < d.Authorizers[j].ID })
}
