package control

import (
	"context"

	"postern/internal/apidef"
	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/apigateway"
	"postern/internal/store"
)

// CreateRestAPI makes an API with its root resource and the models Empty and Error, or a copy of another API.
func (c *Control) CreateRestAPI(ctx context.Context, call *wire.Call, in *apigateway.CreateRestAPIRequest) (*apigateway.RestAPI, error) {
	return update(ctx, c, call, func(r records) (*apigateway.RestAPI, error) {
		id, err := c.newAPIID(r)
		if err != nil {
			return nil, err
		}
		api, err := apidef.NewRestAPI(requestedAPI(in), apidef.Sent{
			EmptyDescription: in.Description != nil && *in.Description == "",
			EmptyTypes:       in.EndpointConfiguration != nil && in.EndpointConfiguration.Types != nil && len(in.EndpointConfiguration.Types) == 0,
		}, c.owner(call, id))
		if err != nil {
			return nil, err
		}
		if err := apidef.CheckTags(nil, api.Tags, *c.options.Limits); err != nil {
			return nil, err
		}
		api.ID, api.CreatedDate = id, c.now()
		api.RootResourceID = c.options.NewID(rootIDLength)
		if in.CloneFrom != nil {
			err = c.clone(r, *in.CloneFrom, api)
		} else {
			_, err = c.plant(r, call, api, &apidef.Definition{Models: apidef.DefaultModels()}) // with which nothing is wrong
		}
		if err != nil {
			return nil, err
		}
		return restAPIAnswer(api, tagsWhenSet), nil
	})
}

func requestedAPI(in *apigateway.CreateRestAPIRequest) apidef.RestAPI {
	api := apidef.RestAPI{
		Name:                      value(in.Name),
		Description:               value(in.Description),
		Version:                   value(in.Version),
		BinaryMediaTypes:          in.BinaryMediaTypes,
		MinimumCompressionSize:    in.MinimumCompressionSize,
		APIKeySource:              value(in.APIKeySource),
		Policy:                    value(in.Policy),
		DisableExecuteAPIEndpoint: value(in.DisableExecuteAPIEndpoint),
		SecurityPolicy:            value(in.SecurityPolicy),
		EndpointAccessMode:        value(in.EndpointAccessMode),
		Tags:                      in.Tags,
	}
	if e := in.EndpointConfiguration; e != nil {
		api.EndpointConfiguration = apidef.EndpointConfiguration{
			Types: e.Types, IPAddressType: value(e.IPAddressType), VPCEndpointIDs: e.VPCEndpointIDs,
		}
	}
	return api
}

// newAPIID makes an id that no account's API has.
func (c *Control) newAPIID(r records) (string, error) {
	return c.newID(records{tx: r.tx}, kindAPIOwner, "", apiIDLength)
}

// checkAPIQuota refuses one more API of a type than the region may have.
func (c *Control) checkAPIQuota(r records, endpointType string) error {
	apis, err := list[apidef.RestAPI](r, kindRestAPI, "")
	if err != nil {
		return err
	}
	n := 0
	for _, api := range apis {
		if api.EndpointType() == endpointType {
			n++
		}
	}
	limit := map[string]int{
		apidef.Edge: c.options.Limits.EdgeAPIs, apidef.Regional: c.options.Limits.RegionalAPIs, apidef.Private: c.options.Limits.PrivateAPIs,
	}[endpointType]
	if n >= limit {
		return awserr.LimitExceeded.Errorf("Maximum number of APIs for this account has been reached.  Please contact AWS if you need additional APIs.")
	}
	return nil
}

// GetRestAPI answers one API.
func (c *Control) GetRestAPI(ctx context.Context, call *wire.Call, in *apigateway.GetRestAPIRequest) (*apigateway.RestAPI, error) {
	return view(ctx, c, call, func(r records) (*apigateway.RestAPI, error) {
		api, err := r.restAPI(in.RestAPIID)
		if err != nil {
			return nil, err
		}
		return restAPIAnswer(api, tagsAlways), nil
	})
}

