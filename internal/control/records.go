package control

import (
	"postern/internal/apidef"
	"postern/internal/aws/awserr"
	"postern/internal/store"
	"postern/internal/store/document"
)

// The kinds of document. All but kindRestAPI have ids that start with the API's id and a slash.
const (
	kindRestAPI          = "restapi"          // {api}
	kindResource         = "resource"         // {api}/{resource}, with its methods and their integrations
	kindModel            = "model"            // {api}/{name}
	kindRequestValidator = "requestvalidator" // {api}/{id}
	kindGatewayResponse  = "gatewayresponse"  // {api}/{type}
	kindAuthorizer       = "authorizer"       // {api}/{id}
	kindDeployment       = "deployment"       // {api}/{id}
	kindSnapshot         = "snapshot"         // {api}/{deployment}
	kindStage            = "stage"            // {api}/{name}
	// kindAPIOwner, in no scope, tells the scope of each API: ids are unique over accounts and regions, and a request
	// to an API names neither.
	kindAPIOwner = "apiowner" // {api}
)

// ownedKinds are the kinds of document that vanish with their API.
func ownedKinds() []string {
	return []string{
		kindResource, kindModel, kindRequestValidator, kindGatewayResponse, kindAuthorizer, kindDeployment,
		kindSnapshot, kindStage, kindSequence, "documentationpart", "documentationversion",
	}
}

// records are one scope's documents in one transaction.
type records struct {
	tx    store.Tx
	scope store.Scope
}

func (r records) key(kind, id string) store.Key { return store.Key{Scope: r.scope, Kind: kind, ID: id} }

func (r records) delete(kind, id string) error { return r.tx.Delete(r.key(kind, id)) }

// get reads one document; store.ErrNotFound when there is none.
func get[T any](r records, kind, id string) (*T, error) {
	return document.Get[T](r.tx, r.key(kind, id))
}

// find is get with the answer for a document that is not there.
func find[T any](r records, kind, id string, missing error) (*T, error) {
	return document.Find[T](r.tx, r.key(kind, id), missing)
}

func put[T any](r records, kind, id string, v *T) error {
	return document.Put(r.tx, r.key(kind, id), v)
}

// list reads every document of a kind whose id starts with prefix, in order of the id.
func list[T any](r records, kind, prefix string) ([]*T, error) {
	return document.List[T](r.tx, r.scope, kind, prefix)
}

// listIn is list of what belongs to an API, which must be there.
func listIn[T any](r records, kind, api string) ([]*T, error) {
	if _, err := r.restAPI(api); err != nil {
		return nil, err
	}
	return list[T](r, kind, api+"/")
}

// count counts the documents of a kind whose id starts with prefix.
func (r records) count(kind, prefix string) (n int, err error) {
	err = r.tx.Scan(r.scope, kind, prefix, "", func(store.Document) bool { n++; return true })
	return n, err
}

// restAPI reads an API. Recorded AWS answer: GetRestApi of an unknown id.
func (r records) restAPI(id string) (*apidef.RestAPI, error) {
	return find[apidef.RestAPI](r, kindRestAPI, id,
		awserr.NotFound.Errorf("Invalid API identifier specified %s:%s", r.scope.Account, id))
}

// resource reads a resource. An unknown API is answered like an unknown resource.
func (r records) resource(api, id string) (*apidef.Resource, error) {
	return find[apidef.Resource](r, kindResource, api+"/"+id, apidef.ErrNoResource)
}

func (r records) putResource(api string, v *apidef.Resource) error {
	return put(r, kindResource, api+"/"+v.ID, v)
}

// method reads a method with the resource that holds it.
func (r records) method(api, resource, verb string) (*apidef.Resource, *apidef.Method, error) {
	res, err := r.resource(api, resource)
	if err != nil {
		return nil, nil, err
	}
	m, ok := res.Methods[verb]
	if !ok {
		return nil, nil, apidef.ErrNoMethod
	}
	return res, m, nil
}

// integration reads an integration with the resource and the method that hold it.
func (r records) integration(api, resource, verb string) (*apidef.Resource, *apidef.Method, error) {
	res, m, err := r.method(api, resource, verb)
	if err == nil && m.Integration == nil {
		err = apidef.ErrNoIntegration
	}
	return res, m, err
}

// references reads what an API's methods may refer to.
func (r records) references(api string) (apidef.References, error) {
	var d apidef.Definition
	var err error
	if d.Models, err = list[apidef.Model](r, kindModel, api+"/"); err != nil {
		return apidef.References{}, err
	}
	if d.RequestValidators, err = list[apidef.RequestValidator](r, kindRequestValidator, api+"/"); err != nil {
		return apidef.References{}, err
	}
	if d.Authorizers, err = list[apidef.Authorizer](r, kindAuthorizer, api+"/"); err != nil {
		return apidef.References{}, err
	}
	return d.References(), nil
}

// definition reads a whole API.
func (r records) definition(api string) (*apidef.Definition, error) {
	a, err := r.restAPI(api)
	if err != nil {
		return nil, err
	}
	d := &apidef.Definition{RestAPI: a}
	if d.Resources, err = list[apidef.Resource](r, kindResource, api+"/"); err != nil {
		return nil, err
	}
	if d.Models, err = list[apidef.Model](r, kindModel, api+"/"); err != nil {
		return nil, err
	}
	if d.RequestValidators, err = list[apidef.RequestValidator](r, kindRequestValidator, api+"/"); err != nil {
		return nil, err
	}
	if d.GatewayResponses, err = list[apidef.GatewayResponse](r, kindGatewayResponse, api+"/"); err != nil {
		return nil, err
	}
	if d.Authorizers, err = list[apidef.Authorizer](r, kindAuthorizer, api+"/"); err != nil {
		return nil, err
	}
	return d, nil
}

// newID makes an identifier that no document of the kind has.
func (c *Control) newID(r records, kind, prefix string, length int) (string, error) {
	for {
		id := c.options.NewID(length)
		_, err := r.tx.Get(r.key(kind, prefix+id))
		if notFound(err) {
			return id, nil
		}
		if err != nil {
			return "", err
		}
	}
}