// GetRestAPIs lists the caller's APIs, by id.
func (c *Control) GetRestAPIs(ctx context.Context, call *wire.Call, in *apigateway.GetRestAPIsRequest) (*apigateway.RestAPIs, error) {
	return view(ctx, c, call, func(r records) (*apigateway.RestAPIs, error) {
		apis, err := list[apidef.RestAPI](r, kindRestAPI, "")
		if err != nil {
			return nil, err
		}
		cut, next, err := page(apis, func(a *apidef.RestAPI) string { return a.ID }, in.Position, in.Limit)
		if err != nil {
			return nil, err
		}
		items := answers(cut, func(a *apidef.RestAPI) apigateway.RestAPI { return *restAPIAnswer(a, tagsWhenSet) })
		return &apigateway.RestAPIs{Items: items, Position: next}, nil
	})
}

// UpdateRestAPI patches an API.
func (c *Control) UpdateRestAPI(ctx context.Context, call *wire.Call, in *apigateway.UpdateRestAPIRequest) (*apigateway.RestAPI, error) {
	return update(ctx, c, call, func(r records) (*apigateway.RestAPI, error) {
		api, err := r.restAPI(in.RestAPIID)
		if err != nil {
			return nil, err
		}
		before := api.EndpointType()
		if api, err = api.Patch(patchOperations(in.PatchOperations), c.owner(call, api.ID)); err != nil {
			return nil, err
		}
		if api.EndpointType() != before {
			if err := c.checkAPIQuota(r, api.EndpointType()); err != nil {
				return nil, err
			}
		}
		return restAPIAnswer(api, tagsAlways), put(r, kindRestAPI, api.ID, api)
	})
}

// DeleteRestAPI removes an API with everything that it holds, stages and deployments included.
func (c *Control) DeleteRestAPI(ctx context.Context, call *wire.Call, in *apigateway.DeleteRestAPIRequest) error {
	_, err := publish(ctx, c, call, func(r records) (none struct{}, err error) {
		if _, err := r.restAPI(in.RestAPIID); err != nil {
			return none, err
		}
		if err := r.checkAPINotMapped(in.RestAPIID); err != nil {
			return none, err
		}
		for _, kind := range ownedKinds() {
			if err := r.deleteAll(kind, in.RestAPIID+"/"); err != nil {
				return none, err
			}
		}
		if err := r.leaveUsagePlans(in.RestAPIID); err != nil {
			return none, err
		}
		if err := (records{tx: r.tx}).delete(kindAPIOwner, in.RestAPIID); err != nil {
			return none, err
		}
		return none, r.delete(kindRestAPI, in.RestAPIID)
	})
	return err
}

// deleteAll removes every document of a kind whose id starts with prefix.
func (r records) deleteAll(kind, prefix string) error {
	var ids []string
	err := r.tx.Scan(r.scope, kind, prefix, "", func(doc store.Document) bool {
		ids = append(ids, doc.Key.ID)
		return true
	})
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := r.delete(kind, id); err != nil {
			return err
		}
	}
	return nil
}

// How an answer shows that there are no tags. Recorded AWS answers: CreateRestApi, GetRestApis, GetRestApi, UpdateRestApi.
const (
	tagsWhenSet = false // create and list: left out
	tagsAlways  = true  // get and update: {}
)

func tagsOf(tags map[string]string, always bool) map[string]string {
	if len(tags) == 0 && always {
		return map[string]string{}
	}
	return unlessEmpty(tags)
}

func restAPIAnswer(a *apidef.RestAPI, showTags bool) *apigateway.RestAPI {
	return &apigateway.RestAPI{
		ID:                     &a.ID,
		Name:                   &a.Name,
		Description:            optional(a.Description),
		CreatedDate:            new(wire.Timestamp(a.CreatedDate)),
		Version:                optional(a.Version),
		Warnings:               a.Warnings,
		BinaryMediaTypes:       a.BinaryMediaTypes,
		MinimumCompressionSize: a.MinimumCompressionSize,
		APIKeySource:           &a.APIKeySource,
		EndpointConfiguration: &apigateway.EndpointConfiguration{
			Types:          a.EndpointConfiguration.Types,
			IPAddressType:  optional(a.EndpointConfiguration.IPAddressType),
			VPCEndpointIDs: a.EndpointConfiguration.VPCEndpointIDs,
		},
		Policy:                    optional(a.PolicyAnswer()),
		Tags:                      tagsOf(a.Tags, showTags),
		DisableExecuteAPIEndpoint: &a.DisableExecuteAPIEndpoint,
		RootResourceID:            &a.RootResourceID,
		SecurityPolicy:            optional(a.SecurityPolicy),
		EndpointAccessMode:        optional(a.EndpointAccessMode),
	}
}
